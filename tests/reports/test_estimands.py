"""The three estimands side by side, and what to be careful about."""

from dataclasses import replace

import pytest

from reports.estimands import CAUTIONS, cautions, estimands
from reports.sections import table_one
from reports.sentences import quotable_text, scope_text
from sampling.estimation.cautions import Caution
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import NoEstimate, VerdictCounts
from tests.reports.builders import estimate_of, result_of, setting_of

FLAWLESS = VerdictCounts(n_units=200, n_correct=200)


def lines(table):
    return [[cell.line for cell in row] for row in table.rows]


def with_headline(content, headline):
    settings = tuple(
        replace(setting, overall=replace(setting.overall, headline=headline)) for setting in content.settings
    )
    return replace(content, settings=settings, estimand=headline)


def test_each_setting_has_its_estimands_side_by_side_with_n_eff_and_design_effect(published):
    section = estimands(published)

    assert section.table.columns == (
        "Setting",
        "Share of the sample (mix)",
        "Per entity",
        "Per annotation",
        "n",
    )
    rows = lines(section.table)
    assert len(rows) == 9
    assert rows[0] == [
        "entity label × G-SAM",
        "81.4 % (79.6–83.0, n_eff = 2,000, design effect 1.00)",
        "79.5 % (73.5–84.5, n_eff = 205, design effect 9.75)",
        "82.3 % (78.7–85.4, n_eff = 500, design effect 4.00)",
        "2,000",
    ]


def test_each_estimand_is_told_in_a_sentence_and_the_mix_by_its_shares(published):
    mix, entity, annotation = estimands(published).points

    assert "the shares that the sample gave them (70.0 % entity, 20.0 % query, 10.0 % wiki)" in mix
    assert entity.startswith("entity: every entity counts once")
    assert annotation.startswith("annotation: every annotation counts once")


def test_an_estimand_without_an_estimate_says_why(make_content):
    counts = VerdictCounts(n_units=9, n_correct=8, n_incorrect=1)
    found = dict.fromkeys(Estimand, estimate_of(8 / 9, 9))
    found[Estimand.ENTITY] = NoEstimate(reason="split wiki has no counted unit")

    section = estimands(make_content(setting_of("gc", counts, overall=result_of(counts, estimands=found))))

    [[_, mix, entity, _, n]] = lines(section.table)
    assert mix.startswith("88.9 %")
    assert entity == "— (split wiki has no counted unit)"
    assert n == "9"


def test_an_estimand_that_hardly_anything_stands_behind_is_marked(certifying):
    [_, mix, entity, *_] = lines(estimands(certifying).table)[0]

    assert "n_eff = 207," in mix
    assert "n_eff = 21, fewer than 30," in entity


@pytest.mark.parametrize(
    ("headline", "share", "words", "counting"),
    [
        (Estimand.MIX, "81.4 %", "the share of the sample as it was allocated", "were judged correct ("),
        (Estimand.ENTITY, "79.5 %", "those of all entities", "correct, every entity counting once ("),
        (
            Estimand.ANNOTATION,
            "82.3 %",
            "those of all annotations",
            "correct, every annotation counting once (",
        ),
    ],
)
def test_the_headline_is_what_table_1_and_the_sentences_show(headline, share, words, counting, published):
    content = with_headline(published, headline)
    sentence = quotable_text(content.settings[0], content)

    assert table_one(content).table.rows[0][1].text == share
    assert words in scope_text(content)
    assert sentence.startswith(share)
    assert counting in sentence
    assert ("n_eff = " in sentence) == (headline is not Estimand.MIX)
    assert f"Table 1 answers “{headline}”" in estimands(content).paragraphs[0]


def test_without_a_setting_there_is_no_section(empty):
    assert not estimands(empty).has_content
    assert not cautions(empty).has_content


def test_no_error_is_quoted_by_its_bound(make_content):
    result = result_of(FLAWLESS, cautions=(Caution.NO_ERRORS,))

    section = cautions(make_content(setting_of("gc", FLAWLESS, overall=result)))

    assert section.points == (
        "Nothing counted is wrong. Quote the bound, not 100 %: gc (no error among 200: the share of errors"
        " is at most 1.5 % (95 %, one-sided)).",
    )


def test_table_1_shows_the_bound_beside_a_flawless_figure(make_content):
    (row,) = table_one(make_content(setting_of("gc", FLAWLESS))).table.rows

    assert row[1].line == "100.0 % (98.1–100.0, n = 200, no error: at most 1.5 % wrong)"


def test_a_caution_names_every_setting_that_it_holds_for(make_content):
    counts = VerdictCounts(n_units=50, n_correct=40, n_incorrect=10)
    few = dict.fromkeys(Estimand, estimate_of(0.8, 50, 2.5))
    settings = [
        setting_of(
            name, counts, overall=result_of(counts, estimands=few, cautions=(Caution.FEW_EFFECTIVE, other))
        )
        for name, other in (("a", Caution.LARGE_DEFF), ("b", Caution.THIN_STRATUM))
    ]

    points = cautions(make_content(*settings)).points

    assert [point.rpartition(": ")[2] for point in points] == [
        "a (n_eff = 20); b (n_eff = 20).",
        "a (design effect 2.50).",
        "b.",
    ]


def test_every_caution_has_words():
    assert set(CAUTIONS) == set(Caution)
