"""filter: what it writes, how the result comes back as a subset, and how it refuses."""

import csv
import gzip
import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from db.population import ANNOTATIONS_FILE, Population
from db.records import MaskState, UnitMask
from db.reviews import load_standing
from db.samples import load_sample, load_unit_masks, load_units
from db.store import Store
from tests.datasets import Finished, Run, a_dataset, an_annotation, rectangle, write_json

SMALL_AREA = 'format = 1\n[[rule]]\nkind = "threshold"\nname = "large"\nfeature = "area"\nat_least = 100\n'
DISAGREEMENT = 'format = 1\n[[rule]]\nkind = "disagreement"\nname = "agree"\nagreement = "iou"\n'


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Masks under 100 pixels are dropped."""
    file = tmp_path / "rules.toml"
    file.write_text(SMALL_AREA)
    return file


def measured(run: Run, workspace: Path) -> Path:
    assert run("measure", "-w", workspace, "--workers", 1).status == 0
    return workspace


def filtered(run: Run, workspace: Path, rules: Path, out: Path, *words: object) -> Finished:
    how = ("--rules", rules, "--out", out, "--workers", 1, "-w", workspace)
    return run("filter", "--setting", "B", *how, *words)


def rows_of(workspace: Path, setting: str) -> dict[str, dict[str, Any]]:
    population = Population(workspace / "population")
    files = population.files(population.manifest().get(setting), ANNOTATIONS_FILE)
    return {row["mention_id"]: row for file in files for row in pq.read_table(file).to_pylist()}


def rows_in(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_small_masks_are_dropped_and_the_rest_is_the_same_bytes(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    out = tmp_path / "out"
    summary = filtered(run, two_settings, rules, out, "--json").json
    before = json.loads((tmp_path / "B.json").read_text())
    kept = [each for each in before["annotations"] if int(each["id"][-2:]) < 6]
    assert (out / "B.json").read_text() == json.dumps(before | {"annotations": kept})
    assert summary == json.loads((out / "summary.json").read_text())
    assert {key: summary["total"][key] for key in ("n_before", "n_dropped", "n_corrected", "n_kept")} == {
        "n_before": 11,
        "n_dropped": 5,
        "n_corrected": 0,
        "n_kept": 6,
    }
    assert [(each["split"], each["n_before"], each["n_kept"]) for each in summary["splits"]] == [
        ("entity", 4, 2),
        ("query", 3, 2),
        ("wiki", 4, 2),
    ]
    rows = rows_in(out / "decisions.csv")
    assert [row["annotation_id"] for row in rows] == [f"oven_{k:04}" for k in (6, 8, 9, 10, 11)]
    assert {(row["file"], row["action"], row["rule"]) for row in rows} == {("B.json", "drop", "large")}
    assert all("area" in row["why"] for row in rows)


def test_the_table_gives_every_split_and_rule(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    lines = filtered(run, two_settings, rules, tmp_path / "out").out.splitlines()
    assert [line.split() for line in lines[:5]] == [
        ["split", "before", "large", "dropped", "corrected", "kept"],
        ["entity", "4", "−2", "2", "0", "2"],
        ["query", "3", "−1", "1", "0", "2"],
        ["wiki", "4", "−2", "2", "0", "2"],
        ["all", "11", "−5", "5", "0", "6"],
    ]
    assert lines[5] == "B.json: 6 of 11 annotations"


def test_a_corrected_mask_keeps_its_labels_and_comes_back_under_its_mention(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    rules = tmp_path / "rules.toml"
    rules.write_text(DISAGREEMENT + "agreement_below = 0.9\nleast_support = 0.1\n")
    summary = filtered(run, two_settings, rules, tmp_path / "out", "--json").json
    assert summary["total"]["n_corrected"] > 0
    [command] = summary["commands"]
    program, *words = shlex.split(command)
    assert program == "mask-audit"
    assert run(*words).status == 0
    before, after = rows_of(two_settings, "B"), rows_of(two_settings, "B after filtering")
    differing = {key for key in after if after[key]["parts"] != before[key]["parts"]}
    decided = rows_in(tmp_path / "out" / "decisions.csv")
    assert differing == {row["annotation_id"] for row in decided if row["action"] == "correct"}
    for key in differing:
        assert after[key]["labels"] == before[key]["labels"]
        assert after[key]["image_id"] == before[key]["image_id"]
        assert after[key]["boxes"]


def masks_of(workspace: Path) -> tuple[dict[tuple[str, str], UnitMask], set[str]]:
    """What each setting made of each unit of the sample, and the masks that are judged."""
    store = Store(f"sqlite:///{workspace}/audit.sqlite")
    with store.reading() as transaction:
        sample = load_sample(transaction, None)
        ids = {unit.unit_id: unit.annotation_id for unit in load_units(transaction, sample.sample_id)}
        made = load_unit_masks(transaction, sample.sample_id)
        judged = {each.mask_id for each in load_standing(transaction, sample.sample_id)}
    store.close()
    return {(ids[each.unit_id], each.setting): each for each in made}, judged


def judge_all(run: Run, workspace: Path, file: Path, setting: str) -> None:
    """Judge every mask that a setting made of the sample."""
    made, _ = masks_of(workspace)
    lines = [
        f"{unit},{setting},Ann,correct" for (unit, s), each in made.items() if s == setting and each.mask_id
    ]
    file.write_text("annotation_id,setting,reviewer,verdict\n" + "\n".join(lines) + "\n")
    assert run("verdicts", "import", file, "-w", workspace).status == 0


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


def refusal(finished: Finished, status: int = 2) -> str:
    assert (finished.status, finished.out, finished.err.count("\n")) == (status, "", 1)
    return finished.err


def test_a_changed_or_missing_source_is_refused_by_name_before_anything_is_written(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    source = tmp_path / "B.json"
    source.write_text(source.read_text() + " ")
    said = refusal(filtered(run, two_settings, rules, tmp_path / "out"))
    assert f"since setting 'B' was ingested, files have changed: {source};" in said
    source.write_text("no JSON")
    assert "have changed" in refusal(filtered(run, two_settings, rules, tmp_path / "out"))
    source.unlink()
    assert f"files are gone: {source};" in refusal(filtered(run, two_settings, rules, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_what_rules_need_is_asked_for_in_one_sentence(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert "run mask-audit measure" in refusal(filtered(run, two_settings, rules, out))
    measured(run, two_settings)
    rules.write_text('format = 1\nsetting = "A"\n' + SMALL_AREA.removeprefix("format = 1\n"))
    assert "was made for setting 'A', not 'B'" in refusal(filtered(run, two_settings, rules, out))
    rules.write_text('format = 1\n[[rule]]\nkind = "threshold"\nfeature = "iou:C"\nat_least = 0.5\n')
    assert "there is no setting 'C'" in refusal(filtered(run, two_settings, rules, out))
    rules.write_text('format = 1\n[[rule]]\nkind = "treshold"\n')
    assert "treshold" in refusal(filtered(run, two_settings, rules, out))
    assert "is not there" in refusal(filtered(run, two_settings, tmp_path / "none.toml", out))
    assert not out.exists()


def test_a_rule_by_entities_needs_them(run: Run, workspace: Path, tmp_path: Path) -> None:
    dataset = a_dataset([an_annotation(0)]) | {"categories": [{"id": "Q0", "name": "thing"}]}
    run("ingest", write_json(tmp_path / "B.json", dataset), "--setting", "B", "-w", workspace)
    measured(run, workspace)
    rules = tmp_path / "rules.toml"
    rules.write_text('format = 1\n[[rule]]\nkind = "non_visual"\n')
    assert "run mask-audit entities FILE" in refusal(filtered(run, workspace, rules, tmp_path / "out"))
    entities = tmp_path / "entities.csv"
    entities.write_text("entity_id,type\nQ0,event\n")
    run("entities", entities, "-w", workspace)
    summary = filtered(run, workspace, rules, tmp_path / "out", "--json").json
    assert summary["total"]["n_dropped"] == 1
    assert json.loads((tmp_path / "out" / "B.json").read_text()) == dataset | {"annotations": []}


def test_wrong_options_are_refused(run: Run, two_settings: Path, rules: Path, tmp_path: Path) -> None:
    measured(run, two_settings)
    out = tmp_path / "out"
    words = ("filter", "--rules", rules, "--out", out, "-w", two_settings)
    assert "there is no setting 'C'" in refusal(run(*words, "--setting", "C"))
    assert "at least one worker" in refusal(run(*words, "--setting", "B", "--workers", 0))
    both = ("--workers", 2, "--scheduler", "tcp://127.0.0.1:1")
    assert "give one of them" in refusal(run(*words, "--setting", "B", *both))
    assert not out.exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_others_wrote_is_never_touched(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    assert "holds notes.txt, which no filter wrote" in refusal(filtered(run, two_settings, rules, out))
    (out / "summary.json").write_text('{"made_by": "somebody", "files": [{"file": "notes.txt"}]}')
    assert "which no filter wrote" in refusal(filtered(run, two_settings, rules, out))
    assert "which is to be filtered" in refusal(filtered(run, two_settings, rules, tmp_path))
    assert "is a file" in refusal(filtered(run, two_settings, rules, rules))
    inside = two_settings / "population" / "out"
    assert "lies in the population" in refusal(filtered(run, two_settings, rules, inside))
    assert "make it first" in refusal(filtered(run, two_settings, rules, tmp_path / "no" / "out"))
    assert (out / "notes.txt").read_text() == "mine"


def test_run_again_it_replaces_what_it_wrote_and_says_so(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    out = tmp_path / "out"
    out.mkdir()
    assert "in place of" not in filtered(run, two_settings, rules, out).out
    first = bytes_of(out)
    again = filtered(run, two_settings, rules, out)
    assert "in place of what was filtered there before" in again.out
    assert bytes_of(out) == first
    rules.write_text(SMALL_AREA.replace("100", "1"))
    filtered(run, two_settings, rules, out)
    assert json.loads((out / "summary.json").read_text())["total"]["n_dropped"] == 1


def test_files_of_one_name_or_of_ours_get_names_of_their_own(
    run: Run, workspace: Path, rules: Path, tmp_path: Path
) -> None:
    files = []
    for number, name in enumerate(("a/B.json", "b/B.json", "c/summary.json")):
        (tmp_path / name).parent.mkdir()
        files.append(write_json(tmp_path / name, a_dataset([an_annotation(number)])))
    run("ingest", *files, "--setting", "B", "-w", workspace)
    measured(run, workspace)
    out = tmp_path / "out"
    summary = filtered(run, workspace, rules, out, "--json").json
    assert [each["file"] for each in summary["files"]] == ["B.json", "B-2.json", "summary-2.json"]
    for file, each in zip(files, summary["files"], strict=True):
        assert (out / each["file"]).read_bytes() == file.read_bytes()
    assert filtered(run, workspace, rules, out).status == 0


def test_elements_that_were_not_read_are_left_out_and_counted(
    run: Run, workspace: Path, rules: Path, tmp_path: Path
) -> None:
    small = an_annotation(1, rectangle(0, 0, 3, 3))
    again = an_annotation(1)  # would come in where the first of its id is dropped
    dataset = a_dataset([an_annotation(0), small]) | {"annotations": [7, an_annotation(0), small, again]}
    run("ingest", write_json(tmp_path / "B.json", dataset), "--setting", "B", "-w", workspace)
    measured(run, workspace)
    [file] = filtered(run, workspace, rules, tmp_path / "out", "--json").json["files"]
    assert (file["n_before"], file["n_kept"], file["n_left_out"]) == (2, 1, 2)
    written = json.loads((tmp_path / "out" / "B.json").read_text())
    assert written["annotations"] == [an_annotation(0)]


def test_a_text_that_a_spreadsheet_would_run_is_no_formula_in_the_decisions(
    run: Run, workspace: Path, rules: Path, tmp_path: Path
) -> None:
    hostile = an_annotation(0, rectangle(0, 0, 3, 3), id="=1+1", category_id="@Q0", image_id='a,"b"\r\nc')
    run("ingest", write_json(tmp_path / "B.json", a_dataset([hostile])), "--setting", "B", "-w", workspace)
    measured(run, workspace)
    filtered(run, workspace, rules, tmp_path / "out")
    [row] = rows_in(tmp_path / "out" / "decisions.csv")
    assert (row["annotation_id"], row["entity_id"]) == ("'=1+1", "'@Q0")
    assert row["image_id"] == 'a,"b"\r\nc'


def nameless(number: int, mask: np.ndarray) -> dict[str, Any]:
    return {key: value for key, value in an_annotation(number, mask).items() if key != "id"}


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


def test_two_processes_write_the_same_bytes(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    filtered(run, two_settings, rules, tmp_path / "one")
    words = ("--setting", "B", "--rules", rules, "--out", tmp_path / "two", "--workers", 2)
    assert run("filter", *words, "-w", two_settings).status == 0
    one, two = bytes_of(tmp_path / "one"), bytes_of(tmp_path / "two")
    assert {name for name in one if one[name] != two[name]} == {"summary.json"}  # it names the folder
