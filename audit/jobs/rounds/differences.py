"""How far apart the two rounds of a setting are: on what they share, and as a whole."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from audit.jobs.estimates import COUNTED, Figures, cluster_deff, reviewed_sample
from audit.jobs.review_state import Outcome, ReviewState
from audit.jobs.rounds.audited_round import AuditedRound
from audit.jobs.rounds.mentions import CommonMask, CommonUnit, common_masks, mention_key
from db.records import Unit
from reports.numbers import percent_text
from reports.results import Figure, Result
from reports.rounds.content import SettingRounds
from sampling.comparison.paired import Comparison, compare_settings, count_pairs
from sampling.comparison.rounds import Round, RoundDifference, difference_of_rounds
from sampling.design.frame import Across, DrawnUnit
from sampling.estimation.estimands import Estimand, ReviewedSample
from sampling.estimation.estimate import NoEstimate
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate

Codes = NDArray[np.intp]

GREATEST_SHIFT = 0.01
"""By which a split's share of the sample may differ for two mixes to be one, rounding included."""

OF_DIFFERING = "a sample of the mentions where two settings differ says nothing of a setting as a whole"
BY_RISK = "units drawn by risk do not count alike: see the difference over both samples"

_JUDGED = (Outcome.CORRECT, Outcome.INCORRECT, Outcome.UNSURE)


@dataclass(frozen=True, kw_only=True)
class RoundPair:
    """Two rounds, and what both hold.

    Attributes:
        judged: the new round, as it was judged.
        new: the same, with the verdicts that are carried.
        common: the mentions of both samples.
        figures: how they are made.
    """

    old: AuditedRound
    judged: AuditedRound
    new: AuditedRound
    common: tuple[CommonUnit, ...]
    figures: Figures

    @cached_property
    def links(self) -> tuple[Codes, Codes]:
        """What each unit of either sample was drawn as, the same code for the same thing in both."""
        states = (self.old.state, self.new.state)
        is_of_entities = all(state.sample.unit == DrawnUnit.ENTITY for state in states)
        drawn_as = _entity if is_of_entities else mention_key
        codes: dict[Hashable, int] = {}
        old, new = (
            np.array([codes.setdefault(drawn_as(unit), len(codes)) for unit in state.units], np.intp)
            for state in states
        )
        # What a model or a chance of its own gave a unit is no simple product: as if nothing were shared.
        apart = len(codes) if self.old.is_by_risk or self.new.is_by_risk else 0
        return old, new + apart

    @cached_property
    def mix_weights(self) -> NDArray[np.float64] | NoEstimate | None:
        """What each new unit counts in the old sample's mix; why that cannot be, or None where it is 1."""
        old, new = (_split_shares(each.state) for each in (self.old, self.new))
        shifted = sorted(
            split
            for split in old.keys() | new.keys()
            if abs(old.get(split, 0.0) - new.get(split, 0.0)) > GREATEST_SHIFT
        )
        if not shifted:
            return None
        if old.keys() != new.keys() or self.new.is_by_risk:
            told = (
                f"{each} {percent_text(old.get(each, 0.0))} → {percent_text(new.get(each, 0.0))}"
                for each in shifted
            )
            return NoEstimate(reason=f"the samples are mixed otherwise ({', '.join(told)})")
        return np.array([old[unit.stratum] / new[unit.stratum] for unit in self.new.state.units])


def setting_rounds(pair: RoundPair) -> tuple[SettingRounds, ...]:
    """Give every setting that both samples hold, in the order of the new one."""
    before, after = pair.old.results(pair.figures), pair.new.results(pair.figures)
    return tuple(
        _setting_rounds(pair, setting, before[setting], after[setting])
        for setting in pair.new.settings
        if setting in before
    )


def _setting_rounds(pair: RoundPair, setting: str, before: Result, after: Result) -> SettingRounds:
    old, judged, new = (each.state for each in (pair.old, pair.judged, pair.new))
    masks = tuple(common_masks(old, new, pair.common, setting))
    again = [
        each
        for each in common_masks(old, judged, pair.common, setting)
        if each.is_same and each.old_outcome in _JUDGED and each.new_outcome in _JUDGED
    ]
    was, stands = judged.outcomes[setting], new.outcomes[setting]
    as_before = _as_mixed_before(pair, setting, after)
    compared = after.estimands if as_before is None else {**after.estimands, Estimand.MIX: as_before}
    return SettingRounds(
        setting=setting,
        n_same=sum(each.is_same for each in masks),
        n_changed=sum(not each.is_same for each in masks),
        n_carried=sum(a is not b for a, b in zip(was, stands, strict=True)),
        n_judged_again=len(again),
        n_judged_otherwise=sum(each.old_outcome is not each.new_outcome for each in again),
        old_counts=before.counts,
        new_counts=after.counts,
        old=before.estimands,
        new=after.estimands,
        new_as_mixed_before=as_before,
        common=_on_common(pair, setting, masks),
        whole=_whole(pair, setting, before, compared),
    )


