from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.serve import ServeRequest
from db.assignments import move_leases
from db.reviewers import find_reviewer
from tests.browser.conftest import Workspace, free_port
from tests.browser.driving import press, wait_painted, wait_saved
from tests.browser.open_review import OpenReview, open_review
from tests.browser.review_workspace import ReviewSample, add_review_sample, usual_mentions

pytestmark = pytest.mark.browser


@pytest.fixture
def review(tmp_path: Path) -> Iterator[OpenReview]:
    request = ServeRequest(workspace=tmp_path / "review", port=free_port(), behind_proxy=True)
    with open_review(request, tmp_path / "log") as opened:
        yield opened


def test_who_finds_the_rest_in_front_of_others_waits_and_is_given_what_they_leave(
    review: OpenReview, person: Callable[[], Any]
) -> None:
    images = review.request.workspace / "images"
    sample = add_review_sample(review.store, images, usual_mentions(images), "small")
    ann, ben = person(), person()
    ann.goto(review.link("Ann"))
    hers = press(ann, "a")
    wait_saved(ann)

    ben.goto(review.link("Ben"))

    ben.wait_for_selector('.card h2:has-text("Others have the rest")')
    assert "7 masks are in front of other people" in ben.inner_text(".card")

    ann.close()
    with review.store.transaction() as transaction:
        reviewer = find_reviewer(transaction, "Ann")
        assert reviewer is not None
        ended = datetime.now(UTC) - timedelta(minutes=1)
        move_leases(transaction, reviewer.reviewer_id, sample.unit_of_mask, ended)
    ben.set_default_timeout(40_000)
    assert wait_painted(ben) != hers


def test_a_mask_judged_in_one_tab_leaves_the_other(
    page: Any, workspace: Workspace, sample: ReviewSample
) -> None:
    other = page.context.new_page()
    other.goto(workspace.server.address)
    both = wait_painted(other)
    assert press(page, "a") == both
    wait_saved(page)

    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    other.wait_for_selector(f'.desk[data-painted="true"]:not([data-task-id="{both}"])')
    assert press(other, "x") != both
    wait_saved(other)
    assert sample.standing()[both].verdict == "correct"
    assert sample.n_entries() == 2
