"""The screen at every size, by finger and by key: what is needed is there, nothing is covered or cut off."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from db.records import Reason, Verdict
from tests.browser.conftest import Workspace
from tests.browser.driving import press, wait_all_done, wait_painted, wait_saved
from tests.browser.review_workspace import Mention, ReviewSample, ellipse, usual_mentions

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SIZES = [(1280, 720), (1920, 1080), (1366, 768), (1024, 768)]
SIZES += [(820, 1180), (390, 844), (390, 664), (360, 640), (844, 390)]
HOSTILE = "<script>window.hacked = 1</script> \u202eright to left\u202c " + "W" * 10_000

EXTENT = "[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]"

# What can be pressed, but is not wholly in the window, or lies under something else.
OUT_OF_REACH = """desk => [...desk.querySelectorAll("button, a")].filter((button) => {
    const { left, top, right, bottom, width, height } = button.getBoundingClientRect();
    if (!width || getComputedStyle(button).visibility === "hidden" || button.closest("[inert]")) return false;
    if (left < 0 || top < 0 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5) return true;
    const seen = desk.getRootNode().elementFromPoint(left + width / 2, top + height / 2);
    return !(button === seen || button.contains(seen));
}).map((button) => button.outerHTML.slice(0, 120))"""

TOO_SMALL_FOR_FINGERS = """desk => [...desk.querySelectorAll("button")].filter((button) => {
    const { width, height } = button.getBoundingClientRect();
    return width && (height < 30 || width < 30);
}).map((button) => button.outerHTML.slice(0, 120))"""


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


def test_a_mouse_alone_hides_the_overlay_while_its_button_is_held(page: Any) -> None:
    wait_painted(page)
    box = page.locator("[data-hold=hide]").bounding_box()

    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.wait_for_selector(".ghost")
    page.mouse.move(5, 300)
    page.mouse.up()

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


def press_key(page: Any, key: str, code: str, *, is_shifted: bool = False) -> None:
    page.evaluate(
        """([key, code, shiftKey]) => document.body.dispatchEvent(new KeyboardEvent("keydown",
            {key, code, shiftKey, bubbles: true, composed: true}))""",
        [key, code, is_shifted],
    )


@pytest.mark.parametrize(
    ("key", "code", "reason"),
    [
        ('"', "Digit3", Reason.PART_MISSING),  # French: digits need Shift
        ("3", "Numpad3", Reason.PART_MISSING),
        ("-", "Digit6", Reason.MERGED_INSTANCES),  # French: the sign of another action
        ("٣", "Digit3", Reason.PART_MISSING),  # Arabic
    ],
)
def test_digits_are_found_by_their_place(
    page: Any, sample: ReviewSample, key: str, code: str, reason: Reason
) -> None:
    wait_painted(page)

    press_key(page, key, code)
    wait_saved(page)

    assert [each.reasons for each in sample.standing().values()] == [(reason,)]


def test_letters_go_by_what_is_printed_on_them_and_signs_by_their_place(
    page: Any, sample: ReviewSample
) -> None:
    before = wait_painted(page)
    opacity = "parseFloat(getComputedStyle(document.querySelector('[data-testid]')).opacity)"
    assert page.evaluate(opacity) > 0
    strength = page.eval_on_selector(".meter i", "each => each.style.width")

    press_key(page, "q", "KeyA")  # French: it says Q where an A is elsewhere
    assert wait_painted(page) == before
    press_key(page, "w", "KeyZ")  # French: no action has a W
    press_key(page, "ü", "BracketLeft")  # German: the sign [ needs AltGr
    press_key(page, "Dead", "BracketRight")
    press_key(page, "ü", "BracketLeft")

    assert page.is_hidden(".ghost")
    assert page.eval_on_selector(".meter i", "each => each.style.width") != strength
    assert sample.n_entries() == 0


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
