"""What thresholds are tuned by: the verdicts of a sample, their weights, and every mask of the settings."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audit.errors import InputError
from audit.features.references import FeatureReference
from audit.jobs.estimates import COUNTED, reviewed_sample
from audit.jobs.image_check import check_images
from audit.jobs.progress import SILENT, Progress
from audit.jobs.review_state import Outcome, ReviewState, load_review_state
from audit.jobs.sample_growth import drawn_from as settings_drawn_from
from audit.jobs.tuning_base import BaseDecisions, corrected_outcome, decide_base, no_base
from audit.jobs.tuning_frame import DrawnFrom, drawable_masks, drawn_splits
from audit.jobs.tuning_masks import Flags, Floats, TuningMasks, load_tuning_masks
from audit.jobs.tuning_parts import UnitParts, parts_by_ticket, parts_by_wave
from audit.jobs.tuning_region import Region, everywhere, has_region, region_of, thresholds_stored
from audit.jobs.workspace import Workspace
from db.manifest import SettingRecord, fingerprint, frame_files
from db.records import Sample
from sampling.estimation.estimands import Estimand
from sampling.thresholds.judged import JudgedMasks


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TuningVerdicts:
    """The masks with a verdict; arrays of one length. An empty mask counts as wrong, without a verdict.

    Attributes:
        position: of the mask in `TuningMasks`, intp.
        unit: position in the sample's units, intp.
        correct: bool.
        learns: bool: the verdict helps to choose what to try, and may not certify it.
        speaks_alone: bool: of what was drawn together, settings of a mention and annotations of an entity,
            one verdict, by ticket: these were drawn each on its own.
        speaks_for: float64: how many units of the sample were drawn together with the verdict's, itself too.
        weights: of each estimand, float64.
    """

    position: NDArray[np.intp]
    unit: NDArray[np.intp]
    correct: Flags
    learns: Flags
    speaks_alone: Flags
    speaks_for: Floats
    weights: Mapping[Estimand, Floats]

    def learning(self) -> JudgedMasks:
        """Those that choose what to try; what they stand for does not matter."""
        return self._unweighted(self.learns)

    def everything(self) -> JudgedMasks:
        """All of them, to learn from before others are drawn that certify."""
        return self._unweighted(np.ones_like(self.learns))

    def certifying(self, estimand: Estimand) -> JudgedMasks:
        """Those that certify: drawn each on its own, and nothing was chosen by them."""
        return self._judged(estimand, self.speaks_alone & ~self.learns)

    def drawn_alone(self, estimand: Estimand) -> JudgedMasks:
        """Those that were drawn each on its own, whether they learn or certify."""
        return self._judged(estimand, self.speaks_alone)

    def _unweighted(self, chosen: Flags) -> JudgedMasks:
        return JudgedMasks(
            position=self.position[chosen],
            correct=self.correct[chosen],
            weight=np.ones(np.count_nonzero(chosen)),
        )

    def _judged(self, estimand: Estimand, chosen: Flags) -> JudgedMasks:
        return JudgedMasks(
            position=self.position[chosen],
            correct=self.correct[chosen],
            weight=(self.weights[estimand] * self.speaks_for)[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Sampled masks that say nothing of thresholds, as units of the settings.

    Attributes:
        n_unsure: reviewers could not say.
        n_unjudgable: there was nothing to look at.
        n_pending: there is no verdict yet.
        n_absent: the setting has no such mask, so no rule keeps or drops it.
        n_elsewhere: drawn in a region of another setting's masks, or without the rules before the thresholds.
    """

    n_unsure: int
    n_unjudgable: int
    n_pending: int
    n_absent: int
    n_elsewhere: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TuningData:
    """All that thresholds are tuned by, loaded once.

    Attributes:
        state: of the sample: its units, masks and verdicts.
        settings: whose masks, tuned together.
        masks: every one of these settings that the sample could have drawn, judged or not.
        drawn_from: what the sample was drawn from, and how many masks that leaves out.
        base: what rules before the thresholds make of every mask.
        region: outside of which no verdict certifies.
        verdicts: on those that were judged. A corrected mask is judged by verdicts on itself, and counts as
            wrong without one.
        to_queue: annotation ids of the corrected masks of the sample that nobody judged.
        left_out: masks of the sample without a verdict that counts.
    """

    state: ReviewState
    settings: tuple[SettingRecord, ...]
    masks: TuningMasks
    drawn_from: DrawnFrom
    base: BaseDecisions
    region: Region
    verdicts: TuningVerdicts
    to_queue: tuple[str, ...]
    left_out: LeftOut


