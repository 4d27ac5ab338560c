import ast
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PACKAGES = ("audit", "db", "reports", "sampling")
ROOTS = (*PACKAGES, "benchmarks", "scripts", "tests", "streamlit_app.py")
NAMELESS = {"common", "helper", "helpers", "manager", "managers", "misc", "shared", "util", "utils"}
LONGEST_FILE = 400
LOADED_BY_PATH = Path("db/migrations/versions")  # by Alembic: scripts in a folder, no package


def python_files() -> list[Path]:
    """The files that git tracks or would track, relative to the project."""
    if not (PROJECT / ".git").exists():
        pytest.skip("this is no git checkout, so what belongs to the project cannot be told")
    if shutil.which("git") is None:
        pytest.skip("there is no git, so what belongs to the project cannot be told")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.py"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    return [path for line in listed.splitlines() if (PROJECT / (path := Path(line))).exists()]


def test_every_python_file_lies_under_a_known_root():
    files = python_files()

    assert len(files) > len(PACKAGES)
    assert [path for path in files if path.parts[0] not in ROOTS] == []


def test_every_folder_of_a_package_says_what_belongs_there():
    folders = {path.parent for path in python_files() if path.parts[0] in PACKAGES} - {LOADED_BY_PATH}
    silent = [
        folder
        for folder in sorted(folders)
        if not (PROJECT / folder / "__init__.py").is_file()
        or not ast.get_docstring(ast.parse((PROJECT / folder / "__init__.py").read_text("utf-8")))
    ]

    assert silent == []


def test_no_file_or_folder_is_named_after_nothing():
    nameless = [path for path in python_files() if NAMELESS & {Path(part).stem for part in path.parts}]

    assert nameless == []


def test_no_file_of_a_package_is_too_long_to_read():
    too_long = {
        str(path): n_lines
        for path in python_files()
        if path.parts[0] in PACKAGES
        and (n_lines := len((PROJECT / path).read_text("utf-8").splitlines())) > LONGEST_FILE
    }

    assert too_long == {}
