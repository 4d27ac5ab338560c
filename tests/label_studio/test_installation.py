"""Where the server is looked for, why it is not there, and what of the environment it sees."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.label_studio import installation
from tests.label_studio.installation import (
    installation_folder,
    label_studio_program,
    missing_for_label_studio,
    server_environment,
)


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache with nothing in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def test_another_lock_has_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "requirements.lock"
    other.write_text("label-studio==0\n", "utf-8")
    before = installation_folder()

    monkeypatch.setattr(installation, "LOCK", other)

    assert installation_folder().parent == before.parent
    assert installation_folder() != before


@pytest.mark.parametrize("home", ["", None])
def test_without_a_home_the_cache_is_that_of_the_user(
    monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME")
    expected = Path("~/.cache/mask-audit").expanduser()
    if home is not None:
        monkeypatch.setenv("HOME", home)

    assert installation_folder().parent == expected


def test_a_server_that_is_not_installed_names_the_command() -> None:
    assert "make setup-label-studio" in str(missing_for_label_studio())


def test_a_set_up_that_failed_is_told_with_its_reason(cache: Path) -> None:
    folder = installation_folder()
    folder.parent.mkdir()
    Path(f"{folder}.failure").write_text("no route to the registry\n", "utf-8")

    assert str(missing_for_label_studio()).endswith("could not be installed: no route to the registry")


def test_an_environment_whose_python_is_gone_is_not_installed() -> None:
    python = label_studio_program().with_name("python")
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    assert missing_for_label_studio() is None

    python.unlink()
    python.symlink_to("/nowhere/python")

    assert missing_for_label_studio() is not None


def test_no_setting_of_the_environment_reaches_the_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("LABEL_STUDIO_HOST", "HEARTEX_PORT", "USERNAME", "DJANGO_DB"):
        monkeypatch.setenv(name, "stray")

    assert "stray" not in server_environment(tmp_path).values()


def test_the_command_prints_the_folder_that_the_tests_look_in() -> None:
    command = [sys.executable, "-m", "tests.label_studio.installation"]
    project = Path(__file__).parents[2]

    printed = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True).stdout

    assert printed == f"{installation_folder()}\n"
