"""The wheel in a fresh environment away from the checkout: what a user gets who installs it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from itertools import product
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
EXTRAS = "review,label-studio,dask,postgresql"
STARTS_WITHIN = 60

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, PROJECT]
    run(build, cwd=folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def command(wheel, tmp_path_factory) -> Path:
    """`mask-audit` of a fresh environment: the wheel and its extras, as the lock pins them."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    uv = Path(sys.executable).with_name("uv")
    run([uv, "venv", "--quiet", "--python", sys.executable, environment], cwd=environment.parent)
    install = [uv, "pip", "install", "--quiet", "--python", environment / "bin" / "python"]
    pins = ["--constraint", PROJECT / "requirements.lock"]
    run([*install, *pins, f"mask-audit[{EXTRAS}] @ {wheel.as_uri()}"], cwd=environment.parent)
    return environment / "bin" / "mask-audit"


@pytest.fixture(scope="module")
def demo_workspace(command, tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("home")
    run([command, "demo", "--no-serve"], cwd=home)
    (settings_file,) = home.glob("**/audit.toml")
    return settings_file.parent


def test_the_wheel_holds_the_page_its_assets_the_templates_and_the_migrations(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info" not in name}

    assert "streamlit_app.py" in names
    assert "audit/demo/mentions.toml" in names
    for folder in ("audit/review/component", "reports/templates", "db/migrations"):
        assert files_under(PROJECT / folder, root=PROJECT) <= names
    assert {Path(name).parts[0] for name in names} == {
        "audit",
        "db",
        "reports",
        "sampling",
        "streamlit_app.py",
    }


def test_the_installed_command_knows_its_version(command, tmp_path):
    assert version("mask-audit") in run([command, "--version"], cwd=tmp_path)


def test_nothing_is_imported_from_the_checkout(command, tmp_path):
    names = ("audit", "db", "reports", "sampling", "streamlit_app")
    listing = f"import importlib.util as u; print(*(u.find_spec(name).origin for name in {names}), sep='\\n')"
    origins = run([command.with_name("python"), "-c", listing], cwd=tmp_path).splitlines()

    assert len(origins) == len(names)
    assert all(Path(origin).is_relative_to(command.parents[1]) for origin in origins)


def test_the_installed_demo_makes_a_workspace_that_can_be_reported_on(command, demo_workspace):
    run([command, "report", "--out", "report"], cwd=demo_workspace)
    report = json.loads((demo_workspace / "report" / "report.json").read_text("utf-8"))

    settings = {(setting["reference"], setting["model"]) for setting in report["settings"]}
    assert settings == set(product(("tight box", "loose box"), ("GrabCut", "watershed")))
    assert "<table" in (demo_workspace / "report" / "report.html").read_text("utf-8")


def test_the_installed_review_serves_the_page(command, demo_workspace):
    port = free_port()
    with serving([command, "review", "--port", str(port)], cwd=demo_workspace) as server:
        address = f"http://127.0.0.1:{port}"

        assert answer_once_started(f"{address}/_stcore/health", server) == "ok"
        assert "<title>" in answer_once_started(f"{address}/", server)


def run(arguments: list[str | Path], *, cwd: Path) -> str:
    finished = subprocess.run(
        arguments, cwd=cwd, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@contextmanager
def serving(arguments: list[str | Path], *, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (cwd / "server.log").open("wb") as log:
        server = subprocess.Popen(
            arguments, cwd=cwd, env=clean_environment(), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield server
        finally:
            server.terminate()
            server.wait(timeout=STARTS_WITHIN)


def answer_once_started(url: str, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        assert server.poll() is None, "the server ended by itself"
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return response.read().decode()
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def clean_environment() -> dict[str, str]:
    """This process's environment without what would lead Python back to the checkout."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"} and not name.startswith("PYTEST_")
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def files_under(folder: Path, *, root: Path) -> set[str]:
    found = {
        path.relative_to(root).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert found, f"{folder} is empty"
    return found
