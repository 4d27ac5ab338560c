"""What a reviewer adds to a verdict, and looking elsewhere without judging."""

from collections.abc import Callable
from typing import Any

import pytest

from audit.review.queue import N_RECENT
from db.records import Reason, StandingVerdict, Verdict
from tests.audit.jobs.judged_samples import judge
from tests.browser.conftest import Workspace
from tests.browser.driving import press, wait_all_done, wait_painted, wait_saved
from tests.browser.review_workspace import ReviewSample, usual_mentions

pytestmark = pytest.mark.browser

HOSTILE_NOTE = "<script>window.hacked = 1</script> \u202eleft\u202c \"quoted\" 'twice' </textarea>"
UNDO_AT_ONCE = """(times) => {
    for (let time = 0; time < times; time += 1)
        document.body.dispatchEvent(new KeyboardEvent("keydown",
            {key: "u", code: "KeyU", bubbles: true, composed: true}));
}"""


def only_verdict(sample: ReviewSample) -> StandingVerdict:
    [standing] = sample.standing().values()
    return standing


def comment_of(sample: ReviewSample, mask_id: str) -> tuple[str, bool]:
    standing = sample.standing()[mask_id]
    return standing.comment, standing.flagged


def test_several_reasons_are_marked_and_go_with_the_verdict(page: Any, sample: ReviewSample) -> None:
    judged = wait_painted(page)
    for chord in ["Shift+2", "Shift+3", "Shift+5", "Shift+8", "Shift+5"]:
        page.keyboard.press(chord)
    assert wait_painted(page) == judged, "marking judges nothing"
    pressed = '.reason[aria-pressed="true"]'
    assert page.locator(pressed).all_text_contents() == ["2Spills over", "3Part missing", "8Image unusable"]

    press(page, "x")
    wait_saved(page)

    assert only_verdict(sample).reasons == (Reason.SPILLS_OVER, Reason.PART_MISSING)
    assert page.locator(pressed).count() == 0


def test_one_more_reason_and_the_marked_ones_go_out_in_one_stroke(page: Any, sample: ReviewSample) -> None:
    page.keyboard.press("Shift+6")
    press(page, "1")
    wait_saved(page)

    assert only_verdict(sample).verdict is Verdict.INCORRECT
    assert only_verdict(sample).reasons == (Reason.MERGED_INSTANCES, Reason.WRONG_OBJECT)


def test_several_reasons_are_chosen_by_pointer_alone(page: Any, sample: ReviewSample) -> None:
    judged = wait_painted(page)
    page.click("[data-action=several]")
    page.click("[data-action=part_missing]")
    page.click("[data-action=spills_over]")
    assert wait_painted(page) == judged
    page.click(".decide[data-action=incorrect]")
    page.wait_for_selector(f'.desk:not([data-task-id="{judged}"])')
    wait_painted(page)
    page.click("[data-action=not_visible]")  # one click judges again
    wait_saved(page)

    reasons = [each.reasons for each in sample.standing().values()]
    assert reasons == [(Reason.PART_MISSING, Reason.SPILLS_OVER), (Reason.NOT_VISIBLE,)]


def test_a_note_and_a_flag_are_stored_and_shown_again(page: Any, sample: ReviewSample) -> None:
    page.keyboard.press("n")
    page.keyboard.type(f"{HOSTILE_NOTE} axu1?")
    page.keyboard.press("Enter")
    page.keyboard.press("f")
    assert page.text_content(".noted") == f"{HOSTILE_NOTE} axu1?"
    assert sample.n_entries() == 0, "what is typed is no verdict"
    judged = press(page, "x")
    wait_saved(page)

    assert comment_of(sample, judged) == (f"{HOSTILE_NOTE} axu1?", True)
    wait_painted(page)
    assert page.is_hidden(".noted")
    page.reload()
    wait_painted(page)
    page.click(f'.strip [data-reopens="{judged}"]')
    page.wait_for_selector(f'.desk[data-task-id="{judged}"][data-painted="true"]')
    assert page.text_content(".noted") == f"{HOSTILE_NOTE} axu1?"
    assert page.get_attribute("[data-action=flag]", "aria-pressed") == "true"
    press(page, "a")
    wait_saved(page)
    assert comment_of(sample, judged) == (f"{HOSTILE_NOTE} axu1?", True), "a new verdict keeps the note"
    assert page.evaluate("window.hacked") is None


def test_a_note_that_is_left_is_not_kept(page: Any, sample: ReviewSample) -> None:
    page.keyboard.press("n")
    page.keyboard.type("never mind")
    page.keyboard.press("Escape")

    judged = press(page, "a")
    wait_saved(page)

    assert comment_of(sample, judged) == ("", False)


def test_a_note_still_being_written_goes_with_a_clicked_verdict(page: Any, sample: ReviewSample) -> None:
    judged = wait_painted(page)
    page.click("[data-action=note]")
    page.keyboard.type("cut off")
    page.click(".decide[data-action=incorrect]")
    page.wait_for_selector(f'.desk:not([data-task-id="{judged}"])')
    wait_saved(page)

    assert comment_of(sample, judged) == ("cut off", False)
    assert page.is_hidden(".notepad")


