"""The server may die at any moment: nothing that was pressed is lost, and nothing counts twice."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Workspace
from tests.browser.driving import outbox_entries, press, wait_painted, wait_saved
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
    page.wait_for_selector(f'.desk[data-mask-id="{pressed[1]}"]')
    assert len(outbox_entries(page)) == 3

    own_workspace.server.start()
    page.reload()
    shown = wait_painted(page)
    wait_saved(page)

    assert shown not in pressed[:1]
    assert list(sample.standing()) == pressed[:1]
    assert sample.n_entries() == 3
    assert outbox_entries(page) == {}
