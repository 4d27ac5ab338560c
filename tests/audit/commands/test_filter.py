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


def test_what_was_filtered_from_another_setting_is_not_replaced(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    out = tmp_path / "out"
    filtered(run, two_settings, rules, out)
    before = bytes_of(out)
    words = ("--rules", rules, "--out", out, "--workers", 1, "-w", two_settings)
    said = refusal(run("filter", "--setting", "A", *words))
    assert "holds what was filtered from 'B': name another --out" in said
    assert bytes_of(out) == before


def test_a_mount_point_is_refused_before_anything_is_read(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    (tmp_path / "B.json").unlink()
    said = refusal(filtered(run, two_settings, rules, Path("/")))
    assert "is a mount point and cannot be replaced: name a folder inside it" in said


def commands_of(finished: Finished) -> tuple[str, list[str]]:
    """The setting that the one command names, and its words."""
    [command] = finished.json["commands"]
    words = shlex.split(command)[1:]
    return words[words.index("--setting") + 1], words


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


def test_rules_set_by_eye_are_said_to_be(run: Run, two_settings: Path, rules: Path, tmp_path: Path) -> None:
    measured(run, two_settings)
    evidence = (
        "[evidence]\ntarget = 0.9\nconfidence = 0.95\nestimand = 'annotation'\nsettings = ['B']\n"
        "sample = 's'\nseed = 0\nn_learning = 9\nn_certifying = {}\nn_kept = 0\nn_errors = 0\n"
        "p_value = 1.0\nshare_kept = 0.5\nmade_on = 2025-01-31\nfeatures_version = 1\n"
    )
    by_eye = "the [evidence] of the rules certifies nothing: their thresholds were set by eye"
    for n_certifying, remarks in ((0, [by_eye]), (100, [])):
        rules.write_text(SMALL_AREA + evidence.format(n_certifying))
        assert filtered(run, two_settings, rules, tmp_path / "out", "--json").json["remarks"] == remarks


def test_all_faults_of_the_rules_are_told_at_once_with_the_file(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    entities = tmp_path / "entities.csv"
    entities.write_text("entity_id,type\nQ0,event\n")
    run("entities", entities, "-w", two_settings)
    rules.write_text(
        'format = 1\n[[rule]]\nkind = "non_visual"\ntypes = ["evnet"]\nwords = ["how?"]\n'
        '[[rule]]\nkind = "threshold"\nfeature = "iou:C"\nat_least = 7\n'
    )
    said = refusal(filtered(run, two_settings, rules, tmp_path / "out"))
    for part in (
        f"{rules}: rule 1: ",
        "'evnet', which no entity",
        "hold 'how?'",
        "no setting 'C'",
        "= 7.0: iou",
    ):
        assert part in said


def test_rules_that_are_no_file_are_refused_in_one_sentence(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert f"{rules / 'x'} is not there" in refusal(filtered(run, two_settings, rules / "x", out))
    assert f"{tmp_path} is a folder" in refusal(filtered(run, two_settings, tmp_path, out))


def test_an_empty_mask_of_a_file_of_lists_is_corrected_to_a_list(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    empty = an_annotation(0, np.zeros((40, 60), np.uint8), label=None)
    for setting, first in (("A", an_annotation(0)), ("B", empty), ("C", an_annotation(0))):
        file = write_json(tmp_path / f"{setting}.json", a_dataset([first, an_annotation(1)]))
        run("ingest", file, "--setting", setting, "-w", workspace)
    measured(run, workspace)
    rules = tmp_path / "rules.toml"
    rules.write_text('format = 1\n[[rule]]\nkind = "disagreement"\n')
    out = tmp_path / "out"
    assert filtered(run, workspace, rules, out, "--json").json["total"]["n_corrected"] == 1
    first, _ = json.loads((out / "B.json").read_text())["annotations"]
    whole = an_annotation(0)
    assert (first["segmentation"], first["bbox"]) == (whole["segmentation"], whole["bbox"])


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


def test_two_processes_write_the_same_bytes(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    filtered(run, two_settings, rules, tmp_path / "one")
    words = ("--setting", "B", "--rules", rules, "--out", tmp_path / "two", "--workers", 2)
    assert run("filter", *words, "-w", two_settings).status == 0
    one, two = bytes_of(tmp_path / "one"), bytes_of(tmp_path / "two")
    assert {name for name in one if one[name] != two[name]} == {"summary.json"}  # it names the folder
