"""What the sample is to show, and what may not be said of a review that stops where its verdicts say so."""

from dataclasses import replace

import pytest

from reports.formats import Format, render
from reports.goal_results import GoalResult
from reports.goals import PLANNED, goal, quotable_texts
from reports.sentences import (
    only_at_full_size_text,
    provenance_text,
    quotable_text,
    status_text,
    stopping_text,
)
from sampling.design.goals import Goal
from sampling.estimation.estimate import VerdictCounts
from sampling.sequential.reading import GoalState
from tests.reports.builders import claim_of, setting_of, width_of

FOR_PEOPLE = (Format.HTML, Format.MARKDOWN, Format.LATEX)
ONLY_IF = "valid only if all 2,000 units are reviewed, whatever they show"


def certifying_by(content, *claims):
    found = GoalResult(goal=Goal.CERTIFY, target=0.9, confidence=0.95, claims=claims)
    return replace(content, goal=found)


def estimating_by(content, *widths):
    found = GoalResult(goal=Goal.ESTIMATE, margin=0.03, confidence=0.95, widths=widths)
    return replace(content, goal=found)


def test_a_claim_that_holds_is_told_with_its_p_value(certifying):
    first, second = goal(certifying).points

    assert first == (
        "intension × G-SAM: certified at least 90 % (anytime-valid, p = 0.022, Holm over 2 claims) after 210"
        " verdicts, blocks read 21 of 200."
    )
    assert second == (
        "extension × G-SAM: not certified yet: p = 0.400 after 210 verdicts, blocks read 21 of 200."
    )


def test_a_single_claim_says_from_which_verdict_on_it_held(certifying):
    claim = claim_of(
        "intension-g-sam", GoalState.REACHED, 1e-5, 1e-5, certified_at_block=16, n_counted_when_certified=170
    )

    (line,) = goal(certifying_by(certifying, claim)).points

    assert line == (
        "intension × G-SAM: certified at least 90 % (anytime-valid, p < 0.001) from 170 verdicts on; after"
        " 210 verdicts, blocks read 21 of 200."
    )


def test_a_claim_that_others_hold_up_is_not_certified(certifying):
    claims = (
        claim_of("intension-g-sam", GoalState.REACHED, 0.03, 0.06),
        claim_of("extension-g-sam", GoalState.GOING_ON, 0.5, 0.5),
    )
    content = certifying_by(certifying, *claims)

    assert goal(content).points[0] == (
        "intension × G-SAM: not certified yet: p = 0.030 alone would do, but 2 claims share the error rate,"
        " and that makes it p = 0.060 (Holm), after 210 verdicts, blocks read 21 of 200."
    )
    assert quotable_texts(content) == ()


def test_a_sample_that_is_used_up_says_nothing_against_the_masks(certifying):
    claim = claim_of("intension-g-sam", GoalState.EXHAUSTED, 0.2, 0.2, n_counted=1990, n_blocks_read=200)

    (line,) = goal(certifying_by(certifying, claim)).points

    assert line == (
        "intension × G-SAM: the sample is used up without certifying 90 % (p = 0.200, after 1,990 verdicts,"
        " blocks read 200 of 200): that says nothing against the masks."
    )


def test_before_the_first_block_there_is_a_line_and_no_interval(certifying):
    claim = claim_of("intension-g-sam", GoalState.GOING_ON, 1.0, 1.0, n_counted=0, n_blocks_read=0)

    section = goal(certifying_by(certifying, claim))

    assert section.points[0].endswith("not certified yet: p = 1.000 after 0 verdicts, blocks read 0 of 200.")
    assert [cell.line for cell in section.table.rows[0]] == [
        "intension × G-SAM",
        "— (no block is complete yet)",
        "—",
        "—",
    ]


