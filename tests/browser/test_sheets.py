"""The guideline, the help, and the practice round."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from audit.review.choices import REASON_WORDING, VERDICT_WORDING
from audit.review.images import ReadableImage
from audit.review.key_bindings import JUDGING_ACTIONS, bind_keys
from audit.review.opening import DeskKind, Link, Opening
from audit.review.outgoing import Answer, BlindReading, Item, Layer, Picture, Practice, Progress
from audit.review.overlay import crop_box, mask_box, mask_png
from db.records import Reason, Verdict
from tests.browser.conftest import Workspace
from tests.browser.driving import outbox_entries, press, wait_painted, wait_saved
from tests.browser.lone_desk import open_answer, photo_bytes
from tests.browser.review_workspace import ellipse, usual_mentions

pytestmark = pytest.mark.browser

GUIDELINE = "# Birds\n\nPress **correct** for a whole <b>bird</b>.\n" + "\n\nAnd so on." * 60
NOTE_WHAT_IS_STORED = """() => {
    window.kept = [];
    const store = Storage.prototype.setItem;
    Storage.prototype.setItem = function (name, text) {
        window.kept.push(text);
        store.call(this, name, text);
    };
}"""
HOSTILE = "<img src=x onerror='window.hacked = 1'> \u202eleft \"quoted\" </p>"


@pytest.fixture
def guided(own_workspace: Workspace) -> Workspace:
    """A workspace with a guideline, which a new browser shows first."""
    own_workspace.add(usual_mentions(own_workspace.images))
    (own_workspace.folder / "guideline.md").write_text(GUIDELINE)
    return own_workspace


def test_the_guideline_is_shown_first_and_once(open_page: Callable[[str], Any], guided: Workspace) -> None:
    sheet = '[data-sheet="guideline"]'
    page = open_page(guided.server.address)
    first = wait_painted(page)
    page.wait_for_selector(f"{sheet} h1:has-text('Birds')")
    assert "<b>bird</b>" in page.inner_text(sheet)
    page.keyboard.press("a")
    page.keyboard.press("4")
    assert page.is_visible(sheet)
    assert wait_painted(page) == first, "no key judges under the guideline"

    page.keyboard.press("Enter")
    page.wait_for_selector(sheet, state="hidden")
    page.keyboard.press("g")
    page.wait_for_selector(sheet)
    page.keyboard.press("g")
    page.wait_for_selector(sheet, state="hidden")
    page.reload()
    assert wait_painted(page) == first
    assert page.is_hidden(sheet)

    (guided.folder / "guideline.md").write_text(f"{GUIDELINE}\nNew.")
    page.reload()
    page.wait_for_selector(sheet)
    page.click(f"{sheet} button:has-text('Start')")
    page.wait_for_selector(sheet, state="hidden")


def test_the_time_for_the_first_mask_starts_when_the_guideline_is_closed(
    open_page: Callable[[str], Any], guided: Workspace
) -> None:
    page = open_page(guided.server.address)
    wait_painted(page)
    page.wait_for_timeout(300)

    closed_at = page.evaluate("Date.now()")
    page.keyboard.press("Escape")
    wait_painted(page)
    page.evaluate(NOTE_WHAT_IS_STORED)
    page.keyboard.press("a")

    event = page.evaluate("kept.map((text) => JSON.parse(text)).find((each) => each.verdict)")
    assert 1000 * datetime.fromisoformat(event["shown_at"]).timestamp() >= closed_at


def test_a_long_guideline_is_read_with_the_keyboard(
    open_page: Callable[[str], Any], guided: Workspace
) -> None:
    page_of_sheet = '[data-sheet="guideline"] .page'
    page = open_page(guided.server.address)
    page.wait_for_selector(page_of_sheet)

    page.keyboard.press("PageDown")

    page.wait_for_function("(element) => element.scrollTop > 100", arg=page.query_selector(page_of_sheet))


def test_without_a_guideline_there_is_no_button_for_it(page: Any) -> None:
    wait_painted(page)

    page.keyboard.press("g")

    assert page.is_hidden('[data-sheet="guideline"]')
    assert page.is_hidden("[data-action=guideline]")


def test_the_help_lists_every_key(page: Any) -> None:
    page.keyboard.press("?")
    page.wait_for_selector('[data-sheet="help"]')

    meanings = page.locator('[data-sheet="help"] .key-list dd').all_inner_texts()

    assert set(meanings) == {action.meaning for action in JUDGING_ACTIONS}
    page.mouse.click(5, 5)
    page.wait_for_selector('[data-sheet="help"]', state="hidden")


def test_the_help_says_what_every_choice_means(page: Any) -> None:
    wait_painted(page)
    page.keyboard.press("?")
    page.wait_for_selector('[data-sheet="help"]')

    labels, meanings = (page.locator(f".choice-list {each}").all_inner_texts() for each in ("dt", "dd"))

    wording = [*VERDICT_WORDING.values(), *REASON_WORDING.values()]
    assert dict(zip(labels, meanings, strict=True)) == {each.label: each.meaning for each in wording}


def _item(number: int, **more: Any) -> Item:
    photo = np.full((300, 400, 3), 40 * number, np.uint8)
    mask = ellipse((300, 400), 150, 200, 120, 160)
    box = mask_box(mask)
    return Item(
        task_id=f"task-{number}",
        entity=f"Thing {number}",
        question=None,
        content=Picture(
            photo=ReadableImage(jpeg=photo_bytes(photo), height=300, width=400),
            crop=crop_box(box, image_height=300, image_width=400),
            masks=(Layer(png=mask_png(mask, box), box=box),),
        ),
        **more,
    )


def _answer(items: list[Item], **more: Any) -> Answer:
    opening = Opening(
        kind=DeskKind.REVIEW,
        bindings=bind_keys(JUDGING_ACTIONS, hand="right", remaps={}),
        hand="right",
        guideline=None,
        n_practice=None,
        links=(),
    )
    return Answer(
        number=0,
        scope="alone",
        reviewer="Ann",
        opening=replace(opening, **more),
        progress=Progress(n_tasks=len(items), n_settled=0, n_unjudgable=0, n_verdicts=0),
        coming=tuple(item.task_id for item in items),
        items=tuple(items),
        recent=(),
        confirmed=(),
        refused=(),
    )


@pytest.fixture
def practising(person: Callable[[], Any]) -> Any:
    """A page with two masks for practice and two that count."""
    told = [
        Practice(verdict=Verdict.INCORRECT, told="A lead found: spills over."),
        Practice(verdict=Verdict.CORRECT, told=HOSTILE),
    ]
    items = [_item(number, practice=each) for number, each in enumerate(told)] + [_item(2), _item(3)]
    page = person()
    open_answer(page, _answer(items, n_practice=2))
    return page


def test_a_practice_round_tells_the_answers_and_then_ends(practising: Any) -> None:
    page = practising
    assert page.inner_text(".practising") == "Practice 1 of 2"
    page.keyboard.press("x")
    page.wait_for_selector(".told h2:has-text('Right: it is incorrect')")
    assert page.inner_text(".told p") == "A lead found: spills over."
    for key in ["a", "q", "3", "f", "z"]:
        page.keyboard.press(key)
    assert wait_painted(page) == "task-0"
    assert len(outbox_entries(page)) == 1
    page.keyboard.press("Enter")

    page.wait_for_selector('.desk[data-task-id="task-1"][data-painted="true"]')
    assert page.inner_text(".practising") == "Practice 2 of 2"
    page.keyboard.press("8")
    page.wait_for_selector(".told h2:has-text('Not quite: it is correct')")
    assert page.text_content(".told p") == HOSTILE
    page.click(".told button")

    page.wait_for_selector("text=That was practice")
    page.keyboard.press("a")
    assert len(outbox_entries(page)) == 2
    page.keyboard.press("Enter")
    page.wait_for_selector('.desk[data-task-id="task-2"][data-painted="true"]')
    assert page.is_hidden(".practising")
    assert press(page, "a") == "task-2"
    assert page.is_hidden(".told"), "what counts is never told"
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("key", ["Space", "x"])
def test_a_verdict_key_held_down_does_not_pass_over_the_answer(practising: Any, key: str) -> None:
    for _ in range(6):
        practising.keyboard.down(key)
    practising.keyboard.up(key)
    practising.wait_for_selector(".told")

    assert wait_painted(practising) == "task-0"
    assert practising.is_visible(".told")


def test_a_practice_verdict_can_be_undone_while_its_answer_is_told(practising: Any) -> None:
    practising.keyboard.press("a")
    practising.wait_for_selector(".told")

    practising.keyboard.press("u")

    practising.wait_for_selector(".told", state="hidden")
    assert wait_painted(practising) == "task-0"
    assert practising.inner_text(".practising") == "Practice 1 of 2"


def test_a_lead_sees_what_reviewers_said_and_not_who(person: Callable[[], Any]) -> None:
    said = BlindReading(
        verdict=Verdict.INCORRECT,
        reasons=(Reason.SPILLS_OVER, Reason.PART_MISSING),
        comment=HOSTILE * 100,
        flagged=True,
    )
    fine = BlindReading(verdict=Verdict.CORRECT, reasons=(), comment="", flagged=False)
    page = person()

    open_answer(page, _answer([_item(0, readings=(said, fine)), _item(1)], kind=DeskKind.SETTLE))

    rows = page.locator(".readings li")
    assert rows.count() == 2
    assert "Incorrect (spills over, part missing)." in rows.nth(0).inner_text()
    assert rows.nth(0).locator("q").text_content() == HOSTILE * 100
    assert page.evaluate("document.scrollingElement.scrollHeight") == 720
    press(page, "a")
    assert page.is_hidden(".readings")
    assert page.evaluate("window.hacked") is None


def test_the_bar_leads_to_other_pages(person: Callable[[], Any]) -> None:
    page = person()

    open_answer(page, _answer([_item(0)], links=(Link(label=HOSTILE, href="./lead"),)))

    assert page.text_content(".links a") == HOSTILE
    assert page.get_attribute(".links a", "href") == "./lead"
    assert page.evaluate("window.hacked") is None


def test_of_two_outlines_the_better_one_is_chosen(
    open_page: Callable[[str], Any], own_workspace: Workspace
) -> None:
    own_workspace.add(usual_mentions(own_workspace.images))
    own_workspace.server.kill()
    request = replace(own_workspace.server.request, compared=("original/one", "original/two"))
    own_workspace.server.request = request
    own_workspace.server.start()
    page = open_page(own_workspace.server.address)
    page.wait_for_selector("text=Which outline is better?")
    page.keyboard.press("Enter")
    wait_painted(page)

    assert page.inner_text(".asked").split()[:3] == ["Which", "outline", "of"]
    assert page.locator(".decide span").all_inner_texts() == ["Left", "The same", "Right"]
    assert page.locator(".reason").count() == 0
    press(page, "a")
    press(page, "Space")
    judged = wait_painted(page)
    page.click(".decide[data-action=right]")
    page.wait_for_selector(f'.desk:not([data-task-id="{judged}"])')
    wait_saved(page)
    verdicts = page.eval_on_selector_all(".strip li", "rows => rows.map((row) => row.dataset.verdict)")
    assert verdicts == ["right", "same", "left"]
    assert page.inner_text(".count") == "3 / 4"
