"""Whole documents, kept under gold/."""

from pathlib import Path

import pytest

from reports.formats import RENDERERS, Format, render
from tests.reports.gold_documents import gold_difference


@pytest.mark.parametrize("name", ["published", "unfinished", "certifying", "contrasting", "empty", "hostile"])
@pytest.mark.parametrize("chosen", Format)
def test_the_document_is_the_one_that_was_accepted(name, chosen, request):
    content = request.getfixturevalue(name)
    place = Path(name, RENDERERS[chosen][0])

    (text,) = render(content, [chosen]).values()

    assert gold_difference(place, text) is None


def test_every_format_is_rendered_under_its_own_file_name(published):
    assert list(render(published, Format)) == [
        "report.html",
        "report.md",
        "report.tex",
        "report.csv",
        "report.json",
    ]
    assert render(published, []) == {}
