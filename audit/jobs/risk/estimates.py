"""Estimates the accuracy of settings from a sample by risk: over everything that could be drawn."""

from dataclasses import dataclass, replace
from math import ceil, inf

import numpy as np

from audit.jobs.estimates import Figures, overall_result, result_of, reviewed_sample
from audit.jobs.review_state import Outcome, ReviewState, counts_of
from audit.jobs.risk.drawable import kind_of, target_of
from audit.jobs.risk.judged import DrawnByRisk, LostFrame, RiskDraw
from db.records import Sample
from reports.goal_results import Margin
from reports.results import Result
from reports.risk_findings import RiskFindings, RiskModelUse, RiskWave
from sampling.design.frame import DrawnUnit
from sampling.estimation.estimands import Estimand, estimates_by_estimand
from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.risk.active import FrameKind, RiskEstimate, estimate_by_risk


def estimates_by_risk(
    state: ReviewState, setting: str, drawn: DrawnByRisk, *, confidence: float
) -> dict[Estimand, RiskEstimate | NoEstimate]:
    """Give the accuracy of a setting under every estimand, and what the model did for it.

    A setting that drops some units is a part of everything, and which is not known of what was not drawn: its
    accuracy is by the chances alone.
    """
    verdicts = drawn.verdicts(state, setting)
    everything, unit = drawn.everything, DrawnUnit(state.sample.unit)
    if Outcome.DROPPED in state.outcomes[setting]:
        everything = replace(everything, scores=np.empty((everything.n_units, 0)))
    return {
        estimand: estimate_by_risk(
            everything.frame(target_of(everything, estimand, unit, state.sample.strata)),
            drawn.waves,
            verdicts,
            confidence=confidence,
            kind=kind_of(everything, unit),
        )
        for estimand in Estimand
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallByRisk:
    """What the whole of a sample by risk shows of its settings.

    Attributes:
        results: of each setting.
        findings: the waves, and what the model did.
    """

    results: dict[str, Result]
    findings: RiskFindings


def overall_by_risk(state: ReviewState, figures: Figures, drawn: RiskDraw) -> OverallByRisk:
    """Give what the whole sample shows of every setting; where the frame is lost, by the chances alone."""
    results, models = {}, {}
    for setting in state.outcomes:
        if isinstance(drawn, LostFrame):
            results[setting] = overall_result(state, setting, figures)
            continue
        found = estimates_by_risk(state, setting, drawn, confidence=figures.table_confidence)
        results[setting] = result_of(
            state, setting, figures, {estimand: _figure(each) for estimand, each in found.items()}
        )
        headline = found[figures.estimand]
        if isinstance(headline, RiskEstimate) and Outcome.DROPPED not in state.outcomes[setting]:
            models[setting] = RiskModelUse(auc=headline.auc, power=headline.power)
    sample = state.sample
    findings = RiskFindings(
        waves=tuple(RiskWave(n=wave.n, n_verdicts=wave.n_verdicts, auc=wave.auc) for wave in sample.waves),
        features=sample.waves[0].features,
        models=models,
        lost=drawn.reason if isinstance(drawn, LostFrame) else None,
    )
    return OverallByRisk(results=results, findings=findings)


def margins(state: ReviewState, drawn: RiskDraw, *, confidence: float) -> tuple[Margin, ...]:
    """Give how far the interval of every setting is from the wanted half width, for the mix."""
    wanted = state.sample.margin
    if wanted is None:
        return ()
    return tuple(_margin(state, setting, drawn, confidence, wanted) for setting in state.outcomes)


def _margin(state: ReviewState, setting: str, drawn: RiskDraw, confidence: float, wanted: float) -> Margin:
    n_pending = counts_of(state.outcomes[setting]).n_pending
    n_left = _n_drawable(state.sample) - len(state.units)
    found = _mix(state, setting, drawn, confidence)
    if isinstance(found, NoEstimate):
        return Margin(setting=setting, half_width=None, n_pending=n_pending, n_more=None, n_left=n_left)
    half_width = (found.interval.high - found.interval.low) / 2
    is_whole = not isinstance(drawn, LostFrame) and (
        kind_of(drawn.everything, DrawnUnit(state.sample.unit)) is FrameKind.WHOLE
    )
    n_more = 0
    if half_width > wanted:
        n_more = _n_more(found.n, (half_width / wanted) ** 2, len(state.units) + n_left if is_whole else inf)
    return Margin(
        setting=setting,
        half_width=half_width,
        n_pending=n_pending,
        n_more=n_more if n_pending or n_left or not n_more else None,
        n_left=n_left,
    )


def _n_more(n: int, too_wide: float, n_all: float) -> int:
    """Verdicts lacking: 1/n − 1/N goes with the width squared; what later waves gain comes on top."""
    return max(1, ceil(1 / (1 / n_all + (1 / n - 1 / n_all) / too_wide) - n))


def _n_drawable(sample: Sample) -> int:
    of_annotations = sample.unit == DrawnUnit.ANNOTATION
    return sum(each.n_annotations if of_annotations else each.n_entities for each in sample.strata)


def _mix(state: ReviewState, setting: str, drawn: RiskDraw, confidence: float) -> Estimate | NoEstimate:
    if isinstance(drawn, LostFrame):
        return estimates_by_estimand(reviewed_sample(state, setting), confidence=confidence)[Estimand.MIX]
    return _figure(estimates_by_risk(state, setting, drawn, confidence=confidence)[Estimand.MIX])


def _figure(found: RiskEstimate | NoEstimate) -> Estimate | NoEstimate:
    return found.estimate if isinstance(found, RiskEstimate) else found
