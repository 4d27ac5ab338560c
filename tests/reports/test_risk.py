"""What a report says of a sample by risk: how it was drawn, what its figures are, when they hold."""

import json
from dataclasses import replace

import pytest

from reports.content import ReportContent
from reports.formats import Format, render
from reports.goal_results import GoalResult, Margin
from reports.goals import goal, progress_texts
from reports.risk import risk
from reports.risk_findings import RiskFindings, RiskModelUse, RiskWave
from reports.sentences import provenance_text, quotable_text, scope_text
from sampling.design.goals import Goal
from sampling.estimation.estimate import VerdictCounts
from tests.reports.builders import content_of, setting_of

COUNTS = VerdictCounts(n_units=900, n_correct=700, n_incorrect=200)
FIRST = RiskWave(n=300, n_verdicts=0, auc=None)
SECOND = RiskWave(n=600, n_verdicts=300, auc=0.834)


def by_risk(*waves: RiskWave, lost: str | None = None) -> ReportContent:
    content = content_of(setting_of("box", COUNTS))
    shares = {"entity": 0.7, "query": 0.2, "wiki": 0.1}
    strata = tuple(replace(each, mix_share=shares[each.split]) for each in content.design.strata)
    models = {} if lost else {"box": RiskModelUse(auc=0.81, power=0.9)}
    return replace(
        content,
        design=replace(content.design, strata=strata, is_by_risk=True),
        goal=GoalResult(goal=Goal.ESTIMATE, margin=0.02, confidence=0.95, n_waves=len(waves)),
        risk=RiskFindings(waves=waves, features=("iou",), models=models, lost=lost),
    )


def test_a_sample_that_was_not_drawn_by_risk_says_nothing_of_it() -> None:
    assert not risk(content_of(setting_of("box", COUNTS))).has_content


def test_waves_are_told_with_what_they_were_drawn_by() -> None:
    section = risk(by_risk(FIRST, SECOND))
    assert section.points == (
        "Wave 1: 300 units by what was measured of the masks (iou), half of it whatever they are like.",
        "Wave 2: 600 units by a model of 300 verdicts, whose AUC was 0.83, a quarter whatever it says.",
    )
    assert section.table is not None
    assert [cell.text for cell in section.table.rows[0]] == ["box", "0.81", "0.90"]


@pytest.mark.parametrize(
    ("n_waves", "said"),
    [
        (1, "One wave is drawn yet."),
        (2, "Two waves are the plan: the second was drawn by the verdicts of the first"),
        (
            3,
            "this sample has 3. If it grew because the intervals were not narrow enough yet, they claim more",
        ),
    ],
)
def test_an_interval_that_was_waited_for_is_told(n_waves: int, said: str) -> None:
    text = " ".join(risk(by_risk(FIRST, *[SECOND] * (n_waves - 1))).paragraphs)
    assert said in text
    assert "not where the review stops because they look narrow" in text
    assert "an estimate of nothing" in text


def test_a_lost_frame_is_told_in_the_place_of_the_model() -> None:
    section = risk(by_risk(FIRST, SECOND, lost="What the sample was drawn from is gone."))
    assert section.table is None
    text = " ".join(section.paragraphs)
    assert (
        "What the sample was drawn from is gone. So every figure is by the chances of the units alone" in text
    )
    assert "difference estimate" not in text


def test_no_figure_is_called_the_share_of_the_sample() -> None:
    content = by_risk(FIRST, SECOND)
    assert "every unit weighing what it stands for there" in scope_text(content)
    assert "every sampled unit weighing the same" not in scope_text(content)
    assert "n_eff = " in quotable_text(content.settings[0], content)
    for text in (provenance_text(content), scope_text(content), quotable_text(content.settings[0], content)):
        assert "NOT valid" not in text
    markdown = render(content, (Format.MARKDOWN,))["report.md"]
    assert "70.0 % entity, 20.0 % query, 10.0 % wiki" in markdown
    assert "published tables mostly print this one" not in markdown
    assert "every unit of the sample counts once" not in markdown


@pytest.mark.parametrize(
    ("margin", "said"),
    [
        (
            Margin(setting="box", half_width=None, n_pending=300, n_more=None, n_left=900),
            "going on: nothing can be said yet, ± 2 percentage points is wanted",
        ),
        (
            Margin(setting="box", half_width=0.031, n_pending=0, n_more=420, n_left=900),
            "going on: ± 3.1 percentage points so far, ± 2 percentage points is wanted; about 420 verdicts"
            " more",
        ),
        (
            Margin(setting="box", half_width=0.031, n_pending=100, n_more=420, n_left=900),
            "going on: ± 3.1 percentage points so far, ± 2 percentage points is wanted; 100 units pending,"
            " about 320 verdicts more beyond them",
        ),
        (
            Margin(setting="box", half_width=0.031, n_pending=0, n_more=420, n_left=12),
            "going on: ± 3.1 percentage points so far, ± 2 percentage points is wanted; about 420 verdicts"
            " more, and 12 units left to draw: out of reach with this unit of sampling",
        ),
        (
            Margin(setting="box", half_width=0.047, n_pending=0, n_more=None, n_left=0),
            "everything that can be drawn is judged: ± 4.7 percentage points is as near as it gets,"
            " ± 2 percentage points was wanted",
        ),
        (
            Margin(setting="box", half_width=0.019, n_pending=50, n_more=0, n_left=900),
            "going on: ± 1.9 percentage points so far, ± 2 percentage points is wanted; 50 units pending,"
            " which may do",
        ),
        (
            Margin(setting="box", half_width=0.019, n_pending=0, n_more=0, n_left=900),
            "reached ± 2 percentage points: ± 1.9 percentage points by all units",
        ),
    ],
)
def test_how_far_a_margin_is(margin: Margin, said: str) -> None:
    content = by_risk(FIRST)
    found = replace(content.goal, margins=(margin,))
    assert progress_texts(found) == {"box": said}
    assert goal(replace(content, goal=found)).points == (f"box: {said}.",)
    assert margin.is_reached == said.startswith("reached")


def test_machines_are_told_the_waves_and_the_model() -> None:
    content = by_risk(FIRST, SECOND)
    margin = Margin(setting="box", half_width=0.031, n_pending=0, n_more=420, n_left=900)
    content = replace(content, goal=replace(content.goal, margins=(margin,)))
    found = json.loads(render(content, (Format.JSON,))["report.json"])
    assert found["sample"]["waves"] == [
        {"n": 300, "n_verdicts": 0},
        {"n": 600, "n_verdicts": 300, "auc": 0.834},
    ]
    assert found["sample"]["features"] == ["iou"]
    assert found["sample"]["goal"]["margins"] == [
        {"setting": "box", "reached": False, "half_width": 0.031, "n_more": 420, "n_pending": 0}
    ]
    assert found["settings"][0]["risk_model"] == {"power": 0.9, "auc": 0.81}
    plain = json.loads(render(content_of(setting_of("box", COUNTS)), (Format.JSON,))["report.json"])
    assert "waves" not in plain["sample"]
    assert "risk_model" not in plain["settings"][0]