def _on_common(pair: RoundPair, setting: str, masks: Sequence[CommonMask]) -> Comparison | NoEstimate:
    if pair.old.is_by_risk or pair.new.is_by_risk:
        return NoEstimate(reason=BY_RISK)
    counted = [each for each in masks if each.old_outcome in COUNTED and each.new_outcome in COUNTED]
    if not counted:
        return NoEstimate(reason="no mention is judged right or wrong in both rounds")
    found = compare_settings(
        "new",
        "old",
        count_pairs(
            np.array([each.new_outcome is Outcome.CORRECT for each in counted], np.bool_),
            np.array([each.old_outcome is Outcome.CORRECT for each in counted], np.bool_),
        ),
        confidence=pair.figures.confidence,
    )
    drawn_together = [each.state for each in (pair.old, pair.new) if _has_clusters(each.state)]
    if isinstance(found, NoEstimate) or not drawn_together:
        return found
    return found.of_clusters(max(cluster_deff(each, setting, Estimand.MIX) for each in drawn_together))


def _whole(
    pair: RoundPair, setting: str, before: Result, after: Mapping[Estimand, Figure]
) -> dict[Estimand, RoundDifference | NoEstimate]:
    if pair.old.state.sample.contrast or pair.new.state.sample.contrast:
        return dict.fromkeys(Estimand, NoEstimate(reason=OF_DIFFERING))
    samples = reviewed_sample(pair.old.state, setting), _new_sample(pair, setting)
    found: dict[Estimand, RoundDifference | NoEstimate] = {
        estimand: _difference(
            pair,
            (samples[0].outcomes(estimand), samples[1].outcomes(estimand)),
            (before.estimands[estimand], after[estimand]),
        )
        for estimand in Estimand
    }
    if isinstance(pair.mix_weights, NoEstimate):
        found[Estimand.MIX] = pair.mix_weights
    return found


def _difference(
    pair: RoundPair, outcomes: tuple[SampledOutcomes, SampledOutcomes], figures: tuple[Figure, Figure]
) -> RoundDifference | NoEstimate:
    rounds = []
    for name, of_round, figure, links in zip(("old", "new"), outcomes, figures, pair.links, strict=True):
        if isinstance(figure, NoEstimate):
            return NoEstimate(reason=f"the {name} round has no accuracy: {figure.reason}")
        rounds.append(Round(outcomes=of_round, estimate=figure, links=links))
    return difference_of_rounds(*rounds)


def _new_sample(pair: RoundPair, setting: str) -> ReviewedSample:
    sample = reviewed_sample(pair.new.state, setting)
    weights = pair.mix_weights
    return replace(sample, mix_weight=weights) if isinstance(weights, np.ndarray) else sample


def _as_mixed_before(pair: RoundPair, setting: str, after: Result) -> Figure | None:
    if not isinstance(pair.mix_weights, np.ndarray):
        return None
    found = after.estimands[Estimand.MIX]
    if isinstance(found, NoEstimate):  # other weights make no accuracy of masks that nobody judged
        return found
    outcomes = _new_sample(pair, setting).outcomes(Estimand.MIX)
    return estimate(outcomes, confidence=pair.figures.confidence)


def _entity(unit: Unit) -> Hashable:
    return unit.entity_id


def _has_clusters(state: ReviewState) -> bool:
    return state.sample.per_entity > 1 or state.sample.across == Across.WITHIN_SPLIT


def _split_shares(state: ReviewState) -> dict[str, float]:
    """What each split counts in the mix: what the first allocation gave it where units came in waves."""
    sizes = {
        stratum.split: stratum.n_first if state.sample.waves else stratum.n_units
        for stratum in state.sample.strata
    }
    total = max(1, sum(sizes.values()))
    return {split: size / total for split, size in sizes.items() if size}
