"""The server may die at any moment: nothing that was pressed is lost, and nothing counts twice."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from audit.review.queue import review_order
from db.samples import remove_sample
from tests.browser.conftest import Workspace
from tests.browser.driving import outbox_entries, press, wait_all_done, wait_painted, wait_saved
from tests.browser.review_workspace import usual_mentions

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_verdicts_given_while_the_server_is_dead_arrive_when_it_is_back(
    open_page: Callable[[str], Any], own_workspace: Workspace
) -> None:
    sample = own_workspace.add(usual_mentions(own_workspace.images))
    page = open_page(own_workspace.server.address)
    pressed = [press(page, "a")]
    wait_saved(page)

    own_workspace.server.kill()
    pressed += [press(page, "x"), press(page, "a")]
    page.wait_for_selector('.saved[data-state="offline"]:has-text("2 unsent, kept here")')
    assert len(sample.standing()) == 1
    own_workspace.server.start()

    page.wait_for_selector('.saved[data-state="saved"]', timeout=40_000)
    pressed.append(press(page, "a"))
    wait_saved(page)
    assert list(sample.standing()) == pressed
    assert sample.n_entries() == 4


def test_unsent_verdicts_survive_a_reload(open_page: Callable[[str], Any], own_workspace: Workspace) -> None:
    sample = own_workspace.add(usual_mentions(own_workspace.images))
    page = open_page(own_workspace.server.address)
    wait_painted(page)
    page.wait_for_timeout(500)  # the next items have come
    own_workspace.server.kill()
    pressed = [press(page, "a"), press(page, "5")]
    page.keyboard.press("u")
    page.wait_for_selector(f'.desk[data-task-id="{pressed[1]}"]')
    assert len(outbox_entries(page)) == 3

    own_workspace.server.start()
    page.reload()
    shown = wait_painted(page)
    wait_saved(page)

    assert shown not in pressed[:1]
    assert list(sample.standing()) == pressed[:1]
    assert sample.n_entries() == 3
    assert outbox_entries(page) == {}


def test_verdicts_of_one_sample_wait_while_the_address_shows_another(
    open_page: Callable[[str], Any], own_workspace: Workspace
) -> None:
    first = own_workspace.add(usual_mentions(own_workspace.images))
    page = open_page(own_workspace.server.address)
    wait_painted(page)
    page.wait_for_timeout(500)  # the next items have come
    own_workspace.server.kill()
    pressed = [press(page, "a"), press(page, "x")]

    second = own_workspace.add(usual_mentions(own_workspace.images))
    own_workspace.server.start()
    page.wait_for_selector(", ".join(f'.desk[data-task-id="{each}"]' for each in second.unit_of_mask))
    judged_of_second = press(page, "a")
    wait_saved(page)

    assert list(second.standing()) == [judged_of_second]
    assert first.n_entries() == 0
    assert len(outbox_entries(page)) == 2
    own_workspace.server.kill()
    own_workspace.server.request = replace(own_workspace.server.request, sample=first.sample.name)
    own_workspace.server.start()
    page.wait_for_selector(", ".join(f'.desk[data-task-id="{each}"]' for each in first.unit_of_mask))
    wait_saved(page)
    assert outbox_entries(page) == {}
    assert list(first.standing()) == pressed


def test_a_sample_removed_under_an_open_page_is_told_and_costs_nothing(
    open_page: Callable[[str], Any], own_workspace: Workspace
) -> None:
    sample = own_workspace.add(usual_mentions(own_workspace.images))
    page = open_page(own_workspace.server.address)
    wait_painted(page)
    page.wait_for_timeout(500)
    with sample.store.transaction() as transaction:
        remove_sample(transaction, sample.sample.name)

    press(page, "a")

    page.wait_for_selector('.banner:has-text("this sample was removed")')
    assert len(outbox_entries(page)) == 1
    assert page.locator('[data-testid="stException"]').count() == 0


def test_an_outage_of_the_images_is_waited_for(
    open_page: Callable[[str], Any], own_workspace: Workspace
) -> None:
    sample = own_workspace.add(usual_mentions(own_workspace.images))
    away = own_workspace.images.with_name("away")
    own_workspace.images.rename(away)
    page = open_page(own_workspace.server.address)
    page.wait_for_selector('.card h2:has-text("Waiting for the images")')
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.wait_for_timeout(5_000)  # more than one image is tried

    away.rename(own_workspace.images)
    page.wait_for_selector(".card", state="hidden", timeout=30_000)
    judged = {press(page, "a") for _ in range(7)}
    page.wait_for_selector('.desk[data-painted="true"]', timeout=30_000)
    judged.add(press(page, "a"))

    wait_all_done(page)
    wait_saved(page)
    assert judged == set(sample.unit_of_mask)
    assert sample.unjudgable() == {}
    assert sample.n_entries() == 8


def test_images_out_of_reach_do_not_hold_up_the_others(
    open_page: Callable[[str], Any], own_workspace: Workspace
) -> None:
    mentions = usual_mentions(own_workspace.images)
    sample = own_workspace.add(mentions)
    order = review_order(sample.unit_of_mask, seed=sample.sample.seed, reviewer="local")
    lost = {mask_id for mask_id in order if sample.unit_of_mask[mask_id] == sample.unit_of_mask[order[0]]}
    with sample.store.transaction() as transaction:
        transaction.connection.execute(
            text("UPDATE units SET images_root = :root WHERE unit_id = :unit"),
            {"root": str(own_workspace.folder / "elsewhere"), "unit": sample.unit_of_mask[order[0]]},
        )
    page = open_page(own_workspace.server.address)

    judged = [press(page, "a") for _ in range(6)]
    page.wait_for_selector('.card h2:has-text("Waiting for the images")')
    assert set(judged) == set(order) - lost
    own_workspace.images.rename(own_workspace.folder / "elsewhere")
    judged += [press(page, "a") for _ in range(2)]

    wait_all_done(page)
    assert set(judged) == set(order)
