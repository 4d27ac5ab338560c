"""What must not become a verdict, and what must not be lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from db.records import Verdict
from tests.browser.conftest import Workspace
from tests.browser.driving import outbox_entries, press, wait_all_done, wait_painted, wait_saved
from tests.browser.review_workspace import Mention, ReviewSample, ellipse, usual_mentions

pytestmark = pytest.mark.browser

TWO_PRESSES_AT_ONCE = """() => {
    for (const time of [1, 2])
        document.body.dispatchEvent(new KeyboardEvent("keydown",
            {key: "a", code: "KeyA", bubbles: true, composed: true}));
}"""


def test_a_key_held_down_is_one_verdict(page: Any, sample: ReviewSample) -> None:
    for _ in range(12):
        page.keyboard.down("a")  # from the second on the browser says that it repeats
        page.wait_for_timeout(40)
    page.keyboard.up("a")
    wait_saved(page)

    assert sample.n_entries() == 1


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_held_down_on_a_focused_button_is_one_verdict(
    page: Any, sample: ReviewSample, key: str
) -> None:
    page.keyboard.press("Tab")
    page.focus('.decide[data-action="correct"]')

    for _ in range(12):
        page.keyboard.down(key)
        page.wait_for_timeout(40)
    page.keyboard.up(key)
    page.wait_for_timeout(200)
    wait_painted(page)
    wait_saved(page)

    assert sample.n_entries() == 1


def test_nothing_is_judged_in_a_window_too_small_to_see_it(page: Any, sample: ReviewSample) -> None:
    before = wait_painted(page)

    page.set_viewport_size({"width": 200, "height": 300})
    page.wait_for_selector('.card h2:has-text("Make the window larger")', state="attached")
    page.keyboard.press("a")
    page.set_viewport_size({"width": 800, "height": 600})

    assert wait_painted(page) == before
    box = page.locator(".stage").bounding_box()
    assert box["height"] > 200
    assert box["width"] > 400
    page.set_viewport_size({"width": 1280, "height": 720})
    assert wait_painted(page) == before
    assert sample.n_entries() == 0


def test_a_key_pressed_before_the_next_mask_is_painted_is_ignored(page: Any, sample: ReviewSample) -> None:
    page.evaluate(TWO_PRESSES_AT_ONCE)
    wait_painted(page)
    wait_saved(page)

    assert sample.n_entries() == 1


def test_keys_typed_into_a_text_field_are_no_verdicts(page: Any, sample: ReviewSample) -> None:
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), {id: 'note'}))")
    page.focus("#note")

    page.keyboard.type("a x 1")

    assert page.input_value("#note") == "a x 1"
    page.evaluate("document.querySelector('#note').remove()")
    press(page, "x")
    wait_saved(page)
    assert [each.verdict for each in sample.standing().values()] == [Verdict.INCORRECT]


@pytest.mark.parametrize("chord", ["Control+a", "Alt+x", "Meta+1"])
def test_a_key_with_a_modifier_belongs_to_the_browser(page: Any, sample: ReviewSample, chord: str) -> None:
    before = wait_painted(page)

    page.keyboard.press(chord)

    assert wait_painted(page) == before
    assert sample.n_entries() == 0


def test_a_double_click_is_one_verdict(page: Any, sample: ReviewSample) -> None:
    page.dblclick('.decide[data-action="correct"]', delay=30)
    wait_painted(page)
    wait_saved(page)

    assert sample.n_entries() == 1


def test_no_verdict_is_given_while_the_help_is_open(page: Any, sample: ReviewSample) -> None:
    before = wait_painted(page)

    page.keyboard.press("?")
    page.wait_for_selector(".sheet:visible")
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.wait_for_selector(".sheet", state="hidden")

    assert wait_painted(page) == before
    press(page, "x")
    wait_saved(page)
    assert sample.n_entries() == 1


def test_a_verdict_under_300_ms_is_stored_with_its_time(page: Any, sample: ReviewSample) -> None:
    quick = press(page, "a")
    page.wait_for_timeout(600)
    slow = press(page, "a")
    wait_saved(page)

    standing = sample.standing()
    assert (standing[quick].seconds or 0) < (standing[slow].seconds or 0)
    assert 0.5 < (standing[slow].seconds or 0) < 20


def test_a_message_sent_again_changes_nothing(page: Any, sample: ReviewSample) -> None:
    mask_id = wait_painted(page)
    kept: dict[str, str] = {}
    page.keyboard.press("a")
    kept |= outbox_entries(page)
    page.wait_for_selector(f'.desk:not([data-task-id="{mask_id}"])')
    wait_saved(page)
    assert list(kept.values())
    assert outbox_entries(page) == {}

    page.evaluate(
        "kept => Object.entries(kept).forEach(([name, text]) => localStorage.setItem(name, text))", kept
    )
    page.reload()
    wait_painted(page)
    wait_saved(page)

    assert outbox_entries(page) == {}
    assert sample.n_entries() == 1


def test_a_foreign_event_is_refused_aloud_and_holds_up_nothing(page: Any, sample: ReviewSample) -> None:
    page.keyboard.press("a")
    name, text = next(iter(outbox_entries(page).items()))
    wait_saved(page)
    event = json.loads(text)
    forged = [
        event | {"task_id": "somebody-elses"},
        event | {"reasons": ["wrong_object"]},
        event | {"verdict": "splendid"},
        event | {"task_id": wait_painted(page), "verdict": "incorrect"},
    ]
    entries = {
        name.replace(event["client_key"], key): json.dumps(each | {"client_key": key})
        for key, each in ((f"forged-{index:04}", each) for index, each in enumerate(forged))
    }

    page.evaluate(
        "all => Object.entries(all).forEach(([name, text]) => localStorage.setItem(name, text))", entries
    )
    page.reload()

    page.wait_for_selector(".banner:has-text('Not stored')")
    told = page.inner_text(".banner")
    assert "its mask is not in this sample" in told
    assert "'wrong_object' is no reason for correct" in told
    assert "there is no verdict 'splendid'" in told
    wait_saved(page)
    assert sorted(each.verdict for each in sample.standing().values()) == ["correct", "incorrect"]
    kept = [json.loads(text)["task_id"] for text in outbox_entries(page).values()]
    assert kept == ["somebody-elses"], "another sample may still take it"


def test_two_tabs_of_one_reviewer_do_not_break_each_other(
    page: Any, open_page: Callable[[str], Any], workspace: Workspace, sample: ReviewSample
) -> None:
    other = page.context.new_page()
    other.goto(workspace.server.address)
    assert wait_painted(other) == wait_painted(page)

    # At once: a tab that hears what another one has judged goes on to the next mask by itself.
    both = press(page, "a")
    assert press(other, "x") == both
    wait_saved(page)
    wait_saved(other)
    mine = {press(page, "a") for _ in range(3)}
    wait_saved(page)
    wait_saved(other)
    theirs = set()
    while len(mine | theirs | {both}) < 8:
        theirs.add(press(other, "x"))
        wait_saved(other)

    wait_all_done(other)
    standing = sample.standing()
    assert len(standing) == 8
    assert standing[both].verdict in {Verdict.CORRECT, Verdict.INCORRECT}, "whichever came last stands"


def test_hostile_names_are_shown_as_the_text_they_are(
    open_page: Callable[[str], Any], workspace: Workspace
) -> None:
    names = [
        "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>",
        "\u202eright to left\u202c \"quoted\" 'twice' </h1> ${hacked} \\u0000",
        "long " * 2000,
    ]
    mask = ellipse((300, 451), 150, 220, 200, 200)
    workspace.add([Mention(entity=name, question=name, file_name="cat.jpg", masks=[mask]) for name in names])
    page = open_page(workspace.server.address)

    seen = set()
    for _ in names:
        wait_painted(page)
        seen.add(page.text_content(".asked h1"))
        assert page.text_content(".asked blockquote") in names
        assert page.evaluate("document.scrollingElement.scrollHeight") == 720
        box = page.locator('.decide[data-action="correct"]').bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 720
        press(page, "a")

    wait_all_done(page)
    assert seen == set(names)
    assert page.evaluate("window.hacked") is None


def test_an_unjudgable_mask_says_why_and_is_stepped_over(
    open_page: Callable[[str], Any], workspace: Workspace
) -> None:
    mask = ellipse((300, 451), 150, 220, 200, 200)
    (workspace.images / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    sample = workspace.add(
        [
            Mention(entity="Gone", question=None, file_name="gone.jpg", masks=[mask]),
            Mention(entity="Other size", question=None, file_name="rocket.jpg", masks=[mask]),
            Mention(entity="Broken", question=None, file_name="broken.jpg", masks=[mask]),
            Mention(entity="Outside", question=None, file_name="../../etc/passwd", masks=[mask]),
            Mention(entity="Cat", question=None, file_name="/cat.jpg", masks=[mask]),
        ]
    )
    page = open_page(workspace.server.address)

    told = {}
    for _ in sample.unit_of_mask:
        before = wait_painted(page)
        entity = page.text_content(".asked h1")
        if entity == "Cat":
            press(page, "a")
            continue
        told[entity] = page.inner_text(".card p").splitlines()[0]
        page.keyboard.press("a")  # there is nothing to judge
        assert wait_painted(page) == before
        press(page, "Enter")

    wait_all_done(page)
    wait_saved(page)
    assert told == {
        "Gone": "The image is missing.",
        "Other size": "Mask is 300×451, image is 427×640.",
        "Broken": "The image file is broken or cut short.",
        "Outside": "The file name leads out of the image root.",
    }
    assert len(sample.unjudgable()) == 4
    assert sample.n_entries() == 1
    assert "4 could not be shown" in page.inner_text(".card p")


def test_a_mask_whose_image_came_back_is_shown_after_a_reload(
    open_page: Callable[[str], Any], workspace: Workspace
) -> None:
    mask = ellipse((300, 451), 150, 220, 200, 200)
    sample = workspace.add([Mention(entity="Late", question=None, file_name="late.jpg", masks=[mask])])
    page = open_page(workspace.server.address)
    page.wait_for_selector('.card h2:has-text("Unjudgable")')

    (workspace.images / "late.jpg").write_bytes((workspace.images / "cat.jpg").read_bytes())
    page.reload()
    page.wait_for_selector(".card", state="hidden")
    press(page, "a")

    wait_all_done(page)
    wait_saved(page)
    assert sample.unjudgable() == {}
    assert len(sample.standing()) == 1


def test_a_sample_without_masks_says_so(open_page: Callable[[str], Any], workspace: Workspace) -> None:
    workspace.add([])

    page = open_page(workspace.server.address)

    page.wait_for_selector('.card h2:has-text("Nothing to judge")')


def test_keys_are_found_on_other_layouts(page: Any, sample: ReviewSample) -> None:
    wait_painted(page)
    page.evaluate("""() => document.body.dispatchEvent(new KeyboardEvent("keydown",
        {key: "ч", code: "KeyX", bubbles: true, composed: true}))""")
    wait_saved(page)
    wait_painted(page)

    assert [each.verdict for each in sample.standing().values()] == [Verdict.INCORRECT]


def test_a_button_reached_by_keyboard_keeps_the_space_bar(page: Any, sample: ReviewSample) -> None:
    before = wait_painted(page)
    page.keyboard.press("Tab")
    page.focus('.reason[data-action="whole_image"]')

    page.keyboard.press("Space")

    page.wait_for_selector(f'.desk:not([data-task-id="{before}"])')
    wait_saved(page)
    assert [each.reasons for each in sample.standing().values()] == [("whole_image",)]


def test_the_mentions_of_the_usual_sample_have_two_masks_each(
    sample: ReviewSample, workspace: Workspace
) -> None:
    assert len(sample.unit_of_mask) == 2 * len(usual_mentions(workspace.images))
