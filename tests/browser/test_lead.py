from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from db.records import Reading, Source, Verdict
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from tests.browser.conftest import Workspace
from tests.browser.driving import wait_painted
from tests.browser.review_workspace import ReviewSample

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> **bold** [link](http://x) :material/home: $x$"


def judge(workspace: Workspace, sample: ReviewSample, reviewer: str, n: int, seconds: float) -> None:
    now = datetime.now(UTC)
    readings = [
        Reading(
            mask_id=mask_id,
            verdict=Verdict.CORRECT,
            client_key=f"{reviewer}-{mask_id}",
            seconds=seconds,
            decided_at=now,
        )
        for mask_id in sorted(sample.unit_of_mask)[:n]
    ]
    with workspace.store.transaction() as transaction:
        reviewer_id = ensure_reviewer(transaction, reviewer, now).reviewer_id
        add_readings(transaction, reviewer_id, readings, source=Source.PAGE, now=now)


def metric(page: Any, name: str) -> Any:
    return page.locator('[data-testid="stMetric"]', has_text=name).get_by_test_id("stMetricValue").first


def test_the_leads_page_follows_the_review_without_a_reload(
    open_page: Callable[[str], Any], workspace: Workspace, sample: ReviewSample
) -> None:
    page = open_page(f"{workspace.server.address}/lead")
    assert metric(page, "Masks read").inner_text() == "0 / 8"

    judge(workspace, sample, "ann", 5, seconds=2.0)

    page.wait_for_selector('[data-testid="stMetricValue"]:has-text("5 / 8")')
    assert metric(page, "Pace").inner_text() == "2.0 s"
    assert "3 masks await their first reading" in page.inner_text("body")


def test_a_hostile_reviewer_name_is_shown_as_it_is(
    open_page: Callable[[str], Any], workspace: Workspace, sample: ReviewSample
) -> None:
    judge(workspace, sample, HOSTILE, 4, seconds=0.1)

    page = open_page(f"{workspace.server.address}/lead")

    page.get_by_text(f"⚠ {HOSTILE} gives many verdicts in under 300 ms").wait_for()
    assert page.locator("img[src=x]").count() == 0


def test_the_leads_page_leads_to_the_other_pages(
    open_page: Callable[[str], Any], workspace: Workspace, sample: ReviewSample
) -> None:
    page = open_page(f"{workspace.server.address}/lead")
    page.get_by_role("link", name="Settle").click()
    page.wait_for_url("**/settle")
    page.get_by_role("link", name="Lead").click()
    page.wait_for_url("**/lead")
    page.get_by_role("link", name="Judge masks").click()
    wait_painted(page)
