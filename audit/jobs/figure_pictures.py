"""Figures as PNG, by the Chromium that the machine may have: what SVG looks like is a browser's to say."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from PIL import Image

PATH_VARIABLE = "CHROME_PATH"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--hide-scrollbars",
)
SCALE = 2
"""Pixels of the picture for one of the drawing: 192 to the inch."""
MOST_HEIGHT = 6000
"""Of all figures in one screenshot; above 16,384 pixels Chromium draws nothing."""
SPARE_HEIGHT = 200
"""A headless window is a little less high than it is asked to be."""
SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePictures:
    """Figures as pictures.

    Attributes:
        pngs: by the figure's key; light, at twice the size of the drawing.
    """

    pngs: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFigurePictures:
    """Why there are no pictures, and what to do, as a sentence."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """Where a figure lies in a screenshot, in pixels of the drawing."""

    key: str
    svg: str
    top: int
    width: int
    height: int


def draw_figure_pictures(
    svgs: Mapping[str, str], *, seconds: float = SECONDS
) -> FigurePictures | NoFigurePictures:
    """Draws figures with the Chromium that is found, offline and with a profile of its own.

    Args:
        svgs: what `reports.figures.svg.render_svg` gives, by the figure's key.
        seconds: how long Chromium may take for each run; about 1.5 s are needed for twenty figures.
    """
    browser = _browser()
    if isinstance(browser, NoFigurePictures):
        return browser
    pngs: dict[str, bytes] = {}
    for sheet in _sheets(svgs):
        drawn = _shoot(browser, sheet, seconds)
        if isinstance(drawn, NoFigurePictures):
            return drawn
        pngs |= drawn
    return FigurePictures(pngs=pngs)


def _browser() -> str | NoFigurePictures:
    named = os.environ.get(PATH_VARIABLE)
    found = (shutil.which(name) for name in ((named,) if named else NAMES))
    path = next((path for path in found if path is not None), None)
    if path is not None:
        return path
    if named:
        return NoFigurePictures(
            reason=f"{PATH_VARIABLE} names {named}, which is no program: correct or unset it"
        )
    return NoFigurePictures(
        reason=f"no Chromium or Chrome was found: install one, or name it in {PATH_VARIABLE}"
    )


def _sheets(svgs: Mapping[str, str]) -> Iterator[tuple[_Placed, ...]]:
    """The figures below each other, as many on a sheet as one screenshot holds."""
    sheet: list[_Placed] = []
    top = 0
    for key, svg in svgs.items():
        root = ElementTree.fromstring(svg)  # noqa: S314 (our own drawing)
        width, height = (round(float(root.attrib[side]) + 0.5) for side in ("width", "height"))
        if sheet and top + height > MOST_HEIGHT:
            yield tuple(sheet)
            sheet, top = [], 0
        sheet.append(_Placed(key=key, svg=svg, top=top, width=width, height=height))
        top += height
    if sheet:
        yield tuple(sheet)


def _shoot(browser: str, sheet: tuple[_Placed, ...], seconds: float) -> dict[str, bytes] | NoFigurePictures:
    """One run of the browser, and its screenshot cut into the figures."""
    with TemporaryDirectory(prefix="mask-audit-figures-") as name:
        folder = Path(name)
        shot = folder / "sheet.png"
        try:
            done = subprocess.run(  # noqa: S603 (the browser the machine or its user names)
                _command(browser, folder, shot, sheet),
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return NoFigurePictures(reason=f"{browser} took longer than {seconds:g} s to draw the figures")
        except OSError as error:
            return NoFigurePictures(reason=f"{browser} could not be started: {error.strerror or error}")
        if done.returncode != 0 or not shot.is_file():
            return NoFigurePictures(reason=f"{browser} drew no figure and ended with code {done.returncode}")
        return _cut(shot, sheet, browser)


def _command(browser: str, folder: Path, shot: Path, sheet: tuple[_Placed, ...]) -> list[str]:
    page = folder / "sheet.html"
    page.write_text(_page(folder, sheet), encoding="utf-8")
    last = sheet[-1]
    size = f"{max(one.width for one in sheet)},{last.top + last.height + SPARE_HEIGHT}"
    # Chromium refuses its sandbox to root, as whom containers run.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        browser,
        *FLAGS,
        *(("--no-sandbox",) if is_root else ()),
        f"--user-data-dir={folder / 'profile'}",
        f"--force-device-scale-factor={SCALE}",
        f"--window-size={size}",
        f"--screenshot={shot}",
        page.as_uri(),
    ]


def _page(folder: Path, sheet: tuple[_Placed, ...]) -> str:
    """Each figure as an image at its place; as an image it runs no script and loads nothing."""
    images = []
    for number, one in enumerate(sheet):
        (folder / f"{number}.svg").write_text(one.svg, encoding="utf-8")
        images.append(f'<img src="{number}.svg" style="position:absolute;left:0;top:{one.top}px" alt="">')
    style = "<style>:root{color-scheme:only light;background:#fff}</style>"
    return f'<!DOCTYPE html><meta charset="utf-8">{style}{"".join(images)}'


def _cut(shot: Path, sheet: tuple[_Placed, ...], browser: str) -> dict[str, bytes] | NoFigurePictures:
    with Image.open(shot) as image:
        whole = image.convert("RGB")
    last = sheet[-1]
    if whole.height < SCALE * (last.top + last.height):
        return NoFigurePictures(
            reason=f"{browser} drew {whole.width} × {whole.height} pixels, too few for the figures"
        )
    return {one.key: _png(whole, one) for one in sheet}


def _png(whole: Image.Image, one: _Placed) -> bytes:
    box = (0, SCALE * one.top, SCALE * one.width, SCALE * (one.top + one.height))
    written = BytesIO()
    whole.crop(box).save(written, "PNG", optimize=True, dpi=(96 * SCALE, 96 * SCALE))
    return written.getvalue()
