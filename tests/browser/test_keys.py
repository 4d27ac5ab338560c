"""What a key does, on whatever keyboard it is."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from audit.review.key_bindings import JUDGING_ACTIONS, bind_keys
from tests.browser.driving import wait_painted
from tests.browser.lone_desk import Shown, answer_showing, open_answer

pytestmark = pytest.mark.browser

EFFECT = """() => {
    const text = (selector) => document.querySelector(selector)?.title ?? null;
    const judged = text(".strip button");
    if (judged) return judged.replace(/^.*: (.*)\\. Judge it again$/, "$1");
    const marked = [...document.querySelectorAll('.reason[aria-pressed="true"]')];
    if (marked.length) return `marked ${marked.map((each) => each.dataset.action)}`;
    if (!document.querySelector('[data-sheet="help"]').hidden) return "help";
    if (!document.querySelector(".ghost").hidden) return "hidden";
    const strength = document.querySelector(".meter i").style.width;
    if (strength !== "50%") return strength;
    return document.querySelector('[data-ref="scaleSign"]').hidden ? "nothing" : "moved";
}"""
PRESS = """([key, code, modifiers]) => {
    const has = (modifier) => modifiers.includes(modifier);
    document.body.dispatchEvent(new KeyboardEvent("keydown", {
        key, code, shiftKey: has("Shift"), ctrlKey: has("Control"), altKey: has("Alt"),
        modifierAltGraph: has("AltGraph"), bubbles: true, composed: true,
    }));
}"""
SHIFT, ALT_GRAPH = "Shift", "AltGraph"
KEYBOARDS = {
    "American": [
        ("a", "KeyA", "", "correct"),
        ("A", "KeyA", SHIFT, "correct"),
        ("3", "Digit3", "", "incorrect (part missing)"),
        ("#", "Digit3", SHIFT, "marked part_missing"),
        ("[", "BracketLeft", "", "40%"),
        ("+", "Equal", SHIFT, "moved"),
        ("?", "Slash", SHIFT, "help"),
    ],
    "German": [
        ("[", "Digit8", ALT_GRAPH, "40%"),
        ("]", "Digit9", ALT_GRAPH, "60%"),
        ("[", "Digit8", "Control Alt AltGraph", "40%"),
        ("{", "Digit7", ALT_GRAPH, "nothing"),
        ("æ", "KeyA", ALT_GRAPH, "nothing"),
        ("ü", "BracketLeft", "", "40%"),
        ("+", "BracketRight", "", "moved"),
        ("-", "Slash", "", "moved"),
        ("§", "Digit3", SHIFT, "marked part_missing"),
        ("?", "Minus", SHIFT, "help"),
        ("y", "KeyZ", "", "nothing"),
        ("z", "KeyY", "", "hidden"),
    ],
    "French": [
        ("a", "KeyQ", "", "correct"),
        ("q", "KeyA", "", "nothing"),
        ("w", "KeyZ", "", "nothing"),
        ('"', "Digit3", "", "incorrect (part missing)"),
        ("3", "Digit3", SHIFT, "marked part_missing"),
        ("-", "Digit6", "", "moved"),
        ("6", "Digit6", SHIFT, "marked merged_instances"),
        ("è", "Digit7", "", "incorrect (not visible)"),
        ("[", "Digit5", ALT_GRAPH, "40%"),
        ("?", "KeyM", SHIFT, "help"),
    ],
    "Nordic": [
        ("[", "Digit8", ALT_GRAPH, "40%"),
        ("+", "Minus", "", "moved"),
        ("Dead", "BracketRight", "", "60%"),
        ("å", "BracketLeft", "", "40%"),
        ("/", "Digit7", SHIFT, "marked not_visible"),
        ("=", "Digit0", SHIFT, "moved"),
    ],
    "Russian": [
        ("ф", "KeyA", "", "correct"),
        ("ч", "KeyX", "", "incorrect"),
        ("3", "Digit3", "", "incorrect (part missing)"),
        ("№", "Digit3", SHIFT, "marked part_missing"),
        ("х", "BracketLeft", "", "40%"),
    ],
    "Arabic": [("٣", "Digit3", "", "incorrect (part missing)")],
    "number pad": [
        ("3", "Numpad3", "", "incorrect (part missing)"),
        ("ArrowLeft", "Numpad4", "", "moved"),
        ("End", "Numpad1", "", "nothing"),
        ("Clear", "Numpad5", "", "nothing"),
        ("-", "NumpadSubtract", "", "moved"),
    ],
    "any, with a key that belongs to the browser": [
        ("a", "KeyA", "Control", "nothing"),
        ("3", "Digit3", "Alt", "nothing"),
    ],
}


@pytest.fixture
def blank(chromium: Any) -> Iterator[Any]:
    problems: list[str] = []
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_default_timeout(5_000)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems


def open_desk(page: Any, **remaps: str) -> None:
    photo = np.full((480, 640, 3), 128, np.uint8)
    mask = np.zeros((480, 640), bool)
    mask[200:280, 280:360] = True
    answer = answer_showing([Shown(photo=photo, masks=[mask])] * 2)
    assert answer.opening is not None
    bindings = bind_keys(JUDGING_ACTIONS, hand="right", remaps=remaps)
    open_answer(page, replace(answer, opening=replace(answer.opening, bindings=bindings)))


def effect_of(page: Any, key: str, code: str, modifiers: str) -> str:
    """What a press does to a page that was just opened."""
    page.evaluate(PRESS, [key, code, modifiers.split()])
    wait_painted(page)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    effect = str(page.evaluate(EFFECT))
    page.evaluate("localStorage.clear()")
    return effect


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_a_key_does_what_is_printed_on_it_and_else_what_its_place_does(blank: Any, keyboard: str) -> None:
    effects = []
    for key, code, modifiers, _ in KEYBOARDS[keyboard]:
        open_desk(blank)
        effects.append((key, code, modifiers, effect_of(blank, key, code, modifiers)))

    assert effects == KEYBOARDS[keyboard]


@pytest.mark.parametrize(
    ("action", "sign", "press", "effect"),
    [
        ("correct", "!", ("!", "Digit1", SHIFT), "correct"),
        ("spills_over", "%", ("%", "Digit5", SHIFT), "incorrect (spills over)"),
        ("correct", "@", ("@", "KeyQ", ALT_GRAPH), "correct"),
        ("hide", "!", ("!", "Digit1", SHIFT), "hidden"),
        ("flag", "end", ("End", "Numpad1", ""), "nothing"),
    ],
)
def test_a_sign_of_the_settings_is_found_however_it_is_typed(
    blank: Any, action: str, sign: str, press: tuple[str, str, str], effect: str
) -> None:
    open_desk(blank, **{action: sign})

    assert effect_of(blank, *press) == effect
    assert blank.get_attribute("[data-action=flag]", "aria-pressed") == str(action == "flag").lower()


def test_the_overlay_comes_back_although_shift_is_let_go_first(blank: Any) -> None:
    open_desk(blank, hide="!")
    blank.keyboard.press("Tab")

    blank.keyboard.down("Shift")
    blank.keyboard.down("!")
    assert blank.is_visible(".ghost")
    blank.keyboard.up("Shift")
    blank.keyboard.up("1")

    assert blank.is_hidden(".ghost >> nth=0")
