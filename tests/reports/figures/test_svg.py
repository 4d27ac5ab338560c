"""Figures as SVG: well-formed whatever names they hold, of honest lengths, and as the gold files show them.

The gold files were drawn by this code and looked at in Chromium, light and dark; a changed drawing is written
to `actual/` beside them, and is accepted by moving it over the gold one.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from reports.figures.figure import BarFigure, Measure, Scale, Series
from reports.figures.printable import printable
from reports.figures.svg import draw, inline_style, render_inline_svg, render_svg
from tests.reports.figures.drawn_figures import (
    BARS,
    DECADES,
    EVERY_KIND,
    HISTOGRAM,
    INTERVALS,
    LONG,
    any_figures,
    bar_figures,
)

GOLD = Path(__file__).parent / "gold"
NS = "{http://www.w3.org/2000/svg}"


def texts_of(root):
    """Every line of text, without the marks that keep its direction."""
    return [
        (element.text or "" if len(element) == 0 else element[0].tail or "").strip("\u2068\u2069")
        for element in root.iter()
        if element.tag.removeprefix(NS) == "text"
    ]


def shapes_of(root, kind):
    return [e for e in root.iter() if e.tag.startswith(NS) and kind in e.get("class", "").split()]


@settings(max_examples=60)
@given(any_figures)
def test_a_figure_is_well_formed_xml_whatever_names_it_holds(figure):
    root = ElementTree.fromstring(render_svg(figure))
    assert root.find(f"{NS}title").text in (printable(figure.title).replace("\r", " "), None)
    assert ElementTree.fromstring(render_inline_svg(figure)).get("role") == "img"


@settings(max_examples=60)
@given(any_figures)
def test_nothing_is_drawn_outside_the_paper(figure):
    drawing = draw(figure)
    root = ElementTree.fromstring(render_svg(figure))
    for rectangle in root.iter(f"{NS}rect"):
        if rectangle.get("class") != "paper":
            assert float(rectangle.get("x")) >= 0
            assert float(rectangle.get("x")) + float(rectangle.get("width")) <= drawing.width + 0.01
    for dot in root.iter(f"{NS}circle"):
        assert 0 <= float(dot.get("cx")) <= drawing.width + 0.01
        assert 0 <= float(dot.get("cy")) <= drawing.height + 0.01


@settings(max_examples=60)
@given(bar_figures())
def test_bars_begin_at_none_and_are_as_long_as_their_numbers(figure):
    if figure.scale is Scale.LOG:
        return
    bars = shapes_of(ElementTree.fromstring(render_svg(figure)), "bar")
    # Bars stand row by row, the series beside each other.
    values = [one.values[i] for i in range(len(figure.labels)) for one in figure.series]
    known = [value for value in values if value is not None]
    assert len(bars) == len(known)
    assert len({bar.get("x") for bar in bars}) <= 1
    lengths = [float(bar.get("width")) for bar in bars]
    highest = max(known, default=0)
    for value, length in zip(known, lengths, strict=True):
        assert length == pytest.approx(max(lengths) * (value / highest if highest else 0), abs=0.02)


def test_every_number_stands_in_the_figure_and_what_is_absent_is_said():
    assert {"31.0 %", "<0.1 %", "0.0 %", "no figure"} <= set(
        texts_of(ElementTree.fromstring(render_svg(BARS)))
    )
    assert {"5,245,421", "1", "0", "no figure"} <= set(texts_of(ElementTree.fromstring(render_svg(DECADES))))
    assert {"94.8 % (93.7–95.7)", "87.0 % (84.0–89.0) incomplete", "no verdicts yet"} <= set(
        texts_of(ElementTree.fromstring(render_svg(INTERVALS)))
    )


def test_on_decades_none_lies_before_the_axis_and_apart_from_one():
    root = ElementTree.fromstring(render_svg(DECADES))
    hollow = {float(dot.get("cx")) for dot in shapes_of(root, "hollow")}
    whole = [float(dot.get("cx")) for dot in shapes_of(root, "dot") if float(dot.get("cy")) > 30]
    assert len(hollow) == 1
    assert max(hollow) < min(whole) - 20
    assert not shapes_of(root, "bar")


def test_equal_ratios_are_equal_lengths_on_decades():
    figure = BarFigure(
        key="k",
        title="t",
        caption="c",
        labels=("a", "b", "c"),
        series=(Series(name="s", values=(10, 100, 1000)),),
        measure=Measure.COUNT,
        scale=Scale.LOG,
    )
    ten, hundred, thousand = (
        float(dot.get("cx")) for dot in shapes_of(ElementTree.fromstring(render_svg(figure)), "dot")
    )
    assert hundred - ten == pytest.approx(thousand - hundred, abs=0.02)


def test_a_name_that_is_cut_is_there_whole_for_who_points_at_it():
    root = ElementTree.fromstring(render_svg(BARS))
    assert LONG in {e.text for e in root.iter(f"{NS}title")}
    assert not any(LONG in text for text in texts_of(root))


def test_a_name_of_right_to_left_letters_keeps_its_direction_to_itself():
    assert ">\u2068שלום\u2069<" in render_svg(BARS)


@pytest.mark.parametrize("figure", EVERY_KIND, ids=lambda figure: figure.key)
def test_a_figure_in_a_page_brings_no_style_of_its_own(figure):
    svg = render_inline_svg(figure)
    assert "style" not in svg
    assert "#" not in re.sub(r"&#\d+;", "", svg)
    ids = re.findall(r' id="([^"]+)"', svg)
    assert ids == [f"{figure.key}-title", f"{figure.key}-desc"]
    classes = set(" ".join(re.findall(r'class="([^"]+)"', svg)).split())
    assert classes <= set(re.findall(r"\.([a-z][\w-]*)", inline_style())) | {"stem"}


def test_a_figure_that_stands_alone_needs_no_custom_property():
    assert "var(" not in render_svg(BARS)


def test_a_series_with_too_few_numbers_is_refused():
    with pytest.raises(ValueError, match="series 's' has 1 values: it needs one per label, 2"):
        BarFigure(
            key="k",
            title="t",
            caption="c",
            labels=("a", "b"),
            series=(Series(name="s", values=(1,)),),
            measure=Measure.COUNT,
        )


def test_a_number_below_none_is_refused():
    figure = BarFigure(
        key="k",
        title="t",
        caption="c",
        labels=("a",),
        series=(Series(name="s", values=(-1,)),),
        measure=Measure.COUNT,
    )
    with pytest.raises(ValueError, match="holds -1"):
        render_svg(figure)


@pytest.mark.parametrize("figure", [BARS, DECADES, HISTOGRAM, INTERVALS], ids=lambda figure: figure.key)
def test_a_figure_is_drawn_as_its_gold_file(figure):
    drawn = render_svg(figure)
    gold = GOLD / f"{figure.key}.svg"
    if not gold.is_file() or gold.read_text(encoding="utf-8") != drawn:
        actual = GOLD.parent / "actual" / gold.name
        actual.parent.mkdir(exist_ok=True)
        actual.write_text(drawn, encoding="utf-8")
        pytest.fail(f"{gold} differs from {actual}: look at both, and move the new one over if it is right")
