"""The report's page in a real Chromium: every number leads to its masks, and nothing spills over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.review_state import Outcome, load_review_state
from audit.jobs.serve import ServeRequest
from tests.browser.conftest import PageServer, free_port
from tests.browser.tuning_workspace import judge_tuning_workspace, make_tuning_workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass
class Reported:
    folder: Path
    server: PageServer
    n_wrong: int


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reported]:
    """A judged workspace and its page."""
    workspace = make_tuning_workspace(tmp_path_factory.mktemp("report"))
    judge_tuning_workspace(workspace, size=150)
    state = load_review_state(workspace.store, None, workspace.settlement)
    workspace.store.close()
    server = PageServer(ServeRequest(workspace=workspace.settings.folder, port=free_port()))
    server.start()
    yield Reported(workspace.settings.folder, server, state.outcomes["A"].count(Outcome.INCORRECT))
    server.kill()


@pytest.fixture
def page(open_page: Callable[[str], Any], reported: Reported) -> Any:
    """The report's page, reached by its link from the lead's."""
    opened = open_page(f"{reported.server.address}/lead")
    opened.get_by_role("link", name="Report").click()
    opened.wait_for_url("**/report")
    opened.get_by_role("heading", name="Table 1. Accuracy by setting").wait_for()
    return opened


def wait_cards(page: Any, n: int) -> None:
    """Wait until so many masks are shown on their photographs."""
    page.wait_for_function(
        """n => { const shown = [...document.querySelectorAll('.st-key-report-cards img')];
                  return shown.length === n && shown.every(each => each.naturalWidth > 100); }""",
        arg=n,
    )


def show(page: Any, view: str) -> None:
    page.get_by_role("radio", name=view, exact=True).or_(
        page.get_by_role("button", name=view, exact=True)
    ).first.click()


def test_a_number_leads_to_as_many_masks_and_its_address_can_be_shared(
    page: Any, reported: Reported, open_page: Callable[[str], Any]
) -> None:
    link = page.locator(
        '.report-table a[href="./report?view=masks&sample=main&setting=A&outcome=incorrect"]'
    ).first
    assert link.inner_text() == str(reported.n_wrong)
    link.click()
    page.get_by_text(f"{reported.n_wrong} masks: {reported.n_wrong} incorrect").wait_for()
    wait_cards(page, 12)

    shared = open_page(page.url)
    shared.get_by_text(f"{reported.n_wrong} masks: {reported.n_wrong} incorrect").wait_for()
    wait_cards(shared, 12)


def test_a_page_that_is_turned_is_in_the_address_and_going_back_goes_back(page: Any) -> None:
    show(page, "Masks")
    page.wait_for_url("**/report?view=masks")
    wait_cards(page, 12)
    first = page.inner_text(".st-key-report-cards")
    page.get_by_label("Page, of ").fill("2")
    page.keyboard.press("Enter")
    page.wait_for_url("**page=2*")
    page.wait_for_function(
        "first => document.querySelector('.st-key-report-cards').innerText !== first", arg=first
    )

    page.go_back()

    page.wait_for_function(
        "first => document.querySelector('.st-key-report-cards').innerText === first", arg=first
    )


def test_names_from_the_dataset_are_text(page: Any) -> None:
    show(page, "Galleries")
    page.get_by_role("heading", name="Wrong masks: A").wait_for()
    page.wait_for_selector('[class*="st-key-report-cards"] img')
    assert page.locator("img[src=x]").count() == 0
    assert "<img src=x onerror=alert(1)>" in page.inner_text("body")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 800])
def test_nothing_spills_over(page: Any, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 720})
    for view in ("Masks", "Galleries", "The report"):
        show(page, view)
        page.wait_for_timeout(700)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_parts_of_the_page_are_accessible(page: Any) -> None:
    """No picture is without words, no control without a name."""
    show(page, "Masks")
    wait_cards(page, 12)
    assert page.locator('.st-key-report-cards img:not([alt]), .st-key-report-cards img[alt=""]').count() == 0
    for name in ("Setting", "Outcome", "Reviewer"):
        page.get_by_role("combobox", name=name).first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Any, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    page.emulate_media(color_scheme=scheme)
    for view in ("Masks", "The report"):
        show(page, view)
        page.wait_for_timeout(1500)
        found = axe.Axe().run(page).response["violations"]
        serious = [each for each in found if each["impact"] in ("serious", "critical")]
        ordered = [each for each in found if each["id"] == "heading-order"]
        assert [
            (each["id"], each["nodes"][0]["html"], each["nodes"][0]["any"][0]["message"])
            for each in (*serious, *ordered)
        ] == []


def test_an_address_in_a_name_is_no_link(page: Any) -> None:
    show(page, "Masks")
    wait_cards(page, 12)
    shown = page.locator(".st-key-report-cards")
    assert "[link](http://x)" in shown.inner_text().replace("\u2060", "")
    assert shown.locator("a").count() == 0


def test_one_choice_is_one_step_back(page: Any) -> None:
    link = page.locator('.report-table a[href*="setting=A&outcome=incorrect"]').first
    link.click()
    page.get_by_text(" masks: ").first.wait_for()
    page.get_by_role("button", name="Clear", exact=True).last.click()
    page.wait_for_url(lambda address: "setting" not in address)

    page.go_back()

    page.wait_for_url("**setting=A&outcome=incorrect*")
