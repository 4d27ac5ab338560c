"""Photos and masks to put on the stage, and how a test reads what is on it."""

from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.browser.driving import stage_pixel

WIDTH, HEIGHT = 640, 480


CORE, HALO, PHOTO = "core", "halo", "photo"


STAGE_COLOUR = [21, 23, 26]


def map_photo() -> NDArray[np.uint8]:
    """A photo whose red and green tell where a pixel lies in it, in 250ths of its width and height."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.dstack([columns * 250 // WIDTH, rows * 250 // HEIGHT, np.full_like(rows, 128)]).astype(np.uint8)


def grey_photo() -> NDArray[np.uint8]:
    return np.full((HEIGHT, WIDTH, 3), 128, np.uint8)


def rectangle(left: int, top: int, width: int, height: int) -> NDArray[np.bool_]:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[top : top + height, left : left + width] = True
    return mask


MIDDLE = rectangle(280, 200, 80, 80)


def settled(page: Any) -> None:
    """Wait until what was asked of the stage is on the screen."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def look(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
    settled(page)


def place(page: Any, x: float, y: float) -> tuple[float, float]:
    """The pixel of `map_photo` that is seen at a share of the stage."""
    red, green, _ = stage_pixel(page, x, y)
    return red * WIDTH / 250, green * HEIGHT / 250


def scale(page: Any) -> float:
    """Pixels of the stage that one of `map_photo` takes."""
    left, right = place(page, 0.4, 0.5)[0], place(page, 0.6, 0.5)[0]
    n_pixels = page.eval_on_selector(".stage canvas", "(canvas) => 0.2 * canvas.width")
    return float(n_pixels / (right - left))


def stage_point(page: Any, x: float, y: float) -> tuple[float, float]:
    box = page.locator(".stage").bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def row_of(page: Any, y: float = 0.5) -> list[list[int]]:
    """The colours of one row of the stage."""
    values = page.eval_on_selector(
        ".stage canvas",
        """(canvas, y) => [...canvas.getContext("2d").getImageData(
            0, Math.round(y * canvas.height), canvas.width, 1).data]""",
        y,
    )
    return [list(colour) for colour in np.array(values).reshape(-1, 4)[:, :3].tolist()]


def lines_of(page: Any) -> list[tuple[str, int]]:
    """The core and halo that a row through a grey photo crosses, with their widths."""
    names = {(20, 22, 26): CORE, (255, 255, 255): HALO}
    kinds = [names.get((red, green, blue), PHOTO) for red, green, blue in row_of(page)]
    return [(kind, len(list(run))) for kind, run in groupby(kinds) if kind != PHOTO]


def is_stage(colour: list[int]) -> bool:
    return colour == STAGE_COLOUR


def shown_percent(page: Any) -> int:
    return int(page.inner_text(".scale").removesuffix(" %"))
