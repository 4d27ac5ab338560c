"""The tuning page in a real Chromium: thresholds are moved, found and saved, and nothing spills over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.serve import ServeRequest
from audit.rules.feature_threshold import FeatureThreshold
from audit.rules.rule_set import RuleSet
from audit.rules.rule_toml import read_rule_set
from tests.browser.conftest import PageServer, free_port
from tests.browser.tuning_workspace import judge_tuning_workspace, make_tuning_workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass
class Tuning:
    folder: Path
    server: PageServer


@pytest.fixture(scope="module")
def tuning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuning]:
    """A judged workspace and its page."""
    workspace = make_tuning_workspace(tmp_path_factory.mktemp("tuning"))
    judge_tuning_workspace(workspace)
    workspace.store.close()
    server = PageServer(ServeRequest(workspace=workspace.settings.folder, port=free_port()))
    server.start()
    yield Tuning(workspace.settings.folder, server)
    server.kill()


@pytest.fixture
def page(open_page: Callable[[str], Any], tuning: Tuning) -> Any:
    """The tuning page, reached by its link from the lead's."""
    opened = open_page(f"{tuning.server.address}/lead")
    opened.get_by_role("link", name="Tune").click()
    opened.wait_for_url("**/tune")
    wait_figure(opened, "Kept", "100.0 %")
    return opened


def wait_figure(page: Any, name: str, text: str) -> None:
    figure = page.locator('[data-testid="stMetric"]', has=page.get_by_text(name, exact=True))
    figure.locator('[data-testid="stMetricValue"]', has_text=text).wait_for()


def figure(page: Any, name: str) -> str:
    metric = page.locator('[data-testid="stMetric"]', has=page.get_by_text(name, exact=True))
    return str(metric.get_by_test_id("stMetricValue").inner_text())


def move(page: Any, name: str, n_steps: int) -> None:
    page.focus(f'input[type=range][aria-label="{name}"]')
    for _ in range(n_steps):
        page.keyboard.press("ArrowRight")


def show(page: Any, view: str) -> None:
    page.get_by_role("radio", name=view, exact=True).or_(
        page.get_by_role("button", name=view, exact=True)
    ).first.click()


def test_a_moved_slider_tells_what_it_keeps_and_that_it_is_no_guarantee(page: Any) -> None:
    move(page, "iou", 11)

    wait_figure(page, "Kept", "45.0 %")
    assert figure(page, "Right masks lost") != "0.0 %"
    assert page.get_by_text("Moved by eye, thresholds carry no guarantee").is_visible()
    page.wait_for_selector("path.js-line", state="attached")


def test_the_galleries_show_the_judged_masks_on_their_photographs(page: Any) -> None:
    move(page, "iou", 11)
    wait_figure(page, "Kept", "45.0 %")

    show(page, "Dropped")

    page.get_by_text("330 judged masks: ").wait_for()
    page.wait_for_function(
        """() => { const shown = [...document.querySelectorAll('.st-key-tune-cards img')];
                   return shown.length === 12 && shown.every(each => each.naturalWidth === 480); }"""
    )
    assert page.locator("img[src=x]").count() == 0, "names from the dataset are text"
    assert "<img src=x onerror=alert(1)>" in page.inner_text(".st-key-tune-cards")


def test_found_thresholds_are_certified_and_saved_as_rules(page: Any, tuning: Tuning) -> None:
    target = page.get_by_label("Target, %")
    target.fill("80")
    target.press("Enter")
    page.get_by_role("button", name="Find thresholds").click()
    page.get_by_text("Certified with 95 % confidence: at least 80 % of the kept masks are right").wait_for()

    show(page, "Rules")
    page.get_by_role("button", name="Save rules").click()

    place = tuning.folder / "rules.toml"
    page.get_by_text(f"Saved to {place}").wait_for()
    page.get_by_text(f"mask-audit filter --setting A --rules {place}").wait_for()
    rule_set = read_rule_set(place.read_text(), source=str(place))
    assert rule_set.setting == "A"
    assert rule_set.evidence is not None
    assert rule_set.evidence.target == 0.8
    assert rule_set.evidence.n_certifying > 0
    assert figure(page, "Kept") == f"{100 * rule_set.evidence.share_kept:.1f} %"

    move(page, "iou", 1)
    page.get_by_text("The sliders were moved from where they are certified").wait_for()
    page.get_by_text("# Put by eye").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    text = Path(download.value.path()).read_text()
    assert text.startswith("# Put by eye")
    by_eye = read_rule_set(text, source="download")
    assert by_eye.evidence is not None
    assert by_eye.evidence.n_certifying == 0
    assert threshold(by_eye) > threshold(rule_set)


def threshold(rule_set: RuleSet) -> float:
    """The one on iou."""
    [rule] = [each for each in rule_set.rules if str(each.references[0]) == "iou"]
    assert isinstance(rule, FeatureThreshold)
    assert rule.at_least is not None
    return rule.at_least


@pytest.mark.parametrize("width", [1280, 800])
def test_nothing_spills_over(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    for view in ("Splits and categories", "Calibration", "Rules", "Masks"):
        show(page, view)
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        cut = page.evaluate(
            """() => [...document.querySelectorAll('[data-testid=stMetric] *, [data-testid=stButtonGroup] *')]
                     .filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0
                             && getComputedStyle(each).overflow !== 'visible')
                     .map(each => each.innerText)"""
        )
        assert cut == []
