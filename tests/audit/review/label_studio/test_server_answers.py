"""Whatever a server answers becomes one sentence: the user's to act on, or one that says to try again."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep

import jwt
import pytest

from audit.errors import InputError
from audit.review.label_studio import server as server_module
from audit.review.label_studio.server import LabelStudioServer, Patience
from audit.review.label_studio.server_faults import MissingError, TooLargeError, UnansweredError

TOKEN = "secret-token-0123456789"
HASTE = Patience(read_seconds=0.5, write_seconds=0.5, n_retries=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server says."""

    status: int = 200
    body: str = "{}"
    headers: dict[str, str] = field(default_factory=dict)


WELL = Answer(body='{"email": "me@example.com"}')
PROXY = Answer(body="<html>a proxy</html>")


@contextmanager
def serving(answers: Callable[[BaseHTTPRequestHandler], Answer]) -> Iterator[str]:
    """A server that answers each request as is said; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            given = answers(self)
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(given.body.encode())))
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked has given up
                self.wfile.write(given.body.encode())

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


@contextmanager
def answering(
    status: int, body: str, headers: dict[str, str] | None = None, wait: float = 0
) -> Iterator[str]:
    """A server that gives the same answer to whatever it is asked; gives its address."""

    def same(_: BaseHTTPRequestHandler) -> Answer:
        sleep(wait)
        return Answer(status=status, body=body, headers=headers or {})

    with serving(same) as url:
        yield url


@contextmanager
def connected(url: str, token: str = TOKEN, patience: Patience = HASTE) -> Iterator[LabelStudioServer]:
    server = LabelStudioServer(url, token, patience)
    try:
        yield server
    finally:
        server.close()


def jwt_of(token_type: str) -> str:
    """A personal token of this type."""
    claims = {"token_type": token_type, "exp": datetime(2126, 1, 1, tzinfo=UTC)}
    return jwt.encode(claims, key=32 * token_type[0], algorithm="HS256")


def asked(url: str, token: str = TOKEN) -> str:
    with connected(url, token) as server:
        return server.check()


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
    [
        (502, UnansweredError, "failed.*502"),
        (401, InputError, "does not accept the token"),
        (302, InputError, "leads to .*/sign-in: give"),
    ],
)
def test_a_proxy_that_answers_for_a_personal_token_is_told_as_any_other(
    status: int, error: type[Exception], said: str
) -> None:
    there = {"Location": "/sign-in?token=word-secret"}
    with answering(status, "<html>a proxy</html>", there) as url, pytest.raises(error, match=said):
        asked(url, jwt_of("refresh"))


@pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated")  # the client's own
@pytest.mark.parametrize("status", [502, 503, 429])
def test_an_access_token_is_asked_for_again_before_anything_is_sent(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "FIRST_PAUSE", 0.001)
    asked_for: list[str] = []

    def fail_twice(request: BaseHTTPRequestHandler) -> Answer:
        asked_for.append(request.path)
        if not request.path.endswith("/refresh/"):
            return Answer(body='{"task_count": 1}')
        if len(asked_for) < 3:
            return Answer(status=status, body="<html>busy</html>")
        return Answer(body=json.dumps({"access": jwt_of("access")}))

    patience = Patience(read_seconds=5, write_seconds=5, n_retries=2)
    with serving(fail_twice) as url, connected(url, jwt_of("refresh"), patience) as server:
        server.import_tasks(7, [{"data": {}}])
    assert asked_for[:3] == 3 * ["/api/token/refresh/"]
    assert [path.partition("?")[0] for path in asked_for[3:]] == ["/api/projects/7/import"]


@pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated")  # the client's own
def test_whoever_repeats_a_token_does_not_have_it_shown() -> None:
    def repeat(request: BaseHTTPRequestHandler) -> Answer:
        if request.path.endswith("/refresh/"):
            return Answer(body=json.dumps({"access": jwt_of("access")}))
        said = 280 * "x" + request.headers["Authorization"]
        return Answer(status=400, body=json.dumps({"detail": said}))

    for token, sent in ((TOKEN, TOKEN), (jwt_of("refresh"), jwt_of("access"))):
        with serving(repeat) as url, pytest.raises(InputError, match="refused.*x(Token|Bearer) …") as raised:
            asked(url, token)
        assert sent[:8] not in str(raised.value)


@pytest.mark.parametrize("status", [401, 400, 500])
def test_a_personal_token_that_is_repeated_is_not_shown(status: int) -> None:
    personal = jwt_of("refresh")
    with (
        answering(status, f"refresh: {personal}") as url,
        pytest.raises((InputError, UnansweredError), match="refresh: …") as raised,
    ):
        asked(url, personal)
    assert personal[:8] not in str(raised.value)


@pytest.mark.parametrize(
    "other",
    [
        PROXY,
        Answer(body="[]"),
        Answer(status=404, body="<html>nothing here</html>"),
        Answer(status=302, headers={"Location": "/sorry"}),
    ],
)
def test_who_answers_in_the_place_of_a_server_that_was_there_will_go_again(other: Answer) -> None:
    answers = iter([WELL, other, WELL])
    with serving(lambda _: next(answers)) as url, connected(url) as server:
        server.check()
        with pytest.raises(UnansweredError, match="just now.* try again"):
            server.check()
        assert server.check() == "me@example.com"


def test_a_task_is_missing_only_where_label_studio_says_so() -> None:
    answers = iter([WELL, Answer(status=404, body="<html>no such route</html>")])
    with serving(lambda _: next(answers)) as url, connected(url) as server:
        server.check()
        with pytest.raises(UnansweredError, match="just now"):
            server.load_traces(7)
    with (
        answering(404, '{"detail": "Not found."}') as url,
        connected(url) as server,
        pytest.raises(MissingError, match="no task 7"),
    ):
        server.load_traces(7)


def test_a_request_that_is_too_large_is_told_with_its_size() -> None:
    with answering(413, "<html>too large</html>") as url, connected(url) as server:
        with pytest.raises(
            TooLargeError, match=r"no request of 0\.2 MB: raise its limit .*client_max_body_size"
        ):
            server.upload(7, {"a.jpg": 200_000 * b"x"})
        with pytest.raises(TooLargeError, match=r"no request of 0\.2 MB"):
            server.import_tasks(7, [{"data": {"text": 200_000 * "x"}}])


def test_a_redirect_is_not_followed_but_told() -> None:
    there = {"Location": f"https://me:word-secret@label.example.org/{TOKEN}/?next=word-secret#word-secret"}
    with (
        answering(302, "", there) as url,
        pytest.raises(InputError, match="leads to https://label.example.org/…/: give that address") as raised,
    ):
        asked(url)
    assert "word-secret" not in str(raised.value)


def test_a_redirect_to_nowhere_is_told() -> None:
    with answering(302, "", {"Location": "http://["}) as url, pytest.raises(InputError, match="elsewhere"):
        asked(url)


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://localhost", "http://", "http://ho st"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(InputError, match="no address of a server"):
        asked(url)