def load_tuning_data(
    workspace: Workspace,
    settings: Sequence[str],
    references: Sequence[FeatureReference],
    *,
    sample: str | None,
    progress: Progress,
    base: Path | None = None,
) -> TuningData:
    """Load the verdicts of a sample on the masks of settings, and the features of all their masks.

    Masks that the sample could not have drawn, of splits or mentions that it leaves out, are counted and then
    left out: no verdict speaks of them.

    Args:
        workspace: the open one.
        settings: by name, at least one.
        references: features to load.
        sample: None is the latest.
        progress: of reading the masks.
        base: file of rules that go before the thresholds.

    Raises:
        InputError: the sample does not hold a setting as it is now, was drawn from what has changed since, or
            where masks differ; or the features are not there, as of `open_measured_masks`; or the base rules
            cannot be applied.
        StoreError: there is no such sample, or no such setting.
    """
    manifest = workspace.population.manifest()
    records = tuple(manifest.get(name) for name in dict.fromkeys(settings))
    check_images(workspace.store, sample, workers=workspace.workers, progress=SILENT)
    state = load_review_state(workspace.store, sample, workspace.settlement)
    _refuse_unfit_sample(state, records)
    in_region = base is None and _is_drawn_in_region(state.sample, records)
    bounds = thresholds_stored(state.sample) if in_region else ()
    named = list(dict.fromkeys((*references, *(each.reference for each in bounds))))
    mention_ids = [unit.mention_id for unit in state.units]
    loaded = load_tuning_masks(workspace.population, records, named, mention_ids, progress=progress)
    decided = no_base(loaded.masks.n_masks)
    if base is not None:
        sampled = {place: mention for found in loaded.places.values() for mention, place in found.items()}
        decided = decide_base(workspace, records, base, sampled, progress=progress)
    drawable = drawable_masks(workspace.population, records, loaded.masks, state.sample)
    drawn_from = _drawn_from(state.sample, loaded.masks, drawable)
    if drawn_from.n:
        loaded, decided = loaded.where(drawable), decided.where(drawable)
    found = [_sampled(state, each.setting, loaded.places[each.setting], decided) for each in records]
    n_sampled = sum(len(each.units) for each in found)
    if has_region(state.sample) and not in_region:
        found = [_of_first_wave(state, each) for each in found]
    parts = parts_by_wave(state) if in_region else parts_by_ticket(state, n_settings=len(records))
    return TuningData(
        state=state,
        settings=records,
        masks=loaded.masks.with_features(range(len(dict.fromkeys(references)))),
        drawn_from=drawn_from,
        base=decided,
        region=region_of(loaded.masks, bounds) if in_region else everywhere(loaded.masks),
        verdicts=_verdicts(state, found, parts),
        to_queue=tuple(dict.fromkeys(each for of_setting in found for each in of_setting.to_queue)),
        left_out=_left_out(found, n_elsewhere=n_sampled - sum(len(each.units) for each in found)),
    )


