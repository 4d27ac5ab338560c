"""What tests of several folders share: the data beside the checkout, and the programs some of them need."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
UNPRIVILEGED_USERS = ("postgres", "nobody")


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
    """A database of a throw-away PostgreSQL cluster, reached through a socket in its own folder.

    A socket needs no port, so test processes side by side cannot take each other's.
    """
    programs = postgresql_programs()
    # pytest's own folders are closed to the user that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="mask-audit-pg-"))
    user = server_user()
    if user is not None:
        shutil.chown(folder, user)
    cluster, log = folder / "cluster", folder / "log"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    try:
        run_as(user, programs / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        run_as(user, programs / "pg_ctl", "start", "-D", cluster, "-l", log, "-o", options, "-w", "-s")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run_as(user, programs / "pg_ctl", "stop", "-D", cluster, "-m", "immediate", "-s")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def postgresql_programs() -> Path:
    """The folder of `initdb` and `pg_ctl`; Debian keeps them off the PATH, by version."""
    if path := shutil.which("initdb"):
        return Path(path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found:
        pytest.skip("no PostgreSQL: initdb is neither on the PATH nor under /usr/lib/postgresql")
    return found[-1].parent


def server_user() -> str | None:
    """Who the server must run as: PostgreSQL refuses root; anybody else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in UNPRIVILEGED_USERS:
        if name in known:
            return name
    pytest.skip(f"PostgreSQL refuses root, and none of {', '.join(UNPRIVILEGED_USERS)} is a user here")


def run_as(user: str | None, *command: str | Path) -> None:
    identity = {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    finished = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **identity)
    if finished.returncode:
        pytest.fail(f"{Path(command[0]).name} failed: {finished.stderr or finished.stdout}")
