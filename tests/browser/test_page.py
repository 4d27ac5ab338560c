"""The page as Streamlit runs it, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from audit.pages.notice import plain
from db.records import Role
from tests.browser.review_workspace import add_review_sample, create_workspace, usual_mentions

PAGE_FILE = str(Path(__file__).parents[2] / "streamlit_app.py")


@pytest.mark.slow
def test_the_page_runs_on_a_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = create_workspace(tmp_path)
    sample = add_review_sample(store, tmp_path / "images", usual_mentions(tmp_path / "images"), "first")
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("MASK_AUDIT_WITHOUT_SIGN_IN", "yes")
    monkeypatch.setenv("MASK_AUDIT_SAMPLE", "first")

    page = AppTest.from_file(PAGE_FILE, default_timeout=30).run()

    assert not page.exception
    assert not page.error
    assert page.session_state["desk"].sample.sample_id == sample.sample.sample_id
    assert page.session_state["visit"].reviewer.role is Role.LEAD, "on this machine one person is both"
    store.close()


def test_a_folder_that_is_no_workspace_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("MASK_AUDIT_WITHOUT_SIGN_IN", "yes")

    page = AppTest.from_file(PAGE_FILE, default_timeout=30).run()

    assert not page.exception
    assert [each.value for each in page.error] == [
        plain(f"{tmp_path} is no workspace (it has no audit.toml): make one with `mask-audit init DIR`.")
    ]


def test_a_workspace_without_a_sample_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_workspace(tmp_path).close()
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("MASK_AUDIT_WITHOUT_SIGN_IN", "yes")
    monkeypatch.delenv("MASK_AUDIT_SAMPLE", raising=False)

    page = AppTest.from_file(PAGE_FILE, default_timeout=30).run()

    assert not page.exception
    assert [each.value for each in page.error] == [
        plain("There is no sample yet: draw one with `mask-audit sample`.")
    ]


def test_a_key_that_is_taken_twice_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = create_workspace(tmp_path)
    add_review_sample(store, tmp_path / "images", usual_mentions(tmp_path / "images"), "first")
    store.close()
    with (tmp_path / "audit.toml").open("a") as file:
        file.write('\n[keys]\ncorrect = "x"\n')
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("MASK_AUDIT_WITHOUT_SIGN_IN", "yes")

    page = AppTest.from_file(PAGE_FILE, default_timeout=30).run()

    assert not page.exception
    [told] = [each.value.replace("\\", "") for each in page.error]
    assert told.startswith("In audit.toml, [keys] correct = 'x': x is the key of incorrect already")
