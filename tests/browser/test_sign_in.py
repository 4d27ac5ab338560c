"""Personal links in a real browser: who gets in, who does not, and where the secret goes."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.serve import ServeRequest
from audit.review.throttle import PER_ADDRESS
from db.records import Role
from tests.browser.conftest import free_port
from tests.browser.driving import outbox_entries, press, wait_painted, wait_saved
from tests.browser.open_review import OpenReview, open_review, told

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> \"'{{7*7}} ليلى"


@pytest.fixture
def review(tmp_path: Path) -> Iterator[OpenReview]:
    """A review served as behind a proxy."""
    request = ServeRequest(workspace=tmp_path / "review", port=free_port(), behind_proxy=True)
    with open_review(request, tmp_path / "server.log") as review:
        yield review


def token_of(link: str) -> str:
    return link.rpartition("=")[2]


def frames_of(page: Any) -> list[bytes]:
    """What the page receives from now on."""
    received: list[bytes] = []

    def take(frame: str | bytes) -> None:
        received.append(frame.encode() if isinstance(frame, str) else frame)

    page.on("websocket", lambda socket: socket.on("framereceived", take))
    return received


def test_a_link_signs_in_and_a_reload_keeps_it(review: OpenReview, person: Callable[[], Any]) -> None:
    page = person()

    page.goto(review.link())
    wait_painted(page)
    page.wait_for_function("!location.search")
    page.reload()
    press(page, "a")
    wait_saved(page)

    assert review.reviewers() == {"Ann"}
    assert page.url == f"{review.address}/"


def test_the_secret_is_left_in_the_cookie_alone(
    review: OpenReview, person: Callable[[], Any], tmp_path: Path
) -> None:
    page = person()
    link = review.link()
    token = token_of(link)
    received = frames_of(page)
    requested: list[str] = []

    page.goto(link)
    press(page, "a")
    wait_saved(page)
    page.wait_for_function("!location.search")
    page.on("request", lambda request: requested.append(f"{request.url} {request.headers}"))
    page.reload()
    wait_painted(page)

    frames = b"".join(received)
    assert b"Coffee cup" in frames
    assert token.encode() not in frames
    assert token not in page.content()
    assert not [each for each in requested if token in each.split(" {")[0]]
    assert token not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    [cookie] = [each for each in page.context.cookies() if each["value"] == token]
    assert cookie["sameSite"] == "Strict"
    assert cookie["name"].startswith("mask_audit_")
    assert re.search("warn|error|Traceback", review.log.read_text(), re.IGNORECASE) is None
    for file in [review.log, *review.request.workspace.iterdir()]:
        if file.is_file():
            assert token.encode() not in file.read_bytes(), file
    page.go_back()
    assert token not in page.url


def test_without_a_link_nothing_is_shown(review: OpenReview, person: Callable[[], Any]) -> None:
    page = person()
    received = frames_of(page)
    for path in ("", "lead", "settle", "tune", "report", "compare", "nothing-here"):
        page.goto(f"{review.address}/{path}")
        assert "open the personal link that you were sent" in told(page)

    frames = b"".join(received)
    assert b"invited people" in frames
    assert b"Coffee cup" not in frames


def test_a_forged_link_opens_nothing(review: OpenReview, person: Callable[[], Any]) -> None:
    page = person()
    token = token_of(review.link())

    for forged in (
        token[:-1],
        token[:20],
        token + token,
        "A" * 43,
        "%F0%9F%A6%89%00%27%3B--",
        "<script>alert(1)</script>",
    ):
        page.goto(f"{review.address}/?link={forged}")
        assert "This link is not valid" in told(page)
        page.wait_for_function("!location.search")
        assert "mask_audit_" not in page.evaluate("document.cookie")


def test_a_wrong_link_leaves_who_is_signed_in_signed_in(
    review: OpenReview, person: Callable[[], Any]
) -> None:
    page = person()
    page.goto(review.link())
    wait_painted(page)
    page.wait_for_function("document.cookie.includes('mask_audit_')")

    page.goto(f"{review.address}/?link=forged")
    assert "This link is not valid" in told(page)
    page.wait_for_function("!location.search")
    page.reload()
    press(page, "a")
    wait_saved(page)

    assert review.reviewers() == {"Ann"}


def test_a_cookie_whose_link_was_replaced_is_forgotten(review: OpenReview, person: Callable[[], Any]) -> None:
    page = person()
    page.goto(review.link())
    wait_painted(page)
    page.wait_for_function("document.cookie.includes('mask_audit_')")

    review.link()
    page.reload()

    assert "a newer one has replaced it" in told(page)
    page.wait_for_function("!document.cookie.includes('mask_audit_')")


def test_a_server_in_trouble_tells_strangers_and_reviewers_nothing_of_itself(
    review: OpenReview, person: Callable[[], Any]
) -> None:
    ann, stranger = person(), person()
    link = review.link()
    file = review.request.workspace / "audit.toml"
    sound = file.read_text()

    file.write_text(sound + "\nsecret_key = 1\n")
    for page, address in ((stranger, review.address), (ann, link)):
        page.goto(address)
        said = told(page)
        assert "The server cannot do this now; whoever leads the review can see why in its log" in said
        assert "audit.toml" not in said
    assert "secret_key" in review.log.read_text()

    file.write_text(sound)
    ann.goto(link)
    wait_painted(ann)


def test_an_expired_and_a_replaced_link_open_nothing(review: OpenReview, person: Callable[[], Any]) -> None:
    page = person()
    expired = review.link("Eve", now=datetime(2020, 1, 1, tzinfo=UTC))
    replaced = review.link("Ann")
    review.link("Ann")

    page.goto(expired)
    assert "This link has expired" in told(page)
    page.goto(replaced)
    assert "a newer one has replaced it" in told(page)


def test_who_is_shut_out_loses_the_open_page_at_the_next_verdict_and_nothing_is_lost(
    review: OpenReview, person: Callable[[], Any]
) -> None:
    page = person()
    link = review.link()
    page.goto(link)
    press(page, "a")
    wait_saved(page)

    review.disable("Ann")
    press(page, "x")
    page.wait_for_selector("text=you no longer take part in this review")

    assert len(review.sample.standing()) == 1
    assert len(outbox_entries(page)) == 1, "the verdict waits in the browser"
    page.reload()
    assert "You no longer take part in this review" in told(page)
    assert len(outbox_entries(page)) == 1

    page.goto(review.link())
    wait_painted(page)
    wait_saved(page)
    assert len(review.sample.standing()) == 2


def test_a_new_link_ends_the_page_that_the_old_one_opened(
    review: OpenReview, person: Callable[[], Any]
) -> None:
    page = person()
    page.goto(review.link())
    press(page, "a")
    wait_saved(page)

    review.link()
    press(page, "x")

    page.wait_for_selector("text=a newer link has replaced yours")
    assert len(review.sample.standing()) == 1


def test_two_people_judge_in_two_browsers(review: OpenReview, person: Callable[[], Any]) -> None:
    ann, ben = person(), person()
    ann.goto(review.link("Ann"))
    ben.goto(review.link(HOSTILE))

    first, second = press(ann, "a"), press(ben, "x")
    wait_saved(ann)
    wait_saved(ben)

    by_mask = {mask_id: each.reviewer for mask_id, each in review.sample.standing().items()}
    assert by_mask == {first: "Ann", second: HOSTILE}
    assert first != second
    assert ben.evaluate("document.images.length") == 0, "a name is text"


def test_somebody_elses_link_in_the_same_browser_changes_who_judges(
    review: OpenReview, person: Callable[[], Any]
) -> None:
    page = person()
    page.goto(review.link("Ann"))
    press(page, "a")
    wait_saved(page)

    page.goto(review.link("Ben"))
    press(page, "a")
    wait_saved(page)

    assert review.reviewers() == {"Ann", "Ben"}


def test_signing_out_forgets_the_link(review: OpenReview, person: Callable[[], Any]) -> None:
    page = person()
    page.goto(review.link())
    wait_painted(page)
    page.wait_for_function("document.cookie.includes('mask_audit_')")

    page.click('a:has-text("Sign out")')
    assert "You are signed out" in told(page)
    page.wait_for_function("!document.cookie.includes('mask_audit_')")
    page.goto(review.address)

    assert "open the personal link" in told(page)


def test_signing_out_in_one_tab_tells_the_others(review: OpenReview, person: Callable[[], Any]) -> None:
    one = person()
    one.goto(review.link())
    wait_painted(one)
    one.wait_for_function("document.cookie.includes('mask_audit_')")
    other = one.context.new_page()
    other.goto(review.address)
    wait_painted(other)

    one.click('a:has-text("Sign out")')

    other.wait_for_url("**/sign-out")
    assert "You are signed out" in told(other)


@pytest.mark.parametrize("path", ["lead", "tune", "report"])
def test_signing_out_in_one_tab_closes_the_leads_pages_in_others(
    review: OpenReview, person: Callable[[], Any], path: str
) -> None:
    one = person()
    one.goto(review.link("Ann", Role.LEAD))
    wait_painted(one)
    one.wait_for_function("document.cookie.includes('mask_audit_')")
    other = one.context.new_page()
    other.goto(f"{review.address}/{path}")
    other.get_by_role("link", name="Sign out").wait_for()
    other.wait_for_timeout(1000)

    one.click('a:has-text("Sign out")')

    other.wait_for_url("**/sign-out")
    assert "You are signed out" in told(other)


def test_the_leads_pages_are_closed_to_reviewers(review: OpenReview, person: Callable[[], Any]) -> None:
    page = person()
    page.goto(review.link("Ann"))
    wait_painted(page)
    page.wait_for_function("document.cookie.includes('mask_audit_')")

    for path in ("lead", "settle", "tune", "report"):
        page.goto(f"{review.address}/{path}")
        assert "This page is for those who lead the review" in told(page)


def test_the_leads_pages_are_open_to_leads(review: OpenReview, person: Callable[[], Any]) -> None:
    page = person()
    page.goto(review.link("Ann", Role.LEAD))
    wait_painted(page)
    page.wait_for_function("document.cookie.includes('mask_audit_')")

    page.click('a:has-text("Lead")')
    page.wait_for_selector('h1:has-text("How the review goes")')
    page.goto(f"{review.address}/settle")
    page.wait_for_selector(".desk")
    page.click('a:has-text("Judge masks")')
    wait_painted(page)

    assert page.url == f"{review.address}/"


def test_forged_links_in_a_row_are_refused_and_good_ones_are_not(
    review: OpenReview, person: Callable[[], Any]
) -> None:
    ann, eve = person(), person()
    ann.goto(review.link())
    wait_painted(ann)

    for number in range(PER_ADDRESS):
        eve.goto(f"{review.address}/?link=guess{number}")
        assert "not valid" in told(eve)
    eve.goto(f"{review.address}/?link=another")
    assert "wait a minute" in told(eve)

    ann.reload()
    press(ann, "a")
    wait_saved(ann)
    assert review.reviewers() == {"Ann"}


def test_two_workspaces_on_one_host_keep_their_people_apart(
    review: OpenReview, person: Callable[[], Any], tmp_path: Path
) -> None:
    page = person()
    other = ServeRequest(workspace=tmp_path / "other", port=free_port(), behind_proxy=True)
    with open_review(other, tmp_path / "other.log") as second:
        for each, name in ((review, "Ann"), (second, "Ben")):
            page.goto(each.link(name))
            wait_painted(page)
            page.wait_for_function("!location.search")

        for each in (review, second):
            page.goto(each.address)
            press(page, "a")
            wait_saved(page)

        assert (review.reviewers(), second.reviewers()) == ({"Ann"}, {"Ben"})
