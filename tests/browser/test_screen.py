"""The screen by key and by mouse: its words, its keys, and a page that stays open."""

from collections.abc import Callable
from typing import Any

import pytest

from db.records import Reason, Verdict
from tests.browser.conftest import Workspace
from tests.browser.driving import press, wait_all_done, wait_painted, wait_saved
from tests.browser.review_workspace import ReviewSample, usual_mentions

pytestmark = pytest.mark.browser


def test_the_question_is_one_sentence_and_whole_says_whether_it_is_on(page: Any) -> None:
    whole = "[data-action=whole]"
    assert page.eval_on_selector(".asked h1", "each => getComputedStyle(each, '::after').content") == '","'

    assert page.get_attribute(whole, "aria-pressed") == "false"
    page.keyboard.press("v")
    page.wait_for_selector(f'{whole}[aria-pressed="true"]')
    page.keyboard.press("v")
    page.wait_for_selector(f'{whole}[aria-pressed="false"]')


def test_a_mouse_alone_hides_the_overlay_while_its_button_is_held(page: Any) -> None:
    wait_painted(page)
    box = page.locator("[data-hold=hide]").bounding_box()

    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.wait_for_selector(".ghost")
    page.mouse.move(5, 300)
    page.mouse.up()

    page.wait_for_selector(".ghost", state="hidden")


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_a_button_held_by_key_hides_the_overlay(page: Any, sample: ReviewSample, key: str) -> None:
    judged = wait_painted(page)
    page.keyboard.press("Tab")
    page.focus("[data-hold=hide]")

    for _ in range(3):
        page.keyboard.down(key)
    assert page.is_visible(".ghost")
    page.keyboard.up(key)

    assert page.is_hidden(".ghost")
    assert wait_painted(page) == judged
    assert sample.n_entries() == 0


def test_a_click_without_a_pointer_hides_the_overlay_for_a_moment(page: Any) -> None:
    wait_painted(page)

    page.dispatch_event("[data-hold=hide]", "click")

    assert page.is_visible(".ghost")
    page.wait_for_selector(".ghost", state="hidden")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_animation_for_those_who_want_none(person: Callable[[], Any], sample: ReviewSample,
                                              workspace: Workspace, scheme: str) -> None:  # fmt: skip
    page = person()
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    page.goto(workspace.server.address)
    wait_painted(page)

    moving = """desk => [...desk.querySelectorAll("*")].filter((each) =>
        parseFloat(getComputedStyle(each).transitionDuration) > 0).length"""
    assert page.eval_on_selector(".desk", moving) == 0


def test_keys_are_those_of_the_settings(open_page: Callable[[str], Any], own_workspace: Workspace) -> None:
    sample = own_workspace.add(usual_mentions(own_workspace.images))
    file = own_workspace.folder / "audit.toml"
    file.write_text(
        file.read_text() + '\n[keys]\ncorrect = "k"\nflag = "ArrowUp"\npan-up = "w"\nspills_over = "; 2"\n'
    )
    own_workspace.server.kill()
    own_workspace.server.start()
    page = open_page(own_workspace.server.address)
    before = wait_painted(page)

    assert page.inner_text(".decide[data-action=correct] kbd") == "K"
    assert page.get_attribute("[data-action=flag]", "aria-keyshortcuts") == "ArrowUp"
    assert page.inner_text("[data-action=flag] kbd") == "↑"
    assert page.get_attribute("[data-action=spills_over]", "aria-keyshortcuts") == "; 2"
    page.keyboard.press("a")
    assert wait_painted(page) == before
    first, second = press(page, "k"), press(page, ";")
    wait_saved(page)
    assert sample.standing()[first].verdict is Verdict.CORRECT
    assert sample.standing()[second].reasons == (Reason.SPILLS_OVER,)


def test_with_the_mouse_at_the_left_the_right_hand_judges(
    open_page: Callable[[str], Any], own_workspace: Workspace
) -> None:
    sample = own_workspace.add(usual_mentions(own_workspace.images))
    file = own_workspace.folder / "audit.toml"
    file.write_text(file.read_text().replace('hand = "right"', 'hand = "left"'))
    own_workspace.server.kill()
    own_workspace.server.start()
    page = open_page(own_workspace.server.address)

    first, second, third = press(page, "j"), press(page, "l"), press(page, "u")
    page.keyboard.press("k")
    page.wait_for_selector(".ghost", state="hidden")
    wait_saved(page)

    standing = sample.standing()
    assert (standing[first].verdict, standing[second].verdict) == (Verdict.CORRECT, Verdict.INCORRECT)
    assert standing[third].reasons == (Reason.SPILLS_OVER,)


def test_a_page_that_is_seen_says_so_to_the_server(
    open_page: Callable[[str], Any], workspace: Workspace, sample: ReviewSample
) -> None:
    sent: list[object] = []

    def note(frame: object) -> None:
        sent.append(frame)

    page = open_page("about:blank")
    page.on("websocket", lambda socket: socket.on("framesent", note))
    page.clock.install()
    page.goto(workspace.server.address)
    wait_painted(page)
    wait_saved(page)
    page.wait_for_timeout(500)  # all that was to be fetched has come
    before = len(sent)

    page.clock.run_for(60_000)
    page.wait_for_timeout(500)
    after_a_minute = len(sent)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)

    assert after_a_minute > before
    assert len(sent) > after_a_minute


def test_a_reviewer_who_keeps_the_mouse_away_judges_all(page: Any, sample: ReviewSample) -> None:
    page.keyboard.press("Tab")
    for _ in range(8):
        wait_painted(page)
        page.focus(".decide[data-action=correct]")
        judged = wait_painted(page)
        page.keyboard.press("Enter")
        page.wait_for_selector(f'.desk:not([data-task-id="{judged}"])')

    wait_all_done(page)
    wait_saved(page)
    assert len(sample.standing()) == 8