def test_an_undone_verdict_gives_its_note_and_flag_back(page: Any, sample: ReviewSample) -> None:
    page.keyboard.press("n")
    page.keyboard.type("look again")
    page.keyboard.press("Enter")
    page.keyboard.press("f")
    judged = press(page, "a")

    page.keyboard.press("u")
    page.wait_for_selector(f'.desk[data-task-id="{judged}"][data-painted="true"]')

    assert page.text_content(".noted") == "look again"
    press(page, "x")
    wait_saved(page)
    assert comment_of(sample, judged) == ("look again", True)


@pytest.mark.parametrize(
    ("keys", "reasons"),
    [
        (["x"], (Reason.SPILLS_OVER, Reason.PART_MISSING)),
        (["4"], (Reason.WHOLE_IMAGE,)),
        (["Shift+3", "4"], (Reason.SPILLS_OVER, Reason.WHOLE_IMAGE)),
        (["8"], (Reason.IMAGE_UNUSABLE,)),
    ],
)
def test_an_undone_verdict_gives_its_reasons_back_until_others_are_pressed(
    page: Any, sample: ReviewSample, keys: list[str], reasons: tuple[Reason, ...]
) -> None:
    page.keyboard.press("Shift+2")
    judged = press(page, "3")
    page.keyboard.press("u")
    page.wait_for_selector(f'.desk[data-task-id="{judged}"][data-painted="true"]')
    pressed = page.locator('.reason[aria-pressed="true"] span').all_text_contents()

    for key in keys[:-1]:
        page.keyboard.press(key)
    press(page, keys[-1])
    wait_saved(page)

    assert pressed == ["Spills over", "Part missing"]
    assert only_verdict(sample).reasons == reasons


def test_a_flag_key_held_down_is_pressed_once(page: Any) -> None:
    for _ in range(5):
        page.keyboard.down("f")
    page.keyboard.up("f")

    assert page.get_attribute("[data-action=flag]", "aria-pressed") == "true"


def test_looking_back_and_ahead_judges_nothing(page: Any, sample: ReviewSample) -> None:
    first, second = press(page, "a"), press(page, "2")
    due = wait_painted(page)

    seen = []
    for key in ["q", "q", "q", "e", "e", "e"]:
        page.keyboard.press(key)
        seen.append((wait_painted(page), page.is_visible(".away") and page.inner_text(".away span")))

    assert [mask_id for mask_id, _ in seen[:5]] == [second, first, first, second, due]
    assert seen[0][1] == "Your last verdict"
    assert seen[1][1] == "Looking back: 2 verdicts ago"
    assert seen[4][1] is False, "this one is due"
    assert seen[5][0] not in (first, second, due)
    assert seen[5][1] == "Looking ahead: 1 after the one that is due"
    page.keyboard.press("Escape")
    assert wait_painted(page) == due
    wait_saved(page)
    assert sample.n_entries() == 2


def test_a_verdict_given_while_looking_back_or_ahead_is_of_what_is_seen(
    page: Any, sample: ReviewSample
) -> None:
    first = press(page, "a")
    due = wait_painted(page)

    page.click("[data-action=next]")
    page.wait_for_selector(f'.desk[data-painted="true"]:not([data-task-id="{due}"])')
    ahead = press(page, "x")
    assert wait_painted(page) == due
    page.click("[data-action=previous]")
    page.click("[data-action=previous]")
    page.wait_for_selector(f'.desk[data-task-id="{first}"][data-painted="true"]')
    assert page.get_attribute(".decide[data-action=correct]", "aria-pressed") == "true"
    press(page, "3")
    assert wait_painted(page) == due
    wait_saved(page)

    verdicts = {mask_id: each.verdict for mask_id, each in sample.standing().items()}
    assert verdicts == {first: Verdict.INCORRECT, ahead: Verdict.INCORRECT}
    assert page.inner_text(".count") == "2 / 8"


def test_undo_reaches_further_back_than_the_page_knows(
    open_page: Callable[[str], Any], workspace: Workspace
) -> None:
    sample = workspace.add(usual_mentions(workspace.images) * 6)
    n_verdicts = len(sample.unit_of_mask)
    assert n_verdicts > N_RECENT + 2
    judge(sample.store, "local", dict.fromkeys(sample.unit_of_mask, Verdict.CORRECT))
    page = open_page(workspace.server.address)
    wait_all_done(page)

    page.evaluate(UNDO_AT_ONCE, N_RECENT + 2)

    page.wait_for_selector(".banner:has-text('press again')")
    page.wait_for_selector(".strip button")
    assert page.inner_text(".count") == f"{n_verdicts - N_RECENT} / {n_verdicts}"
    page.evaluate(UNDO_AT_ONCE, n_verdicts - N_RECENT)
    wait_painted(page)
    wait_saved(page)
    assert sample.standing() == {}
    assert page.inner_text(".count") == f"0 / {n_verdicts}"
    page.keyboard.press("u")
    page.wait_for_selector(".banner:has-text('nothing to undo')")
