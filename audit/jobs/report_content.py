"""Puts everything that a report says together: figures, comparisons, agreement, the goal, and warnings."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from audit.jobs.contrasts import contrasts
from audit.jobs.estimates import (
    Figures,
    by_category,
    by_size,
    by_source,
    by_split,
    overall_result,
    sliced_results,
)
from audit.jobs.goal_progress import goal_result
from audit.jobs.pace import paces
from audit.jobs.review_state import ReviewState
from audit.jobs.risk.estimates import overall_by_risk
from audit.jobs.risk.judged import RiskDraw, is_by_risk
from audit.jobs.sample_growth import drawn_from
from audit.jobs.second_readings import corrected, reviewer_agreement
from audit.jobs.setting_comparisons import compare_all
from audit.jobs.verdict_sources import source_findings
from db.manifest import Manifest, fingerprint, frame_files
from db.records import Sample, SampleSetting, Unit
from reports.content import Design, ReportContent, StratumSize, TicketExample
from reports.results import Result, SettingResult
from reports.review_findings import Settling, VerdictSource
from reports.settlement import LIKELIEST_IS_NO_ESTIMATE, disagreement_text, lead_text
from sampling.comparison.contrast import Contrast
from sampling.design.frame import Across, DrawnUnit
from sampling.design.phase_one import SizeMeasure
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.settlement import Settlement

HASTY_SECONDS = 0.3
"""A verdict given faster than this was hardly looked at."""


def report_content(
    state: ReviewState,
    manifest: Manifest,
    figures: Figures,
    drawn: RiskDraw | None = None,
    *,
    version: str,
    now: datetime,
) -> ReportContent:
    """Give everything that a report says.

    Args:
        state: of the sample.
        manifest: tells settings ingested since.
        figures: how they are made.
        drawn: what the sample was drawn from, where it was drawn by risk.
        version: of the program.
        now: when the report is made.
    """
    held = {setting.setting for setting in state.settings}
    differences = contrasts(state, figures)
    by_risk = None if drawn is None else overall_by_risk(state, figures, drawn)
    overall = (
        {name: overall_result(state, name, figures) for name in held} if by_risk is None else by_risk.results
    )
    return ReportContent(
        title="Accuracy of the masks",
        sample=state.sample.name,
        version=version,
        created_at=now,
        sampled_at=state.sample.created_at,
        design=_design(state.sample),
        settings=tuple(
            _setting_result(setting, state, figures, overall[setting.setting]) for setting in state.settings
        ),
        estimand=figures.estimand,
        span=figures.span,
        goal=goal_result(state, drawn, confidence=figures.confidence),
        settling=settling(state),
        front_ends=source_findings(state, confidence=figures.confidence),
        comparisons=compare_all(state, figures),
        contrasts=tuple(each for each in differences if isinstance(each, Contrast)),
        agreement=reviewer_agreement(state, confidence=figures.confidence),
        not_in_sample=tuple(each.setting for each in manifest.settings if each.setting not in held),
        sources=_sources(state),
        paces=paces(state),
        warnings=(
            *_changed_since(state, manifest),
            *_warnings(state),
            *(f"No difference: {each.reason}." for each in differences if isinstance(each, NoEstimate)),
        ),
        ticket_example=_ticket_example(state.units),
        risk=None if by_risk is None else by_risk.findings,
    )


def settling(state: ReviewState, among: Collection[str] | None = None) -> Settling:
    """Give what masks count as on which reviewers disagree, and how many there are.

    Args:
        state: of the sample.
        among: the masks that are counted; None for all.
    """

    def n_of(mask_ids: Collection[str]) -> int:
        return len(mask_ids) if among is None else sum(mask_id in among for mask_id in mask_ids)

    return Settling(
        policy=state.settlement,
        n_disagreed=n_of(state.disagreed),
        n_settled_by_lead=n_of(state.disagreed & state.adjudicated.keys()),
        n_settled_by_policy=n_of(state.settled_by_policy),
        n_adjudicated=n_of(state.adjudicated),
        n_disputed=n_of(state.disputed),
        n_flagged=n_of(state.flagged),
        n_not_to_settle=n_of(state.not_to_settle),
    )


def _setting_result(
    setting: SampleSetting, state: ReviewState, figures: Figures, overall: Result
) -> SettingResult:
    name = setting.setting
    return SettingResult(
        setting=name,
        reference=setting.reference,
        model=setting.model,
        overall=overall,
        by_split=sliced_results(state, name, by_split(state), figures),
        by_category=sliced_results(state, name, by_category(state), figures),
        by_source=sliced_results(state, name, by_source(state), figures),
        by_size=sliced_results(state, name, by_size(state, name), figures),
        reasons=state.reasons(name),
        corrected=corrected(state, name, figures),
    )


def _design(sample: Sample) -> Design:
    by_risk = is_by_risk(sample)
    n_first = sum(stratum.n_first for stratum in sample.strata)
    return Design(
        unit=DrawnUnit(sample.unit),
        across=Across(sample.across),
        per_entity=sample.per_entity,
        allocation=sample.allocation,
        seed=sample.seed,
        size_measure=SizeMeasure(sample.size_measure),
        frame=sample.frame,
        contrast=(sample.contrast.a, sample.contrast.b) if sample.contrast else None,
        population_fingerprint=sample.population_fingerprint,
        strata=tuple(
            StratumSize(
                split=stratum.split,
                n_units=stratum.n_units,
                n_entities_drawn=stratum.n_entities_drawn,
                n_entities=stratum.n_entities,
                n_annotations=stratum.n_annotations,
                has_grown=not by_risk
                and stratum.n_first
                < (stratum.n_units if sample.unit == DrawnUnit.ANNOTATION else stratum.n_entities_drawn),
                mix_share=stratum.n_first / n_first if sample.waves else None,
            )
            for stratum in sample.strata
        ),
        is_by_risk=by_risk,
    )


def _sources(state: ReviewState) -> tuple[VerdictSource, ...]:
    n_verdicts = Counter((each.reviewer, each.source) for each in state.standing)
    n_adjudications = Counter((each.reviewer, each.source) for each in state.adjudications)
    return tuple(
        VerdictSource(
            reviewer=who[0], source=who[1], n_verdicts=n_verdicts[who], n_adjudications=n_adjudications[who]
        )
        for who in sorted(n_verdicts | n_adjudications)
    )


def _ticket_example(units: Sequence[Unit]) -> TicketExample | None:
    if not units:
        return None
    return TicketExample(annotation_id=units[0].annotation_id, ticket=units[0].annotation_ticket)


def _changed_since(state: ReviewState, manifest: Manifest) -> Iterable[str]:
    for setting in state.settings:
        record = manifest.find(setting.setting)
        if record is None or fingerprint(frame_files(record)) == setting.fingerprint:
            continue
        if setting.setting in drawn_from(state.sample):
            yield (
                f"Setting {setting.setting}, which the sample was drawn from, has been ingested again since: "
                "the sample stands for what it was."
            )
        else:
            yield (
                f"Setting {setting.setting} has been ingested again since the sample took its masks: "
                "`mask-audit sample --carry` takes the new ones."
            )


def _warnings(state: ReviewState) -> Iterable[str]:
    guidelines = {each.guideline_hash for each in state.standing if each.guideline_hash}
    if len(guidelines) > 1:
        yield f"The guideline changed during the review: verdicts stand under {len(guidelines)} versions."
    n_hasty = sum(each.seconds is not None and each.seconds < HASTY_SECONDS for each in state.standing)
    if n_hasty:
        yield f"{n_hasty} verdicts were given in under {HASTY_SECONDS:g} seconds."
    yield from _settling_warnings(settling(state))


def _settling_warnings(found: Settling) -> Iterable[str]:
    if found.n_disagreed:
        yield disagreement_text(found)
        if found.policy is Settlement.DAWID_SKENE:
            yield LIKELIEST_IS_NO_ESTIMATE
    if lead_text(found):
        yield lead_text(found)
    if found.n_disputed:
        yield (
            "Where only incorrect masks were read again, leaving disputed ones out lifts the accuracy: see "
            "the corrected figures."
        )
