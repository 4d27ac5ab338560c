"""Builds what reports are made of; every builder takes what a test is about and fills in the rest."""

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from reports.content import Design, ReportContent, StratumSize, TicketExample
from reports.goal_results import Claim, GoalResult, Width
from reports.results import Figure, PreferenceResult, Result, SettingResult, Span
from reports.review_findings import Settling, SourceCounts, SourceFindings, VerdictSource
from sampling.comparison.paired import Comparison, PairedCounts, bonett_price_interval
from sampling.comparison.preference import ComparedMentions, PreferenceCounts, preference
from sampling.design.frame import Across, DrawnUnit
from sampling.design.goals import Goal
from sampling.design.phase_one import SizeMeasure
from sampling.design.selection import annotation_ticket
from sampling.estimation.cautions import Caution
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import (
    Estimate,
    Interval,
    IntervalMethod,
    NoEstimate,
    VerdictCounts,
    accuracy_bounds,
)
from sampling.estimation.intervals import rule_of_three, wilson_interval
from sampling.reviewers.agreement import Agreement, Coefficient, Kappa, Remark
from sampling.reviewers.settlement import Settlement
from sampling.sequential.certification import Certification
from sampling.sequential.fixed_width import WidthStatus
from sampling.sequential.reading import GoalState


def estimate_of(value: float, n: int, deff: float = 1.0) -> Estimate:
    """A share of n units that are worth n/deff."""
    n_eff = n / deff
    interval = wilson_interval(value * n_eff, n_eff)
    return Estimate(
        value=value,
        interval=Interval(
            low=interval.low, high=interval.high, confidence=0.95, method=IntervalMethod.WILSON_EFFECTIVE
        ),
        n=n,
        n_eff=n_eff,
    )


def result_of(
    counts: VerdictCounts,
    *,
    headline: Estimand = Estimand.MIX,
    estimands: Mapping[Estimand, Figure] | None = None,
    cautions: tuple[Caution, ...] = (),
) -> Result:
    """A result of these counts: one stratum, in which every estimand is the same, unless they are given."""
    figure = (
        estimate_of(counts.n_accepted / counts.n_counted, counts.n_counted)
        if counts.n_counted
        else NoEstimate(reason=why_nothing_counts(counts))
    )
    return Result(
        counts=counts,
        headline=headline,
        estimands=estimands or dict.fromkeys(Estimand, figure),
        cautions=cautions,
        greatest_error=rule_of_three(counts.n_counted) if 0 < counts.n_counted == counts.n_accepted else None,
        bounds=accuracy_bounds(counts) if counts.n_counted + counts.n_undecided else None,
    )


def why_nothing_counts(counts: VerdictCounts) -> str:
    return "every unit is unsure or unjudgable" if counts.n_undecided else "nothing has been judged yet"


def slice_of(n_units: int, n_correct: int, **parts: int) -> Result:
    """A result in which every unit that is not said to be something else was incorrect."""
    n_incorrect = n_units - n_correct - sum(parts.values())
    return result_of(VerdictCounts(n_units=n_units, n_correct=n_correct, n_incorrect=n_incorrect, **parts))


def setting_of(name: str, counts: VerdictCounts, **changes: object) -> SettingResult:
    facts: dict[str, object] = {
        "setting": name,
        "reference": None,
        "model": None,
        "overall": result_of(counts),
        "by_split": {},
        "by_category": {},
        "by_size": {},
        "reasons": {},
    }
    return SettingResult(**(facts | changes))  # type: ignore[arg-type]


def comparison_of(a: str, b: str, counts: PairedCounts, p_value: float) -> Comparison:
    return Comparison(
        a=a,
        b=b,
        difference=counts.difference,
        interval=bonett_price_interval(counts),
        p_value=p_value,
        p_adjusted=p_value,
        counts=counts,
    )


def preference_of(a: str, b: str, counts: PreferenceCounts, **changes: object) -> PreferenceResult:
    """What people prefer, in one stratum in which every estimand is the same, unless they are given."""
    n_open = counts.n_pending + counts.n_unjudgable
    sizes = [counts.n_a, counts.n_b, counts.n_same, counts.n_identical, n_open]
    n = sum(sizes)
    mentions = ComparedMentions(
        preferences=np.repeat([1, -1, 0, 0, 0], sizes),
        is_known=np.repeat([True, True, True, True, False], sizes),
        is_identical=np.repeat([False, False, False, True, False], sizes),
        stratum=np.zeros(n, np.intp),
        cluster=np.arange(n),
        weight=np.ones(n),
    )
    facts: dict[str, object] = {
        "a": a,
        "b": b,
        "counts": counts,
        "headline": Estimand.MIX,
        "estimands": dict.fromkeys(Estimand, preference(mentions)),
    }
    return PreferenceResult(**(facts | changes))  # type: ignore[arg-type]


