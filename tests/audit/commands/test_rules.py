"""rules explain and rules list: what each rule saw, the mask before and after, and the kinds there are."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.datasets import Run

RULES = """format = 1
[[rule]]
kind = "threshold"
name = "large"
feature = "area"
at_least = 100
[[rule]]
kind = "incomplete_location"
categories = ["animal"]
confidence_below = 0.45
[[rule]]
kind = "threshold"
feature = "iou:A"
at_least = 0.5
"""


@pytest.fixture
def rules(run: Run, two_settings: Path, tmp_path: Path) -> Path:
    file = tmp_path / "rules.toml"
    file.write_text(RULES)
    assert run("measure", "-w", two_settings, "--workers", 1).status == 0
    return file


def test_each_rule_tells_what_it_saw_and_the_first_that_does_not_keep_decides(
    run: Run, two_settings: Path, rules: Path
) -> None:
    how = ("--rules", rules, "--setting", "B", "-w", two_settings)
    found = run("rules", "explain", "oven_0006", *how, "--json").json
    assert [(each["rule"], each["action"], each["decided"]) for each in found["rules"]] == [
        ("large", "drop", True),
        ("incomplete_location", "correct", False),
        ("iou:A", "drop", False),
    ]
    assert found["rules"][0]["saw"] == {"area": 81}
    assert found["before"] == {"height": 40, "width": 60, "area": 81, "box": [6, 20, 9, 9]}
    assert found["after"] is None
    lines = run("rules", "explain", "oven_0006", *how).out.splitlines()
    assert lines[0] == "oven_0006 of B (split entity, thing Q3)"
    assert lines[1].startswith("large: drop, ")
    assert lines[1].endswith("← decides")
    assert lines[-2:] == [
        "mask before: 81 of 60 × 40 pixels, within 9 × 9 from column 6, row 20",
        "mask after: dropped",
    ]


@pytest.mark.slow
def test_a_corrected_mask_is_drawn_beside_the_old_one_on_the_photo(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    how = ("--rules", rules, "--setting", "B", "-w", two_settings)
    out = tmp_path / "why.png"
    found = run("rules", "explain", "oven_0003", *how, "--out", out, "--json").json
    assert (found["action"], found["after"]["area"]) == ("correct", 40 * 60)
    with Image.open(out) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    assert pixels.shape == (56, 128, 3)
    grey = 60  # of the photo of annotation 3
    is_tinted = (pixels[16:, :, 0] - pixels[16:, :, 2]) > 50
    assert is_tinted[:, 68:].all()
    assert is_tinted[:, :60].sum() == found["before"]["area"]
    assert abs(pixels[16:, :60][~is_tinted[:, :60]] - grey).max() <= 3


@pytest.mark.slow
def test_what_no_rule_decides_is_kept_as_it_is(run: Run, two_settings: Path, rules: Path) -> None:
    rules.write_text(RULES.replace("0.45", "0.1").replace("iou:A", "iou:B"))
    how = ("--rules", rules, "--setting", "A", "-w", two_settings)
    lines = run("rules", "explain", "oven_0003", *how).out.splitlines()
    assert "no rule drops or corrects it: kept as it is" in lines
    assert lines[-2].removeprefix("mask before") == lines[-1].removeprefix("mask after")


def test_without_a_photo_the_masks_are_drawn_on_plain_grey(
    run: Run, two_settings: Path, rules: Path, images: Path, tmp_path: Path
) -> None:
    (images / "04" / "image_6.jpg").unlink()
    out = tmp_path / "why.png"
    how = ("--rules", rules, "--setting", "B", "-w", two_settings, "--out", out)
    assert f"drawn: {out}" in run("rules", "explain", "oven_0006", *how).out
    with Image.open(out) as image:
        assert image.getpixel((0, 20)) == (96, 96, 96)


@pytest.mark.slow
def test_what_cannot_be_explained_is_said_in_one_line(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    def refusal(*words: object) -> str:
        finished = run("rules", "explain", *words, "--rules", rules, "-w", two_settings)
        assert (finished.status, finished.err.count("\n")) == (2, 1)
        return finished.err

    assert "name one with --setting (there are A, B)" in refusal("oven_0000")
    assert "setting 'B' has no annotation 'oven_0007'" in refusal("oven_0007", "--setting", "B")
    assert "there is no setting 'C'" in refusal("oven_0000", "--setting", "C")
    assert "is no folder" in refusal("oven_0000", "--setting", "B", "--out", tmp_path / "no" / "a.png")
    rules.write_text('setting = "B"\n' + RULES.replace('"iou:A"', '"iou:C"'))
    assert "there is no setting 'C'" in refusal("oven_0000")


def test_the_kinds_of_rules_are_listed_with_their_thresholds(run: Run) -> None:
    listed = run("rules", "list")
    assert listed.status == 0
    kinds = run("rules", "list", "--json").json["kinds"]
    assert [each["kind"] for each in kinds] == [
        "non_visual",
        "disagreement",
        "incomplete_location",
        "dense_scene",
        "threshold",
    ]
    for kind in kinds:
        assert f"{kind['kind']}: {kind['does']}" in listed.out
        assert all(f"  {key['name']} (" in listed.out for key in kind["thresholds"])
