"""What every format for people must say beside each figure, and how loudly it must say what is missing."""

import hashlib
import re
from dataclasses import replace
from html import unescape

import pytest

from reports.content import TicketExample
from reports.drawing import design_facts, ticket_code, ticket_text
from reports.formats import Format, render
from reports.sections import sources
from reports.sentences import origin_text, provenance_text, quotable_text, scope_text, status_text
from sampling.design.frame import Across, DrawnUnit
from sampling.design.selection import annotation_ticket
from sampling.estimation.estimate import VerdictCounts
from tests.reports.builders import setting_of

FOR_PEOPLE = (Format.HTML, Format.MARKDOWN, Format.LATEX)


def plain(chosen: Format, content) -> str:
    """The document with its markup taken away, so that words can be looked for."""
    (text,) = render(content, [chosen]).values()
    if chosen is Format.HTML:
        text = unescape(re.sub(r"<[^>]+>", "", text.partition("</style>")[2]))
    text = text.replace(r"\textendash{}", "–").replace(r"\texttimes{}", "×").replace(r"{-}", "-")
    text = text.replace(r"\allowbreak{}", "")
    return re.sub(r"\\([^a-zA-Z])", r"\1", text)


def test_the_sentence_carries_all_a_reader_needs(published):
    intension = next(s for s in published.settings if s.setting == "intension-g-sam")

    assert quotable_text(intension, published) == (
        "86.1 % of the masks of intension × G-SAM were judged correct (95 % interval 84.5–87.5,"
        " stratified Wilson, n = 2,000, seed 7, sample main, 2026-11-23, mask-audit 0.1.0)."
    )


def test_an_unfinished_sentence_cannot_be_quoted(unfinished):
    partly, not_yet = (quotable_text(setting, unfinished) for setting in unfinished.settings)

    assert partly.startswith(
        "Not for quotation, 9 of 40 masks of tight box × GrabCut await a verdict: 70.0 % so far (95 %"
    )
    assert "of which 2 missing masks count as incorrect, 1 undecided left out" in partly
    assert not_yet == "No figure for tight box × watershed: nothing has been judged yet."


def test_the_status_counts_what_awaits_a_verdict(published, unfinished, empty):
    one = "Every mask has a verdict; 1 awaits a lead, and counts as unsure until then."
    assert status_text(published) == one
    settled = replace(published.settling, n_disputed=0)
    assert status_text(replace(published, settling=settled)) == "Complete: nothing awaits a verdict."
    disputed = replace(published.settling, n_disputed=86)
    assert status_text(replace(published, settling=disputed)) == (
        "Every mask has a verdict; 86 await a lead, and count as unsure until then."
    )
    assert status_text(unfinished).startswith(
        "INCOMPLETE: 49 of 80 masks, counted under every setting, await"
    )
    assert status_text(empty) == "Nothing to report: the sample holds no setting's masks."


def test_where_verdicts_were_given_is_one_sentence_and_nothing_where_there_are_none(
    published, unfinished, empty
):
    assert origin_text(published.front_ends) == (
        "13,513 verdicts on 13,513 masks through “page”, 4,397 verdicts on 4,397 masks through “import”;"
        " 298 masks read through more than one"
    )
    assert origin_text(unfinished.front_ends) == "31 verdicts on 31 masks through “page”"
    assert sources(unfinished).paragraphs[-1] == (
        "Where they were given: 31 verdicts on 31 masks through “page”."
    )
    assert origin_text(empty.front_ends) == ""
    by_leads_alone = replace(unfinished, front_ends=empty.front_ends)
    assert sources(by_leads_alone).paragraphs == sources(unfinished).paragraphs[:-1]


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
        "Sample main of 2,000 units, seed 7, drawn 2026-11-20, 95 % stratified Wilson intervals, reported"
        " 2026-11-23 by mask-audit 0.1.0"
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
    content = make_content(setting_of("gc", VerdictCounts(n_units=30, n_correct=27, n_incorrect=3)))

    text = plain(chosen, content)

    assert (
        "90.0 % of the masks of gc were judged correct (95 % interval 74.4–96.5, stratified Wilson, n = 30"
        in text
    )
    assert "Accuracy by setting" in text


@pytest.mark.parametrize("chosen", FOR_PEOPLE)
def test_settings_that_share_a_pair_are_told_apart_in_table_1(chosen, make_content):
    pair = {"reference": "text", "model": "SEEM"}
    settings = [
        setting_of(name, VerdictCounts(n_units=10, n_correct=n, n_incorrect=10 - n), **pair)
        for name, n in (("first-run", 3), ("second-run", 8))
    ]

    table = plain(chosen, make_content(*settings)).rpartition("In one sentence")[0]

    for expected in ("first-run", "30.0 %", "second-run", "80.0 %"):
        assert expected in table, expected


@pytest.mark.parametrize("chosen", FOR_PEOPLE)
def test_where_there_is_no_estimate_a_dash_and_the_reason_stand(chosen, make_content):
    content = make_content(setting_of("gc", VerdictCounts(n_units=3, n_unsure=3)))

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
    content = make_content(design=replace(make_content().design, **design))

    assert dict(design_facts(content))["What was drawn"] == words


def test_a_draw_by_size_says_how_entities_were_ranked(contrasting):
    assert "square root" in dict(design_facts(contrasting))["Chance of an entity"]
    assert "those with the smallest (u / (1 - u)) / t were drawn (Pareto sampling)" in ticket_text(
        contrasting
    )


def test_a_sample_of_differing_masks_says_so_beside_every_figure(contrasting):
    words = (
        "This sample holds only mentions whose masks differ between intension × G-SAM and extension × G-SAM:"
        " every accuracy here is of those mentions, not of the dataset."
    )

    assert words in scope_text(contrasting)
    for chosen in FOR_PEOPLE:
        assert words in plain(chosen, contrasting)
    assert dict(design_facts(contrasting))["Only where masks differ"] == (
        "intension × G-SAM and extension × G-SAM"
    )
    assert quotable_text(contrasting.settings[0], contrasting).startswith(
        "75.3 % of the masks of intension × G-SAM where those of intension × G-SAM and extension × G-SAM"
        " differ were judged correct, every annotation counting once (95 %"
    )


def test_several_annotations_of_an_entity_are_said_to_be_one_draw(make_content):
    content = make_content(design=replace(make_content().design, per_entity=3))

    assert "intervals are over entities" in scope_text(content)
    assert "intervals are over entities" not in scope_text(make_content())


@pytest.mark.parametrize("chosen", FOR_PEOPLE)
def test_a_setting_that_is_not_in_the_sample_says_why(chosen, published, contrasting):
    other = replace(contrasting, not_in_sample=("loose",))

    assert "it came after the draw and has no masks there" in plain(chosen, published)
    assert "it is none of the two that the sample was drawn to compare" in plain(chosen, other)
