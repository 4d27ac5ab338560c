"""The tuning page as Streamlit runs it, without a browser, in every state that it can be in."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from audit.jobs.workspace import Workspace, open_workspace
from audit.rules.rule_toml import read_rule_set
from tests.audit.jobs.measuring import ingest, measured
from tests.audit.jobs.tuned_workspace import an_agreeing_annotation, draw
from tests.browser.tuning_workspace import HOSTILE, judge_tuning_workspace, make_tuning_workspace
from tests.datasets import an_annotation

pytestmark = pytest.mark.slow


def tuning_page() -> None:
    import streamlit as st

    from audit.pages import sign_in
    from audit.pages.tune import page

    sign_in.enter()
    page.main(st.session_state.visit)


@pytest.fixture(scope="module")
def measured_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A measured workspace without a sample, to be copied."""
    folder = tmp_path_factory.mktemp("tuning")
    make_tuning_workspace(folder).store.close()
    return folder / "audit"


@pytest.fixture
def workspace(measured_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    shutil.copytree(measured_folder, tmp_path / "audit")
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(tmp_path / "audit"))
    monkeypatch.setenv("MASK_AUDIT_WITHOUT_SIGN_IN", "yes")
    monkeypatch.delenv("MASK_AUDIT_SAMPLE", raising=False)
    opened = open_workspace(tmp_path / "audit")
    yield opened
    opened.store.close()


def opened_page() -> AppTest:
    page = AppTest.from_function(tuning_page, default_timeout=60).run()
    assert not page.exception
    return page


def told(page: AppTest) -> list[str]:
    return [each.value.replace("\\", "") for each in page.error]


def noticed(page: AppTest) -> list[str]:
    """What comes first, told as a notice: nothing is wrong."""
    assert not page.error
    return [each.value.replace("\\", "") for each in page.info]


def figures(page: AppTest) -> dict[str, str]:
    return {each.label: each.value for each in page.metric}


def test_nothing_drawn_is_told_in_one_sentence(workspace: Workspace) -> None:
    assert noticed(opened_page()) == [
        "There is no sample yet: draw one with mask-audit sample, then review it."
    ]


def test_masks_that_are_not_measured_are_told_in_one_sentence(workspace: Workspace) -> None:
    draw(workspace, 60)
    ingest(workspace.population, "late", [an_annotation(number) for number in range(12)])

    [sentence] = noticed(opened_page())
    assert "mask-audit measure" in sentence


def test_without_a_verdict_there_are_shares_and_no_accuracies(workspace: Workspace) -> None:
    draw(workspace, 60)

    page = opened_page()

    assert not page.error
    assert figures(page) == {
        "Kept": "100.0 %",
        "Accuracy of kept": "—",
        "Accuracy of dropped": "—",
        "Right masks lost": "—",
    }
    page.button[0].click().run()
    assert not page.exception
    [sentence] = told(page)
    assert "review first" in sentence


def test_a_setting_that_the_sample_does_not_carry_is_told(workspace: Workspace) -> None:
    judge_tuning_workspace(workspace, size=60)
    ingest(workspace.population, "C", [an_annotation(number) for number in range(12)])
    measured(workspace.population)

    page = opened_page()
    assert not page.error
    page.selectbox(key="tune-setting").select("C").run()

    assert not page.exception
    [sentence] = told(page)
    assert "mask-audit sample --carry" in sentence


def test_a_slider_changes_what_is_kept_and_every_view_is_drawn(workspace: Workspace) -> None:
    judge_tuning_workspace(workspace, size=300)
    page = opened_page()
    assert figures(page)["Kept"] == "100.0 %"

    page.select_slider(key="tune-at-A-iou").set_value(12 / 28).run()

    kept = figures(page)
    assert kept["Kept"] == "45.0 %"
    assert kept["Right masks lost"] not in ("0.0 %", "—")
    for view in ("Splits and categories", "Calibration", "Rules", "Masks"):
        page.segmented_control(key="tune-view").set_value(view).run()
        assert not page.exception
        assert not page.error


def test_what_is_found_is_put_on_the_sliders_and_saved_with_its_evidence(workspace: Workspace) -> None:
    judge_tuning_workspace(workspace)
    page = opened_page()
    page.number_input(key="tune-target").set_value(80.0).run()

    page.button[0].click().run()
    page.segmented_control(key="tune-view").set_value("Rules").run()
    next(each for each in page.button if each.label == "Save rules").click().run()

    assert not page.exception
    assert not page.error
    certified, saved = (each.value.replace("\\", "") for each in page.success)
    assert certified.startswith("Certified with 95 % confidence: at least 80 % of the kept masks are right")
    place = workspace.settings.folder / "rules.toml"
    assert saved == f"Saved to {place}. Filter the setting by these rules with:"
    rule_set = read_rule_set(place.read_text(), source=str(place))
    assert rule_set.evidence is not None
    assert rule_set.evidence.n_certifying > 0
    assert figures(page)["Kept"].removesuffix(" %") == f"{100 * rule_set.evidence.share_kept:.1f}"


