"""Whole documents, kept under gold/. What differs is saved under actual/, beside gold/.

To accept a change: look at the document under actual/, then move it to its place under gold/.
"""

from pathlib import Path

import pytest

from reports.formats import RENDERERS, Format, render

GOLD = Path(__file__).parent / "gold"
ACTUAL = Path(__file__).parent / "actual"


@pytest.mark.parametrize("name", ["published", "unfinished", "certifying", "contrasting", "empty", "hostile"])
@pytest.mark.parametrize("chosen", Format)
def test_the_document_is_the_one_that_was_accepted(name, chosen, request):
    content = request.getfixturevalue(name)
    place = Path(name, RENDERERS[chosen][0])
    gold, actual = GOLD / place, ACTUAL / place

    (text,) = render(content, [chosen]).values()

    if gold.is_file() and gold.read_bytes() == text.encode():
        actual.unlink(missing_ok=True)
        return
    actual.parent.mkdir(parents=True, exist_ok=True)
    actual.write_bytes(text.encode())
    pytest.fail(f"{place} differs from its gold document: look at {actual}; to accept it, mv {actual} {gold}")


def test_every_format_is_rendered_under_its_own_file_name(published):
    assert list(render(published, Format)) == [
        "report.html",
        "report.md",
        "report.tex",
        "report.csv",
        "report.json",
    ]
    assert render(published, []) == {}
