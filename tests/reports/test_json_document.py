"""`report.json`: the keys of the contract, proportions in full, nothing that is null."""

import json
from dataclasses import replace

import pytest

from reports.goal_results import GoalResult
from reports.json_document import render_json
from sampling.design.goals import Goal
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import NoEstimate, VerdictCounts
from sampling.sequential.reading import GoalState
from tests.reports.builders import agreement_of, estimate_of, result_of, setting_of, width_of

COUNTS = [
    "n_units",
    "n_reviewed",
    "n_correct",
    "n_incorrect",
    "n_unsure",
    "n_missing",
    "n_unjudgable",
    "n_pending",
    "n_dropped",
]
INTERVAL = ["low", "high", "confidence", "method"]
ESTIMATE = ["estimate", "interval", "n", "n_eff", "deff"]


def document_of(content):
    return json.loads(render_json(content))


def test_sources_are_counted_and_absent_where_nobody_has_judged(published, unfinished, empty):
    found = document_of(published)["sources"]
    assert list(found) == ["page", "import", "n_masks_of_several", "agreement"]
    assert found["import"] == {"n_verdicts": 4397, "n_masks": 4397}
    assert found["agreement"]["n"] == found["n_masks_of_several"] == 298
    assert document_of(unfinished)["sources"] == {
        "page": {"n_verdicts": 31, "n_masks": 31},
        "n_masks_of_several": 0,
    }
    assert "sources" not in document_of(empty)


def test_json_has_the_keys_of_format_1(published):
    document = document_of(published)

    assert list(document) == [
        "format",
        "version",
        "created_at",
        "complete",
        "estimand",
        "not_in_sample",
        "warnings",
        "sample",
        "settings",
        "comparisons",
        "preferences",
        "agreement",
        "sources",
        "settlement",
        "disagreements",
        "gold",
        "reviewers",
        "reviewing",
    ]
    assert document["format"] == 1
    assert list(document["sample"]) == [
        "name",
        "seed",
        "drawn_at",
        "design",
        "allocation",
        "n_units",
        "goal",
        "composition",
        "ticket_example",
        "recipe",
    ]
    first, overall = document["settings"][0], document["settings"][-1]
    assert list(first) == [
        "setting",
        "reference",
        "model",
        *COUNTS,
        "accuracy",
        "interval",
        "estimands",
        "bounds",
        "by_split",
        "by_category",
        "by_source",
        "by_size",
        "reasons",
    ]
    assert list(first["interval"]) == INTERVAL
    assert list(first["estimands"]) == ["mix", "entity", "annotation"]
    assert list(first["estimands"]["entity"]) == ESTIMATE
    assert list(first["estimands"]["entity"]["interval"]) == INTERVAL
    parts = (first["by_split"]["wiki"], first["by_category"]["food"], first["by_source"]["Food101"])
    for part in (*parts, first["by_size"]["small"]):
        few = ["few"] if part["n_correct"] + part["n_incorrect"] + part["n_missing"] < 30 else []
        assert list(part) == [*COUNTS, "accuracy", "interval", "estimands", "bounds", *few]
    assert first["by_size"]["small"].get("few") is True
    assert "few" not in first["by_split"]["wiki"]
    assert first["reasons"]["wrong_object"] == 124
    assert "reference" not in overall
    assert "model" not in overall


def test_json_gives_proportions_in_full(published):
    of_setting = {s["setting"]: s for s in document_of(published)["settings"]}

    filtered = of_setting["overall after filtering"]
    assert filtered["accuracy"] == 1802 / 1901
    assert of_setting["intension-g-sam"]["accuracy"] == 0.861
    # statsmodels 0.15.0, see tests/reference/wilson.toml
    assert of_setting["intension-g-sam"]["interval"]["low"] == pytest.approx(0.8451451875937891, rel=1e-9)


def test_accuracy_is_of_the_mix_whatever_the_headline_is(published):
    settings = tuple(
        replace(setting, overall=replace(setting.overall, headline=Estimand.ENTITY))
        for setting in published.settings
    )

    document = document_of(replace(published, settings=settings, estimand=Estimand.ENTITY))

    assert document["estimand"] == "entity"
    assert document["settings"] == document_of(published)["settings"]
    first = document["settings"][0]
    assert (
        first["accuracy"] == first["estimands"]["mix"]["estimate"] != first["estimands"]["entity"]["estimate"]
    )


@pytest.mark.parametrize("name", ["published", "unfinished", "certifying", "contrasting", "empty", "hostile"])
def test_what_is_not_available_is_absent_from_json_never_null(name, request):
    text = render_json(request.getfixturevalue(name))

    assert "null" not in text
    assert "NaN" not in text


def test_a_setting_without_a_verdict_has_counts_alone(unfinished):
    document = document_of(unfinished)

    assert document["complete"] is False
    assert "accuracy" in document["settings"][0]
    for part in (document["settings"][1], document["settings"][1]["by_split"]["demo"]):
        assert not {"accuracy", "interval", "estimands", "greatest_error"} & set(part)


def test_an_estimand_without_an_estimate_is_absent(make_content):
    counts = VerdictCounts(n_units=9, n_correct=8, n_incorrect=1)
    none = NoEstimate(reason="a stratum has no size")
    estimands = {Estimand.MIX: estimate_of(8 / 9, 9), Estimand.ENTITY: none, Estimand.ANNOTATION: none}
    setting = setting_of("gc", counts, overall=result_of(counts, estimands=estimands))

    (found,) = document_of(make_content(setting))["settings"]

    assert list(found["estimands"]) == ["mix"]


