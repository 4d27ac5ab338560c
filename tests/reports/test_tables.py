"""CSV and JSON: exact values, the keys of the contract, nothing that a spreadsheet would run."""

import csv
import io
import json

import pytest

from reports.tables import CSV_COLUMNS, render_csv, render_json

COUNTS = [
    "n_units",
    "n_reviewed",
    "n_correct",
    "n_incorrect",
    "n_unsure",
    "n_missing",
    "n_unjudgable",
    "n_pending",
    "n_dropped",
]


def rows_of(content):
    return list(csv.DictReader(io.StringIO(render_csv(content), newline="")))


def test_json_has_the_keys_of_format_1(published):
    document = json.loads(render_json(published))

    assert list(document) == [
        "format",
        "version",
        "created_at",
        "complete",
        "not_in_sample",
        "warnings",
        "sample",
        "settings",
    ]
    assert document["format"] == 1
    assert list(document["sample"]) == ["name", "seed", "design", "allocation", "n_units"]
    first, overall = document["settings"][0], document["settings"][-1]
    assert list(first) == [
        "setting",
        "reference",
        "model",
        *COUNTS,
        "accuracy",
        "interval",
        "by_split",
        "by_category",
        "reasons",
    ]
    assert list(first["interval"]) == ["low", "high", "confidence", "method"]
    assert list(first["by_split"]["wiki"]) == [*COUNTS, "accuracy", "interval"]
    assert first["reasons"]["wrong_object"] == 124
    assert "reference" not in overall
    assert "model" not in overall


def test_json_gives_proportions_in_full(published):
    of_setting = {s["setting"]: s for s in json.loads(render_json(published))["settings"]}

    filtered = of_setting["overall after filtering"]
    assert filtered["accuracy"] == 1802 / 1901
    assert of_setting["intension-g-sam"]["accuracy"] == 0.861
    # statsmodels 0.15.0, see tests/reference/wilson.toml
    assert of_setting["intension-g-sam"]["interval"]["low"] == pytest.approx(0.8451451875937891, rel=1e-9)


def test_what_is_not_available_is_absent_from_json_never_null(unfinished):
    text = render_json(unfinished)
    document = json.loads(text)

    assert "null" not in text
    assert document["complete"] is False
    assert "accuracy" in document["settings"][0]
    assert "accuracy" not in document["settings"][1]
    assert "interval" not in document["settings"][1]["by_split"]["demo"]


def test_csv_has_one_row_per_setting_and_slice(published):
    rows = rows_of(published)

    assert list(rows[0]) == list(CSV_COLUMNS)
    assert len(rows) == 9 * (1 + 3 + 11)
    assert all(row["sample"] == "main" and row["seed"] == "7" for row in rows)
    by_slice = {(row["setting"], row["slice"], row["name"]): row for row in rows}
    filtered = by_slice["overall after filtering", "all", ""]
    assert float(filtered["accuracy"]) == 1802 / 1901
    assert float(filtered["accuracy_if_undecided_wrong"]) == 1802 / 1916
    assert float(filtered["accuracy_if_undecided_right"]) == 1817 / 1916
    assert filtered["complete"] == "yes"


def test_csv_leaves_empty_what_there_is_not(unfinished):
    judged, _, unjudged, _ = rows_of(unfinished)

    assert (judged["complete"], judged["n"]) == ("no", "30")
    assert (unjudged["complete"], unjudged["n"]) == ("no", "0")
    assert (unjudged["accuracy"], unjudged["low"], unjudged["accuracy_if_undecided_wrong"]) == ("", "", "")


def test_a_text_that_a_spreadsheet_would_run_is_preceded_by_an_apostrophe(hostile):
    rows = rows_of(hostile)

    assert rows[0]["sample"] == "'=cmd()|' /C calc'!A0"
    texts = {row[column] for row in rows for column in ("setting", "reference", "model", "name", "sample")}
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert "two\nlines\tand \x00 control \x1b[31m" in texts


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_every_start_of_a_formula_is_guarded(start, make_content, published):
    content = make_content(*published.settings, sample=f"{start}1+1")

    assert {row["sample"] for row in rows_of(content)} == {f"'{start}1+1"}


def test_an_empty_report_has_a_header_and_no_settings(empty):
    assert list(csv.reader(io.StringIO(render_csv(empty)))) == [list(CSV_COLUMNS)]
    assert json.loads(render_json(empty))["settings"] == []
