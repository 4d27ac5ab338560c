"""Where the server is and how the tool gets in: what is taken, and what is refused in one sentence."""

from pathlib import Path

import pytest

from audit.errors import InputError
from audit.jobs.label_studio.connection import find_server
from db.label_studio import ensure_project
from tests.label_studio.workspace import SmallAudit, small_audit

TOKEN = "0123456789abcdef"
KEY = {"LABEL_STUDIO_API_KEY": TOKEN}


@pytest.fixture
def audit(tmp_path: Path) -> SmallAudit:
    return small_audit(tmp_path / "workspace", n_mentions=1)


def find(
    audit: SmallAudit, *, url: str | None = "http://h:1", key_file: Path | None = None, **environment: str
):
    return find_server(audit.store, url=url, key_file=key_file, sample=None, environment=environment)


def key_file(folder: Path, content: str, mode: int = 0o600) -> Path:
    file = folder / "key"
    file.write_text(content)
    file.chmod(mode)
    return file


def test_the_address_is_the_option_then_the_variable_then_where_the_sample_was_pushed_last(
    audit: SmallAudit,
) -> None:
    with pytest.raises(InputError, match=r"pushed to no server yet: .* --url http://HOST:PORT"):
        find(audit, url=None, **KEY)
    with audit.store.transaction() as transaction:
        for url in ("http://first", "http://last", ""):
            ensure_project(transaction, sample_id=audit.sample.sample_id, url=url, number=3)
    variable = {"LABEL_STUDIO_URL": "http://variable/"}
    assert find(audit, url="http://option//", **KEY, **variable).url == "http://option"
    assert find(audit, url=None, **KEY, **variable).url == "http://variable"
    assert find(audit, url=None, **KEY).url == "http://last"


def test_a_file_is_believed_before_the_variable_and_only_where_nobody_else_may_read_it(
    audit: SmallAudit, tmp_path: Path
) -> None:
    assert find(audit, key_file=key_file(tmp_path, "from-file\n"), **KEY).token == "from-file"
    for mode in (0o640, 0o604, 0o620, 0o610):
        with pytest.raises(InputError, match=rf"run chmod 600 {tmp_path}/key"):
            find(audit, key_file=key_file(tmp_path, TOKEN, mode), **KEY)
    with pytest.raises(InputError, match="cannot be read"):
        find(audit, key_file=tmp_path / "nowhere", **KEY)
    with pytest.raises(InputError, match="is no file"):
        find(audit, key_file=tmp_path, **KEY)


@pytest.mark.parametrize("token", ["two words", "two\nlines", "ключ-secret", "zero-\x00-secret", "with-\x7f"])
def test_what_can_be_no_token_is_refused_and_not_repeated(
    audit: SmallAudit, token: str, tmp_path: Path
) -> None:
    for given in ({"LABEL_STUDIO_API_KEY": token}, {"key_file": key_file(tmp_path, token)}):
        with pytest.raises(InputError, match="holds no token") as refused:
            find(audit, **given)
        assert token not in str(refused.value)


def test_no_token_at_all_is_refused_with_where_to_put_it(audit: SmallAudit, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="set LABEL_STUDIO_API_KEY, or name a file"):
        find(audit)
    with pytest.raises(InputError, match="holds no token"):
        find(audit, key_file=key_file(tmp_path, "\n"), **KEY)


def test_a_token_is_not_shown_where_an_address_is_printed(audit: SmallAudit) -> None:
    assert TOKEN not in repr(find(audit, **KEY))


@pytest.mark.parametrize(
    "url",
    [
        "http://h:0",
        "http://h:66000",
        "localhost:8080",
        "ftp://host",
        "http://",
        "http://a b",
        "http://[",
        "file:///x",
    ],
)
def test_what_is_no_address_is_refused(audit: SmallAudit, url: str) -> None:
    with pytest.raises(InputError, match="no address of a server"):
        find(audit, url=url, **KEY)


@pytest.mark.parametrize("url", ["http://user:word-secret@host", "http://host/?token=word-secret"])
def test_an_address_that_holds_a_secret_is_refused_without_it(audit: SmallAudit, url: str) -> None:
    with pytest.raises(InputError, match="secrets by themselves") as refused:
        find(audit, url=url, **KEY)
    assert "word-secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["user:word-secret@host", "http://user:word-secret@host:port", "h?word-secret"]
)
def test_what_is_no_address_and_may_hold_a_secret_is_not_repeated(audit: SmallAudit, url: str) -> None:
    with pytest.raises(InputError, match="no address of a server") as refused:
        find(audit, url=url, **KEY)
    assert "word-secret" not in str(refused.value)


def test_one_server_has_one_address_however_it_is_written(audit: SmallAudit) -> None:
    assert find(audit, url="HTTP://Host.Example:8080/Label/?#", **KEY).url == "http://host.example:8080/Label"
