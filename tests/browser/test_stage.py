"""How a mask lies on its photo, and what memory that takes."""

from itertools import groupby
from typing import Any

import numpy as np
import pytest

from audit.review.images import ReadableImage, Unjudgable
from audit.review.outgoing import Layer, Picture
from audit.review.overlay import Box, mask_box, mask_png
from tests.browser.driving import press, wait_painted
from tests.browser.lone_desk import Shown, open_lone_desk
from tests.browser.stage_reading import (
    CORE,
    HALO,
    HEIGHT,
    MIDDLE,
    WIDTH,
    grey_photo,
    lines_of,
    look,
    map_photo,
    rectangle,
    row_of,
    settled,
    shown_percent,
)

pytestmark = pytest.mark.browser


COUNT_BITMAPS = """
window.nOpen = 0;
const made = window.createImageBitmap;
window.createImageBitmap = async (...details) => {
    const bitmap = await made(...details);
    window.nOpen += 1;
    return bitmap;
};
const closed = ImageBitmap.prototype.close;
ImageBitmap.prototype.close = function () { window.nOpen -= 1; closed.call(this); };
"""


JUDGE = """async (n) => {
    const desk = document.querySelector(".desk");
    const painted = () => new Promise((done) => {
        const look = () => (desk.dataset.painted === "true" ? done() : setTimeout(look, 2));
        look();
    });
    for (let at = 0; at < n; at += 1) {
        await painted();
        desk.dispatchEvent(new KeyboardEvent("keydown", { key: "a", code: "KeyA", bubbles: true }));
    }
    await painted();
}"""


def test_the_outline_is_as_wide_at_every_zoom(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=grey_photo(), masks=[MIDDLE])])
    look(blank, "m", "m", "m")  # contour

    seen = {}
    for keys in ((), ("v",), ("v", "="), ("=",), ("=",)):
        look(blank, *keys)
        seen[blank.inner_text(".scale") if blank.is_visible(".scale") else "opening"] = lines_of(blank)

    assert len(seen) == 5
    assert set(map(tuple, seen.values())) == {((HALO, 1), (CORE, 2), (CORE, 2), (HALO, 1))}


def test_the_outline_keeps_its_width_on_a_screen_of_finer_pixels(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=grey_photo(), masks=[MIDDLE])])
    look(blank, "m", "m", "m")
    width = blank.eval_on_selector(".stage canvas", "(canvas) => canvas.width")

    screen = blank.context.new_cdp_session(blank)
    screen.send(
        "Emulation.setDeviceMetricsOverride",
        {"width": 1280, "height": 720, "deviceScaleFactor": 2, "mobile": False},
    )
    blank.emulate_media(color_scheme="dark")  # Chromium looks at its media queries again
    blank.wait_for_function(f"document.querySelector('.stage canvas').width === {2 * width}")
    settled(blank)

    assert lines_of(blank) == [(HALO, 2), (CORE, 4), (CORE, 4), (HALO, 2)]


def test_pixels_are_shown_as_they_are_beyond_200_percent_only(blank: Any) -> None:
    checks = np.indices((HEIGHT, WIDTH)).sum(axis=0) % 2 * 255
    photo = np.dstack([checks] * 3).astype(np.uint8)
    open_lone_desk(blank, [Shown(photo=photo, masks=[rectangle(160, 120, 320, 240)])])
    look(blank, "m", "m")

    look(blank, "=")
    assert 100 < shown_percent(blank) < 200
    blended = {colour[0] for colour in row_of(blank)}
    look(blank, "=", "=")
    assert shown_percent(blank) > 200
    exact = {colour[0] for colour in row_of(blank)}

    assert len(blended) > 10
    assert exact == {0, 255}


def test_a_hole_and_the_edge_of_the_mask_lie_on_their_pixels_when_zoomed(blank: Any) -> None:
    mask = MIDDLE & ~rectangle(310, 230, 20, 20)
    open_lone_desk(blank, [Shown(photo=grey_photo(), masks=[mask])])
    for key in ("=", "=", "="):
        look(blank, key)

    row = [colour[2] > colour[0] + 20 for colour in row_of(blank)]  # blue: the mask
    runs = [(is_mask, len(list(run))) for is_mask, run in groupby(row)]
    percent = shown_percent(blank)

    masked = [length for is_mask, length in runs if is_mask]
    assert masked == pytest.approx([30 * percent / 100] * 2, abs=2)
    assert sum(length for _, length in runs[1:-1]) == pytest.approx(80 * percent / 100, abs=2)