@pytest.mark.parametrize(
    ("state", "half_width", "words"),
    [
        (
            GoalState.REACHED,
            0.029,
            "reached ± 3 percentage points at block 24: 93.4 % (95 % interval 90.5–96.3, fixed-width, n ="
            " 240), an interval for this stop alone, blocks read 24 of 200.",
        ),
        (
            GoalState.GOING_ON,
            0.0412,
            "going on: ± 4.2 percentage points so far, ± 3 percentage points is wanted, blocks read 24 of"
            " 200.",
        ),
        (GoalState.GOING_ON, None, "going on: no block is complete yet, blocks read 24 of 200."),
        (
            GoalState.EXHAUSTED,
            0.0412,
            "the sample is used up before ± 3 percentage points: 93.4 % (95 % interval 90.5–96.3,"
            " fixed-width, n = 240), ± 4.2 percentage points, blocks read 24 of 200.",
        ),
    ],
)
def test_a_width_is_told_by_its_state(state, half_width, words, certifying):
    content = estimating_by(certifying, width_of("intension-g-sam", state, half_width))

    assert goal(content).points == (f"intension × G-SAM: {words}",)
    assert len(quotable_texts(content)) == (state is GoalState.REACHED)


def test_a_reached_goal_may_be_quoted_whatever_else_is_pending(certifying):
    reached = estimating_by(certifying, width_of("intension-g-sam", GoalState.REACHED, 0.029))

    assert quotable_texts(certifying) == (
        "The masks of intension × G-SAM are at least 90 % correct (certified at 95 % confidence,"
        " anytime-valid p = 0.022, n = 210, estimand mix, seed 7, sample main, 2026-11-23, mask-audit"
        " 0.1.0).",
    )
    assert quotable_texts(reached) == (
        "93.4 % of the masks of intension × G-SAM were judged correct (95 % interval 90.5–96.3, fixed-width,"
        " n = 240, estimand mix, seed 7, sample main, 2026-11-23, mask-audit 0.1.0).",
    )


@pytest.mark.parametrize("chosen", FOR_PEOPLE)
def test_intervals_of_a_planned_size_are_never_shown_without_their_condition(chosen, certifying):
    assert ONLY_IF in quotable_text(certifying.settings[0], certifying)
    assert f"95 % stratified Wilson intervals ({ONLY_IF})" in provenance_text(certifying)
    assert "NOT valid" in stopping_text(certifying)
    assert "is valid all the same" in status_text(certifying)
    (text,) = render(certifying, [chosen]).values()
    assert text.count("whatever they show") >= 6
    assert "NOT valid" in text


def test_a_sample_that_is_reviewed_whole_needs_no_condition(published, certifying):
    done = setting_of("done", VerdictCounts(n_units=2000, n_correct=1900, n_incorrect=100))
    whole = replace(certifying, settings=(done,), goal=certifying_by(certifying).goal)

    for content in (published, whole):
        assert only_at_full_size_text(content) == stopping_text(content) == ""
        assert "whatever they show" not in provenance_text(content)


def test_a_setting_that_is_reviewed_whole_is_quoted_without_condition_beside_one_that_is_not(certifying):
    done = setting_of("done", VerdictCounts(n_units=2000, n_correct=1900, n_incorrect=100))
    content = replace(certifying, settings=(*certifying.settings, done))

    assert "whatever they show" not in quotable_text(done, content)
    assert ONLY_IF in quotable_text(content.settings[0], content)


@pytest.mark.parametrize("planned", PLANNED)
def test_a_planned_size_says_how_it_came_about(planned, make_content):
    section = goal(make_content(goal=GoalResult(goal=planned, confidence=0.95)))

    assert section.table is None
    assert (
        "Its size of 2,000 units (entity=1400, query=400, wiki=200) was set before the review"
        in (section.paragraphs[0])
    )


def test_a_size_that_the_verdicts_settle_says_so(certifying):
    how, intervals = goal(certifying).paragraphs

    assert "how many verdicts there are was settled by the verdicts themselves" in how
    assert "95 % anytime-valid intervals" in intervals
    assert "is ever certified is at most 5 %, for all settings together" in intervals


def test_every_goal_is_told():
    assert {each for each in Goal if not each.is_sequential} == set(PLANNED)
