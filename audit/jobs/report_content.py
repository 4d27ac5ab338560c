"""Counts what the verdicts say of every setting, split and category, into the content of a report."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.review.adjudication import majority
from db.manifest import Manifest, fingerprint, frame_files
from db.records import MaskState, Reason, Sample, SampleSetting, StandingVerdict, Unit, UnitMask, Verdict
from db.reviews import load_standing
from db.samples import load_sample, load_settings, load_unit_masks, load_units, load_unjudgable
from db.store import Store
from reports.content import (
    Design,
    ReportContent,
    Result,
    SettingResult,
    StratumSize,
    TicketExample,
    VerdictSource,
    result_of,
)
from sampling.design.frame import Across, DrawnUnit
from sampling.estimation.estimate import VerdictCounts

HASTY_SECONDS = 0.3
"""A verdict given faster than this was hardly looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewState:
    """Everything that the store says of one sample, loaded once."""

    sample: Sample
    settings: tuple[SampleSetting, ...]
    units: tuple[Unit, ...]
    unit_masks: tuple[UnitMask, ...]
    standing: tuple[StandingVerdict, ...]
    unjudgable: Mapping[str, str]


def load_review_state(store: Store, sample_name: str | None) -> ReviewState:
    """Load a sample with its masks and the verdicts that stand on them."""
    with store.reading() as transaction:
        sample = load_sample(transaction, sample_name)
        return ReviewState(
            sample=sample,
            settings=tuple(load_settings(transaction, sample.sample_id)),
            units=tuple(load_units(transaction, sample.sample_id)),
            unit_masks=tuple(load_unit_masks(transaction, sample.sample_id)),
            standing=tuple(load_standing(transaction, sample.sample_id)),
            unjudgable=load_unjudgable(transaction, sample.sample_id),
        )


def report_content(
    state: ReviewState, manifest: Manifest, *, confidence: float, version: str, now: datetime
) -> ReportContent:
    """Give everything that a report says.

    Args:
        state: of the sample.
        manifest: tells settings ingested since.
        confidence: coverage of the intervals, in (0, 1).
        version: of the program.
        now: when the report is made.
    """
    outcomes = _Outcomes(state)
    held = {setting.setting for setting in state.settings}
    return ReportContent(
        title="Accuracy of the masks",
        sample=state.sample.name,
        version=version,
        created_at=now,
        sampled_at=state.sample.created_at,
        design=_design(state.sample),
        settings=tuple(_setting_result(setting, state, outcomes, confidence) for setting in state.settings),
        not_in_sample=tuple(each.setting for each in manifest.settings if each.setting not in held),
        sources=_sources(state.standing),
        warnings=(*_changed_since(state, manifest), *_warnings(state)),
        ticket_example=_ticket_example(state.units),
    )


class _Outcomes:
    """What became of each unit under each setting."""

    def __init__(self, state: ReviewState) -> None:
        self._unjudgable = state.unjudgable
        self._readings: dict[str, list[StandingVerdict]] = {}
        for each in state.standing:
            self._readings.setdefault(each.mask_id, []).append(each)
        self._made: dict[str, dict[int, UnitMask]] = {}
        for made in state.unit_masks:
            self._made.setdefault(made.setting, {})[made.unit_id] = made

    def counts(self, setting: str, units: Iterable[Unit]) -> VerdictCounts:
        """Count units by what became of them under a setting."""
        found = Counter(self._outcome(setting, unit.unit_id) for unit in units)
        return VerdictCounts(n_units=found.total(), **found)

    def reasons(self, setting: str, units: Iterable[Unit]) -> dict[str, int]:
        """Count the units of which a reading that agrees with the settled verdict names a reason."""
        named: Counter[Reason] = Counter()
        for unit in units:
            named.update(self._reasons_of(self._made[setting][unit.unit_id].mask_id))
        return {reason: named[reason] for reason in Reason if reason in named}

    def _outcome(self, setting: str, unit_id: int) -> str:
        made = self._made[setting][unit_id]
        if made.mask_id is None:
            return _WITHOUT_MASK[made.state]
        readings = self._readings.get(made.mask_id)
        if readings:
            return _WITH_VERDICT[majority([each.verdict for each in readings])]
        return "n_unjudgable" if made.mask_id in self._unjudgable else "n_pending"

    def _reasons_of(self, mask_id: str | None) -> Collection[Reason]:
        readings = self._readings.get(mask_id, []) if mask_id else []
        if not readings:
            return ()
        settled = majority([each.verdict for each in readings])
        return {reason for each in readings if each.verdict == settled for reason in each.reasons}


_WITHOUT_MASK = {
    MaskState.MISSING: "n_missing",
    MaskState.DROPPED: "n_dropped",
    MaskState.UNREADABLE: "n_unjudgable",
}
_WITH_VERDICT = {
    Verdict.CORRECT: "n_correct",
    Verdict.INCORRECT: "n_incorrect",
    Verdict.UNSURE: "n_unsure",
}


def _setting_result(
    setting: SampleSetting, state: ReviewState, outcomes: _Outcomes, confidence: float
) -> SettingResult:
    def result(units: Iterable[Unit]) -> Result:
        return result_of(outcomes.counts(setting.setting, units), confidence=confidence)

    splits = [stratum.split for stratum in state.sample.strata]
    categories = sorted({unit.category for unit in state.units if unit.category is not None})
    return SettingResult(
        setting=setting.setting,
        reference=setting.reference,
        model=setting.model,
        overall=result(state.units),
        by_split={split: result(unit for unit in state.units if unit.stratum == split) for split in splits},
        by_category={
            category: result(unit for unit in state.units if unit.category == category)
            for category in categories
        },
        reasons=outcomes.reasons(setting.setting, state.units),
    )


def _design(sample: Sample) -> Design:
    return Design(
        unit=DrawnUnit(sample.unit),
        across=Across(sample.across),
        per_entity=sample.per_entity,
        allocation=sample.allocation,
        seed=sample.seed,
        frame=sample.frame,
        population_fingerprint=sample.population_fingerprint,
        strata=tuple(
            StratumSize(
                split=stratum.split,
                n_units=stratum.n_units,
                n_entities_drawn=stratum.n_entities_drawn,
                n_entities=stratum.n_entities,
                n_annotations=stratum.n_annotations,
            )
            for stratum in sample.strata
        ),
    )


def _sources(standing: Iterable[StandingVerdict]) -> tuple[VerdictSource, ...]:
    found = Counter((each.reviewer, each.source) for each in standing)
    return tuple(
        VerdictSource(reviewer=reviewer, source=source, n_verdicts=n)
        for (reviewer, source), n in sorted(found.items())
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
        if setting.setting == state.sample.frame:
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
    verdicts_of: dict[str, set[Verdict]] = {}
    for each in state.standing:
        verdicts_of.setdefault(each.mask_id, set()).add(each.verdict)
    n_disputed = sum(len(verdicts) > 1 for verdicts in verdicts_of.values())
    if n_disputed:
        yield (
            f"Reviewers disagree on {n_disputed} masks: the majority counts, and without one the mask counts "
            "as unsure."
        )
    if state.sample.per_entity > 1:
        yield "Units of one entity are not independent: the intervals take them as if they were."
