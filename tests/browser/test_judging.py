"""Judging masks on the real page: what is pressed is what the journal holds."""

from collections.abc import Callable
from typing import Any

import pytest

from audit.review.queue import review_order
from db.records import OverlayMode, Reason, Verdict
from tests.browser.conftest import Workspace
from tests.browser.driving import press, stage_pixel, wait_all_done, wait_painted, wait_saved
from tests.browser.review_workspace import Mention, ReviewSample, ellipse, usual_mentions

pytestmark = pytest.mark.browser


def test_every_key_stores_its_verdict_with_its_reason(page: Any, sample: ReviewSample) -> None:
    expected = {
        press(page, "a"): (Verdict.CORRECT, ()),
        press(page, "X"): (Verdict.INCORRECT, ()),
        press(page, "Space"): (Verdict.UNSURE, ()),
        press(page, "3"): (Verdict.INCORRECT, (Reason.PART_MISSING,)),
        press(page, "7"): (Verdict.INCORRECT, (Reason.NOT_VISIBLE,)),
        press(page, "8"): (Verdict.UNSURE, (Reason.IMAGE_UNUSABLE,)),
        press(page, "9"): (Verdict.UNSURE, (Reason.AMBIGUOUS_QUESTION,)),
    }
    wait_saved(page)

    assert {key: (each.verdict, each.reasons) for key, each in sample.standing().items()} == expected
    assert sample.n_entries() == len(expected)


def test_buttons_and_chips_do_what_the_keys_do(page: Any, sample: ReviewSample) -> None:
    expected = {}
    for name, verdict, reasons in [
        ("Correct", Verdict.CORRECT, ()),
        ("Spills over", Verdict.INCORRECT, (Reason.SPILLS_OVER,)),
        ("Unsure", Verdict.UNSURE, ()),
    ]:
        mask_id = wait_painted(page)
        expected[mask_id] = (verdict, reasons)
        page.click(f".verdicts button:has-text('{name}')")
        page.wait_for_selector(f'.desk:not([data-task-id="{mask_id}"])')
    wait_saved(page)

    assert {key: (each.verdict, each.reasons) for key, each in sample.standing().items()} == expected


def test_masks_come_in_the_reviewers_own_order_until_all_are_done(page: Any, sample: ReviewSample) -> None:
    order = review_order(sample.unit_of_mask, seed=sample.sample.seed, reviewer="local")

    judged = [press(page, "a") for _ in order]

    wait_all_done(page)
    wait_saved(page)
    assert judged == list(order)
    assert page.inner_text(".count") == "8 / 8"
    assert len(sample.standing()) == 8


def test_a_reviewer_goes_on_where_they_stopped(page: Any, sample: ReviewSample) -> None:
    judged = [press(page, "a"), press(page, "x")]
    wait_saved(page)

    page.reload()

    assert wait_painted(page) not in judged
    assert page.inner_text(".count") == "2 / 8"
    assert page.locator(".strip button").count() == 2


def test_undo_reaches_back_as_far_as_wanted_even_over_a_reload(page: Any, sample: ReviewSample) -> None:
    judged = [press(page, "a"), press(page, "x"), press(page, "a"), press(page, "a")]
    wait_saved(page)
    page.reload()
    wait_painted(page)

    for key, mask_id in zip(["Backspace", "u", "U", "Backspace"], reversed(judged), strict=True):
        page.keyboard.press(key)
        page.wait_for_selector(f'.desk[data-task-id="{mask_id}"][data-painted="true"]')
    wait_saved(page)
    assert sample.standing() == {}
    assert sample.n_entries() == 8  # four verdicts and four withdrawals: nothing is deleted
    page.keyboard.press("u")
    page.wait_for_selector(".banner:has-text('nothing to undo')")

    again = [press(page, "x") for _ in judged]

    wait_saved(page)
    assert again == judged
    assert {each.verdict for each in sample.standing().values()} == {Verdict.INCORRECT}


def test_an_earlier_verdict_can_be_reopened_and_left_or_changed(page: Any, sample: ReviewSample) -> None:
    first, second = press(page, "a"), press(page, "2")
    present = wait_painted(page)

    page.click(f'.strip button[data-reopens="{first}"]')
    page.wait_for_selector(f'.desk[data-task-id="{first}"][data-painted="true"]')
    assert page.get_attribute('.decide[data-action="correct"]', "aria-pressed") == "true"
    framed = '.strip [aria-pressed="true"]'
    assert page.get_attribute(framed, "data-reopens") == first
    page.keyboard.press("Escape")
    page.wait_for_selector(f'.desk[data-task-id="{present}"][data-painted="true"]')
    assert page.locator(framed).count() == 0
    page.click(f'.strip button[data-reopens="{first}"]')
    page.wait_for_selector(f'.desk[data-task-id="{first}"][data-painted="true"]')
    page.keyboard.press("x")

    page.wait_for_selector(f'.desk[data-task-id="{present}"]')
    wait_saved(page)
    standing = sample.standing()
    assert standing[first].verdict is Verdict.INCORRECT
    assert standing[second].reasons == (Reason.SPILLS_OVER,)
    assert sample.n_entries() == 3


