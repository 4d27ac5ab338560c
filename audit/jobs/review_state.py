"""What the store says of one sample, loaded once, and what became of every unit under every setting."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from audit.review.adjudication import Settled, disagree, settle_masks
from db.records import (
    MaskState,
    Purpose,
    Reason,
    Sample,
    SampleSetting,
    StandingVerdict,
    Unit,
    UnitMask,
    Verdict,
)
from db.reviews import load_standing
from db.samples import (
    load_mask_areas,
    load_sample,
    load_settings,
    load_unit_masks,
    load_units,
    load_unjudgable,
)
from db.store import Store
from sampling.estimation.estimate import VerdictCounts
from sampling.reviewers.settlement import Settlement


class Outcome(StrEnum):
    """What became of one unit under one setting; each is a count of `VerdictCounts`."""

    CORRECT = "n_correct"
    INCORRECT = "n_incorrect"
    UNSURE = "n_unsure"
    MISSING = "n_missing"
    UNJUDGABLE = "n_unjudgable"
    PENDING = "n_pending"
    DROPPED = "n_dropped"


_WITHOUT_MASK = {
    MaskState.MISSING: Outcome.MISSING,
    MaskState.DROPPED: Outcome.DROPPED,
    MaskState.UNREADABLE: Outcome.UNJUDGABLE,
}
_WITH_VERDICT = {
    Verdict.CORRECT: Outcome.CORRECT,
    Verdict.INCORRECT: Outcome.INCORRECT,
    Verdict.UNSURE: Outcome.UNSURE,
    None: Outcome.PENDING,
}


@dataclass(frozen=True, kw_only=True)
class ReviewState:
    """Everything that the store says of one sample.

    Attributes:
        units: by stratum and ticket.
        standing: the readings that nothing has superseded, in order of arrival.
        adjudications: the same of leads' verdicts.
        settlement: what settles a mask on which reviewers disagree.
        unjudgable: mask id → why it cannot be shown.
        areas: mask id → pixels.
    """

    sample: Sample
    settings: tuple[SampleSetting, ...]
    units: tuple[Unit, ...]
    unit_masks: tuple[UnitMask, ...]
    standing: tuple[StandingVerdict, ...]
    adjudications: tuple[StandingVerdict, ...]
    settlement: Settlement
    unjudgable: Mapping[str, str]
    areas: Mapping[str, int]

    @cached_property
    def readings(self) -> Mapping[str, tuple[StandingVerdict, ...]]:
        """The readings that stand on each mask, first readings first."""
        found: dict[str, list[StandingVerdict]] = {}
        for each in self.standing:
            found.setdefault(each.mask_id, []).append(each)
        return {mask_id: tuple(sorted(of_mask, key=_decided)) for mask_id, of_mask in found.items()}

    @cached_property
    def masks_made(self) -> Mapping[str, tuple[UnitMask, ...]]:
        """What each setting made of each unit, in the order of the units."""
        made = {(each.setting, each.unit_id): each for each in self.unit_masks}
        return {
            setting.setting: tuple(made[setting.setting, unit.unit_id] for unit in self.units)
            for setting in self.settings
        }

    @cached_property
    def outcomes(self) -> Mapping[str, tuple[Outcome, ...]]:
        """What became of each unit under each setting, in the order of the units."""
        return {
            setting: tuple(self._outcome(each) for each in made) for setting, made in self.masks_made.items()
        }

    @cached_property
    def adjudicated(self) -> Mapping[str, StandingVerdict]:
        """The lead's verdict on each mask that has one; of several leads' the latest to arrive."""
        return {each.mask_id: each for each in self.adjudications}

    @cached_property
    def settled(self) -> Mapping[str, Settled]:
        """What each mask is that anybody judged."""
        adjudicated = {mask_id: adjudication.verdict for mask_id, adjudication in self.adjudicated.items()}
        return settle_masks(self.readings, adjudicated, self.settlement)

    @cached_property
    def disagreed(self) -> frozenset[str]:
        """Masks whose readings are not all the same, settled or not."""
        return frozenset(
            mask_id
            for mask_id, readings in self.readings.items()
            if disagree([each.verdict for each in readings])
        )

    @cached_property
    def judgable(self) -> frozenset[str]:
        """Masks that eyes can judge, or have judged before they could no more be shown."""
        return frozenset(
            made.mask_id
            for setting, outcomes in self.outcomes.items()
            for made, outcome in zip(self.masks_made[setting], outcomes, strict=True)
            if made.mask_id is not None and outcome is not Outcome.UNJUDGABLE
        )

    @cached_property
    def disputed(self) -> frozenset[str]:
        """Masks on which reviewers disagree and which neither the policy nor a lead settled, but one can."""
        return self._undecided - self.unjudgable.keys()

    @cached_property
    def flagged(self) -> frozenset[str]:
        """Masks that a reviewer wants a lead to look at, and that no lead settled, but one can."""
        return self._to_look_at - self.unjudgable.keys()

    @cached_property
    def not_to_settle(self) -> frozenset[str]:
        """Masks that would be disputed or flagged if they could be shown: no lead can settle them."""
        return (self._undecided | self._to_look_at) & self.unjudgable.keys()

    @cached_property
    def settled_by_policy(self) -> frozenset[str]:
        """Masks on which reviewers disagree and for which the policy alone says who is right."""
        return self.disagreed - self.adjudicated.keys() - self._undecided

    def outcome_of_mask(self, mask_id: str) -> Outcome:
        """What is said of a mask, whoever made it; pending where nothing is."""
        settled = self.settled.get(mask_id)
        return Outcome.PENDING if settled is None else _WITH_VERDICT[settled.verdict]

    def reasons_of(self, mask_id: str | None) -> tuple[Reason, ...]:
        """The reasons of the verdicts on a mask that agree with the settled one, in the order of `Reason`."""
        if mask_id is None or mask_id not in self.settled:
            return ()
        given = [*self.readings.get(mask_id, ()), *self._adjudication_of(mask_id)]
        verdict = self.settled[mask_id].verdict
        named = {reason for each in given if each.verdict == verdict for reason in each.reasons}
        return tuple(reason for reason in Reason if reason in named) if named else ()

    def reasons(self, setting: str) -> dict[str, int]:
        """Count the units of which a verdict that agrees with the settled one names a reason."""
        named: Counter[Reason] = Counter()
        for made in self.masks_made[setting]:
            named.update(self.reasons_of(made.mask_id))
        return {reason: named[reason] for reason in Reason if reason in named}

    @cached_property
    def _undecided(self) -> frozenset[str]:
        return frozenset(mask_id for mask_id, settled in self.settled.items() if settled.is_disputed)

    @cached_property
    def _to_look_at(self) -> frozenset[str]:
        return frozenset(each.mask_id for each in self.standing if each.flagged) - self.adjudicated.keys()

    def _outcome(self, made: UnitMask) -> Outcome:
        if made.mask_id is None:
            return _WITHOUT_MASK[made.state]
        outcome = self.outcome_of_mask(made.mask_id)
        can_be_shown = made.mask_id not in self.unjudgable
        return outcome if can_be_shown or outcome is not Outcome.PENDING else Outcome.UNJUDGABLE

    def _adjudication_of(self, mask_id: str) -> tuple[StandingVerdict, ...]:
        return (self.adjudicated[mask_id],) if mask_id in self.adjudicated else ()


def load_review_state(store: Store, sample_name: str | None, settlement: Settlement) -> ReviewState:
    """Load a sample with its masks and the verdicts that stand on them.

    Args:
        store: the workspace's.
        sample_name: None for the latest sample.
        settlement: what settles a mask on which reviewers disagree.

    Raises:
        StoreError: there is no such sample.
    """
    with store.reading() as transaction:
        sample = load_sample(transaction, sample_name)
        return ReviewState(
            sample=sample,
            settings=tuple(load_settings(transaction, sample.sample_id)),
            units=tuple(load_units(transaction, sample.sample_id)),
            unit_masks=tuple(load_unit_masks(transaction, sample.sample_id)),
            standing=tuple(load_standing(transaction, sample.sample_id)),
            adjudications=tuple(load_standing(transaction, sample.sample_id, Purpose.ADJUDICATION)),
            settlement=settlement,
            unjudgable=load_unjudgable(transaction, sample.sample_id),
            areas=load_mask_areas(transaction, sample.sample_id),
        )


def counts_of(outcomes: Iterable[Outcome]) -> VerdictCounts:
    """Count outcomes.

    >>> counts_of([Outcome.CORRECT, Outcome.PENDING]).n_correct
    1
    """
    found = Counter(outcomes)
    return VerdictCounts(n_units=found.total(), **{outcome.value: n for outcome, n in found.items()})


def _decided(verdict: StandingVerdict) -> tuple[object, str]:
    return verdict.decided_at, verdict.reviewer
