"""Runs the command line in this process as a shell would: words in, status and both outputs out."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from audit.cli import main
from tests.audit.commands.filtering import SMALL_AREA
from tests.datasets import Finished, Run, a_dataset, an_annotation, rectangle, write_json


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run `mask-audit` with words, in a folder that is no workspace."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    # A browser takes seconds for the PNGs of a report, which tests of their own look at.
    monkeypatch.setenv("CHROME_PATH", "no-browser")

    def run_words(*words: object) -> Finished:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["mask-audit", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Finished(int(ended.value.code or 0), out, err)

    return run_words


@pytest.fixture
def workspace(run: Run, tmp_path: Path) -> Path:
    """An empty workspace."""
    folder = tmp_path / "audit"
    assert run("init", folder).status == 0
    return folder


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """The photographs of `an_annotation` 0 to 11."""
    folder = tmp_path / "photos"
    (folder / "04").mkdir(parents=True)
    for number in range(12):
        pixels = np.full((40, 60, 3), 20 * number, np.uint8)
        Image.fromarray(pixels).save(folder / "04" / f"image_{number}.jpg")
    return folder


@pytest.fixture
def two_settings(run: Run, workspace: Path, tmp_path: Path, images: Path) -> Path:
    """A workspace with settings A and B of 12 mentions.

    Of mentions 0 to 5 both have the same mask; mention 7 is absent from B, mention 8 empty there.
    """
    first = [an_annotation(number) for number in range(12)]
    second = [
        an_annotation(number) if number < 6 else an_annotation(number, rectangle(number, 20, 9, 9))
        for number in range(12)
        if number != 7
    ]
    second[7] = an_annotation(8, rectangle(0, 0, 0, 0))
    for name, annotations in (("A", first), ("B", second)):
        file = write_json(tmp_path / f"{name}.json", a_dataset(annotations))
        words = ("--setting", name, "--reference", "label", "--model", f"model {name}", "--images", images)
        assert run("ingest", file, *words, "-w", workspace).status == 0
    return workspace


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Masks under 100 pixels are dropped."""
    file = tmp_path / "rules.toml"
    file.write_text(SMALL_AREA)
    return file