def _drawn_from(sample: Sample, masks: TuningMasks, drawable: Flags) -> DrawnFrom:
    n_outside = masks.settings.counts(~drawable)
    return DrawnFrom(
        frame=sample.frame,
        splits=drawn_splits(sample),
        n_outside={setting: n for setting, n in n_outside.items() if n},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SampledMasks:
    """The masks of a setting that a sample holds.

    Attributes:
        units: positions of the units whose mask is judged.
        positions: of these masks.
        outcomes: of these masks.
        to_queue: annotation ids of corrected masks without a verdict.
        others: what became of the other units; None where the setting has no mask.
    """

    units: list[int]
    positions: list[int]
    outcomes: list[Outcome]
    to_queue: list[str]
    others: Counter[Outcome | None]


def _sampled(
    state: ReviewState, setting: str, places: Mapping[str, int], base: BaseDecisions
) -> _SampledMasks:
    found = _SampledMasks(units=[], positions=[], outcomes=[], to_queue=[], others=Counter())
    for number, (unit, own) in enumerate(zip(state.units, state.outcomes[setting], strict=True)):
        position = places.get(unit.mention_id)
        if position is None:
            found.others[None] += 1
            continue
        is_corrected = position in base.made
        outcome = corrected_outcome(state, base.made[position]) if is_corrected else own
        if is_corrected and outcome is Outcome.PENDING:
            found.to_queue.append(unit.annotation_id)
            outcome = Outcome.INCORRECT
        if outcome not in COUNTED:
            found.others[outcome] += 1
            continue
        found.units.append(number)
        found.positions.append(position)
        found.outcomes.append(outcome)
    return found


def _is_drawn_in_region(sample: Sample, settings: Sequence[SettingRecord]) -> bool:
    """Whether the sample's later waves are a sample of these masks: a region is one of the frame's masks."""
    return has_region(sample) and [each.setting for each in settings] == [sample.frame]


def _of_first_wave(state: ReviewState, found: _SampledMasks) -> _SampledMasks:
    """What a sample says of masks that its later waves are no sample of."""
    kept = [place for place, number in enumerate(found.units) if not state.units[number].wave]
    return replace(
        found,
        units=[found.units[place] for place in kept],
        positions=[found.positions[place] for place in kept],
        outcomes=[found.outcomes[place] for place in kept],
    )


def _verdicts(state: ReviewState, found: Sequence[_SampledMasks], parts: UnitParts) -> TuningVerdicts:
    unit = np.concatenate([np.array(each.units, np.intp) for each in found])
    setting = np.repeat(np.arange(len(found)), [len(each.units) for each in found])
    # Weights and what was drawn together are the same under every setting.
    sample = reviewed_sample(state, state.settings[0].setting)
    return TuningVerdicts(
        position=np.concatenate([np.array(each.positions, np.intp) for each in found]),
        unit=unit,
        correct=np.array(
            [outcome is Outcome.CORRECT for each in found for outcome in each.outcomes], np.bool_
        ),
        learns=parts.learns[unit],
        speaks_alone=parts.alone_under[unit] == setting,
        speaks_for=np.bincount(sample.cluster)[sample.cluster][unit].astype(np.float64),
        weights={estimand: sample.outcomes(estimand).weight[unit] for estimand in Estimand},
    )


def _left_out(found: Sequence[_SampledMasks], *, n_elsewhere: int) -> LeftOut:
    others = sum((each.others for each in found), Counter[Outcome | None]())
    return LeftOut(
        n_unsure=others[Outcome.UNSURE],
        n_unjudgable=others[Outcome.UNJUDGABLE],
        n_pending=others[Outcome.PENDING],
        n_absent=others[None],
        n_elsewhere=n_elsewhere,
    )


def _refuse_unfit_sample(state: ReviewState, settings: Sequence[SettingRecord]) -> None:
    sample = state.sample
    if sample.contrast is not None:
        raise InputError(
            f"sample {sample.name!r} was drawn only where {sample.contrast.a} and {sample.contrast.b} "
            "differ, so it says nothing of all masks: draw another, mask-audit sample --goal tune --size N"
        )
    held = {each.setting: each.fingerprint for each in state.settings}
    for setting in settings:
        if setting.setting not in held:
            raise InputError(
                f"sample {sample.name!r} has no masks of setting {setting.setting!r} "
                f"(it has {', '.join(held)}): {_carry(sample)}"
            )
        if held[setting.setting] != fingerprint(frame_files(setting)):
            raise InputError(_changed(sample, setting))


def _changed(sample: Sample, setting: SettingRecord) -> str:
    what = f"setting {setting.setting!r} has changed since sample {sample.name!r} took its masks: "
    if setting.setting in settings_drawn_from(sample):
        return what + "draw a new sample, mask-audit sample --goal tune --size N --name NAME"
    return what + _carry(sample)


def _carry(sample: Sample) -> str:
    return f"mask-audit sample --carry --name {shlex.quote(sample.name)}, then review"
