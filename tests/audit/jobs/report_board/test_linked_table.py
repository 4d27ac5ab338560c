"""Every number that is a link leads to as many masks as it says."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest

from audit.jobs.report_board.choosing import chosen_masks
from audit.jobs.report_board.chosen_part import chosen_part
from audit.jobs.report_board.linked_table import table_html
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from audit.jobs.report_board.offered import read_filter
from audit.jobs.report_board.shown_sections import shown_section, shown_sections
from reports.blocks import Cell, Table

LINK = re.compile(r'<a href="([^"]*)" target="_self"><bdi>([^<]*)</bdi></a>')


def links(html):
    """The filter and the text of every link."""
    for address, text in LINK.findall(html):
        yield dict(parse_qsl(urlsplit(unescape(address)).query)), unescape(text)


def masks_behind(board, parameters):
    read = read_filter(parameters, board.offered)
    assert read.unknown == ()
    return chosen_masks(board.state, read.wanted)


@pytest.fixture(scope="module")
def tables(board):
    return {section.key: section.table for section in shown_sections(board) if section.table}


@pytest.mark.parametrize("key", ["counts", "reasons"])
def test_a_count_leads_to_as_many_masks(board, tables, key):
    found = list(links(tables[key]))
    assert found
    for parameters, text in found:
        assert len(masks_behind(board, parameters)) == int(text), parameters


def test_the_accuracy_of_every_setting_split_category_and_source_leads_to_its_masks(board, tables):
    for key, facet in {
        "table-1": Facet.SETTING,
        "splits": Facet.SPLIT,
        "categories": Facet.CATEGORY,
        "source_datasets": Facet.SOURCE,
        "sizes": Facet.SIZE,
    }.items():
        asked = [parameters for parameters, _ in links(tables[key])]
        assert {parameters[facet] for parameters in asked} == set(board.offered[facet]), key
        assert all(masks_behind(board, parameters) for parameters in asked)


@pytest.mark.parametrize("key", ["splits", "categories", "source_datasets", "sizes", "estimands"])
def test_an_n_leads_to_as_many_masks(board, tables, key):
    found = [(parameters, text) for parameters, text in links(tables[key]) if text.isdigit()]
    assert found
    for parameters, text in found:
        assert len(masks_behind(board, parameters)) == int(text), parameters


def test_what_only_one_of_two_settings_has_right_leads_to_the_pairs(board, tables):
    counted = {
        (parameters["setting"], parameters["against"]): (int(text), masks_behind(board, parameters))
        for parameters, text in links(tables["comparisons"])
        if "against" in parameters
    }
    assert set(counted) == {("A", "B"), ("B", "A")}
    for n, found in counted.values():
        assert len(found) == n
        assert all(len(each.masks) == 2 for each in found)


def test_numbers_that_are_not_of_sampled_masks_are_no_links(tables):
    assert "<a " not in tables["design"]


def test_the_counts_of_a_chosen_part_lead_to_that_part(board):
    wanted = MaskFilter.of({Facet.CATEGORY: "later", Facet.OUTCOME: "correct"})
    shown = shown_section(board, "chosen-part", chosen_part(board, wanted), wanted.of_units)
    found = [(parameters, text) for parameters, text in links(shown.table) if text.isdigit()]
    assert found
    for parameters, text in found:
        assert parameters["category"] == "later"
        assert len(masks_behind(board, parameters)) == int(text)


def test_the_accuracy_of_a_chosen_split_is_that_of_the_report(board):
    split = board.offered[Facet.SPLIT][0]
    part = chosen_part(board, MaskFilter.of({Facet.SPLIT: split}))
    of_report = board.content.settings[0].by_split[split].accuracy
    low, value, high = part.figures[0].rows[0].limits
    assert (low, value, high) == (of_report.interval.low, of_report.value, of_report.interval.high)


class Reader(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.texts = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        assert not any(name.startswith("on") for name, _ in attrs)
        self.tags.add(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_names_with_markup_stay_names():
    hostile = '<img src=x onerror=alert(1)>"&\x00'
    table = Table(
        columns=("Category", hostile), rows=((Cell(text=hostile), Cell(text="1", details=(hostile,))),)
    )
    read = Reader(table_html(table, hostile, {(0, 1): hostile}))
    assert read.tags == {"div", "table", "thead", "tbody", "tr", "th", "td", "a", "bdi", "small"}
    assert read.texts.count(hostile.replace("\x00", "\ufffd")) == 3


def test_a_table_can_be_scrolled_by_its_keys_and_has_a_name(tables):
    assert '<div class="report-table" tabindex="0" role="region" aria-label="All counts">' in tables["counts"]


def test_a_category_with_markup_is_found_by_its_link(board, tables):
    named = [parameters for parameters, _ in links(tables["categories"]) if "<" in parameters["category"]]
    assert named
    assert all(masks_behind(board, parameters) for parameters in named)
