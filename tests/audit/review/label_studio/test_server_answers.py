"""Whatever a server answers becomes one sentence: the user's to act on, or one that says to try again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep

import jwt
import pytest

from audit.errors import InputError
from audit.review.label_studio.server import LabelStudioServer, Patience
from audit.review.label_studio.server_faults import UnansweredError

TOKEN = "secret-token-0123456789"
HASTE = Patience(read_seconds=0.5, write_seconds=0.5, n_retries=0)


@contextmanager
def answering(
    status: int, body: str, headers: dict[str, str] | None = None, wait: float = 0
) -> Iterator[str]:
    """A server that gives the same answer to whatever it is asked; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            sleep(wait)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = answer  # noqa: N815  (named so by http.server)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def asked(url: str, token: str = TOKEN) -> str:
    server = LabelStudioServer(url, token, HASTE)
    try:
        return server.check()
    finally:
        server.close()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, '{"detail": "Invalid token."}', r"does not accept the token \(Invalid token.\)"),
        (403, "{}", r"does not accept the token \(no reason given\)"),
        (404, "<html>nothing here</html>", "does not answer as Label Studio does"),
        (400, '{"detail": "Validation error", "validation_errors": {"x": ["bad"]}}', "Validation error.*bad"),
        (200, "<html>another program</html>", "does not answer as Label Studio does"),
        (200, "[]", "does not answer as Label Studio does"),
        (200, "{}", "does not answer as Label Studio does"),
    ],
)
def test_what_the_user_must_change_is_said(status: int, body: str, said: str) -> None:
    with answering(status, body) as url, pytest.raises(InputError, match=said) as raised:
        asked(url)
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize("status", [500, 502, 503, 408, 429])
def test_a_failing_server_may_be_asked_again(status: int) -> None:
    with (
        answering(status, "<html>busy</html>") as url,
        pytest.raises(UnansweredError, match=f"failed.*{status}"),
    ):
        asked(url)


def test_a_server_that_takes_too_long_may_be_asked_again() -> None:
    with answering(200, "{}", wait=1) as url, pytest.raises(UnansweredError, match="no answer in time"):
        asked(url)


def test_a_server_that_is_not_there_may_be_asked_again() -> None:
    with answering(200, "{}") as url:
        pass
    with pytest.raises(UnansweredError, match="does not answer"):
        asked(url)


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [(502, UnansweredError, "failed.*502"), (401, InputError, "does not accept the token")],
)
def test_a_proxy_that_answers_for_a_personal_token_is_told_as_any_other(
    status: int, error: type[Exception], said: str
) -> None:
    expires = datetime(2126, 1, 1, tzinfo=UTC)
    personal = jwt.encode({"exp": expires, "token_type": "refresh"}, key=32 * "k", algorithm="HS256")
    with answering(status, "<html>a proxy</html>") as url, pytest.raises(error, match=said):
        asked(url, personal)


def test_a_redirect_is_not_followed_but_told() -> None:
    there = {"Location": "https://label.example.org/"}
    with (
        answering(302, "", there) as url,
        pytest.raises(InputError, match="leads to https://label.example.org/"),
    ):
        asked(url)


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://localhost", "http://", "http://ho st"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(InputError, match="no address of a server"):
        asked(url)