def test_a_reopened_verdict_gets_its_thumbnail_after_a_reload(page: Any) -> None:
    first = press(page, "a")
    press(page, "x")
    wait_saved(page)
    page.reload()
    wait_painted(page)
    assert page.locator(".strip canvas").count() == 0

    page.click(f'.strip button[data-reopens="{first}"]')
    page.wait_for_selector(f'.desk[data-task-id="{first}"][data-painted="true"]')

    assert page.locator(".strip canvas").count() == 1
    assert page.locator(f'.strip [data-reopens="{first}"] canvas').count() == 1


def test_a_verdict_tells_what_overlay_was_drawn(page: Any, sample: ReviewSample) -> None:
    press(page, "a")
    page.keyboard.down("z")
    press(page, "a")
    page.keyboard.up("z")
    wait_painted(page)
    page.click('[data-mode="off"]')
    assert page.inner_text('.ghost:has-text("off")') == "Overlay off M"
    press(page, "a")
    wait_painted(page)
    assert page.is_hidden('.ghost:has-text("off")')
    page.click('[data-mode="off"]')
    page.reload()
    press(page, "a")
    wait_saved(page)

    assert _overlay_modes(sample) == [OverlayMode.FILL, OverlayMode.OFF, OverlayMode.OFF, OverlayMode.FILL]


def test_the_overlay_keeps_holes_and_goes_while_z_is_held(
    open_page: Callable[[str], Any], workspace: Workspace
) -> None:
    shape = (300, 451)  # the cat, shown whole: the mask nearly fills it
    ring = ellipse(shape, 150, 225, 290, 440) & ~ellipse(shape, 150, 225, 120, 120)
    sample = workspace.add([Mention(entity="Cat", question=None, file_name="cat.jpg", masks=[ring])])
    page = open_page(workspace.server.address)
    wait_painted(page)
    hole, region = (0.5, 0.5), (0.3, 0.5)

    seen = {}
    for mode in ("fill", "spotlight", "off", "contour"):
        seen[mode] = stage_pixel(page, *hole), stage_pixel(page, *region)
        page.keyboard.press("m")
    page.keyboard.down("z")
    hidden = stage_pixel(page, *hole), stage_pixel(page, *region)
    page.keyboard.up("z")

    assert seen["fill"][0] == seen["off"][0], "a hole shows the photo"
    assert seen["fill"][1] != seen["off"][1]
    assert seen["spotlight"][0] != seen["off"][0], "a hole is outside, so it is dimmed"
    assert seen["spotlight"][1] == seen["off"][1]
    assert seen["contour"] == seen["off"]
    assert hidden == seen["off"]
    assert (stage_pixel(page, *hole), stage_pixel(page, *region)) == seen["fill"]
    page.keyboard.press("]")
    assert stage_pixel(page, *region) != seen["fill"][1]
    page.keyboard.press("m")
    page.keyboard.press("a")
    wait_all_done(page)
    wait_saved(page)
    assert _overlay_modes(sample) == [OverlayMode.SPOTLIGHT]


def test_a_twelve_megapixel_photo_is_shown_and_judged(
    open_page: Callable[[str], Any], workspace: Workspace
) -> None:
    import numpy as np
    from PIL import Image

    pixels = np.random.default_rng(3).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((4000, 3000)).save(workspace.images / "large.jpg", quality=95)
    mask = ellipse((3000, 4000), 1500, 2000, 900, 700)
    sample = workspace.add([Mention(entity="Noise", question=None, file_name="large.jpg", masks=[mask])])

    page = open_page(workspace.server.address)
    judged = press(page, "a")

    wait_all_done(page)
    wait_saved(page)
    assert sample.standing()[judged].verdict is Verdict.CORRECT


def test_nothing_that_reaches_the_browser_tells_setting_or_split(
    open_page: Callable[[str], Any], workspace: Workspace
) -> None:
    workspace.add(usual_mentions(workspace.images))
    received: list[bytes] = []
    page = open_page("about:blank")
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(_raw(frame)))
    )

    page.goto(workspace.server.address)
    press(page, "a")
    wait_saved(page)

    everything = b"".join(received)
    assert b"Coffee cup" in everything
    for secret in (b"original", b"query_val", b"oven_", b"cat.jpg", b"image_0", b"design_weight"):
        assert secret not in everything


def _raw(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def _overlay_modes(sample: ReviewSample) -> list[str]:
    from sqlalchemy import text

    with sample.store.reading() as transaction:
        rows = transaction.connection.execute(text("SELECT mask_id, overlay_mode FROM journal")).all()
    return [row.overlay_mode for row in rows if row.mask_id in sample.unit_of_mask]