def test_a_mask_of_one_pixel_is_seen_in_a_photo_of_millions(blank: Any) -> None:
    mask = np.zeros((6000, 6000), bool)
    mask[2101, 3303] = True
    open_lone_desk(blank, [Shown(photo=np.full((6000, 6000, 3), 128, np.uint8), masks=[mask])])

    look(blank, "v")

    for canvas in (".stage canvas", ".inset canvas"):
        n_blue = blank.eval_on_selector(
            canvas,
            """(canvas) => {
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                return data.filter((value, at) => at % 4 === 2 && value - data[at - 2] > 20).length;
            }""",
        )
        assert n_blue == 1, canvas


@pytest.mark.parametrize("mode", range(4))
def test_hiding_shows_the_photo_alone_in_every_mode_at_any_zoom(blank: Any, mode: int) -> None:
    open_lone_desk(blank, [Shown(photo=map_photo(), masks=[MIDDLE & ~rectangle(310, 230, 20, 20)])])
    look(blank, "m", "m", "=")
    photo = row_of(blank)
    look(blank, *["m"] * mode)
    shown = row_of(blank)

    blank.keyboard.down("z")
    hidden = row_of(blank)
    blank.keyboard.up("z")

    assert hidden == photo
    assert row_of(blank) == shown
    assert (shown == photo) == (mode == 0)


def test_nothing_is_looked_at_while_a_card_lies_on_the_stage(blank: Any) -> None:
    shown = Shown(photo=map_photo(), masks=[MIDDLE])
    open_lone_desk(blank, [Unjudgable(reason="the image is missing"), shown])
    wait_painted(blank)

    look(blank, "=", "v", "t", "ArrowLeft", "m")
    assert blank.is_visible(".card")
    assert not blank.is_visible(".sign")
    press(blank, "Enter")
    wait_painted(blank)

    assert not blank.is_visible(".card")
    assert not blank.is_visible(".scale")


def test_memory_is_bounded_over_hundreds_of_items(blank: Any) -> None:
    blank.add_init_script(COUNT_BITMAPS)
    shown = Shown(photo=map_photo(), masks=[MIDDLE])
    open_lone_desk(blank, [shown] * 260)
    session = blank.context.new_cdp_session(blank)

    def measured() -> dict[str, int]:
        session.send("HeapProfiler.collectGarbage")
        return {
            "nodes": session.send("Memory.getDOMCounters")["nodes"],
            "heap": blank.evaluate("performance.memory.usedJSHeapSize"),
            "bitmaps": blank.evaluate("window.nOpen"),
        }

    blank.evaluate(JUDGE, 50)
    early = measured()
    blank.evaluate(JUDGE, 200)
    late = measured()

    assert blank.inner_text(".count") == "250 / 260"

    assert 0 < late["bitmaps"] <= 2 * 6, (
        "photo and mask of the last, the current and the next three, and one more"
    )
    assert late["nodes"] <= early["nodes"] + 50
    assert late["heap"] <= early["heap"] + 2_000_000


def test_large_photos_are_held_ready_only_as_far_as_memory_bears(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=grey_photo(), masks=[MIDDLE])])

    held = blank.evaluate(
        """(sizes) => sizes.map((size) => affordable(
            Array(5).fill({ size, box: [0, 0, 1000, 1000] })).length)""",
        [[1024, 768], [4000, 3000], [6000, 4000], [12000, 9000]],
    )

    assert held == [5, 4, 2, 2]


def test_an_image_that_the_browser_cannot_decode_is_unjudgable(blank: Any) -> None:
    broken = Picture(
        photo=ReadableImage(jpeg=b"no image", height=HEIGHT, width=WIDTH),
        crop=Box(left=0, top=0, width=256, height=256),
        masks=(Layer(png=mask_png(MIDDLE, mask_box(MIDDLE)), box=mask_box(MIDDLE)),),
    )
    open_lone_desk(blank, [broken, Shown(photo=grey_photo(), masks=[MIDDLE])])

    assert blank.inner_text(".card h2") == "Unjudgable"
    assert "this browser cannot show the image" in blank.inner_text(".card p").lower()
    press(blank, "Enter")
    wait_painted(blank)
    assert not blank.is_visible(".card")
