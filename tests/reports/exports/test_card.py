"""The section of a dataset card, read by Hugging Face's own reader."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from huggingface_hub import DatasetCard
from markdown_it import MarkdownIt

from reports.content import ReportContent
from reports.exports.card import MARKDOWN_MARKERS, card_section, render_card

NASTY = 'a: "b" # c | <script>alert(1)</script> --> [x](y) `$1` \N{RIGHT-TO-LEFT OVERRIDE} =cmd()'


@pytest.fixture
def nasty(published: ReportContent) -> ReportContent:
    first, *others = published.settings
    renamed = replace(first, setting=NASTY, reference=NASTY, model=NASTY)
    return replace(published, sample=NASTY, settings=(renamed, *others))


def test_hugging_face_reads_the_figures(published: ReportContent) -> None:
    data = DatasetCard(render_card(published)).data.to_dict()

    assert data["tags"] == ["mask-audit"]
    assert data["mask_audit"]["seed"] == published.design.seed
    [first, *_] = data["mask_audit"]["settings"]
    accuracy = published.settings[0].overall.accuracy
    assert first["accuracy"] == accuracy.value
    assert (first["low"], first["high"]) == (accuracy.interval.low, accuracy.interval.high)
    assert first["n_pending"] == 0


def test_the_words_carry_accuracy_interval_n_and_seed(published: ReportContent) -> None:
    text = DatasetCard(render_card(published)).text

    assert "86.1 % of the masks" in text
    assert f"seed {published.design.seed}" in text
    assert "### Limits" in text


def test_names_are_neither_yaml_nor_markup(nasty: ReportContent) -> None:
    card = DatasetCard(render_card(nasty))

    assert card.data.to_dict()["mask_audit"]["sample"] == NASTY
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(card.text)
    assert "<script" not in html
    assert "href" not in html
    table = html[html.index("Accuracy</h3>") : html.index("How it was measured")]
    assert table.count("<td") == 11 * len(nasty.settings)


def test_a_name_cannot_end_the_section(nasty: ReportContent) -> None:
    hostile = replace(nasty, sample=MARKDOWN_MARKERS[1])

    lines = card_section(hostile).splitlines()
    assert [line for line in lines if line.strip() in MARKDOWN_MARKERS] == list(MARKDOWN_MARKERS)


def test_an_unfinished_audit_says_so_and_gives_no_figure_that_it_has_not(unfinished: ReportContent) -> None:
    card = DatasetCard(render_card(unfinished))

    assert "INCOMPLETE" in card.text
    first, second = card.data.to_dict()["mask_audit"]["settings"]
    assert first["n_pending"] == 9
    assert "accuracy" not in second
    assert second["why_none"]
    assert "nan" not in card.text.casefold()


def test_figures_of_differing_masks_are_not_taken_for_those_of_the_dataset(published: ReportContent) -> None:
    a, b = (setting.setting for setting in published.settings[:2])
    contrast = replace(published, design=replace(published.design, contrast=(a, b)))
    card = DatasetCard(render_card(contrast))

    assert card.data.to_dict()["mask_audit"]["only_where_masks_differ"] == [a, b]
    assert "not of the dataset" in card.text
    assert "only_where_masks_differ" not in render_card(published)


def test_a_sample_without_settings_has_a_card(make_content: Callable[..., ReportContent]) -> None:
    card = DatasetCard(render_card(make_content()))

    assert card.data.to_dict()["mask_audit"]["settings"] == []