def test_rules_put_by_eye_are_saved_beside_certified_ones_and_the_page_says_so(workspace: Workspace) -> None:
    judge_tuning_workspace(workspace, size=60)
    certified = workspace.settings.folder / "rules.toml"
    certified.write_text("certified")
    page = opened_page()
    page.select_slider(key="tune-at-A-iou").set_value(12 / 28).run()

    page.segmented_control(key="tune-view").set_value("Rules").run()
    next(each for each in page.button if each.label == "Save rules").click().run()

    assert not page.exception
    place = workspace.settings.folder / "rules-by-eye.toml"
    told_by_eye = (
        "Put by eye, these rules go to rules-by-eye.toml: certified ones in rules.toml stay as they are."
    )
    assert told_by_eye in [each.value.replace("\\", "") for each in page.caption]
    assert f"Saved to {place}. " in page.success[0].value.replace("\\", "")
    assert read_rule_set(place.read_text(), source=str(place)).rules
    assert certified.read_text() == "certified"


def test_a_long_name_is_cut_and_shown_whole_on_demand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "a very long name " * 25
    workspace = make_tuning_workspace(tmp_path, name=long)
    judge_tuning_workspace(workspace, size=60)
    workspace.store.close()
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(tmp_path / "audit"))
    monkeypatch.setenv("MASK_AUDIT_WITHOUT_SIGN_IN", "yes")

    page = opened_page()

    cards = [each for each in page.markdown if each.value.startswith("**a very long name")]
    assert len(cards) == 12
    assert {each.value for each in cards} == {f"**{long[:79].rstrip()}…**"}
    assert {each.help for each in cards} == {long.strip()}


def test_a_target_out_of_reach_is_refused_with_what_would_help(workspace: Workspace) -> None:
    judge_tuning_workspace(workspace, size=150)
    page = opened_page()
    page.number_input(key="tune-target").set_value(99.5).run()

    page.button[0].click().run()

    assert not page.exception
    [refused] = [each.value.replace("\\", "") for each in page.warning]
    assert refused.startswith("Nothing is certified: no thresholds on these features keep masks of which")
    assert not page.success


def test_one_setting_alone_is_tuned_by_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = make_tuning_workspace(tmp_path, settings=("A",))
    draw(workspace, 60)
    workspace.store.close()
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(tmp_path / "audit"))
    monkeypatch.setenv("MASK_AUDIT_WITHOUT_SIGN_IN", "yes")

    page = opened_page()

    assert not page.error
    assert page.multiselect(key="tune-features-A").value == ["confidence_max"]
    assert "iou" not in page.multiselect(key="tune-features-A").options


def test_names_from_data_are_shown_as_they_are(workspace: Workspace) -> None:
    judge_tuning_workspace(workspace, size=60)

    page = opened_page()

    named = [each.value for each in page.markdown if "onerror" in each.value]
    assert named
    assert all(
        each.replace("\\", "").replace("\u2060", "") == f"**{HOSTILE}**" and "\\<img" in each
        for each in named
    )


def test_masks_of_which_a_feature_is_not_known_stay_until_somebody_drops_them(workspace: Workspace) -> None:
    ingest(workspace.population, "C", [an_agreeing_annotation("B", number) for number in range(12)])
    measured(workspace.population)
    judge_tuning_workspace(workspace, size=60)
    page = opened_page()

    page.multiselect(key="tune-features-A").set_value(["iou:C"]).run()
    assert figures(page)["Kept"] == "100.0 %"
    assert "not known of 588 masks (98.0 %)" in [each.value.replace("\\", "") for each in page.caption]
    page.segmented_control(key="tune-unknown-A-iou:C").set_value("drop").run()

    assert not page.exception
    assert figures(page)["Kept"] == "2.0 %"


def test_without_a_feature_the_page_asks_for_one(workspace: Workspace) -> None:
    draw(workspace, 60)
    page = opened_page()

    page.multiselect(key="tune-features-A").set_value([]).run()

    assert not page.exception
    assert [each.value for each in page.info] == ["Choose at least one feature."]
