"""Several masks on the stage: the parts of one annotation, and two settings' masks."""

from itertools import groupby
from typing import Any

import numpy as np
import pytest

from audit.review.images import ReadableImage
from audit.review.opening import DeskKind
from audit.review.outgoing import Layer, Picture, Rest
from audit.review.overlay import Box, mask_box, mask_png
from tests.browser.driving import press, wait_painted
from tests.browser.lone_desk import Shown, open_lone_desk, photo_bytes
from tests.browser.stage_reading import (
    HEIGHT,
    MIDDLE,
    WIDTH,
    grey_photo,
    look,
    map_photo,
    place,
    rectangle,
    row_of,
    settled,
    stage_point,
)

pytestmark = pytest.mark.browser


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