def agreement_of(**changes: object) -> Agreement:
    """Two reviewers who agree on most masks and on half of the incorrect ones."""
    figures: dict[str, object] = {
        "n_units": 298,
        "n_pairs": 298,
        "n_reviewers": 2,
        "observed": estimate_of(0.92, 298),
        "on_incorrect": estimate_of(0.5, 47),
        "on_correct": estimate_of(0.957, 275),
        "alpha": Coefficient(value=0.457, low=0.281, high=0.603, confidence=0.95),
        "ac1": Coefficient(value=0.906, low=0.869, high=0.934, confidence=0.95),
        "kappa": Coefficient(value=0.456, low=0.28, high=0.602, confidence=0.95),
        "kappa_is": Kappa.COHEN,
        "remark": Remark.PREVALENCE,
    }
    return Agreement(**(figures | changes))  # type: ignore[arg-type]


def running_of(value: float, n: int) -> Estimate:
    """A figure as a confidence sequence gives it."""
    interval = Interval(
        low=value - 0.06,
        high=min(1.0, value + 0.03),
        confidence=0.95,
        method=IntervalMethod.CONFIDENCE_SEQUENCE,
    )
    return Estimate(value=value, interval=interval, n=n, n_eff=n)


def claim_of(setting: str, state: GoalState, p_value: float, p_adjusted: float, **changes: object) -> Claim:
    facts: dict[str, object] = {
        "state": state,
        "p_value": p_value,
        "target": 0.9,
        "confidence": 0.95,
        "n_counted": 210,
        "n_blocks_read": 21,
        "n_blocks": 200,
    }
    certification = Certification(**(facts | changes))  # type: ignore[arg-type]
    return Claim(
        setting=setting,
        p_adjusted=p_adjusted,
        holds=p_adjusted <= 0.05,
        certification=certification,
        running=running_of(0.95, certification.n_counted)
        if certification.n_counted
        else NoEstimate(reason="no block is complete yet"),
    )


def width_of(setting: str, state: GoalState, half_width: float | None, **changes: object) -> Width:
    is_over = state is not GoalState.GOING_ON
    interval = Interval(low=0.905, high=0.963, confidence=0.95, method=IntervalMethod.FIXED_WIDTH)
    facts: dict[str, object] = {
        "state": state,
        "estimate": Estimate(value=0.934, interval=interval, n=240, n_eff=240.0) if is_over else None,
        "half_width": half_width,
        "n_blocks_read": 24,
        "n_blocks": 200,
        "reached_at_block": 23 if state is GoalState.REACHED else None,
    }
    return Width(
        setting=setting,
        status=WidthStatus(**(facts | changes)),  # type: ignore[arg-type]
        running=running_of(0.934, 240),
    )


DESCRIBE = GoalResult(goal=Goal.DESCRIBE, confidence=0.95)


def content_of(*settings: SettingResult, **changes: object) -> ReportContent:
    facts: dict[str, object] = {
        "title": "Mask-OVEN-Wiki",
        "sample": "main",
        "version": "mask-audit 0.1.0",
        "created_at": datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        "sampled_at": datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
        "design": Design(
            unit=DrawnUnit.ENTITY,
            across=Across.SPLITS,
            per_entity=1,
            allocation="entity=1400, query=400, wiki=200",
            seed=7,
            size_measure=SizeMeasure.NONE,
            frame="entity-label-g-sam",
            contrast=None,
            population_fingerprint="c0ffee5d0fb1f6ab51b63a1ee0c3a9a4a5c4c2a2b3f8de4b6f7d9e0a1b2c3d4e",
            strata=(
                stratum("entity", 1400, n_entities=17_903, n_annotations=5_176_424),
                stratum("query", 400, n_entities=5_118, n_annotations=40_866),
                stratum("wiki", 200, n_entities=2_017_622, n_annotations=1_965_145),
            ),
        ),
        "settings": settings,
        "estimand": Estimand.MIX,
        "span": Span.EACH,
        "goal": DESCRIBE,
        "settling": Settling(policy=Settlement.MAJORITY),
        "front_ends": SourceFindings(
            counts={
                "page": SourceCounts(n_verdicts=13_513, n_masks=13_513),
                "import": SourceCounts(n_verdicts=4_397, n_masks=4_397),
            }
        ),
        "sources": (
            VerdictSource(reviewer="Ada", source="page", n_verdicts=7_412),
            VerdictSource(reviewer="Grace", source="page", n_verdicts=6_101),
            VerdictSource(reviewer="Emmy", source="import", n_verdicts=4_397),
        ),
        "ticket_example": TicketExample(
            annotation_id="oven_query_val_00000107",
            ticket=annotation_ticket(7, "oven_query_val_00000107"),
        ),
    }
    return ReportContent(**(facts | changes))  # type: ignore[arg-type]


def stratum(split: str, n: int, *, n_entities: int, n_annotations: int) -> StratumSize:
    return StratumSize(
        split=split,
        n_units=n,
        n_entities_drawn=n,
        n_entities=n_entities,
        n_annotations=n_annotations,
        has_grown=False,
    )
