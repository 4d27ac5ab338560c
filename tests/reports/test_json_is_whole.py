"""What people read in a report, machines find in `report.json`, so that it can be checked by them."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from reports.formats import Format, render
from reports.numbers import percent_number
from reports.sections import SECTIONS, table_one

DERIVED = {"figure-4", "risk"}
"""Shares of Figure 4 are counts over their sum, and the counts stand in `report.json`."""


def numbers_in(value: object) -> Iterator[float]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(each)
    elif isinstance(value, int | float):
        yield float(value)


def shown(section) -> Iterator[str]:
    """The numbers with a decimal, and the limits, of a section's table."""
    for row in section.table.rows if section.table else ():
        for cell in row[section.table.n_labels :]:
            yield from re.findall(r"(?<![\d.])(\d+\.\d)(?![\d.])", cell.line)


def as_shown(numbers: Iterator[float]) -> set[str]:
    found = set()
    for number in numbers:
        found |= {f"{abs(number):.1f}", f"{abs(number) / 3600:.1f}"}
        if abs(number) <= 1:
            found |= {f"{100 * abs(number):.1f}", percent_number(abs(number)).lstrip("<>")}
    return found


@pytest.fixture
def corrected(published):
    """One setting and all that is said of reviewers: few numbers, so that none is there by chance."""
    filtered = replace(published.settings[-1], by_category={}, by_source={}, by_size={})
    return replace(published, settings=(filtered,), comparisons=(), preferences=(), gold=None)


@pytest.mark.parametrize("name", ["corrected", "unfinished", "certifying", "contrasting"])
def test_every_figure_of_a_table_stands_in_report_json(name, request):
    content = request.getfixturevalue(name)
    (text,) = render(content, [Format.JSON]).values()
    known = as_shown(numbers_in(json.loads(text)))
    sections = {"table-1": table_one(content)} | {
        key: section_of(content) for key, section_of in SECTIONS.items() if key not in DERIVED
    }

    missing = {key: lacking for key, section in sections.items() if (lacking := set(shown(section)) - known)}

    assert missing == {}
    assert len(known) < 200
    assert sum(len(list(shown(section))) for section in sections.values()) > 10
