"""The server is killed at random moments while somebody judges: what the page confirmed is in the journal."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from threading import Timer
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from sqlalchemy import text

from tests.browser.conftest import Workspace
from tests.browser.driving import wait_painted, wait_saved
from tests.browser.review_workspace import Mention, ReviewSample, usual_mentions

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEYS = {"a": "correct", "x": "incorrect", "Space": "unsure", "3": "incorrect"}
PRESSES_PER_MOMENT = 8

# Notes what the page takes and what it lets go of because Python confirmed it, by the key of each event.
WATCH_OUTBOX = """
window.taken = [];
window.confirmed = [];
const {setItem, removeItem} = Storage.prototype;
Storage.prototype.setItem = function (name, text) {
    if (name.startsWith("mask-audit/outbox/")) window.taken.push(JSON.parse(text).client_key);
    return setItem.call(this, name, text);
};
Storage.prototype.removeItem = function (name) {
    if (name.startsWith("mask-audit/outbox/")) window.confirmed.push(name.split("/").at(-1));
    return removeItem.call(this, name);
};
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the journal; a withdrawal has no verdict."""

    client_key: str
    mask_id: str
    verdict: str | None


def journal_of(sample: ReviewSample) -> list[Entry]:
    """All rows on a sample's masks, in order of arrival."""
    with sample.store.reading() as transaction:
        rows = transaction.connection.execute(
            text("SELECT client_key, mask_id, verdict FROM journal ORDER BY entry_id")
        ).all()
    return [
        Entry(client_key=row.client_key, mask_id=row.mask_id, verdict=row.verdict)
        for row in rows
        if row.mask_id in sample.unit_of_mask
    ]


def many_mentions(workspace: Workspace, n: int) -> list[Mention]:
    """So many mentions, on the usual photographs."""
    usual = usual_mentions(workspace.images)
    return [usual[index % len(usual)] for index in range(n)]


def is_painted_soon(page: Any) -> bool:
    """Whether there is a mask to judge; a page whose server is gone may have run out of them."""
    try:
        page.wait_for_selector('.desk[data-painted="true"]', timeout=3_000)
    except PlaywrightTimeoutError:
        return False
    return True


def judge(page: Any, random: Random) -> tuple[str, str | None]:
    """Judge the mask on the screen, or now and then take the last verdict back; give what is to be stored."""
    shown = wait_painted(page)
    if page.locator(".strip button").count() and random.random() < 0.15:
        undone = str(page.get_attribute(".strip button >> nth=0", "data-reopens"))
        page.keyboard.press("u")
        page.wait_for_selector(f'.desk[data-task-id="{undone}"]')
        return undone, None
    key = random.choice(list(KEYS))
    page.keyboard.press(key)
    page.wait_for_selector(f'.desk:not([data-task-id="{shown}"])')
    return shown, KEYS[key]


def check_kills(page: Any, workspace: Workspace, sample: ReviewSample, n_moments: int, seed: int) -> None:
    random = Random(seed)
    pressed: list[tuple[str, str | None]] = []
    for _ in range(n_moments):
        killing = Timer(random.uniform(0, 1.2), workspace.server.kill)
        killing.start()
        for _ in range(PRESSES_PER_MOMENT):
            if not is_painted_soon(page):
                break  # the server died before the page held more
            pressed.append(judge(page, random))
            page.wait_for_timeout(random.uniform(0, 150))
        killing.join()
        page.wait_for_timeout(300)  # what the server answered with its last breath has arrived

        stored = [entry.client_key for entry in journal_of(sample)]
        confirmed = page.evaluate("window.confirmed")
        assert len(stored) == len(set(stored))
        assert set(confirmed) <= set(stored), "the page confirmed what the journal lacks"

        workspace.server.start()
        page.wait_for_selector('.saved[data-state="saved"]', timeout=40_000)
    wait_saved(page)

    journal = journal_of(sample)
    assert [(entry.mask_id, entry.verdict) for entry in journal] == pressed
    assert [entry.client_key for entry in journal] == page.evaluate("window.taken")


def kill_and_check(
    open_page: Callable[[str], Any], workspace: Workspace, *, n_moments: int, seed: int
) -> None:
    n_masks = PRESSES_PER_MOMENT * (n_moments + 1)
    sample = workspace.add(many_mentions(workspace, n_masks))
    page = open_page("about:blank")
    page.add_init_script(WATCH_OUTBOX)
    page.goto(workspace.server.address)
    wait_painted(page)
    check_kills(page, workspace, sample, n_moments, seed)


def test_a_server_killed_under_a_reviewer_costs_no_verdict_and_doubles_none(
    open_page: Callable[[str], Any], own_workspace: Workspace
) -> None:
    kill_and_check(open_page, own_workspace, n_moments=3, seed=1)


@pytest.mark.soak
def test_twenty_kills_cost_no_verdict_and_double_none(
    open_page: Callable[[str], Any], own_workspace: Workspace
) -> None:
    kill_and_check(open_page, own_workspace, n_moments=20, seed=2)
