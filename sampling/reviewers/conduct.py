"""Signs that a reviewer hurries, tires or answers by habit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.stats import fisher_exact, mannwhitneyu

from sampling.checks import as_codes, check_open_share
from sampling.errors import EstimateError
from sampling.reviewers.readings import DECISIONS, Reading, check_readings

FAST_SHARE = 0.02
"""Of the readings: fewer fast ones than this happen to everybody."""

LEAST_FAST = 3

LEAST_ALIKE = 100
"""Readings that are all alike before that is a sign: at 95 % correct, one reviewer in 170 has as many."""


class Sign(StrEnum):
    """What a lead should look into."""

    FAST = "fast"
    """More than 2 % of the readings, and 3 at least, took less time than seeing takes."""
    DRIFT = "drift"
    """"Correct" grows more or less frequent along the way, though masks come in random order."""
    UNLIKE_OTHERS = "unlike-others"
    """"Correct" is more or less frequent than among the other reviewers' readings."""
    ONE_SIDED = "one-sided"
    """Every reading is the same, and there are 100 at least."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderedReadings:
    """First readings in the order in which they were given, of masks handed out at random.

    Attributes:
        reviewers: int (n,); codes of the reviewers, from 0.
        readings: int (n,); `CORRECT`, `INCORRECT` or `UNSURE`.
        fast: bool (n,); whether the reading took less time than seeing takes.

    Raises:
        EstimateError: arrays that do not fit; a value that is no reading.
    """

    reviewers: NDArray[np.integer]
    readings: NDArray[np.integer]
    fast: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if not self.reviewers.shape == self.readings.shape == self.fast.shape or self.readings.ndim != 1:
            raise EstimateError(
                f"reviewers have the shape {self.reviewers.shape}, readings {self.readings.shape} and fast "
                f"{self.fast.shape}: give one of each per reading"
            )
        check_readings("readings", self.readings, allowed=DECISIONS)
        object.__setattr__(self, "reviewers", as_codes("reviewers", self.reviewers, least=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How one reviewer goes about it.

    Attributes:
        n: readings.
        n_fast: of those, given in less time than seeing takes.
        n_correct: of those, "correct".
        signs: what a lead should look into, if anything.
    """

    n: int
    n_fast: int
    n_correct: int
    signs: tuple[Sign, ...]


def reviewers_conduct(given: OrderedReadings, *, confidence: float = 0.99) -> dict[int, Conduct]:
    """How each reviewer goes about it, by code.

    Masks come to every reviewer at random, so how often "correct" is said should neither change along the
    way (Mann and Whitney's test of the places of "correct" among the others) nor differ from the other
    reviewers (Fisher's exact test; whoever differs most is set apart before the rest are compared). Each of
    the two is a sign where it would come by chance in fewer than 1 − confidence of reviews, all reviewers
    taken together (Bonferroni).

    Args:
        given: first readings only: second ones are chosen for what the first said, and differ rightly.
        confidence: that an attentive team shows neither of the two signs, in (0, 1).

    Raises:
        DesignError: the confidence is not in (0, 1).

    Source: Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than
    the other", Annals of Mathematical Statistics 18 (1947) 50–60; Fisher's test by SciPy.

    >>> tired = OrderedReadings(reviewers=np.zeros(60, dtype=int), readings=np.repeat([0, 1], 30),
    ...     fast=np.zeros(60, dtype=bool))
    >>> [sign.value for sign in reviewers_conduct(tired)[0].signs]
    ['drift']
    """
    check_open_share("confidence", confidence)
    codes = [int(code) for code in np.unique(given.reviewers)]
    is_correct = given.readings == Reading.CORRECT
    of_each = {code: is_correct[given.reviewers == code] for code in codes}
    error_rate = (1 - confidence) / (2 * max(len(codes), 1))
    unlike = _unlike_others(of_each, error_rate)
    found = {}
    for code in codes:
        own = given.reviewers == code
        n, n_fast = int(own.sum()), int(given.fast[own].sum())
        seen = {
            Sign.FAST: n_fast >= LEAST_FAST and n_fast > FAST_SHARE * n,
            Sign.DRIFT: _drift(of_each[code]) < error_rate,
            Sign.UNLIKE_OTHERS: code in unlike,
            Sign.ONE_SIDED: n >= LEAST_ALIKE and np.unique(given.readings[own]).size == 1,
        }
        found[code] = Conduct(
            n=n,
            n_fast=n_fast,
            n_correct=int(of_each[code].sum()),
            signs=tuple(sign for sign, is_seen in seen.items() if is_seen),
        )
    return found


def _unlike_others(of_each: Mapping[int, NDArray[np.bool_]], error_rate: float) -> set[int]:
    unlike: set[int] = set()
    alike = dict(of_each)
    while len(alike) > 1:
        differences = {
            code: _difference(own, np.concatenate([alike[other] for other in alike if other != code]))
            for code, own in alike.items()
        }
        furthest = min(differences, key=differences.__getitem__)
        if differences[furthest] >= error_rate:
            break
        # Of two who differ nobody can say which is the odd one.
        set_apart = [furthest] if len(alike) > 2 else list(alike)
        unlike.update(set_apart)
        alike = {code: own for code, own in alike.items() if code not in set_apart}
    return unlike


def _drift(is_correct: NDArray[np.bool_]) -> float:
    places = np.arange(is_correct.size)
    if is_correct.all() or not is_correct.any():
        return 1.0
    return float(mannwhitneyu(places[is_correct], places[~is_correct]).pvalue)


def _difference(own: NDArray[np.bool_], others: NDArray[np.bool_]) -> float:
    return float(fisher_exact(np.array([_counts(own), _counts(others)])).pvalue)


def _counts(is_correct: NDArray[np.bool_]) -> Sequence[int]:
    return [int(is_correct.sum()), int((~is_correct).sum())]
