"""The screen at every size, by finger and by mouse: what is needed is there, nothing covered or cut off."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from audit.review.images import Unjudgable
from audit.review.outgoing import Answer, PastVerdict
from db.records import Reason, Verdict
from tests.browser.conftest import Workspace
from tests.browser.driving import wait_painted, wait_saved
from tests.browser.lone_desk import Shown, answer_showing, open_answer, open_lone_desk
from tests.browser.review_workspace import Mention, ReviewSample, ellipse

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SIZES = [(1280, 720), (1920, 1080), (1366, 768), (1024, 768)]
SIZES += [(1366, 625), (1366, 600), (1280, 577), (1024, 600), (800, 480), (640, 360)]
SIZES += [(820, 1180), (390, 844), (390, 664), (360, 640), (844, 390), (667, 375)]
TOUCH_SIZES = [(390, 844), (360, 640), (320, 568), (820, 1180), (844, 390), (568, 320)]
HOSTILE = "<script>window.hacked = 1</script> \u202eright to left\u202c " + "W" * 10_000

EXTENT = "[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]"

IN_SIGHT_FROM_TOP = """each => {
    const [one, asked] = [each, each.closest(".asked")].map((box) => box.getBoundingClientRect());
    return one.top >= asked.top - 1 && Math.min(one.bottom, one.top + 15) <= asked.bottom + 1;
}"""
IN_SIGHT_TO_BOTTOM = """each => {
    const [one, asked] = [each, each.closest(".asked")].map((box) => box.getBoundingClientRect());
    return one.height > 15 && one.bottom <= asked.bottom + 1 && each.scrollHeight <= each.clientHeight + 1;
}"""
# What can be pressed, but is not wholly in the window, or lies under something else.
OUT_OF_REACH = """desk => [...desk.querySelectorAll("button, a")].filter((button) => {
    const { left, top, right, bottom, width, height } = button.getBoundingClientRect();
    if (!width || getComputedStyle(button).visibility === "hidden" || button.closest("[inert]")) return false;
    if (left < 0 || top < 0 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5) return true;
    const seen = desk.getRootNode().elementFromPoint(left + width / 2, top + height / 2);
    return !(button === seen || button.contains(seen));
}).map((button) => button.outerHTML.slice(0, 120))"""

# What lies over the picture and could be pressed.
OVER_THE_PICTURE = """desk => [...desk.querySelectorAll("button, a, .sign")].filter((each) => {
    const [one, other] = [each, desk.querySelector(".stage")].map((box) => box.getBoundingClientRect());
    return one.width && one.left < other.right && one.right > other.left
        && one.top < other.bottom && one.bottom > other.top;
}).map((each) => each.outerHTML.slice(0, 120))"""

TOO_SMALL_FOR_FINGERS = """desk => [...desk.querySelectorAll("button")].filter((button) => {
    const { width, height } = button.getBoundingClientRect();
    return width && (height < 30 || width < 30);
}).map((button) => button.outerHTML.slice(0, 120))"""


LONG_NAME = "the second and rather long name of a thing, as they are in the catalogue of a museum"
QUESTION = "What is the thing called that one sees here, in the middle of the picture?"


def answer_asking(*entities: str) -> Answer:
    """Masks in two parts, of these names, after ten verdicts."""
    photo = np.full((300, 400, 3), 90, np.uint8)
    masks = [ellipse((300, 400), 150, column, 200, 100) for column in (100, 300)]
    answer = answer_showing([Shown(photo=photo, masks=masks)] * len(entities))
    items = [
        replace(item, entity=entity, question=QUESTION)
        for item, entity in zip(answer.items, entities, strict=True)
    ]
    past = [
        PastVerdict(task_id=f"past-{number}", entity="Crow", verdict=Verdict.CORRECT, reasons=())
        for number in range(10)
    ]
    return replace(answer, items=tuple(items), recent=tuple(past))


@pytest.fixture
def touched(chromium: Any) -> Iterator[Callable[[int, int], Any]]:
    """Gives pages for fingers, of any size."""
    contexts = []

    def open_browser(width: int, height: int) -> Any:
        size = {"width": width, "height": height}
        contexts.append(chromium.new_context(viewport=size, has_touch=True, is_mobile=True))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        return page

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def phone(chromium: Any, workspace: Workspace, sample: ReviewSample) -> Iterator[Any]:
    """The page on a phone: fingers, and neither mouse nor keyboard."""
    problems: list[str] = []
    context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_default_timeout(20_000)
    page.goto(workspace.server.address)
    wait_painted(page)
    yield page
    context.close()
    assert not problems


def tap(page: Any, selector: str) -> None:
    page.locator(selector).tap()


def judge_by_tap(page: Any, selector: str) -> str:
    judged = wait_painted(page)
    tap(page, selector)
    page.wait_for_selector(f'.desk:not([data-task-id="{judged}"])')
    return judged


@pytest.mark.parametrize("entity", ["Crow", HOSTILE], ids=["plain", "hostile"])
def test_everything_is_within_reach_at_every_size(
    open_page: Callable[[str], Any], workspace: Workspace, entity: str
) -> None:
    mask = ellipse((300, 451), 150, 220, 200, 200)
    workspace.add([Mention(entity=entity, question=entity, file_name="cat.jpg", masks=[mask])])
    page = open_page(workspace.server.address)
    wait_painted(page)

    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        wait_painted(page)
        assert page.eval_on_selector(".desk", OUT_OF_REACH) == [], (width, height)
        assert page.evaluate(EXTENT) == [width, height], "nothing scrolls"
        stage = page.locator(".stage").bounding_box()
        assert min(stage["width"], stage["height"]) > 150, (width, height)
        assert page.is_visible(".asked h1")
        assert page.eval_on_selector(".asked", "each => each.clientHeight") > 40, (width, height)
        page.keyboard.press("n")
        page.keyboard.type("A note.")
        assert page.eval_on_selector(".notepad", OUT_OF_REACH) == [], (width, height)
        page.keyboard.press("Enter")
    assert page.evaluate("window.hacked") is None


def test_a_phone_does_everything_by_touch(phone: Any, sample: ReviewSample) -> None:
    assert phone.eval_on_selector(".desk", OUT_OF_REACH) == []
    assert phone.eval_on_selector(".desk", TOO_SMALL_FOR_FINGERS) == []
    assert phone.locator("kbd").evaluate_all("all => all.filter((each) => each.offsetWidth).length") == 0
    verdicts = phone.locator(".decide").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().top)"
    )
    assert min(verdicts) > 0.7 * PHONE["height"], "within reach of the thumb"

    tap(phone, "[data-action=flag]")
    tap(phone, "[data-action=note]")
    phone.keyboard.type("half of it")
    tap(phone, ".notepad [type=submit]")
    tap(phone, "[data-action=several]")
    tap(phone, "[data-action=spills_over]")
    tap(phone, "[data-action=part_missing]")
    first = judge_by_tap(phone, ".decide[data-action=incorrect]")
    second = judge_by_tap(phone, "[data-action=wrong_object]")
    tap(phone, "[data-action=previous]")
    phone.wait_for_selector(f'.desk[data-task-id="{second}"][data-painted="true"]')
    tap(phone, ".away button")
    phone.wait_for_selector(f'.desk:not([data-task-id="{second}"])')
    wait_painted(phone)
    tap(phone, "[data-action=undo]")
    phone.wait_for_selector(f'.desk[data-task-id="{second}"][data-painted="true"]')
    judge_by_tap(phone, ".decide[data-action=correct]")
    tap(phone, '[data-mode="contour"]')
    tap(phone, "[data-action=help]")
    phone.wait_for_selector('[data-sheet="help"]')
    tap(phone, '[data-sheet="help"] button')
    phone.wait_for_selector('[data-sheet="help"]', state="hidden")
    wait_saved(phone)

    standing = sample.standing()
    assert standing[first].reasons == (Reason.SPILLS_OVER, Reason.PART_MISSING)
    assert (standing[first].comment, standing[first].flagged) == ("half of it", True)
    assert standing[second].verdict is Verdict.CORRECT


@pytest.mark.parametrize(("width", "height"), TOUCH_SIZES)
def test_a_screen_of_any_size_is_judged_on_by_touch(
    touched: Callable[[int, int], Any], workspace: Workspace, sample: ReviewSample, width: int, height: int
) -> None:
    page = touched(width, height)
    page.goto(workspace.server.address)

    wait_painted(page)

    assert page.eval_on_selector(".desk", OUT_OF_REACH) == []
    assert page.eval_on_selector(".desk", TOO_SMALL_FOR_FINGERS) == []
    assert page.evaluate(EXTENT) == [width, height]
    judge_by_tap(page, ".decide[data-action=correct]")
    wait_saved(page)
    assert len(sample.standing()) == 1


@pytest.mark.parametrize(("width", "height"), TOUCH_SIZES)
def test_a_mask_that_cannot_be_judged_is_stepped_over_by_touch(
    touched: Callable[[int, int], Any], width: int, height: int
) -> None:
    page = touched(width, height)
    shown = Shown(photo=np.zeros((30, 40, 3), np.uint8), masks=[np.ones((30, 40), bool)])
    open_lone_desk(page, [Unjudgable(reason="the image is missing"), shown])

    tap(page, ".card button")

    page.wait_for_selector('.desk[data-task-id="task-1"][data-painted="true"]')


@pytest.mark.parametrize("entity", ["Crow", LONG_NAME])
def test_all_of_what_is_asked_can_be_read_in_a_low_window(
    open_page: Callable[[str], Any], entity: str
) -> None:
    page = open_page("about:blank")
    open_answer(page, answer_asking(entity))
    page.keyboard.press("n")
    page.keyboard.type("A note that is kept, and rather long.")
    page.keyboard.press("Enter")

    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        wait_painted(page)
        page.eval_on_selector(".asked", "each => each.scrollTo(0, 0)")
        assert page.eval_on_selector(".asked h1", IN_SIGHT_FROM_TOP), (width, height)
        page.eval_on_selector(".asked", "each => each.scrollTo(0, each.scrollHeight)")
        assert page.eval_on_selector(".asked blockquote", IN_SIGHT_TO_BOTTOM), (width, height)


def test_a_long_question_is_scrolled_by_keyboard(open_page: Callable[[str], Any]) -> None:
    page = open_page("about:blank")
    open_answer(page, answer_asking(20 * LONG_NAME))
    asked = page.query_selector(".asked")

    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "asked":
            break
    page.keyboard.press("End")

    page.wait_for_function("each => each.scrollTop > 100", arg=asked)


@pytest.mark.parametrize("has_fingers", [True, False])
def test_nothing_lies_over_the_picture(
    open_page: Callable[[str], Any], touched: Callable[[int, int], Any], *, has_fingers: bool
) -> None:
    page = touched(*TOUCH_SIZES[0]) if has_fingers else open_page("about:blank")
    open_answer(page, answer_asking("Crow", LONG_NAME))

    for width, height in TOUCH_SIZES if has_fingers else SIZES:
        page.set_viewport_size({"width": width, "height": height})
        wait_painted(page)
        assert page.is_visible("[data-action=whole]")
        assert page.eval_on_selector(".desk", OVER_THE_PICTURE) == [], (width, height)
        page.click("[data-action=part]")
        page.click("[data-action=next]")  # away
        page.wait_for_selector('.desk[data-task-id="task-1"][data-painted="true"]')
        assert page.is_visible(".away")
        assert page.eval_on_selector(".desk", OVER_THE_PICTURE) == [], (width, height)
        page.click(".away button")
        page.wait_for_selector('.desk[data-task-id="task-0"][data-painted="true"]')


@pytest.mark.parametrize(("width", "height"), TOUCH_SIZES)
def test_the_strip_is_scrolled_to_its_last_verdict(
    touched: Callable[[int, int], Any], width: int, height: int
) -> None:
    page = touched(width, height)
    open_answer(page, answer_asking("Crow"))
    last = page.locator(".strip li button").last

    last.scroll_into_view_if_needed()

    box = last.bounding_box()
    assert 0 <= box["x"] <= width - box["width"]
    assert page.evaluate("scrollX") == 0


def test_a_phone_names_its_buttons_and_changes_the_overlay(touched: Callable[[int, int], Any]) -> None:
    page = touched(360, 640)
    open_answer(page, answer_asking("Crow"))

    for name in ["Flag", "Note", "Undo", "Back", "Ahead", "Hold to hide the overlay", "Whole"]:
        assert page.get_by_role("button", name=name, exact=True).is_visible(), name
    before = page.eval_on_selector(".meter i", "each => each.style.width")
    page.get_by_role("button", name="Stronger overlay").tap()
    assert page.eval_on_selector(".meter i", "each => each.style.width") != before
    tap(page, "[data-action=help]")
    told = page.inner_text('[data-sheet="help"]')
    assert "two fingers zoom" in told
    assert "Shift" not in told
