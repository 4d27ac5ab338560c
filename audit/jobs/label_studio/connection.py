"""Where the Label Studio server is, and the token that lets the tool in; the token is kept nowhere."""

import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from audit.errors import InputError
from audit.jobs.label_studio.addresses import checked_address
from audit.review.label_studio.server import LabelStudioServer, Patience
from db.label_studio import load_projects
from db.samples import load_sample
from db.store import Store

URL_VARIABLE = "LABEL_STUDIO_URL"
TOKEN_VARIABLE = "LABEL_STUDIO_API_KEY"  # noqa: S105  (the name of a variable)

_WHERE_TO_GET_ONE = "Label Studio shows it under Account & Settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddress:
    """A server and somebody's token for it.

    Attributes:
        url: without a slash at its end.
        token: never printed and never stored.
    """

    url: str
    token: str = field(repr=False)


def find_server(
    store: Store,
    *,
    url: str | None,
    key_file: Path | None,
    sample: str | None,
    environment: Mapping[str, str],
) -> ServerAddress:
    """Give the server to speak to.

    Args:
        store: knows where samples were pushed to.
        url: as it was given; None for `LABEL_STUDIO_URL`, else for where the sample was pushed to last.
        key_file: holds the token; None for `LABEL_STUDIO_API_KEY`.
        sample: None for the latest.
        environment: the process's variables.

    Raises:
        InputError: there is no address or no token, or it cannot be one, or others may read its file.
        StoreError: there is no such sample.
    """
    address = checked_address(
        "--url", url or environment.get(URL_VARIABLE) or _last_url(store, sample), "http://HOST:PORT"
    )
    if key_file is not None:
        return ServerAddress(url=address, token=_checked_token(str(key_file), _read_key(key_file)))
    token = environment.get(TOKEN_VARIABLE, "")
    if not token.strip():
        raise InputError(
            f"no token for {address}: set {TOKEN_VARIABLE}, or name a file that holds it with --key-file; "
            f"{_WHERE_TO_GET_ONE}"
        )
    return ServerAddress(url=address, token=_checked_token(TOKEN_VARIABLE, token))


@contextmanager
def connected(address: ServerAddress, patience: Patience | None = None) -> Iterator[LabelStudioServer]:
    """Give the server, and its connections back at the end."""
    server = LabelStudioServer(address.url, address.token, patience)
    try:
        yield server
    finally:
        server.close()


def _last_url(store: Store, name: str | None) -> str:
    with store.reading() as transaction:
        sample = load_sample(transaction, name)
        urls = [project.url for project in load_projects(transaction, sample.sample_id) if project.url]
    if not urls:
        raise InputError(
            f"sample {sample.name} was pushed to no server yet: say where it is with --url http://HOST:PORT "
            f"or in {URL_VARIABLE}"
        )
    return urls[-1]


def _read_key(file: Path) -> str:
    try:
        mode = file.stat().st_mode
        if not stat.S_ISREG(mode):
            raise InputError(f"--key-file {file} is no file: name the one that holds the token")
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise InputError(f"--key-file {file} may be read or changed by others: run chmod 600 {file}")
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--key-file {file} cannot be read ({type(error).__name__})") from error


def _checked_token(where: str, text: str) -> str:
    token = text.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise InputError(
            f"{where} holds no token: a token is one line of ASCII without blanks; {_WHERE_TO_GET_ONE}"
        )
    return token
