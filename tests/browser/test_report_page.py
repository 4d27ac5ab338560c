"""The report's page as Streamlit runs it, without a browser, in every state that it can be in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from audit.jobs.workspace import Workspace, make_workspace
from tests.audit.jobs.tuned_workspace import draw
from tests.browser.tuning_workspace import HOSTILE, judge_tuning_workspace, make_tuning_workspace

pytestmark = pytest.mark.slow


def report_page() -> None:
    import streamlit as st

    from audit.pages import sign_in
    from audit.pages.report import page

    sign_in.enter()
    page.main(st.session_state.visit)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASK_AUDIT_WITHOUT_SIGN_IN", "yes")
    monkeypatch.delenv("MASK_AUDIT_SAMPLE", raising=False)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A judged workspace, which no test changes; its entities' names would be markup, were they read so."""
    workspace = make_tuning_workspace(tmp_path_factory.mktemp("report"))
    judge_tuning_workspace(workspace, size=150)
    yield workspace
    workspace.store.close()


def opened(folder: Path, monkeypatch: pytest.MonkeyPatch, **parameters: str) -> AppTest:
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(folder))
    page = AppTest.from_function(report_page, default_timeout=60)
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def shown(markdown: str) -> str:
    """What is seen of an escaped text."""
    return markdown.replace("\\", "").replace("\u2060", "")


def told(elements: object) -> list[str]:
    return [shown(each.value) for each in elements]  # type: ignore[attr-defined]