def test_where_nothing_is_wrong_the_greatest_error_stands(make_content):
    flawless = VerdictCounts(n_units=200, n_correct=200)
    parts = {"cat": result_of(flawless), "dog": result_of(VerdictCounts(n_units=2, n_incorrect=2))}

    (found,) = document_of(make_content(setting_of("gc", flawless, by_category=parts)))["settings"]

    assert found["by_category"]["cat"]["greatest_error"] == pytest.approx(1 - 0.05 ** (1 / 200), rel=1e-12)
    assert "greatest_error" not in found["by_category"]["dog"]


def test_every_comparison_has_its_adjusted_p_value(published):
    comparisons = document_of(published)["comparisons"]

    assert len(comparisons) == 28
    figures = ["difference", "interval", "p_value", "p_adjusted", "n_pairs", "n_only_a", "n_only_b"]
    assert list(comparisons[0]) == ["a", "b", *figures]
    assert list(comparisons[0]["interval"]) == INTERVAL
    assert all(each["p_adjusted"] >= each["p_value"] for each in comparisons)


def test_a_contrast_names_its_settings_and_which_mean_it_is(contrasting):
    document = document_of(contrasting)

    assert document["sample"]["design"]["contrast"] == ["intension-g-sam", "extension-g-sam"]
    per_annotation, per_entity = document["contrasts"]
    assert (per_annotation["a"], per_annotation["estimand"]) == ("intension-g-sam", "annotation")
    assert (per_entity["b"], per_entity["estimand"]) == ("extension-g-sam", "entity")
    assert per_entity["bounds"] == {"low": -0.0008, "high": 0.0012}
    assert per_annotation["share_differing"] == 0.3


def test_agreement_has_each_figure_with_its_interval(published):
    found = document_of(published)["agreement"]

    assert (found["n_units"], found["n_pairs"], found["n_reviewers"]) == (298, 298, 2)
    for figure in ("observed", "incorrect", "correct", "krippendorff_alpha", "gwet_ac1", "kappa"):
        assert (
            found[figure]["interval"]["low"] < found[figure]["estimate"] < found[figure]["interval"]["high"]
        )
    assert found["kappa"]["which"] == "cohen"
    assert found["remark"] == "prevalence"


def test_agreement_that_cannot_be_said_is_absent(published):
    none = NoEstimate(reason="all readings say the same")

    assert "agreement" not in document_of(replace(published, agreement=none))
    partly = agreement_of(alpha=none, kappa=none, on_incorrect=none, remark=None)
    found = document_of(replace(published, agreement=partly))["agreement"]
    assert list(found) == ["n_units", "n_pairs", "n_reviewers", "observed", "correct", "gwet_ac1"]


def test_the_corrected_accuracy_stands_with_what_the_second_readings_found(published):
    *others, filtered = document_of(published)["settings"]

    assert not [setting for setting in others if "corrected" in setting]
    assert list(filtered["corrected"]["corrected"]) == ESTIMATE
    assert filtered["corrected"]["corrected"]["estimate"] == 0.9385
    assert filtered["corrected"]["raw"]["estimate"] == 1802 / 1901
    assert (filtered["corrected"]["n_overturned"], filtered["corrected"]["n_restored"]) == (4, 11)


def test_the_goal_of_a_planned_size_has_valid_intervals_and_no_claims(published):
    assert document_of(published)["sample"]["goal"] == {
        "goal": "describe",
        "confidence": 0.95,
        "planned_size_intervals_valid": True,
    }


def test_claims_stand_with_their_state_and_an_interval_that_is_valid_now(certifying):
    goal = document_of(certifying)["sample"]["goal"]

    assert (goal["goal"], goal["target"], goal["planned_size_intervals_valid"]) == ("certify", 0.9, False)
    reached, open_ = goal["claims"]
    assert (reached["state"], reached["holds"], reached["p_value"], reached["p_adjusted"]) == (
        "reached",
        True,
        0.011,
        0.022,
    )
    assert (reached["certified_at_block"], reached["n_counted_when_certified"]) == (16, 170)
    assert (open_["state"], open_["holds"], open_["n_blocks_read"], open_["n_blocks"]) == (
        "going-on",
        False,
        21,
        200,
    )
    assert "certified_at_block" not in open_
    assert open_["running"]["interval"]["method"] == "confidence-sequence"


def test_widths_stand_with_the_interval_of_their_stop_alone(certifying):
    widths = (
        width_of("intension-g-sam", GoalState.REACHED, 0.029),
        width_of("extension-g-sam", GoalState.GOING_ON, None),
    )
    goal = GoalResult(goal=Goal.ESTIMATE, margin=0.03, confidence=0.95, widths=widths)

    found = document_of(replace(certifying, goal=goal))["sample"]["goal"]

    assert found["margin"] == 0.03
    reached, open_ = found["widths"]
    assert reached["estimate"]["interval"]["method"] == "fixed-width"
    assert (reached["half_width"], reached["reached_at_block"]) == (0.029, 23)
    assert not {"half_width", "reached_at_block", "estimate"} & set(open_)
    assert "running" in open_


def test_a_number_that_is_none_is_refused(make_content):
    counts = VerdictCounts(n_units=9, n_correct=8, n_incorrect=1)
    broken = replace(estimate_of(0.5, 9), value=float("nan"))
    setting = setting_of("gc", counts, overall=result_of(counts, estimands={Estimand.MIX: broken}))

    with pytest.raises(ValueError, match="JSON"):
        render_json(make_content(setting))


def test_an_empty_report_has_no_settings_and_nothing_to_compare(empty):
    document = document_of(empty)

    assert document["settings"] == []
    assert not {"comparisons", "contrasts", "agreement"} & set(document)
