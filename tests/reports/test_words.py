"""What every format for people must say beside each figure, and how loudly it must say what is missing."""

import hashlib
import re
from dataclasses import replace
from html import unescape

import pytest

from reports.content import Design, SettingResult, TicketExample, result_of
from reports.formats import Format, render
from reports.sentences import design_facts, provenance_text, quotable_text, status_text, ticket_code
from sampling.design.frame import Across, DrawnUnit
from sampling.design.selection import annotation_ticket
from sampling.estimation.estimate import VerdictCounts

FOR_PEOPLE = (Format.HTML, Format.MARKDOWN, Format.LATEX)


def plain(chosen: Format, content) -> str:
    """The document with its markup taken away, so that words can be looked for."""
    (text,) = render(content, [chosen]).values()
    if chosen is Format.HTML:
        text = unescape(re.sub(r"<[^>]+>", "", text.partition("</style>")[2]))
    text = text.replace(r"\textendash{}", "–").replace(r"\texttimes{}", "×").replace(r"{-}", "-")
    text = text.replace(r"\allowbreak{}", "")
    return re.sub(r"\\([^a-zA-Z])", r"\1", text)


def single(counts: VerdictCounts) -> SettingResult:
    return SettingResult(
        setting="gc",
        reference=None,
        model=None,
        overall=result_of(counts),
        by_split={},
        by_category={},
        reasons={},
    )


def test_the_sentence_carries_all_a_reader_needs(published):
    intension = next(s for s in published.settings if s.setting == "intension-g-sam")

    assert quotable_text(intension, published) == (
        "86.1 % of the masks of intension × G-SAM were judged correct (95 % Wilson interval 84.5–87.5 %,"
        " n = 2,000, seed 7, sample main, 2026-11-23, mask-audit 0.1.0)."
    )


def test_an_unfinished_sentence_cannot_be_quoted(unfinished):
    partly, not_yet = (quotable_text(setting, unfinished) for setting in unfinished.settings)

    assert partly.startswith(
        "Not for quotation, 9 of 40 masks of tight box × GrabCut await a verdict: 70.0 % so far (95 %"
    )
    assert "of which 2 missing masks count as incorrect, 1 undecided left out" in partly
    assert not_yet == "No figure for tight box × watershed: nothing has been judged yet."


def test_the_status_counts_what_awaits_a_verdict(published, unfinished, empty):
    assert status_text(published) == "Complete: nothing awaits a verdict."
    assert status_text(unfinished).startswith(
        "INCOMPLETE: 49 of 80 masks, counted under every setting, await"
    )
    assert status_text(empty) == "Nothing to report: the sample holds no setting's masks."


@pytest.mark.parametrize("chosen", FOR_PEOPLE)
def test_incomplete_is_said_at_the_top_and_beside_the_figure(chosen, unfinished):
    text = plain(chosen, unfinished)

    assert "INCOMPLETE: 49 of 80 masks" in text.partition("Table 1")[0] + text[:2500]
    assert "INCOMPLETE: 9 pending" in text
    assert "were judged correct" not in text
    assert "Complete:" not in text


@pytest.mark.parametrize("chosen", FOR_PEOPLE)
def test_beside_the_figures_stand_n_interval_seed_sample_dates_and_version(chosen, published):
    text = plain(chosen, published)

    assert provenance_text(published) == (
        "Sample main of 2,000 units, seed 7, drawn 2026-11-20, 95 % Wilson intervals, reported 2026-11-23 by"
        " mask-audit 0.1.0"
    )
    assert provenance_text(published) in text
    for setting in published.settings:
        assert quotable_text(setting, published) in text


@pytest.mark.parametrize("chosen", FOR_PEOPLE)
def test_everything_that_was_handed_in_is_in_the_document(chosen, published):
    text = plain(chosen, published)

    for expected in (
        "intension-sam-2",
        "has 15 undecided units",
        "c0ffee5d0fb1f6ab",
        "17,903",
        "5,176,424",
        "entity=1400, query=400, wiki=200",
        "Ada",
        "4,397",
        "foreground background",
        "94.1 %",
        "covers 1,916 of 2,000",
        "whole image",
    ):
        assert expected in text, expected


@pytest.mark.parametrize("chosen", FOR_PEOPLE)
def test_one_setting_without_reference_and_model_makes_a_table_too(chosen, make_content):
    content = make_content(single(VerdictCounts(n_units=30, n_correct=27, n_incorrect=3)))

    text = plain(chosen, content)

    assert "90.0 % of the masks of gc were judged correct (95 % Wilson interval 74.4–96.5 %, n = 30" in text
    assert "Accuracy by setting" in text


@pytest.mark.parametrize("chosen", FOR_PEOPLE)
def test_settings_that_share_a_pair_are_told_apart_in_table_1(chosen, make_content):
    pair = {"reference": "text", "model": "SEEM"}
    settings = [
        replace(single(VerdictCounts(n_units=10, n_correct=n, n_incorrect=10 - n)), setting=name, **pair)
        for name, n in (("first-run", 3), ("second-run", 8))
    ]

    table = plain(chosen, make_content(*settings)).partition("In one sentence")[0]

    for expected in ("first-run", "30.0 %", "second-run", "80.0 %"):
        assert expected in table, expected


@pytest.mark.parametrize("chosen", FOR_PEOPLE)
def test_where_there_is_no_estimate_a_dash_and_the_reason_stand(chosen, make_content):
    content = make_content(single(VerdictCounts(n_units=3, n_unsure=3)))

    text = plain(chosen, content)

    assert "every unit is unsure or unjudgable" in text
    assert "—" in text or r"\textemdash" in text


def test_the_line_of_python_prints_the_ticket_of_the_example(make_content, capsys):
    for annotation_id in ("oven_query_val_00000107", 'it\'s "quoted" \\n', "крыса 🐀\n#"):
        ticket = annotation_ticket(7, annotation_id)
        content = make_content(ticket_example=TicketExample(annotation_id=annotation_id, ticket=ticket))

        exec(ticket_code(content), {"hashlib": hashlib})

        assert capsys.readouterr().out == f"{ticket}\n"


@pytest.mark.parametrize(
    ("design", "words"),
    [
        (
            {"unit": DrawnUnit.ENTITY, "across": Across.SPLITS, "per_entity": 1},
            "entities, each at most once over all its splits, with 1 annotation of each",
        ),
        (
            {"unit": DrawnUnit.ENTITY, "across": Across.WITHIN_SPLIT, "per_entity": 3},
            "entities, each at most once within split, with up to 3 annotations of each",
        ),
        (
            {"unit": DrawnUnit.ANNOTATION, "across": Across.SPLITS, "per_entity": 1},
            "annotations, directly",
        ),
    ],
)
def test_the_design_is_told_in_words(design, words, make_content):
    facts = {"allocation": "a", "seed": 1, "frame": "f", "population_fingerprint": "0", "strata": ()}
    content = make_content(design=Design(**design, **facts))

    assert dict(design_facts(content))["What was drawn"] == words
