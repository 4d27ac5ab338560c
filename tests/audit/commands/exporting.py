"""An audit to export, made once: three settings of twelve mentions, with every outcome that there is."""

import shutil
from pathlib import Path

import numpy as np
from click.testing import CliRunner
from PIL import Image

from audit.cli import cli
from tests.datasets import a_dataset, an_annotation, rectangle, write_json

VERDICTS = """\
annotation_id,setting,reviewer,verdict,reasons,comment,seconds,decided_at
oven_0000,A,Zoë Müller,correct,,said in private,1.5,2026-11-01T10:00:00+01:00
oven_0001,A,Zoë Müller,incorrect,spills_over;part_missing,=cmd(),2.5,2026-11-02T10:00:00Z
oven_0001,A,bob,incorrect,wrong_object,,,2026-11-03T10:00:00Z
oven_0002,A,bob,unsure,ambiguous_question,,,2026-11-03T11:00:00Z
oven_0006,A,bob,correct,,,,2026-11-03T12:00:00Z
oven_0006,B,bob,incorrect,whole_image,,,2026-11-03T12:01:00Z
oven_0009,A,Zoë Müller,correct,,,,2026-11-04T12:01:00Z
oven_0009,A,bob,incorrect,,,,2026-11-04T12:02:00Z
"""


def call(*words: object) -> None:
    """Run a command that must succeed."""
    finished = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)
    assert finished.exit_code == 0, finished.output


def make_drawn(folder: Path) -> Path:
    """Make a workspace with a sample of all mentions.

    Of mentions 7 and 8 setting B has no mask; C is A without 10 and 11; the photograph of 11 is missing. The
    annotation files A.json, B.json and C.json and the folder `photos` lie beside the workspace.
    """
    workspace, photos = folder / "audit", folder / "photos"
    (photos / "04").mkdir(parents=True)
    for number in range(11):
        pixels = np.full((40, 60, 3), 20 * number, np.uint8)
        Image.fromarray(pixels).save(photos / "04" / f"image_{number}.jpg")
    first = [an_annotation(number) for number in range(12)]
    second = [
        an_annotation(number, None if number < 6 else rectangle(number, 20, 9, 9))
        for number in range(12)
        if number != 7
    ]
    second[7] = an_annotation(8, rectangle(0, 0, 0, 0))
    call("init", workspace)
    for name, annotations in (("A", first), ("B", second), ("C", first[:10])):
        file = write_json(folder / f"{name}.json", a_dataset(annotations))
        words = ["--setting", name, "--reference", "label", "--model", f"model {name}", "--images", photos]
        words += ["--subset-of", "A"] if name == "C" else []
        call("ingest", file, *words, "-w", workspace)
    call("sample", "--unit", "annotation", "--size", "12", "-w", workspace)
    return workspace


def judge_copy(workspace: Path, target: Path) -> Path:
    """Copy a workspace of `make_drawn` and take the verdicts."""
    shutil.copytree(workspace, target)
    file = target.with_suffix(".csv")
    file.write_text(VERDICTS, encoding="utf-8")
    call("verdicts", "import", file, "-w", target)
    return target
