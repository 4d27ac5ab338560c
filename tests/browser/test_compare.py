"""Comparing two settings' masks on the real page: what is pressed is what the journal holds."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.serve import ServeRequest
from audit.review.pairs import MaskPair, as_side, differing_pairs, left_of, pair_order
from db.preferences import load_standing_preferences
from db.records import StandingPreference
from db.reviews import load_standing
from db.samples import load_unit_masks
from tests.browser.conftest import PageServer, Workspace, free_port
from tests.browser.driving import press, wait_all_done, wait_painted, wait_saved
from tests.browser.review_workspace import (
    SETTINGS,
    ReviewSample,
    create_workspace,
    save_photographs,
    usual_mentions,
)

pytestmark = pytest.mark.browser

REVIEWER = "local"
LABELS = {"left": "Left", "same": "The same", "right": "Right"}


@pytest.fixture(scope="module")
def comparing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace whose page compares the two settings of the latest sample."""
    folder: Path = tmp_path_factory.mktemp("compare")
    store = create_workspace(folder)
    save_photographs(folder / "images")
    server = PageServer(ServeRequest(workspace=folder, port=free_port(), compared=SETTINGS))
    server.start()
    yield Workspace(folder=folder, store=store, server=server)
    server.kill()
    store.close()


@pytest.fixture
def sample(comparing: Workspace) -> ReviewSample:
    """Four mentions with two different masks each."""
    return comparing.add(usual_mentions(comparing.images))


@pytest.fixture
def page(open_page: Callable[[str], Any], comparing: Workspace, sample: ReviewSample) -> Any:
    """The page, showing the first pair."""
    opened = open_page(comparing.server.address)
    close_guideline(opened)
    return opened


def close_guideline(page: Any) -> None:
    page.wait_for_selector("text=Which outline is better?")
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-sheet="guideline"]', state="hidden")
    wait_painted(page)


def pairs_of(sample: ReviewSample) -> dict[str, MaskPair]:
    with sample.store.reading() as transaction:
        made = load_unit_masks(transaction, sample.sample.sample_id)
    of_unit = {(each.setting, each.unit_id): each for each in made}
    units = sorted({each.unit_id for each in made})
    masks_made = {name: [of_unit[name, unit] for unit in units] for name in SETTINGS}
    return {pair.pair_id: pair for pair in differing_pairs(*SETTINGS, masks_made)}


def said(sample: ReviewSample) -> list[StandingPreference]:
    with sample.store.reading() as transaction:
        return load_standing_preferences(transaction, sample.sample.sample_id)


def said_by_place(sample: ReviewSample) -> dict[str, str]:
    """Pair → which place the preferred mask had on the page."""
    stored = {each.mask_ids: each.preference for each in said(sample)}
    return {
        pair_id: as_side(
            stored[pair.mask_ids], left_of(pair, seed=sample.sample.seed, reviewer=REVIEWER)
        ).value
        for pair_id, pair in pairs_of(sample).items()
        if pair.mask_ids in stored
    }


def test_left_right_and_same_by_key_are_stored_of_the_masks_that_were_there(
    page: Any, sample: ReviewSample
) -> None:
    expected = {press(page, "a"): "left", press(page, "s"): "right", press(page, "Space"): "same"}
    wait_saved(page)

    assert said_by_place(sample) == expected
    assert all(each.seconds is not None for each in said(sample))


def test_buttons_do_what_the_keys_do(page: Any, sample: ReviewSample) -> None:
    expected = {}
    for side, label in LABELS.items():
        pair_id = wait_painted(page)
        expected[pair_id] = side
        page.click(f".verdicts button:has-text('{label}')")
        page.wait_for_selector(f'.desk:not([data-task-id="{pair_id}"])')
    wait_saved(page)

    assert said_by_place(sample) == expected


def test_who_compares_for_the_first_time_reads_how_before_the_guideline_of_the_workspace(
    open_page: Callable[[str], Any], comparing: Workspace, sample: ReviewSample
) -> None:
    guideline = comparing.folder / "guideline.md"
    guideline.write_text("# Birds")
    page = open_page(comparing.server.address)
    page.wait_for_selector(".guideline h1:has-text('Birds')")
    guideline.unlink()

    assert page.locator(".guideline h1").all_inner_texts() == ["Which outline is better?", "Birds"]
    assert page.locator(".guideline kbd").all_inner_texts() == ["A", "Space", "S", "D"]
    page.keyboard.press("Enter")
    page.reload()
    wait_painted(page)
    page.wait_for_selector('[data-sheet="guideline"]')  # it is another one without the workspace's


def test_nobody_is_greeted_where_there_is_nothing_left_to_compare(page: Any, sample: ReviewSample) -> None:
    for _ in pairs_of(sample):
        press(page, "Space")
    wait_all_done(page)
    wait_saved(page)
    page.evaluate("localStorage.clear()")

    page.reload()

    wait_all_done(page)
    assert page.is_hidden('[data-sheet="guideline"]')


