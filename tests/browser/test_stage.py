"""What is on the stage: zoom, pan, parts, pairs, outlines, and what memory it takes."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from audit.review.images import ReadableImage, Unjudgable
from audit.review.opening import DeskKind
from audit.review.outgoing import Layer, Picture, Rest
from audit.review.overlay import Box, mask_box, mask_png
from tests.browser.driving import press, stage_pixel, wait_painted
from tests.browser.lone_desk import Shown, open_lone_desk, photo_bytes

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 640, 480
CORE, HALO, PHOTO = "core", "halo", "photo"
STAGE_COLOUR = [21, 23, 26]

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


@pytest.fixture
def blank(chromium: Any) -> Iterator[Any]:
    """A page of its own, 1280×720; an exception in it fails the test."""
    problems: list[str] = []
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_default_timeout(20_000)
    yield page
    context.close()
    assert not problems


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


def test_the_wheel_zooms_around_the_pointer(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=map_photo(), masks=[MIDDLE])])
    look(blank, "m", "m")  # spotlight, off
    before, scale_before = place(blank, 0.3, 0.4), scale(blank)

    blank.mouse.move(*stage_point(blank, 0.3, 0.4))
    for _ in range(4):
        blank.mouse.wheel(0, -120)
    settled(blank)
    blank.wait_for_selector(".scale")

    assert place(blank, 0.3, 0.4) == pytest.approx(before, abs=4)
    assert scale(blank) > 1.5 * scale_before


def test_keys_zoom_around_the_centre_and_out_again(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=map_photo(), masks=[MIDDLE])])
    look(blank, "m", "m")
    centre, before = place(blank, 0.5, 0.5), scale(blank)

    look(blank, "=", "=")
    zoomed = scale(blank)

    assert zoomed == pytest.approx(1.4 * 1.4 * before, rel=0.08)
    assert place(blank, 0.5, 0.5) == pytest.approx(centre, abs=4)
    look(blank, "-", "-")
    assert scale(blank) == pytest.approx(before, rel=0.05)


def test_dragging_moves_the_photo_with_the_hand_but_not_off_the_stage(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=map_photo(), masks=[MIDDLE])])
    look(blank, "m", "m")
    grabbed = place(blank, 0.5, 0.5)

    blank.mouse.move(*stage_point(blank, 0.5, 0.5))
    blank.mouse.down()
    blank.mouse.move(*stage_point(blank, 0.4, 0.55), steps=5)
    blank.mouse.up()
    settled(blank)

    assert place(blank, 0.4, 0.55) == pytest.approx(grabbed, abs=4)
    for _ in range(5):
        blank.mouse.move(*stage_point(blank, 0.9, 0.7))
        blank.mouse.down()
        blank.mouse.move(*stage_point(blank, 0.02, 0.02), steps=3)
        blank.mouse.up()
    settled(blank)
    row = row_of(blank)
    assert sum(is_stage(colour) for colour in row) == 6, "no more than the margin beyond the right edge"
    assert is_stage(row[-1])
    assert not is_stage(row[0])


def test_arrow_keys_move_the_photo(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=map_photo(), masks=[MIDDLE])])
    look(blank, "m", "m", "=")
    x, y = place(blank, 0.5, 0.5)

    look(blank, "ArrowLeft", "ArrowUp")

    moved_x, moved_y = place(blank, 0.5, 0.5)
    assert moved_x < x - 20
    assert moved_y < y - 10
    look(blank, "ArrowRight", "ArrowDown")
    assert place(blank, 0.5, 0.5) == pytest.approx((x, y), abs=4)


def test_v_turns_between_the_mask_and_the_whole_image(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=map_photo(), masks=[rectangle(20, 20, 60, 60)])])
    look(blank, "m", "m")
    opening = row_of(blank)
    assert not any(np.array(opening)[:, 0] > 200), "the right end of the photo is not in the crop"

    look(blank, "v")
    whole = [colour for colour in row_of(blank) if not is_stage(colour)]
    look(blank, "v")

    assert whole[3][0] < 5
    assert whole[-3][0] > 245
    assert row_of(blank) == opening


def test_every_item_starts_at_its_own_mask(blank: Any) -> None:
    shown = Shown(photo=map_photo(), masks=[MIDDLE])
    open_lone_desk(blank, [shown, shown])
    opening = row_of(blank)

    look(blank, "=", "=", "ArrowLeft")
    blank.wait_for_selector(".scale")
    assert row_of(blank) != opening
    press(blank, "a")
    wait_painted(blank)

    assert row_of(blank) == opening
    assert not blank.is_visible(".scale")


def test_two_fingers_zoom_and_a_double_tap_goes_there_and_back(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=map_photo(), masks=[MIDDLE])])
    look(blank, "m", "m")
    opening, before = row_of(blank), scale(blank)
    (left, y), (right, _) = stage_point(blank, 0.45, 0.5), stage_point(blank, 0.55, 0.5)
    touches = blank.context.new_cdp_session(blank)

    def touch(kind: str, *xs: float) -> None:
        points = [{"x": x, "y": y, "id": number} for number, x in enumerate(xs)]
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", left)
    touch("touchStart", left, right)
    for step in range(1, 6):
        touch("touchMove", left - 10 * step, right + 10 * step)
    touch("touchEnd")
    settled(blank)
    pinched = scale(blank)

    span = right - left
    assert pinched == pytest.approx(before * (span + 100) / span, rel=0.08)
    for _ in range(2):
        touch("touchStart", left)
        touch("touchEnd")
    settled(blank)
    assert row_of(blank) == opening
    for _ in range(2):
        touch("touchStart", left)
        touch("touchEnd")
    settled(blank)
    assert scale(blank) == pytest.approx(2.5 * before, rel=0.08)


def test_no_viewport_looks_further_beyond_the_image_than_the_margin(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=grey_photo(), masks=[MIDDLE])])
    random = np.random.default_rng(5)
    frames = [
        {
            "size": random.integers(1, 5000, 2).tolist(),
            "pane": dict(zip(("width", "height"), random.integers(80, 2000, 2).tolist(), strict=True)),
            "margin": 6,
        }
        for _ in range(300)
    ]
    viewports = [
        {"x": x, "y": y, "scale": 2.0**power}
        for x, y, power in zip(
            *random.uniform(-9000, 9000, (2, 300)), random.uniform(-5, 5, 300), strict=True
        )
    ]

    kept = blank.evaluate(
        "([viewports, frames]) => viewports.map((viewport, at) => within(viewport, frames[at]))",
        [viewports, frames],
    )

    for viewport, frame in zip(kept, frames, strict=True):
        lengths = zip(frame["size"], frame["pane"].values(), (viewport["x"], viewport["y"]), strict=True)
        for length, room, centre in lengths:
            start = room / 2 - centre * viewport["scale"]
            end = start + length * viewport["scale"]
            if length * viewport["scale"] > room:
                assert start <= 6.001
                assert end >= room - 6.001
            else:
                assert start >= -6.001
                assert end <= room + 6.001


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
    assert 100 < _percent(blank) < 200
    blended = {colour[0] for colour in row_of(blank)}
    look(blank, "=", "=")
    assert _percent(blank) > 200
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
    percent = _percent(blank)

    masked = [length for is_mask, length in runs if is_mask]
    assert masked == pytest.approx([30 * percent / 100] * 2, abs=2)
    assert sum(length for _, length in runs[1:-1]) == pytest.approx(80 * percent / 100, abs=2)


def test_the_inset_frames_what_is_on_the_stage(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=grey_photo(), masks=[rectangle(300, 200, 300, 200)])])

    def framed() -> int:
        return int(
            blank.eval_on_selector(
                ".inset canvas",
                """(canvas) => {
                    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                    let n = 0;
                    for (let at = 0; at < data.length; at += 4) {
                        n += data[at] > 250 && data[at + 1] > 250 && data[at + 2] > 250;
                    }
                    return n;
                }""",
            )
        )

    opening = framed()
    look(blank, "=", "=")
    zoomed = framed()
    look(blank, "v")

    assert 0 < zoomed < 0.7 * opening
    assert framed() > opening


THREE_PARTS = [rectangle(160, 180, 80, 120), rectangle(280, 180, 80, 120), rectangle(400, 180, 80, 120)]


def strengths(page: Any) -> list[int]:
    """How blue each part is: 0 is the photo itself."""
    row = row_of(page)
    core = [at for at, colour in enumerate(row) if colour[2] - colour[0] > 8]
    groups = np.split(np.array(core), np.flatnonzero(np.diff(core) > 5) + 1)
    return [row[int(np.median(group))][2] - row[int(np.median(group))][0] for group in groups]


def part_sign(page: Any) -> str:
    return str(page.inner_text('[data-ref="partSign"]'))


def test_t_steps_through_the_parts_and_back_to_all(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=grey_photo(), masks=THREE_PARTS)])

    whole = strengths(blank)
    assert len(whole) == 3
    assert len(set(whole)) == 1
    assert part_sign(blank) == "All 3 parts"
    for number in range(3):
        look(blank, "t")
        now = strengths(blank)
        assert part_sign(blank) == f"Part {number + 1} of 3"
        assert now[number] == whole[0]
        assert all(0 < other < 0.6 * whole[0] for at, other in enumerate(now) if at != number)
    look(blank, "t")
    assert strengths(blank) == whole
    assert part_sign(blank) == "All 3 parts"


def test_parts_too_many_to_step_through_are_counted_and_stay_faint(blank: Any) -> None:
    *stepped, last = (Layer(png=mask_png(each, mask_box(each)), box=mask_box(each)) for each in THREE_PARTS)
    union = np.any(THREE_PARTS, axis=0)
    picture = Picture(
        photo=ReadableImage(jpeg=photo_bytes(grey_photo()), height=HEIGHT, width=WIDTH),
        crop=Box(left=0, top=0, width=WIDTH, height=HEIGHT),
        masks=(Layer(png=mask_png(union, mask_box(union)), box=mask_box(union)),),
        parts=tuple(stepped),
        rest=Rest(n_parts=198, layer=last),
    )
    open_lone_desk(blank, [picture])

    assert part_sign(blank) == "All 200 parts"
    whole = strengths(blank)
    look(blank, "t")
    assert part_sign(blank) == "Part 1 of 200 (first 2)"
    first, second, rest = strengths(blank)
    assert first == whole[0]
    assert 0 < second == rest < 0.6 * whole[0]
    look(blank, "t", "t")
    assert part_sign(blank) == "All 200 parts"
    assert strengths(blank) == whole


def test_an_annotation_in_one_part_has_nothing_to_step_through(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=grey_photo(), masks=[MIDDLE])])
    before = row_of(blank)

    look(blank, "t")

    assert row_of(blank) == before
    assert not blank.is_visible(".sign.part")


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


def a_pair() -> Shown:
    return Shown(
        photo=map_photo(),
        masks=[rectangle(240, 160, 160, 160), rectangle(260, 180, 160, 120)],
        kind=DeskKind.COMPARE,
    )


def test_a_pair_is_shown_side_by_side_in_one_view(blank: Any) -> None:
    open_lone_desk(blank, [a_pair()])
    look(blank, "m", "m")

    def same_on_both_sides() -> bool:
        row = np.array(row_of(blank)).astype(int)
        half = len(row) // 2 - 1
        return bool(np.abs(row[:half] - row[-half:]).max() <= 2)

    assert same_on_both_sides()
    assert [blank.inner_text(".sign.left"), blank.inner_text(".sign.right")] == ["Left", "Right"]
    opening = row_of(blank)
    blank.mouse.move(*stage_point(blank, 0.8, 0.5))
    blank.mouse.wheel(0, -240)
    blank.wait_for_selector(".scale")
    look(blank, "ArrowLeft")
    assert row_of(blank) != opening
    assert same_on_both_sides()


def test_a_point_in_the_right_pane_stays_under_the_pointer(blank: Any) -> None:
    open_lone_desk(blank, [a_pair()])
    look(blank, "m", "m")
    before = place(blank, 0.8, 0.5)

    blank.mouse.move(*stage_point(blank, 0.8, 0.5))
    for _ in range(3):
        blank.mouse.wheel(0, -120)
    blank.wait_for_selector(".scale")
    settled(blank)

    assert place(blank, 0.8, 0.5) == pytest.approx(before, abs=5)


def test_the_second_mask_is_hatched_and_orange(blank: Any) -> None:
    pair = Shown(photo=grey_photo(), masks=a_pair().masks, kind=DeskKind.COMPARE)
    open_lone_desk(blank, [pair])

    row = row_of(blank)
    half = len(row) // 2
    left = {tuple(colour) for colour in row[:half] if colour[2] > colour[0] + 10}
    right = {tuple(colour) for colour in row[half:] if colour[0] > colour[2] + 10}

    assert len(left) == 1, "one blue, all over"
    assert len(right) == 2, "two oranges in turn"
    assert not [colour for colour in row[:half] if colour[0] > colour[2] + 10]
    stripes = [tuple(colour) for colour in row[half:] if tuple(colour) in right]
    assert len(list(groupby(stripes))) > 10


def test_d_lets_the_masks_flicker_in_one_place(blank: Any) -> None:
    open_lone_desk(blank, [a_pair(), a_pair()])

    look(blank, "d")

    for side, other in (("right", "left"), ("left", "right"), ("right", "left")):
        blank.wait_for_selector(f".sign.{side}")
        assert not blank.is_visible(f".sign.{other}")
    press(blank, "a")
    wait_painted(blank)
    blank.wait_for_selector(".sign.right")
    assert not blank.is_visible(".sign.left"), "the next pair flickers too"
    look(blank, "d")
    assert blank.is_visible(".sign.left")
    assert blank.is_visible(".sign.right")


def test_nothing_moves_by_itself_where_that_is_not_wanted(blank: Any) -> None:
    blank.emulate_media(reduced_motion="reduce")
    open_lone_desk(blank, [a_pair()])

    def sides() -> list[str]:
        return [side for side in ("left", "right") if blank.is_visible(f".sign.{side}")]

    look(blank, "d")
    first = row_of(blank)
    blank.wait_for_timeout(1500)

    assert sides() == ["left"]
    assert row_of(blank) == first
    look(blank, "d")
    assert sides() == ["right"]
    assert row_of(blank) != first
    look(blank, "d")
    assert sides() == ["left", "right"]


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


def test_the_view_survives_a_window_of_another_size(blank: Any) -> None:
    open_lone_desk(blank, [Shown(photo=map_photo(), masks=[MIDDLE])])
    look(blank, "m", "m", "=", "=", "ArrowLeft")
    centre, before = place(blank, 0.5, 0.5), scale(blank)
    width = blank.eval_on_selector(".stage canvas", "(canvas) => canvas.width")

    blank.set_viewport_size({"width": 1000, "height": 700})
    blank.wait_for_function(f"document.querySelector('.stage canvas').width !== {width}")
    settled(blank)

    assert place(blank, 0.5, 0.5) == pytest.approx(centre, abs=4)
    assert scale(blank) == pytest.approx(before, rel=0.08)
    assert blank.get_attribute(".desk", "data-painted") == "true"


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


def _percent(page: Any) -> int:
    return int(page.inner_text(".scale").removesuffix(" %"))
