"""Preferences in the report: what people read, and what machines read."""

import csv
import io
import json
from dataclasses import replace

import pytest

from reports.formats import Format, render
from reports.preferences import COLUMNS, COUNTING, preference_text, preferences
from reports.sections import written_sections
from sampling.comparison.preference import PreferenceCounts
from sampling.estimation.estimands import Estimand
from tests.reports.builders import preference_of


def lines(section):
    return [[cell.line for cell in row] for row in section.table.rows]


def test_a_comparison_is_told_with_every_share_the_net_and_its_interval(published):
    section = preferences(published)

    assert section.table.columns == COLUMNS
    assert lines(section) == [
        [
            "entity label × G-SAM against text query × G-SAM",
            "34.0 % (32.0–36.1)",
            "12.0 % (10.6–13.5)",
            "54.0 % (51.8–56.2)",
            "+22.0 (+19.2 to +24.8)",
            "73.9 % (71.0–76.6)",
            "2,000 (900 identical)",
        ]
    ]


def test_the_sentence_carries_all_that_a_reader_needs(published):
    assert preferences(published).points == (
        "entity label × G-SAM better: 34.0 %, text query × G-SAM better: 12.0 %, the same: 54.0 % of 2,000"
        " mentions, 900 of them with identical masks; net +22.0 percentage points (95 % Bonett–Price interval"
        " +19.2 to +24.8).",
    )


def test_an_unfinished_comparison_cannot_be_quoted_and_says_what_is_left_out(unfinished):
    section = preferences(unfinished)
    (line,) = lines(section)

    assert section.points[0].startswith("Not for quotation, 14 pairs are still to be compared: tight box × ")
    assert line[0] == "tight box × GrabCut against tight box × watershed (INCOMPLETE: 14 pending)"
    assert line[-1] == "22 (12 identical, 3 not compared, 1 unjudgable)"
    assert "While pairs are open, the decided ones stand for them." in section.paragraphs[1]


def test_a_comparison_without_a_figure_says_why(published):
    nothing = preference_of("a", "b", PreferenceCounts(n_identical=3, n_pending=7))
    section = preferences(replace(published, preferences=(nothing,)))

    assert section.points[0].startswith("No preference between a and b: a stratum has masks that differ")
    assert "—" in lines(section)[0]


def test_where_neither_is_ever_better_there_is_no_share_of_decided_pairs(published):
    alike = preference_of("a", "b", PreferenceCounts(n_same=4, n_identical=6))
    (line,) = lines(preferences(replace(published, preferences=(alike,))))

    assert line[3:6] == ["100.0 % (72.2–100.0)", "0.0 (−23.1 to +23.1)", "—"]


def test_it_says_that_preferences_are_no_verdicts_and_how_several_people_count(published):
    words = preferences(published).paragraphs[0]

    assert "no accuracy here knows of them" in words
    assert "the majority counts; without one, neither is better" in words


def test_a_sample_of_differing_masks_says_so(contrasting, published):
    assert "So are these." in preferences(contrasting).paragraphs[-1]
    assert "So are these." not in " ".join(preferences(published).paragraphs)
    assert "estimand “annotation”" in " ".join(preferences(contrasting).paragraphs)


def test_every_estimand_has_words():
    assert set(COUNTING) == set(Estimand)


def test_without_a_comparison_no_format_mentions_preferences(published):
    content = replace(published, preferences=())

    assert not preferences(content).has_content
    for text in render(content, [Format.HTML, Format.MARKDOWN, Format.LATEX, Format.JSON]).values():
        assert "preference" not in text.lower()


@pytest.mark.parametrize("chosen", [Format.HTML, Format.MARKDOWN, Format.LATEX])
def test_every_format_for_people_tells_it_next_to_the_comparisons(published, chosen):
    (text,) = render(published, [chosen]).values()
    titles = [section.title for section in written_sections(published)]

    assert titles.index("Preferences") == titles.index("Settings compared") + 1
    assert text.index("Settings compared") < text.index("Preferences") < text.index("Reasons given")


def test_machines_get_counts_figures_and_every_estimand(published):
    [found] = json.loads(render(published, [Format.JSON])["report.json"])["preferences"]
    counts = {name: found[name] for name in found if name.startswith("n_") and name != "n_eff"}

    assert counts == {
        "n_pairs": 2000,
        "n_a": 680,
        "n_b": 240,
        "n_same": 180,
        "n_identical": 900,
        "n_pending": 0,
        "n_unjudgable": 0,
        "n_not_compared": 0,
    }
    assert found["net"] == pytest.approx(0.22)
    assert found["interval"]["method"] == "bonett-price"
    assert found["a_of_decided"]["estimate"] == pytest.approx(680 / 920)
    assert found["estimands"]["entity"]["same"]["estimate"] == pytest.approx(0.54)


def test_a_comparison_without_a_figure_has_counts_alone(hostile):
    found = json.loads(render(hostile, [Format.JSON])["report.json"])["preferences"][1]

    assert (found["n_pending"], found["n_pairs"]) == (7, 3)
    assert not {"net", "interval", "estimands"} & found.keys()


def test_the_table_for_machines_has_a_row_for_it_that_is_no_accuracy(unfinished):
    rows = csv.DictReader(io.StringIO(render(unfinished, [Format.CSV])["report.csv"]))
    [row] = [row for row in rows if row["slice"] == "preference"]

    assert (row["setting"], row["name"], row["complete"]) == ("tight-grabcut", "tight-watershed", "no")
    assert (row["n"], row["n_better"], row["n_worse"], row["n_same"]) == ("22", "5", "1", "4")
    assert row["accuracy"] == row["low"] == row["n_correct"] == ""
    assert float(row["net_low"]) < float(row["net"]) < float(row["net_high"])


def test_the_words_name_people_s_names_for_settings(published):
    assert preference_text(published.preferences[0], published).startswith("entity label × G-SAM better")
