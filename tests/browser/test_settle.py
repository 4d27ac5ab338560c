"""The lead's desk on the real page: what is disputed is shown blind, and what is pressed settles it."""

from collections.abc import Callable
from typing import Any

import pytest

from db.records import Purpose, Reason, StandingVerdict, Verdict
from db.reviews import load_standing
from tests.audit.jobs.judged_samples import judge
from tests.browser.conftest import Workspace
from tests.browser.driving import press, wait_all_done, wait_painted, wait_saved
from tests.browser.review_workspace import ReviewSample

pytestmark = pytest.mark.browser

C, I = Verdict.CORRECT, Verdict.INCORRECT  # noqa: E741


@pytest.fixture
def disputed(sample: ReviewSample) -> list[str]:
    """Two masks on which Ann and Bob differ, and one that Bob flagged."""
    masks = sorted(sample.unit_of_mask)
    judge(sample.store, "Ann", dict.fromkeys(masks[:2], C))
    judge(sample.store, "Bob", dict.fromkeys(masks[:2], I), reasons=(Reason.SPILLS_OVER,), minute=1)
    judge(sample.store, "Bob", {masks[2]: Verdict.UNSURE}, flagged=True, minute=2)
    return masks[:3]


@pytest.fixture
def settle(open_page: Callable[[str], Any], workspace: Workspace, disputed: list[str]) -> Any:
    opened = open_page(f"{workspace.server.address}/settle")
    wait_painted(opened)
    return opened


def adjudications(sample: ReviewSample) -> dict[str, StandingVerdict]:
    with sample.store.reading() as transaction:
        standing = load_standing(transaction, sample.sample.sample_id, Purpose.ADJUDICATION)
    return {each.mask_id: each for each in standing}


def test_a_lead_settles_what_is_disputed_and_undoes_it(
    settle: Any, sample: ReviewSample, disputed: list[str]
) -> None:
    readings = sample.standing()
    first = press(settle, "a")
    second = press(settle, "2")
    assert {first, second} == set(disputed[:2])
    assert press(settle, "x") == disputed[2]
    wait_all_done(settle)
    wait_saved(settle)
    found = adjudications(sample)
    assert {mask_id: each.verdict for mask_id, each in found.items()} == {first: C, second: I, disputed[2]: I}
    assert found[second].reasons == (Reason.SPILLS_OVER,)
    assert sample.standing() == readings

    settle.keyboard.press("u")
    assert wait_painted(settle) == disputed[2]
    wait_saved(settle)
    assert adjudications(sample).keys() == {first, second}


def test_the_lead_sees_what_was_said_why_it_is_asked_and_nobody_s_name(
    settle: Any, disputed: list[str]
) -> None:
    assert wait_painted(settle) in disputed[:2]
    shown = settle.inner_text(".readings")
    assert "Reviewers disagree." in shown
    assert "Correct" in shown
    assert "Incorrect (spills over)" in shown
    page_text = settle.inner_text(".desk")
    assert "Ann" not in page_text
    assert "Bob" not in page_text
    press(settle, "a")
    press(settle, "a")
    assert "A reviewer flagged it for you." in settle.inner_text(".readings")
    assert settle.query_selector(".readings .flagged") is not None


def test_a_dispute_that_arises_meanwhile_comes_up(
    settle: Any, sample: ReviewSample, disputed: list[str]
) -> None:
    for _ in disputed:
        press(settle, "a")
    wait_all_done(settle)
    wait_saved(settle)
    new = next(mask_id for mask_id in sorted(sample.unit_of_mask) if mask_id not in disputed)
    judge(sample.store, "Ann", {new: C}, minute=5)
    judge(sample.store, "Bob", {new: I}, minute=5)
    settle.evaluate(
        "document.dispatchEvent(new Event('visibilitychange'))"
    )  # the lead looks at the page again
    assert wait_painted(settle) == new
