"""Figures as PNG, by a real Chromium; and what is said where there is none."""

from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from audit.jobs.figure_pictures import (
    PATH_VARIABLE,
    SCALE,
    FigurePictures,
    NoFigurePictures,
    draw_figure_pictures,
)
from reports.figures.palette import LIGHT, Role, series_role
from reports.figures.svg import render_svg
from tests.reports.figures.drawn_figures import EVERY_KIND

SVGS = {figure.key: render_svg(figure) for figure in EVERY_KIND}


def rgb(colour):
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


@pytest.mark.browser
def test_every_figure_is_drawn_whole_light_and_at_twice_its_size(chromium_path, monkeypatch):
    monkeypatch.setenv(PATH_VARIABLE, str(chromium_path))
    drawn = draw_figure_pictures(SVGS)
    assert isinstance(drawn, FigurePictures), drawn
    assert drawn.pngs.keys() == SVGS.keys()
    for key, png in drawn.pngs.items():
        image = Image.open(BytesIO(png)).convert("RGB")
        root = ElementTree.fromstring(SVGS[key])
        assert image.width == pytest.approx(SCALE * float(root.get("width")), abs=SCALE)
        assert image.height == pytest.approx(SCALE * float(root.get("height")), abs=SCALE)
        colours = {colour for _, colour in image.getcolors(maxcolors=1 << 24)}
        assert rgb(LIGHT[Role.PAPER]) in colours
        assert rgb(LIGHT[series_role(0)]) in colours


@pytest.mark.browser
def test_more_figures_than_one_screenshot_holds_are_drawn_all(chromium_path, monkeypatch):
    monkeypatch.setenv(PATH_VARIABLE, str(chromium_path))
    svg = SVGS["area"]
    drawn = draw_figure_pictures({f"figure-{n}": svg for n in range(25)})
    assert isinstance(drawn, FigurePictures), drawn
    assert len(set(drawn.pngs.values())) == 1
    assert len(drawn.pngs) == 25


def test_without_a_chromium_it_is_said_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(PATH_VARIABLE, raising=False)
    drawn = draw_figure_pictures(SVGS)
    assert drawn == NoFigurePictures(
        reason="no Chromium or Chrome was found: install one, or name it in CHROME_PATH"
    )


def test_a_browser_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv(PATH_VARIABLE, "/no/such/browser")
    drawn = draw_figure_pictures(SVGS)
    assert isinstance(drawn, NoFigurePictures)
    assert "/no/such/browser" in drawn.reason


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 3", "ended with code 3"),
        ("exec sleep 5", "took longer than 0.2 s"),
        ("exit 0", "drew no figure"),
    ],
)
def test_a_browser_that_fails_is_said(monkeypatch, tmp_path, script, said):
    browser = tmp_path / "chromium"
    browser.write_text(f"#!/bin/sh\n{script}\n")
    browser.chmod(0o755)
    monkeypatch.setenv(PATH_VARIABLE, str(browser))
    drawn = draw_figure_pictures(SVGS, seconds=0.2)
    assert isinstance(drawn, NoFigurePictures)
    assert said in drawn.reason
