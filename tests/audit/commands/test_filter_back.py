"""What filter wrote comes back as a subset, mask for mask under its own mention."""

import gzip
import json
import shlex
from pathlib import Path

import pytest
from PIL import Image

from db.records import MaskState
from tests.audit.commands.filtering import (
    DISAGREEMENT,
    SMALL_AREA,
    commands_of,
    filtered,
    judge_all,
    masks_of,
    measured,
    nameless,
    refusal,
    rows_in,
    rows_of,
)
from tests.datasets import Run, a_dataset, an_annotation, rectangle, write_json


def test_after_carrying_only_masks_that_differ_are_left_to_judge(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    run("sample", "--size", 11, "--unit", "annotation", "--frame", "B", "-w", two_settings)
    judge_all(run, two_settings, tmp_path / "verdicts.csv", "B")
    rules = tmp_path / "rules.toml"
    rules.write_text(
        DISAGREEMENT
        + "agreement_below = 0.9\nleast_support = 0.1\n"
        + SMALL_AREA.removeprefix("format = 1\n")
    )
    [command] = filtered(run, two_settings, rules, tmp_path / "out", "--json").json["commands"]
    assert run(*shlex.split(command)[1:]).status == 0
    assert run("sample", "--carry", "-w", two_settings).status == 0
    made, judged = masks_of(two_settings)
    decided = {row["annotation_id"]: row["action"] for row in rows_in(tmp_path / "out" / "decisions.csv")}
    assert set(decided.values()) == {"drop", "correct"}
    for (unit, setting), each in made.items():
        if setting == "B after filtering":
            what = decided.get(unit, "keep")
            assert (each.state == MaskState.DROPPED) == (what == "drop")
            assert (each.mask_id in judged) == (what == "keep")
            if what == "keep":
                assert each.mask_id == made[unit, "B"].mask_id


def test_each_folder_becomes_a_setting_of_its_own(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    first, second = tmp_path / "first", tmp_path / "second"
    name, words = commands_of(filtered(run, two_settings, rules, first, "--json"))
    assert name == "B after filtering"
    assert run(*words).status == 0
    measured(run, two_settings)
    rules.write_text(SMALL_AREA.replace("100", "1"))
    found = filtered(run, two_settings, rules, second, "--json")
    name, words = commands_of(found)
    assert name == "B after filtering 2"
    assert found.json["remarks"] == [
        f"'B after filtering' is what was filtered into {first}: this one is named 'B after filtering 2'; "
        "filter into the same folder again to replace the former"
    ]
    as_the_first = [*words[:3], "B after filtering", *words[4:]]
    said = refusal(run(*as_the_first))
    assert "filter into the same folder again, or give this one another --setting" in said
    assert run(*words).status == 0
    measured(run, two_settings)
    for folder, name in ((first, "B after filtering"), (second, "B after filtering 2")):
        assert commands_of(filtered(run, two_settings, rules, folder, "--json"))[0] == name


def test_a_long_name_is_shortened_before_its_ending(
    run: Run, workspace: Path, rules: Path, tmp_path: Path
) -> None:
    file = write_json(tmp_path / "B.json", a_dataset([an_annotation(0)]))
    run("ingest", file, "--setting", "B" * 200, "-w", workspace)
    measured(run, workspace)
    how = ("--rules", rules, "--out", tmp_path / "out", "--workers", 1, "-w", workspace, "--json")
    name, words = commands_of(run("filter", "--setting", "B" * 200, *how))
    assert name == "B" * 184 + " after filtering"
    assert run(*words).status == 0


def test_where_nothing_is_kept_there_is_nothing_to_ingest(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    rules.write_text(SMALL_AREA.replace("100", "10000"))
    out = tmp_path / "out"
    lines = filtered(run, two_settings, rules, out).out.splitlines()
    assert lines[-1] == "nothing is kept: there is nothing to ingest"
    assert json.loads((out / "summary.json").read_text())["commands"] == []
    words = ("ingest", out / "B.json", "--setting", "C", "--subset-of", "B", "-w", two_settings)
    assert "the files hold no mask, so nothing was ingested" in refusal(run(*words))


def test_a_file_of_which_nothing_is_kept_is_ingested_only_in_place_of_masks(
    run: Run, workspace: Path, rules: Path, tmp_path: Path
) -> None:
    """Masks of 200 pixels in one file, of 9 in the other: kept at first, then dropped."""
    small = write_json(tmp_path / "small.json", a_dataset([an_annotation(1, rectangle(0, 0, 3, 3))]))
    large = write_json(tmp_path / "large.json", a_dataset([an_annotation(0)]))
    run("ingest", small, large, "--setting", "B", "-w", workspace)
    measured(run, workspace)
    out = tmp_path / "out"
    found = filtered(run, workspace, rules, out, "--json")
    assert found.json["remarks"] == ["nothing is kept of small.json: there is nothing to ingest of it"]
    _, words = commands_of(found)
    assert words[1:3] == [str(out / "large.json"), "--setting"]
    rules.write_text(SMALL_AREA.replace("100", "1"))
    assert run(*commands_of(filtered(run, workspace, rules, out, "--json"))[1]).status == 0
    assert len(rows_of(workspace, "B after filtering")) == 2
    measured(run, workspace)
    rules.write_text(SMALL_AREA)
    assert run(*commands_of(filtered(run, workspace, rules, out, "--json"))[1]).status == 0
    assert list(rows_of(workspace, "B after filtering")) == ["oven_0000"]


@pytest.mark.parametrize("form", ["object", "list", "gzip"])
def test_made_up_ids_come_back_whatever_was_dropped_before_them(
    form: str, run: Run, workspace: Path, rules: Path, tmp_path: Path
) -> None:
    small, large = rectangle(0, 0, 3, 3), rectangle(10, 10, 20, 20)
    annotations = [nameless(k, small if k % 2 else large) for k in range(6)]
    base = write_json(tmp_path / "base.json", a_dataset([an_annotation(k) for k in range(6)]))
    content = annotations if form == "list" else a_dataset(annotations)
    file = write_json(tmp_path / "B.json", content)
    if form == "gzip":
        file.write_bytes(gzip.compress(file.read_bytes()))
    options = ("--base", base, "--split", "it's all", "--images", tmp_path) if form == "list" else ()
    run("ingest", file, "--setting", "B", *options, "-w", workspace)
    measured(run, workspace)
    summary = filtered(run, workspace, rules, tmp_path / "out", "--json").json
    [command] = summary["commands"]
    assert command.endswith(" --id-key mask_audit_id")
    assert summary["files"][0]["n_given_ids"] == 3
    written = (tmp_path / "out" / "B.json").read_bytes()
    text = gzip.decompress(written) if form == "gzip" else written
    found = json.loads(text)
    kept = found if form == "list" else found["annotations"]
    assert kept == [annotations[k] | {"mask_audit_id": f"B#{k}"} for k in (0, 2, 4)]
    finished = run(*shlex.split(command)[1:])
    assert finished.status == 0
    assert "3 of its masks are of mentions of B" in finished.out
    before, after = rows_of(workspace, "B"), rows_of(workspace, "B after filtering")
    for key, row in after.items():
        assert {**row, "setting": 0, "element_index": 0, "id_is_made_up": 0} == {
            **before[key],
            "setting": 0,
            "element_index": 0,
            "id_is_made_up": 0,
        }


def test_a_key_of_that_name_of_somebody_else_is_no_id(
    run: Run, workspace: Path, rules: Path, tmp_path: Path
) -> None:
    own = an_annotation(0, mask_audit_id="somebody's")
    file = write_json(tmp_path / "B.json", a_dataset([own, nameless(1, rectangle(10, 10, 20, 20))]))
    run("ingest", file, "--setting", "B", "-w", workspace)
    measured(run, workspace)
    _, words = commands_of(filtered(run, workspace, rules, tmp_path / "out", "--json"))
    written = json.loads((tmp_path / "out" / "B.json").read_text())["annotations"]
    assert [each["mask_audit_id"] for each in written] == ["oven_0000", "B#1"]
    assert run(*words).status == 0
    assert rows_of(workspace, "B after filtering").keys() == rows_of(workspace, "B").keys()


def test_ids_made_up_anew_never_pair_with_those_of_the_whole(
    run: Run, workspace: Path, rules: Path, tmp_path: Path
) -> None:
    masks = [rectangle(0, 0, 3, 3), rectangle(10, 10, 20, 20)]
    file = write_json(tmp_path / "B.json", a_dataset([nameless(k, mask) for k, mask in enumerate(masks)]))
    run("ingest", file, "--setting", "B", "-w", workspace)
    measured(run, workspace)
    filtered(run, workspace, rules, tmp_path / "out")
    words = ("ingest", tmp_path / "out" / "B.json", "--setting", "C", "--subset-of", "B", "-w", workspace)
    assert "no mask is of one of its mentions" in refusal(run(*words))


def test_ids_taken_from_another_setting_come_back(
    run: Run, workspace: Path, rules: Path, tmp_path: Path
) -> None:
    here, there, alone = rectangle(0, 0, 20, 20), rectangle(30, 0, 20, 20), rectangle(0, 25, 12, 12)
    same = {"image_id": "i", "category_id": "Q1"}
    first = [an_annotation(1, here, **same), an_annotation(2, there, **same)]
    second = [an_annotation(1, there, **same), an_annotation(2, alone, **same)]
    a = write_json(tmp_path / "A.json", a_dataset(first))
    run("ingest", a, "--setting", "A", "-w", workspace)
    b = write_json(tmp_path / "B.json", a_dataset(second))
    run("ingest", b, "--setting", "B", "--match", "A", "-w", workspace)
    measured(run, workspace)
    [command] = filtered(run, workspace, rules, tmp_path / "out", "--json").json["commands"]
    written = json.loads((tmp_path / "out" / "B.json").read_text())["annotations"]
    assert [(each["id"], each["mask_audit_id"]) for each in written] == [
        ("oven_0001", "oven_0002"),
        ("oven_0002", "B#1"),
    ]
    assert run(*shlex.split(command)[1:]).status == 0
    assert rows_of(workspace, "B after filtering").keys() == rows_of(workspace, "B").keys()


def test_a_folder_of_png_masks_comes_back_as_one(
    run: Run, workspace: Path, rules: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "masks"
    folder.mkdir()
    base = write_json(tmp_path / "base.json", a_dataset([an_annotation(0), an_annotation(1)]))
    for number, mask in enumerate((rectangle(0, 0, 3, 3), rectangle(10, 10, 20, 20))):
        Image.fromarray(mask * 255).save(folder / f"oven_{number:04}.png")
    run("ingest", folder, "--setting", "B", "--base", base, "-w", workspace)
    measured(run, workspace)
    out = tmp_path / "out"
    [command] = filtered(run, workspace, rules, out, "--json").json["commands"]
    assert [path.name for path in (out / "masks").iterdir()] == ["oven_0001.png"]
    assert run(*shlex.split(command)[1:]).status == 0
    assert list(rows_of(workspace, "B after filtering")) == ["oven_0001"]
    measured(run, workspace)
    assert "in place of" in filtered(run, workspace, rules, out).out
