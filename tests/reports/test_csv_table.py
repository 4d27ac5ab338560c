"""The CSV: exact values, columns in their old places, nothing that a spreadsheet would run."""

import csv
import io
from dataclasses import replace

import pytest

from reports.csv_table import CSV_COLUMNS, render_csv
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import VerdictCounts
from tests.reports.builders import setting_of


def rows_of(content):
    return list(csv.DictReader(io.StringIO(render_csv(content), newline="")))


def test_csv_has_one_row_per_setting_and_slice_and_one_per_comparison(published):
    rows = rows_of(published)

    assert list(rows[0]) == list(CSV_COLUMNS)
    assert len(rows) == 9 * (1 + 3 + 11 + 6 + 3) + 1
    assert all(row["sample"] == "main" and row["seed"] == "7" for row in rows)
    by_slice = {(row["setting"], row["slice"], row["name"]): row for row in rows}
    filtered = by_slice["overall after filtering", "all", ""]
    assert float(filtered["accuracy"]) == 1802 / 1901
    assert float(filtered["accuracy_if_undecided_wrong"]) == 1802 / 1916
    assert float(filtered["accuracy_if_undecided_right"]) == 1817 / 1916
    assert filtered["complete"] == "yes"


def test_csv_leaves_empty_what_there_is_not(unfinished):
    judged, _, unjudged, _, _ = rows_of(unfinished)

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


def test_the_columns_of_before_keep_their_places_and_new_ones_come_last():
    assert CSV_COLUMNS[18:27] == (
        "n_dropped",
        "n",
        "accuracy",
        "low",
        "high",
        "confidence",
        "method",
        "accuracy_if_undecided_wrong",
        "accuracy_if_undecided_right",
    )
    assert CSV_COLUMNS[27:32] == ("estimand", "n_eff", "deff", "interval_valid", "settlement")
    assert CSV_COLUMNS[32:] == (
        "n_better",
        "n_worse",
        "n_same",
        "n_identical",
        "better",
        "worse",
        "net",
        "net_low",
        "net_high",
        "few_units",
    )


def test_csv_follows_the_estimand_of_the_headline(published):
    settings = tuple(
        replace(setting, overall=replace(setting.overall, headline=Estimand.ENTITY))
        for setting in published.settings
    )

    first = rows_of(replace(published, settings=settings, estimand=Estimand.ENTITY))[0]

    expected = published.settings[0].overall.estimands[Estimand.ENTITY]
    assert first["estimand"] == "entity"
    assert float(first["accuracy"]) == expected.value
    assert float(first["high"]) == expected.interval.high
    assert (float(first["n_eff"]), float(first["deff"])) == (expected.n_eff, expected.deff)


def test_csv_has_sizes_as_slices(published):
    rows = [row for row in rows_of(published) if row["slice"] == "size"]

    assert {row["name"] for row in rows} == {"small", "medium", "large"}
    assert len(rows) == 9 * 3
    assert rows[0]["n"] == "24"
    assert rows[0]["low"] != ""


def test_csv_says_where_an_interval_of_a_planned_size_is_not_valid(published, certifying):
    done = setting_of("done", VerdictCounts(n_units=10, n_correct=9, n_incorrect=1))

    assert {row["interval_valid"] for row in rows_of(published)} == {"yes"}
    assert {row["interval_valid"] for row in rows_of(certifying)} == {"no"}
    assert rows_of(replace(certifying, settings=(done,)))[0]["interval_valid"] == "yes"


def test_an_empty_report_has_a_header_alone(empty):
    assert list(csv.reader(io.StringIO(render_csv(empty)))) == [list(CSV_COLUMNS)]
