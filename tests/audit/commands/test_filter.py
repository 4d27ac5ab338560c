"""filter: what it writes."""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest

from tests.audit.commands.filtering import (
    DISAGREEMENT,
    SMALL_AREA,
    bytes_of,
    filtered,
    measured,
    rows_in,
    rows_of,
)
from tests.datasets import Run, a_dataset, an_annotation, rectangle, write_json


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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    filtered(run, two_settings, rules, tmp_path / "one")
    words = ("--setting", "B", "--rules", rules, "--out", tmp_path / "two", "--workers", 2)
    assert run("filter", *words, "-w", two_settings).status == 0
    one, two = bytes_of(tmp_path / "one"), bytes_of(tmp_path / "two")
    assert {name for name in one if one[name] != two[name]} == {"summary.json"}  # it names the folder
