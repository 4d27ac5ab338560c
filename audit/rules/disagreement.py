"""Where settings disagree on a mention, takes the mask that all of them support best."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np

from audit.coco.rle import area
from audit.coco.rle_kernels import Runs
from audit.features.catalogue import Needs, Unit
from audit.features.references import OF_PAIRS, FeatureReference
from audit.rules.corrections import box_mask, intersection, voted
from audit.rules.keys import ValueFaults
from audit.rules.mention import Mention
from audit.rules.rule import Action, Kind, Ruling, Rulings, gathered, new_mask
from audit.rules.subjects import Subjects
from audit.rules.support import Voter, support, voters_of


class Otherwise(StrEnum):
    """What becomes of an annotation for which no mask is supported enough."""

    DROP = "drop"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Candidate:
    """A mask that might be the right one.

    Attributes:
        name: of it in a sentence.
        runs: not empty.
        support: as in `support.support`.
    """

    name: str
    runs: Runs
    support: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Corrects masks with which the other settings agree little.

    Candidates are the mask itself, those of the other settings, and for each box of any of them what the
    settings see in it: the pixels of the box that masks with at least half of the weight cover. The best
    supported one takes the mask's place (`support`); of equally supported ones the first in this order, so a
    mask stays unless another is better. A mask without agreement, having nothing to be compared with, stays.

    Attributes:
        name: of the rule.
        agreement: the feature that says how far the others agree.
        agreement_below: under which they agree too little.
        least_support: that the best candidate must have.
        otherwise: what becomes of the annotation if it has less.
        unknown_confidence: the weight of masks without a confidence.

    Raises:
        ValueFaults: the feature is no share that compares masks.
    """

    name: str
    agreement: FeatureReference
    agreement_below: float
    least_support: float
    otherwise: Otherwise
    unknown_confidence: float

    kind: ClassVar[Kind] = Kind.DISAGREEMENT
    columns: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        faults = agreement_faults(self.agreement)
        if faults:
            raise ValueFaults(faults)

    @property
    def references(self) -> tuple[FeatureReference, ...]:
        """The agreement."""
        return (self.agreement,)

    @property
    def passes(self) -> str:
        """Why it keeps."""
        return f"{self.agreement} is not under {self.agreement_below:g}, or unknown"

    def judge(self, subjects: Subjects) -> Rulings:
        """Settle those with too little agreement, by their masks."""
        agreement = subjects.feature(self.agreement)
        places = np.flatnonzero(agreement.is_known & (agreement.values < self.agreement_below))
        return gathered(places, [self._settle(mention) for mention in subjects.mentions(places)])

    def _settle(self, mention: Mention) -> Ruling:
        candidates = list(_candidates(mention, voters_of(mention, self.unknown_confidence)))
        if not candidates or mention.size is None:
            return Ruling(action=Action(self.otherwise), why="no setting has a mask that could be taken")
        best = max(candidates, key=lambda candidate: candidate.support)
        if best.support < self.least_support:
            why = f"the best supported is {best.name} with {best.support:.3f}, under {self.least_support:g}"
            return Ruling(action=Action(self.otherwise), why=why)
        own = mention.own.runs
        if own is not None and np.array_equal(best.runs, own):
            return Ruling(
                action=Action.KEEP, why=f"this mask is the best supported one with {best.support:.3f}"
            )
        than = "this mask is empty" if own is None else f"this mask with {candidates[0].support:.3f}"
        return Ruling(
            action=Action.CORRECT,
            why=f"the best supported is {best.name} with {best.support:.3f}, {than}",
            mask=new_mask(best.runs, mention.size),
        )


def _candidates(mention: Mention, voters: tuple[Voter, ...]) -> Iterator[_Candidate]:
    """The candidates, the mask itself first."""
    if not voters or mention.size is None:
        return
    for each in mention.visible():
        if each.runs is not None:
            name = "this mask" if each is mention.own else f"the mask of {each.setting}"
            yield _Candidate(name=name, runs=each.runs, support=support(each.runs, voters))
    seen = voted([voter.runs for voter in voters], [voter.weight for voter in voters])
    for each in (mention.own, *mention.others):
        for number, box in enumerate(each.boxes, 1):
            runs = intersection(seen, box_mask(box, mention.size))
            if area(runs):
                name = f"what is seen in box {number} of {each.setting}"
                yield _Candidate(name=name, runs=runs, support=support(runs, voters))


def agreement_faults(agreement: FeatureReference) -> list[str]:
    """What is wrong with the feature that says how far others agree, as sentences without a full stop."""
    feature = agreement.feature
    if feature.needs in (Needs.PAIR, Needs.SETTINGS) and feature.unit is Unit.SHARE:
        return []
    return [
        f"agreement = '{agreement}' is no share that compares masks: "
        f"give consensus_iou, or one of {', '.join(OF_PAIRS)}"
    ]
