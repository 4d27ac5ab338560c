"""The colours of figures: those of the page, and readable on their paper."""

import re

import pytest

from reports.figures.palette import DARK, EITHER, LIGHT, Role, series_role
from reports.html import TEMPLATES

STREAMLIT_DARK = "#0e1117"
GRAPHIC_CONTRAST = 3.0
TEXT_CONTRAST = 4.5


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("palette", "scheme"), [(LIGHT, 0), (DARK, 1)])
def test_figures_have_the_colours_of_the_page(palette, scheme):
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]
    of_page = dict(re.findall(r"--(\w+): (#\w{6})", block))
    assert {role: colour for role, colour in palette.items() if role is not Role.PAPER} == {
        role: of_page[role] for role in palette if role is not Role.PAPER
    }


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_colours_can_be_read_on_their_paper(palette):
    for number in range(6):
        assert contrast(palette[series_role(number)], palette[Role.PAPER]) >= GRAPHIC_CONTRAST
    for role in (Role.INK, Role.SOFT):
        assert contrast(palette[role], palette[Role.PAPER]) >= TEXT_CONTRAST


@pytest.mark.parametrize("paper", ["#ffffff", STREAMLIT_DARK])
def test_colours_for_either_paper_can_be_seen_on_both(paper):
    for colour in EITHER.values():
        assert contrast(colour, paper) >= GRAPHIC_CONTRAST
