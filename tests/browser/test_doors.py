"""What the server of a page gives away, and to whom, when the page itself is not used."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import pytest

from audit.jobs.serve import PAGE_FILE, ServeRequest, review_command, review_environment
from tests.browser.conftest import Workspace, free_port
from tests.browser.driving import press, wait_painted, wait_saved
from tests.browser.open_review import OpenReview, open_review, serving, told
from tests.browser.review_workspace import ReviewSample

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenReview]:
    """A review that is served on every address of this machine."""
    folder = tmp_path_factory.mktemp("doors")
    request = ServeRequest(workspace=folder / "review", host="0.0.0.0", port=free_port())
    with open_review(request, folder / "server.log") as review:
        yield review


@pytest.fixture(scope="session")
def own_address() -> str:
    """An address of this machine that others can reach."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("198.51.100.1", 9))  # nothing is sent: it only chooses the way out
        except OSError:
            pytest.skip("this machine is on no network")
        return str(asking.getsockname()[0])


def asked(review: OpenReview, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Ask for a path exactly as it is written."""
    connection = HTTPConnection("127.0.0.1", review.request.port, timeout=10)
    connection.request(method, path, body=body)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


@pytest.mark.parametrize(
    "path",
    [
        "/app/static/audit.toml",
        "/app/static/../audit.toml",
        "/app/static/%2e%2e/audit.toml",
        "/static/../../audit.toml",
        "/static/%2e%2e%2f%2e%2e%2faudit.toml",
        "/media/audit.toml",
        "/media/../audit.toml",
        "/component/../audit.toml",
        "/_stcore/bidi-components/x/../../audit.toml",
        "//etc/passwd",
        "/..%5caudit.toml",
        "/audit.toml",
        "/audit.sqlite",
        "/images/cat.jpg",
        "/media/cat.jpg",
        "/app/static/images/cat.jpg",
    ],
)
def test_no_file_is_handed_out(review: OpenReview, path: str) -> None:
    _, content = asked(review, "GET", path)

    for secret in (b"database =", b"SQLite format", b"root:x:", b"\xff\xd8\xff"):
        assert secret not in content


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_stcore/agent/interact"),
        ("POST", "/_stcore/agent/mcp"),
        ("PUT", "/_stcore/upload_file/session/file"),
    ],
)
def test_nothing_is_taken_but_what_a_page_sends(review: OpenReview, method: str, path: str) -> None:
    status, _ = asked(review, method, path, b"{}")

    assert status in (400, 403, 404, 405)


def test_others_are_asked_for_their_link_and_come_in_with_it(
    review: OpenReview, person: Callable[[], Any], own_address: str
) -> None:
    page = person()
    elsewhere = f"http://{own_address}:{review.request.port}"

    page.goto(elsewhere)
    assert "open the personal link that you were sent" in told(page)
    page.goto(f"{elsewhere}/?link={review.add('Ann')}")
    press(page, "a")
    wait_saved(page)

    assert review.reviewers() == {"Ann"}


def test_the_page_started_by_hand_is_closed(
    review: OpenReview, person: Callable[[], Any], tmp_path: Path
) -> None:
    by_hand = ServeRequest(workspace=review.request.workspace, port=free_port())
    command = [sys.executable, "-m", "streamlit", "run", str(PAGE_FILE), "--server.headless=true"]
    command += [f"--server.port={by_hand.port}", "--browser.gatherUsageStats=false"]
    environment = {**os.environ, "MASK_AUDIT_WORKSPACE": str(review.request.workspace)}
    environment.pop("MASK_AUDIT_WITHOUT_SIGN_IN", None)
    page = person()

    with serving(command, environment, by_hand, tmp_path / "log"):
        page.goto(by_hand.address)
        assert "open the personal link that you were sent" in told(page)


@contextmanager
def carried_on(own_address: str, port: int) -> Iterator[int]:
    """Carry every connection to an address of this machine on to a port of its loopback; give the port."""

    class Carrier(BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", port)) as onward:
                back = Thread(target=_carry, args=(onward, self.request))
                back.start()
                _carry(self.request, onward)
                back.join()

    class Carriers(ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Carriers((own_address, 0), Carrier) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def _carry(from_socket: socket.socket, to_socket: socket.socket) -> None:
    try:
        while content := from_socket.recv(65536):
            to_socket.sendall(content)
        to_socket.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other side has left


def test_a_page_for_this_machine_alone_is_closed_to_who_is_carried_to_it(
    workspace: Workspace, sample: ReviewSample, person: Callable[[], Any], own_address: str
) -> None:
    page = person()

    with carried_on(own_address, workspace.server.request.port) as port:
        page.goto(f"http://{own_address}:{port}")
        assert "served to the machine it runs on alone" in told(page)
    page.goto(workspace.server.address)
    wait_painted(page)


def test_the_environment_alone_opens_nothing_to_others(
    review: OpenReview, person: Callable[[], Any], own_address: str, tmp_path: Path
) -> None:
    request = ServeRequest(workspace=review.request.workspace, host="0.0.0.0", port=free_port())
    environment = {**review_environment(request), "MASK_AUDIT_WITHOUT_SIGN_IN": "yes"}
    page = person()

    with serving(review_command(request), environment, request, tmp_path / "log"):
        page.goto(f"http://{own_address}:{request.port}")
        assert "served to the machine it runs on alone" in told(page)
