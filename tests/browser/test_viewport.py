"""What part of the photo is on the stage: zoom, pan, the whole, the inset."""

from typing import Any

import numpy as np
import pytest

from tests.browser.driving import press, wait_painted
from tests.browser.lone_desk import Shown, open_lone_desk
from tests.browser.stage_reading import (
    MIDDLE,
    grey_photo,
    is_stage,
    look,
    map_photo,
    place,
    rectangle,
    row_of,
    scale,
    settled,
    stage_point,
)

pytestmark = pytest.mark.browser


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
