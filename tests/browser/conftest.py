"""A real server and a real Chromium for the tests of the reviewer's page."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.serve import ServeRequest, review_command, review_environment, wait_until_it_answers
from db.store import Store
from tests.browser.driving import wait_painted
from tests.browser.review_workspace import (
    Mention,
    ReviewSample,
    add_review_sample,
    create_workspace,
    save_photographs,
    usual_mentions,
)


@dataclass
class PageServer:
    """The page's server as its own process, which a test may kill and start again on the same port."""

    request: ServeRequest
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def address(self) -> str:
        return self.request.address

    def start(self) -> None:
        self.process = subprocess.Popen(
            review_command(self.request),
            env=review_environment(self.request),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until_it_answers(self.process, self.request)

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@dataclass
class Workspace:
    """One workspace for many tests: each adds a sample of its own, and the page shows the latest."""

    folder: Path
    store: Store
    server: PageServer
    counter: Iterator[int] = field(default_factory=count)

    @property
    def images(self) -> Path:
        return self.folder / "images"

    def add(self, mentions: list[Mention]) -> ReviewSample:
        return add_review_sample(self.store, self.images, mentions, f"sample-{next(self.counter)}")


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    made = _start_workspace(tmp_path_factory.mktemp("review"))
    yield made
    made.server.kill()
    made.store.close()


@pytest.fixture
def own_workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace and server that the test may kill."""
    made = _start_workspace(tmp_path / "review")
    yield made
    made.server.kill()
    made.store.close()


@pytest.fixture
def sample(workspace: Workspace) -> ReviewSample:
    """Four mentions with two masks each."""
    return workspace.add(usual_mentions(workspace.images))


@pytest.fixture(scope="session")
def browser_context(chromium: Any) -> Iterator[Any]:
    """One browser profile for all tests, so that Streamlit's own scripts are fetched once."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    yield context
    context.close()


@pytest.fixture
def open_page(browser_context: Any) -> Iterator[Callable[[str], Any]]:
    """Opens a page; an exception in it fails the test."""
    problems: list[str] = []

    def open_one(address: str) -> Any:
        page = browser_context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.set_default_timeout(20_000)
        page.goto(address)
        return page

    yield open_one
    for page in browser_context.pages:
        page.evaluate("location.protocol === 'http:' && localStorage.clear()")
        page.close()
    assert not problems


@pytest.fixture
def page(open_page: Callable[[str], Any], workspace: Workspace, sample: ReviewSample) -> Any:
    """The page, showing the first mask of `sample`."""
    opened = open_page(workspace.server.address)
    wait_painted(opened)
    return opened


@pytest.fixture
def person(chromium: Any) -> Iterator[Callable[[], Any]]:
    """Gives pages in a browser of somebody's own, with nobody else's cookies; an exception fails the test."""
    contexts = []
    problems: list[str] = []

    def open_browser() -> Any:
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 720}))
        page = contexts[-1].new_page()
        page.set_default_timeout(40_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture
def blank(chromium: Any) -> Iterator[Any]:
    """A page of its own, 1280×720; an exception in it fails the test."""
    problems: list[str] = []
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_default_timeout(20_000)
    yield page
    context.close()
    assert not problems


def _start_workspace(folder: Path) -> Workspace:
    store = create_workspace(folder)
    save_photographs(folder / "images")
    server = PageServer(ServeRequest(workspace=folder, port=free_port()))
    server.start()
    return Workspace(folder=folder, store=store, server=server)
