"""The page for people who use no mouse, or need contrast."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.browser.conftest import Workspace
from tests.browser.driving import press, wait_painted, wait_saved
from tests.browser.review_workspace import Mention

pytestmark = pytest.mark.browser

FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return [at.dataset.action ?? at.dataset.mode ?? at.tagName, at.dataset.reopens ?? ""];
}"""

SIZE_OF_FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    const { width, height } = at.getBoundingClientRect();
    return [width, height];
}"""

# Relative luminance and contrast: WCAG 2.2, "relative luminance" and "contrast ratio".
CONTRASTS = """desk => {
    const context = Object.assign(document.createElement("canvas"), {width: 1, height: 1})
        .getContext("2d", {willReadFrequently: true});
    const pixel = colour => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([red, green, blue]) => {
        const linear = [red, green, blue].map(value => value / 255)
            .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const ground = element => {
        for (let each = element; each; each = each.parentElement) {
            const found = pixel(getComputedStyle(each).backgroundColor);
            if (found[3] === 255) return found;
        }
        return [255, 255, 255, 255];
    };
    const ratios = {};
    const soft = ".lead, .caption span, .modes button, kbd, .plain, .quiet, .several, .views *";
    for (const element of desk.querySelectorAll(soft)) {
        const [light, dark] = [pixel(getComputedStyle(element).color), ground(element)]
            .map(luminance).sort((one, other) => other - one);
        ratios[element.className + " " + element.textContent] = (light + 0.05) / (dark + 0.05);
    }
    return ratios;
}"""


def test_focus_returns_to_what_opened_the_help(page: Any) -> None:
    wait_painted(page)
    page.keyboard.press("Tab")
    page.focus('[data-action="help"]')

    page.keyboard.press("Enter")
    page.wait_for_selector(".sheet:visible")
    page.keyboard.press("Escape")
    page.wait_for_selector(".sheet", state="hidden")

    assert page.evaluate(FOCUSED) == ["help", ""]


def test_focus_stays_on_a_thumbnail_that_was_reopened_left_and_judged_again(page: Any) -> None:
    judged = [press(page, "a") for _ in range(3)]
    wait_painted(page)
    wait_saved(page)
    page.keyboard.press("Tab")
    page.focus(f'.strip [data-reopens="{judged[1]}"]')

    page.keyboard.press("Enter")
    page.wait_for_selector(f'.desk[data-painted="true"][data-task-id="{judged[1]}"]')
    assert page.evaluate(FOCUSED) == ["reopen", judged[1]]
    page.keyboard.press("Escape")
    page.wait_for_selector(f'.desk[data-painted="true"]:not([data-task-id="{judged[1]}"])')
    assert page.evaluate(FOCUSED) == ["reopen", judged[1]]
    page.keyboard.press("Enter")
    page.wait_for_selector(f'.desk[data-painted="true"][data-task-id="{judged[1]}"]')
    press(page, "x")
    wait_saved(page)
    assert page.evaluate(FOCUSED) == ["reopen", judged[1]]


def test_the_strip_is_changed_in_place(page: Any) -> None:
    first = press(page, "a")
    wait_saved(page)
    page.eval_on_selector(f'.strip [data-reopens="{first}"]', "button => { button.isTheSame = true; }")

    press(page, "x")
    wait_saved(page)

    assert page.eval_on_selector(f'.strip [data-reopens="{first}"]', "button => button.isTheSame")
    assert page.eval_on_selector_all(".strip li", "rows => rows.map(row => row.dataset.verdict)") == [
        "incorrect",
        "correct",
    ]


def test_tab_stops_at_nothing_invisible(page: Any) -> None:
    wait_painted(page)

    stops = []
    for _ in range(9):
        page.keyboard.press("Tab")
        stops.append((page.evaluate(FOCUSED)[0], page.evaluate(SIZE_OF_FOCUSED)))

    names = [name for name, _ in stops]
    assert names[:7] == ["A", "A", "A", "A", "help", "flag", "note"], "four links, then the desk"
    assert min(min(size) for _, size in stops) > 10


def test_soft_text_has_the_contrast_that_reading_needs(page: Any) -> None:
    wait_painted(page)

    ratios = page.eval_on_selector(".desk", CONTRASTS)

    assert len(ratios) > 10
    assert {text: ratio for text, ratio in ratios.items() if ratio < 4.5} == {}  # WCAG 2.2, 1.4.3


def test_the_contour_of_a_mask_that_fills_the_image_is_seen(
    open_page: Callable[[str], Any], workspace: Workspace
) -> None:
    whole = np.ones((300, 451), bool)
    workspace.add([Mention(entity="Cat", question=None, file_name="cat.jpg", masks=[whole])])
    page = open_page(workspace.server.address)
    wait_painted(page)
    pixels = """canvas => [...canvas.getContext("2d").getImageData(
        Math.round(canvas.width / 2), 0, 1, 8).data].filter((_, place) => place % 4 === 0)"""

    page.click('[data-mode="off"]')
    off = page.eval_on_selector(".stage canvas", pixels)
    page.click('[data-mode="contour"]')
    contour = page.eval_on_selector(".stage canvas", pixels)

    assert off[:6] == [0x15] * 6, "the margin around the photo"
    assert max(contour[:6]) > 200, "the light halo"
    assert contour[6:] == off[6:], "no pixel of the photo is covered"
