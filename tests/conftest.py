"""What tests of several folders share: the data beside the checkout, and the programs some of them need."""

import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.postgresql import empty_database, missing_for_postgresql, postgresql_server

# A shell that starts the tests in the background has them ignore Ctrl-C, and nohup that the terminal
# closes; so then does every program that they start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

PROJECT = Path(__file__).parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def program() -> Iterator[None]:
    """Keeps `__main__`: Streamlit's AppTest puts its page there, and a process spawned later would run it."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real annotation files beside the checkout."""
    folder = PROJECT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data is not at {folder}")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The program that opens the reviewer's page."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return Path(path)
    pytest.skip(f"no Chromium: none of {', '.join(CHROMIUM_NAMES)} is on the PATH")


@pytest.fixture(scope="session")
def chromium(chromium_path: Path) -> Iterator[Any]:
    """A running Chromium. One for all tests of a process: Playwright's loop cannot run twice in it."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A database of a throw-away PostgreSQL cluster; it is not durable, which makes it fast."""
    missing = missing_for_postgresql()
    if missing:
        pytest.skip(missing)
    with postgresql_server("fsync=off") as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/audit.sqlite"
        return
    with empty_database(request.getfixturevalue("postgresql_url")) as url:
        yield url
