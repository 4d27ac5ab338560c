"""What the verdicts say of the review itself: through whom they came, and how far they can be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.results import Figure
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.gold import GoldCorrectedAccuracy
from sampling.reviewers.settlement import Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictSource:
    """How many of the verdicts that stand one reviewer gave through one front end.

    Attributes:
        n_verdicts: readings.
        n_adjudications: verdicts of a lead, which settle their masks.
    """

    reviewer: str
    source: str
    n_verdicts: int
    n_adjudications: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCounts:
    """How much was read through one front end.

    Attributes:
        n_verdicts: readings that stand.
        n_masks: different masks that they are on.
    """

    n_verdicts: int
    n_masks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFindings:
    """Through which front ends the readings that stand came, and how far those agree.

    Attributes:
        counts: front end → what was read through it; only those through which something was.
        n_masks_of_several: masks that were read through more than one.
        agreement: on those, the share of agreeing pairs of front ends; why there is none, or None where no
            mask was read through more than one.
    """

    counts: Mapping[str, SourceCounts]
    n_masks_of_several: int = 0
    agreement: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRates:
    """How masks of known answer were judged by reviewers who could not tell them from others.

    Attributes:
        accepted: P(judged correct | a lead found it correct), the sensitivity.
        rejected_natural: P(judged incorrect | a lead found it incorrect), a specificity.
        rejected_synthetic: P(judged incorrect | made wrong on purpose), another.
        n_unsure: verdicts that say neither, left out of all three.
    """

    accepted: Figure
    rejected_natural: Figure
    rejected_synthetic: Figure
    n_unsure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldFindings:
    """What masks of known answer say of all reviewers together.

    Attributes:
        rates: how they judged them.
        corrected: setting → the accuracy of its judged masks once `accepted` and `rejected_natural` have
            corrected it; only settings that second readings do not correct, and none where a rate is lacking.
    """

    rates: GoldRates
    corrected: Mapping[str, GoldCorrectedAccuracy | NoEstimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What a mask counts as on which reviewers disagree, and how many there are.

    Attributes:
        policy: what settles one.
        n_disagreed: masks whose readings are not all the same.
        n_settled_by_lead: of those, settled by a lead's verdict.
        n_settled_by_policy: of those, settled by the policy alone.
        n_adjudicated: masks with a lead's verdict, disagreed on or not.
        n_disputed: masks that the policy leaves to a lead, and no lead settled.
        n_flagged: masks that a reviewer flagged, and no lead settled.
        n_not_to_settle: masks that would be among these two if they could be shown.
    """

    policy: Settlement
    n_disagreed: int = 0
    n_settled_by_lead: int = 0
    n_settled_by_policy: int = 0
    n_adjudicated: int = 0
    n_disputed: int = 0
    n_flagged: int = 0
    n_not_to_settle: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerPace:
    """How fast one reviewer was, by the verdicts that stand.

    Attributes:
        n_verdicts: readings, and verdicts as a lead.
        n_timed: of those, how many were timed.
        quartiles: of their seconds: lower quartile, median, upper quartile; None where none was timed.
        seconds: of the timed ones, in all.
    """

    reviewer: str
    n_verdicts: int
    n_timed: int
    quartiles: tuple[float, float, float] | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """How masks are handed to reviewers.

    Attributes:
        first_readings: how many reviewers judge a mask at first.
        second_share: of correct first readings that somebody else reads again, in [0, 1].
        gold_share: of masks of known answer among those shown, in [0, 1].
        practice: masks of known answer that a new reviewer judges first.
        guidelines: SHA-256 of each version of the guideline → verdicts that stand under it.
    """

    first_readings: int
    second_share: float
    gold_share: float
    practice: int
    guidelines: Mapping[str, int]