def test_pairs_come_in_the_reviewers_own_order_until_all_are_done(page: Any, sample: ReviewSample) -> None:
    order = pair_order(pairs_of(sample).values(), seed=sample.sample.seed, reviewer=REVIEWER)

    judged = [press(page, "Space") for _ in order]

    wait_all_done(page)
    wait_saved(page)
    assert judged == list(order)
    assert page.inner_text(".count") == "4 / 4"


def test_the_question_is_which_outline_is_better_of_what_is_named(page: Any) -> None:
    asked = " ".join(page.inner_text(".asked").split())

    assert asked.startswith("Which outline of ")
    assert "is better?" in asked
    assert page.locator(".verdicts button").count() == 3
    assert page.is_visible("button[data-action=flicker]")


def test_d_turns_between_side_by_side_and_one_after_the_other(page: Any, sample: ReviewSample) -> None:
    both = ".sign.left:not([hidden]) ~ .sign.right:not([hidden])"
    page.wait_for_selector(both)

    page.keyboard.press("d")
    page.wait_for_selector(".sign.left[hidden], .sign.right[hidden]", state="attached")
    seen = set()
    for _ in range(2):  # the other one comes by itself
        sign = page.wait_for_selector(".sign.left:not([hidden]), .sign.right:not([hidden])").inner_text()
        seen.add(sign)
        page.wait_for_selector(f".sign:not([hidden]):text-is('{'Right' if sign == 'Left' else 'Left'}')")
    assert seen <= {"Left", "Right"}
    pair_id = press(page, "a")  # judged in the middle of it: left is left
    page.keyboard.press("d")
    page.wait_for_selector(both)
    wait_saved(page)

    assert said_by_place(sample) == {pair_id: "left"}


def test_undo_takes_a_preference_back_and_judging_again_replaces_it(page: Any, sample: ReviewSample) -> None:
    first, second = press(page, "a"), press(page, "s")
    wait_saved(page)

    page.keyboard.press("Backspace")
    page.wait_for_selector(f'.desk[data-task-id="{second}"][data-painted="true"]')
    page.keyboard.press("u")
    page.wait_for_selector(f'.desk[data-task-id="{first}"][data-painted="true"]')
    wait_saved(page)
    assert said(sample) == []

    page.keyboard.press("s")
    page.wait_for_selector(f'.desk[data-task-id="{second}"]')
    wait_saved(page)
    assert said_by_place(sample) == {first: "right"}


def test_a_note_and_a_flag_go_with_the_preference(page: Any, sample: ReviewSample) -> None:
    wait_painted(page)
    page.keyboard.press("f")
    page.keyboard.press("n")
    page.fill("textarea", "both miss the ear")
    page.keyboard.press("Enter")
    press(page, "Space")
    wait_saved(page)
    [stored] = said(sample)

    assert (stored.comment, stored.flagged) == ("both miss the ear", True)


def test_a_reload_goes_on_where_the_reviewer_stopped(page: Any, sample: ReviewSample) -> None:
    judged = [press(page, "a"), press(page, "Space")]
    wait_saved(page)

    page.reload()

    assert wait_painted(page) not in judged
    assert page.inner_text(".count") == "2 / 4"
    assert page.locator(".strip button").count() == 2


def test_the_settings_names_are_nowhere_in_the_page_or_in_what_it_is_sent(
    open_page: Callable[[str], Any], comparing: Workspace, sample: ReviewSample
) -> None:
    opened = open_page("about:blank")
    frames: list[bytes] = []

    def keep(payload: Any) -> None:
        frames.append(payload if isinstance(payload, bytes) else str(payload).encode())

    opened.on("websocket", lambda socket: (socket.on("framereceived", keep), socket.on("framesent", keep)))
    opened.goto(comparing.server.address)
    close_guideline(opened)
    task_id = wait_painted(opened)
    for key in ("a", "s", "Space"):
        press(opened, key)
    opened.keyboard.press("Backspace")
    wait_saved(opened)
    everything = b"".join(frames) + opened.content().encode()

    assert task_id.encode() in b"".join(frames)  # the frames are those of the page
    for name in (*SETTINGS, "original", "query_val_seen", *sample.unit_of_mask):
        assert name.encode() not in everything


def test_no_verdict_is_stored_whatever_is_pressed(page: Any, sample: ReviewSample) -> None:
    for key in ("x", "1", "8"):  # verdicts elsewhere, and nothing here
        page.keyboard.press(key)
    first = press(page, "a")
    wait_saved(page)

    assert said_by_place(sample) == {first: "left"}
    with sample.store.reading() as transaction:
        assert load_standing(transaction, sample.sample.sample_id) == []
