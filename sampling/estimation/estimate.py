"""What goes into an estimate and what comes out: counts of verdicts, intervals, estimates."""

from dataclasses import astuple, dataclass, fields
from enum import StrEnum

from sampling.errors import EstimateError


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCounts:
    """How the units of a sample, or of a slice of it, stand under one setting.

    The only place that decides how a unit enters a figure:

    - correct, incorrect: as judged;
    - missing (no mask where the setting covers every mention): an error, without review;
    - unsure, unjudgable (no image, broken image, sizes that clash): left out, and bounded by
      `accuracy_bounds`;
    - pending: left out, and the figure is not complete;
    - dropped (absent from a setting that is a filtered subset): outside the setting's population.

    Counts of disjoint slices add up: `sum(slices, VerdictCounts())`.

    Raises:
        EstimateError: a count is negative, or the counts do not add up to `n_units`.
    """

    n_units: int = 0
    n_missing: int = 0
    n_unjudgable: int = 0
    n_pending: int = 0
    n_dropped: int = 0
    n_correct: int = 0
    n_incorrect: int = 0
    n_unsure: int = 0

    def __post_init__(self) -> None:
        negative = [
            f"{field.name} is {getattr(self, field.name)}"
            for field in fields(self)
            if getattr(self, field.name) < 0
        ]
        if negative:
            raise EstimateError(f"{', '.join(negative)}: counts are at least 0")
        n_known = self.n_reviewed + self.n_missing + self.n_unjudgable + self.n_pending + self.n_dropped
        if n_known != self.n_units:
            raise EstimateError(
                f"n_units is {self.n_units}, but reviewed, missing, unjudgable, pending and dropped units"
                f" add up to {n_known}: count every unit once"
            )

    def __add__(self, other: "VerdictCounts") -> "VerdictCounts":
        names = (field.name for field in fields(self))
        totals = (mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True))
        return VerdictCounts(**dict(zip(names, totals, strict=True)))

    @property
    def n_reviewed(self) -> int:
        """Units with a verdict."""
        return self.n_correct + self.n_incorrect + self.n_unsure

    @property
    def n_counted(self) -> int:
        """The n of the accuracy: units that are known to be right or wrong."""
        return self.n_correct + self.n_incorrect + self.n_missing

    @property
    def n_accepted(self) -> int:
        """The counted units that are right."""
        return self.n_correct

    @property
    def n_undecided(self) -> int:
        """Units that were looked at, or cannot be, and are neither right nor wrong."""
        return self.n_unsure + self.n_unjudgable

    @property
    def n_covered(self) -> int:
        """Units in the setting's population."""
        return self.n_units - self.n_dropped

    @property
    def is_complete(self) -> bool:
        """No unit awaits a verdict."""
        return self.n_pending == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The least and the greatest value a share can have, whatever the undecided units are; in [0, 1]."""

    low: float
    high: float


def accuracy_bounds(counts: VerdictCounts) -> Bounds:
    """The accuracy if every undecided unit were wrong, and if every one were right.

    low = n_accepted/(n_counted + n_undecided), high = (n_accepted + n_undecided)/(n_counted + n_undecided);
    pending units are not in it. Without an undecided unit both equal the accuracy. These are limits of the
    figure of the sample (Manski bounds), not an interval for the population.

    Raises:
        EstimateError: there is neither a counted nor an undecided unit.

    Source: Manski, Partial Identification of Probability Distributions, 2003, ch. 1.

    >>> accuracy_bounds(VerdictCounts(n_units=10, n_correct=6, n_incorrect=2, n_unsure=1, n_unjudgable=1))
    Bounds(low=0.6, high=0.8)
    """
    n = counts.n_counted + counts.n_undecided
    if n == 0:
        raise EstimateError(
            "no unit is counted or undecided, so the accuracy has no bounds: review some first"
        )
    return Bounds(low=counts.n_accepted / n, high=(counts.n_accepted + counts.n_undecided) / n)


class IntervalMethod(StrEnum):
    """How an interval was made."""

    WILSON = "wilson"
    CLOPPER_PEARSON = "clopper-pearson"
    JEFFREYS = "jeffreys"
    AGRESTI_COULL = "agresti-coull"
    MID_P = "mid-p"
    WILSON_EFFECTIVE = "wilson-n_eff"
    """Wilson's on the effective number of units."""
    KORN_GRAUBARD = "korn-graubard"
    """Clopper and Pearson's on the effective number of units."""
    MOVER_JEFFREYS = "mover-jeffreys"
    DIFFERENCE = "difference"
    """Of an estimate that second readings, or a model, correct: Wilson's on its effective number of units."""
    LANG_REICZIGEL = "lang-reiczigel"
    BONETT_PRICE = "bonett-price"
    NEWCOMBE = "newcombe"
    MOVER_OVERLAPPING = "mover-overlapping"
    """Of a difference of two samples that share some of their units: from the limits of both."""
    CONTRAST = "contrast"
    """Of a difference drawn only where two settings differ."""
    CONFIDENCE_SEQUENCE = "confidence-sequence"
    """Valid at every moment of a review, whenever it is looked at."""
    FIXED_WIDTH = "fixed-width"
    """Valid where the review stopped at its width, and there alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval for a proportion, or for a difference or a coefficient of agreement.

    Attributes:
        low: at most `high`; in [0, 1] for a proportion, in [−1, 1] for a difference or a coefficient.
        high: at least `low`.
        confidence: nominal coverage, in (0, 1).
        method: how it was made.
    """

    low: float
    high: float
    confidence: float
    method: IntervalMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A share of n units and the interval around it.

    Attributes:
        value: in [0, 1].
        interval: contains `value`.
        n: units the share is of, at least 1.
        n_eff: units of a simple random sample that would tell as much, above 0.
    """

    value: float
    interval: Interval
    n: int
    n_eff: float

    @property
    def deff(self) -> float:
        """The design effect n/n_eff: by how much the design widens the variance."""
        return self.n / self.n_eff


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEstimate:
    """There is nothing to estimate from, and why, as a clause without a full stop."""

    reason: str
