"""Which of two settings has the better masks, from people who saw both masks of a mention side by side.

A mention on which both settings have the same mask is one more on which neither is better: the figures are of
all mentions that both settings have a mask of. Whether a mask is right does not come into it.
"""

from dataclasses import dataclass, fields, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_codes, as_flags, as_weights, check_open_share
from sampling.comparison.stratified import Floats, StratifiedPairs, WeightedDifference, weighted_difference
from sampling.errors import EstimateError
from sampling.estimation.estimate import Estimate, Interval, IntervalMethod, NoEstimate
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceCounts:
    """The mentions of a sample by which of two settings has the better mask.

    Attributes:
        n_a: A's mask is the better one.
        n_b: B's is.
        n_same: two different masks of which neither is better.
        n_identical: the two masks are the same; nobody needs to see them.
        n_pending: nobody has decided yet.
        n_unjudgable: the pair cannot be shown.
        n_not_compared: a setting has no mask to compare: missing, dropped or unreadable.

    Raises:
        EstimateError: a count is negative.
    """

    n_a: int = 0
    n_b: int = 0
    n_same: int = 0
    n_identical: int = 0
    n_pending: int = 0
    n_unjudgable: int = 0
    n_not_compared: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 0:
                raise EstimateError(f"{field.name} is {getattr(self, field.name)}: counts are at least 0")

    @property
    def n_pairs(self) -> int:
        """The mentions that figures are of: decided pairs, and identical ones."""
        return self.n_a + self.n_b + self.n_same + self.n_identical


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComparedMentions:
    """The drawn mentions that both settings have a mask of; arrays of shape (n,).

    Attributes:
        preferences: 1 where A's mask is the better one, −1 where B's is, 0 where neither is.
        is_known: bool; False where nobody has decided yet or can, and `preferences` says nothing.
        is_identical: bool; the two masks are the same, so that the preference is known to be 0.
        stratum: codes of the strata that were drawn from, 0 … H−1.
        cluster: mentions of one stratum with the same code were drawn together.
        weight: how many entities, or annotations, a mention stands for; finite and above 0.

    Raises:
        EstimateError: shapes or codes are not as above; a preference is not −1, 0 or 1; identical masks
            whose preference is not known to be 0.
        DesignError: a weight is not finite or not above 0.
    """

    preferences: NDArray[np.int64]
    is_known: Flags
    is_identical: Flags
    stratum: NDArray[np.intp]
    cluster: NDArray[np.intp]
    weight: Floats

    def __post_init__(self) -> None:
        shapes = {field.name: np.shape(getattr(self, field.name)) for field in fields(self)}
        if len(set(shapes.values())) > 1:
            told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
            raise EstimateError(f"the arrays have the shapes {told}: give one element per mention")
        for name in ("stratum", "cluster"):
            object.__setattr__(self, name, as_codes(name, getattr(self, name)))
        object.__setattr__(self, "preferences", as_codes("preferences", self.preferences, least=-1))
        for name in ("is_known", "is_identical"):
            as_flags(name, getattr(self, name))
        object.__setattr__(self, "weight", as_weights("weights", self.weight))
        if not (self.preferences <= 1).all():
            raise EstimateError(f"preferences reach up to {self.preferences.max()}: give −1, 0 or 1")
        if not (self.is_known & (self.preferences == 0))[self.is_identical].all():
            raise EstimateError("of identical masks neither is better: mark them as known, with preference 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceEstimate:
    """How often either of two settings has the better mask.

    Attributes:
        share_a: of all mentions with two masks, those on which A's is the better one.
        share_b: those on which B's is.
        share_same: those on which neither is, identical masks among them; the three add up to 1.
        net: share_a − share_b, in [−1, 1].
        interval: contains `net`.
        n_eff: equally weighted mentions of a simple random sample that would tell about as much of `net`.
        a_of_decided: of the mentions on which one mask is better, those on which it is A's; ½ where neither
            setting is preferred. Or why there is no such figure.
    """

    share_a: Estimate
    share_b: Estimate
    share_same: Estimate
    net: float
    interval: Interval
    n_eff: float
    a_of_decided: Estimate | NoEstimate


def preference(mentions: ComparedMentions, *, confidence: float = 0.95) -> PreferenceEstimate | NoEstimate:
    """How often either setting has the better mask, over all mentions with two masks; or why it is unknown.

    The shares are those of the stratified sample (`sampling.estimation.stratified`, strata as if endless).
    The net preference is `weighted_difference`, whose smoothing keeps its interval open where nobody prefers
    anything; where mentions were drawn together, its standard error grows by √deff, deff the greater one of
    the two shares. Ties stay in: how often there is a difference at all is part of the net preference. The
    share of A among decided pairs leaves them out, as the sign test does.

    While pairs are open (pending, or impossible to show), the decided ones stand for them: in every stratum
    the weights of the known differing mentions are multiplied by Σw/Σw_known over its differing ones. To
    leave the open ones out would be to overstate the identical ones, which nobody needs to decide.

    Args:
        mentions: both settings'.
        confidence: nominal coverage of each interval, in (0, 1).

    Returns:
        The figures; or that there is no mention with two masks, or that a stratum has differing masks and no
        decided pair.

    Raises:
        DesignError: the confidence is outside (0, 1).

    Sources: Bonett and Price 2012 (see `paired`); Agresti and Min, "Simple improved confidence intervals for
    comparing matched proportions", Statistics in Medicine 24 (2005) 729–740 (what is added to the discordant
    counts); Dixon and Mood, "The statistical sign test", JASA 41 (1946) 557–566; ties: Coakley and Heise,
    "Versions of the sign test in the presence of ties", Biometrics 52 (1996) 1242–1251; the weights: Särndal,
    Swensson and Wretman, Model Assisted Survey Sampling, 1992, § 15.6 (response homogeneity groups).

    >>> found = preference(ComparedMentions(
    ...     preferences=np.repeat([1, -1, 0], [34, 12, 54]), is_known=np.ones(100, bool),
    ...     is_identical=np.repeat([False, True], [60, 40]), stratum=np.zeros(100, int),
    ...     cluster=np.arange(100), weight=np.ones(100)))
    >>> round(found.net, 4), round(found.interval.low, 4), round(found.interval.high, 4)
    (0.22, 0.0893, 0.3421)
    >>> round(found.a_of_decided.value, 4)
    0.7391
    """
    check_open_share("confidence", confidence)
    if mentions.weight.size == 0:
        return NoEstimate(reason="no mention has a mask of both settings")
    n_unknown = _n_strata_unknown(mentions)
    if n_unknown:
        where = "a stratum" if n_unknown == 1 else f"each of {n_unknown} strata"
        return NoEstimate(reason=f"{where} has masks that differ, and no pair of them is decided yet")
    mentions = replace(mentions, weight=_standing_for_the_open(mentions))
    net = _net(mentions)
    if isinstance(net, NoEstimate):
        return net
    shares = [estimate(_outcomes(mentions, side), confidence=confidence) for side in (1, -1, 0)]
    is_apart = mentions.preferences != 0
    of_decided = estimate(_outcomes(mentions, 1).within(is_apart), confidence=confidence)
    share_a, share_b, share_same = (each for each in shares if isinstance(each, Estimate))
    return PreferenceEstimate(
        share_a=share_a,
        share_b=share_b,
        share_same=share_same,
        net=net.value,
        interval=net.interval(confidence, IntervalMethod.BONETT_PRICE),
        n_eff=net.n_eff,
        a_of_decided=of_decided
        if isinstance(of_decided, Estimate)
        else NoEstimate(reason="of no pair is one mask the better one"),
    )


def _n_strata_unknown(mentions: ComparedMentions) -> int:
    differing = ~mentions.is_identical
    of_differing = np.unique(mentions.stratum[differing])
    return int(np.setdiff1d(of_differing, mentions.stratum[differing & mentions.is_known]).size)


def _standing_for_the_open(mentions: ComparedMentions) -> Floats:
    """The weights, with those of known differing mentions raised to stand for all differing ones."""
    differing = ~mentions.is_identical
    is_stand_in = differing & mentions.is_known
    n_strata = int(mentions.stratum.max()) + 1

    def per_stratum(which: Flags) -> Floats:
        return np.bincount(mentions.stratum[which], mentions.weight[which], n_strata).astype(np.float64)

    known = per_stratum(is_stand_in)
    raised = per_stratum(differing) / np.where(known > 0, known, 1.0)
    return np.where(is_stand_in, mentions.weight * raised[mentions.stratum], mentions.weight)


def _net(mentions: ComparedMentions) -> WeightedDifference | NoEstimate:
    known = mentions.is_known
    strata, weights = mentions.stratum[known], mentions.weight[known]
    totals = np.bincount(strata, weights).astype(np.float64)
    found = weighted_difference(
        StratifiedPairs(
            differences=mentions.preferences[known],
            strata=strata.astype(np.int64),
            weights=weights,
            shares=totals / totals.sum(),
        )
    )
    if isinstance(found, NoEstimate):
        return found
    deff = max(_cluster_deff(_outcomes(mentions, side)) for side in (1, -1))
    return replace(found, standard_error=found.standard_error * sqrt(deff), n_eff=found.n_eff / deff)


def _outcomes(mentions: ComparedMentions, side: int) -> SampledOutcomes:
    """The sample in which a mention counts as right where its preference is this one."""
    return SampledOutcomes(
        stratum=mentions.stratum,
        cluster=mentions.cluster,
        weight=mentions.weight,
        is_counted=mentions.is_known,
        is_correct=mentions.preferences == side,
    )


def _cluster_deff(outcomes: SampledOutcomes) -> float:
    together, alone = estimate(outcomes), estimate(replace(outcomes, cluster=np.arange(outcomes.n_units)))
    if isinstance(together, NoEstimate) or isinstance(alone, NoEstimate):
        return 1.0
    return max(1.0, alone.n_eff / together.n_eff)