def address(page: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def cards(page: AppTest) -> list[str]:
    """What stands on each card below its picture."""
    return [each for each in told(page.caption) if "annotation oven_" in each]


@pytest.mark.usefixtures("served")
class TestBeforeTheReview:
    def test_nothing_drawn_is_a_notice_and_no_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_workspace(tmp_path / "audit", None)
        page = opened(tmp_path / "audit", monkeypatch)
        assert told(page.info) == ["There is no sample yet: draw one with mask-audit sample, then review it."]
        assert not page.error

    def test_without_a_verdict_the_page_says_so_and_shows_the_sample(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        workspace = make_tuning_workspace(tmp_path)
        draw(workspace, 60)
        workspace.store.close()
        page = opened(tmp_path / "audit", monkeypatch)
        assert told(page.info)[0].startswith("There are no verdicts yet")
        assert "mask-audit verdicts import" in told(page.info)[0]
        assert "How the sample was drawn" in [each.value for each in page.header]
        page.segmented_control(key="report-view").set_value("galleries").run()
        assert not page.exception
        assert "There is nothing to show: no mask was judged." in told(page.info)


@pytest.mark.usefixtures("served")
class TestTheReport:
    def test_every_section_is_drawn(self, judged: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        page = opened(judged.settings.folder, monkeypatch)
        titles = told(page.header)
        for title in ("Table 1. Accuracy by setting", "Accuracy by split", "All counts", "Who judged"):
            assert title in titles
        assert not page.error
        assert address(page) == {}

    def test_another_view_stands_in_the_address_and_is_opened_from_it(
        self, judged: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(judged.settings.folder, monkeypatch)
        page.segmented_control(key="report-view").set_value("galleries").run()
        assert address(page) == {"view": "galleries"}
        again = opened(judged.settings.folder, monkeypatch, view="galleries")
        assert again.segmented_control(key="report-view").value == "galleries"


@pytest.fixture(scope="module")
def twice_drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two samples: the earlier one is judged."""
    workspace = make_tuning_workspace(tmp_path_factory.mktemp("twice"))
    judge_tuning_workspace(workspace, size=60)
    draw(workspace, 30, name="later")
    workspace.store.close()
    return workspace.settings.folder


@pytest.mark.usefixtures("served")
class TestSeveralSamples:
    def test_every_link_keeps_the_sample(self, twice_drawn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        page = opened(twice_drawn, monkeypatch, sample="main")
        addresses = re.findall(r'<a href="(./report[^"]*)"', "".join(each.body for each in page.get("html")))
        assert addresses
        assert all("sample=main" in each for each in addresses)

    def test_a_sample_that_is_not_there_is_told(
        self, twice_drawn: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(twice_drawn, monkeypatch, sample="**gone**")
        assert told(page.warning)[0] == (
            "The address asks for a sample that is not there, “**gone**”: this is sample “later”."
        )
        assert address(page) == {"sample": "later"}

    def test_another_sample_begins_at_the_first_page(
        self, twice_drawn: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(twice_drawn, monkeypatch, sample="main", view="masks", page="3")
        assert address(page)["page"] == "3"
        page.selectbox(key="report-sample").set_value("later").run()
        assert not page.exception
        assert address(page) == {"sample": "later", "view": "masks"}


@pytest.mark.usefixtures("served")
class TestTheMasks:
    def test_a_parameter_that_is_there_twice_stays_once(
        self, judged: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(judged.settings.folder))
        page = AppTest.from_function(report_page, default_timeout=60)
        page.query_params["view"] = "masks"
        page.query_params["setting"] = ["B", "A"]
        page.run()
        assert not page.exception
        assert dict(page.query_params) == {"view": "masks", "setting": "A"}

    def test_an_address_shows_its_masks_and_a_choice_changes_it(
        self, judged: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(judged.settings.folder, monkeypatch, view="masks", setting="A", outcome="incorrect")
        assert page.selectbox(key="report-setting").value == "A"
        assert len(cards(page)) == 12
        assert all("A: incorrect" in each and "ann: incorrect" in each for each in cards(page))

        page.selectbox(key="report-outcome").set_value("correct").run()

        assert not page.exception
        assert address(page) == {"view": "masks", "setting": "A", "outcome": "correct"}
        assert all("A: correct" in each for each in cards(page))

    def test_a_page_is_in_the_address_and_another_choice_begins_at_the_first(
        self, judged: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(judged.settings.folder, monkeypatch, view="masks", setting="A", page="2")
        second = cards(page)
        assert page.number_input(key="report-page").value == 2
        page.number_input(key="report-page").set_value(1).run()
        assert not set(cards(page)) & set(second)
        page.number_input(key="report-page").set_value(3).run()
        page.selectbox(key="report-setting").set_value("B").run()
        assert page.number_input(key="report-page").value == 1
        assert address(page) == {"view": "masks", "setting": "B"}

    def test_a_page_far_beyond_the_last_is_the_last(
        self, judged: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(judged.settings.folder, monkeypatch, view="masks", setting="A", page="9" * 30)
        assert page.number_input(key="report-page").value == 13
        assert len(cards(page)) == 150 - 12 * 12

    def test_two_settings_are_held_against_each_other(
        self, judged: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(judged.settings.folder, monkeypatch, view="masks", setting="A")
        page.selectbox(key="report-against").set_value("B").run()
        assert not page.exception
        # Both settings were judged by one truth, so they differ in nothing.
        assert "No mask matches this filter." in told(page.info)
        page.selectbox(key="report-setting").set_value(None).run()
        assert "against" not in address(page)
        assert len(cards(page)) == 12

    def test_where_nothing_matches_it_is_said_what_to_loosen(
        self, judged: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(
            judged.settings.folder, monkeypatch, view="masks", outcome="correct", setting="A", against="B"
        )
        assert told(page.info) == ["No mask matches this filter."]
        links = {each.proto.label.replace("\\", ""): each.proto.url for each in page.get("link_button")}
        assert any(
            label.startswith("without differs from “B”: ")
            and url == "./report?view=masks&sample=main&setting=A&outcome=correct"
            for label, url in links.items()
        )

    def test_what_an_address_asks_for_and_is_not_there_is_told(
        self, judged: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(judged.settings.folder, monkeypatch, view="masks", setting="A", category="**x**")
        assert any("category “**x**”" in each for each in told(page.warning))
        assert len(cards(page)) == 12
        assert address(page) == {"view": "masks", "setting": "A"}

    def test_a_choice_is_there_again_after_another_view(
        self, judged: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(judged.settings.folder, monkeypatch, view="masks", setting="B")
        page.segmented_control(key="report-view").set_value("report").run()
        assert address(page) == {}
        page.segmented_control(key="report-view").set_value("masks").run()
        assert page.selectbox(key="report-setting").value == "B"
        next(each for each in page.button if each.label == "Clear").click().run()
        assert not page.exception
        assert address(page) == {"view": "masks"}

    def test_names_from_data_are_shown_as_they_are(
        self, judged: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = opened(judged.settings.folder, monkeypatch, view="masks", setting="A")
        named = [each.value for each in page.markdown if "onerror" in each.value]
        assert named
        assert all(shown(each) == f"**{HOSTILE}**" and "\\<img" in each for each in named)
