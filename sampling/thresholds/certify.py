"""The loosest threshold whose kept masks are proved accurate enough; or nothing, and what it would take.

Learn then Test: every threshold of a path is a hypothesis "what it keeps is less accurate than the target",
and thresholds are certified by a procedure that errs anywhere with at most 1 − confidence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_flags
from sampling.errors import EstimateError
from sampling.thresholds.kept import Guarantee, NeededKept, kept_p_value, needed_at, needed_kept
from sampling.thresholds.path import Floats, ThresholdPath

N_CANDIDATES = 3
"""How many thresholds are shown where none is certified, and up to how many errors needed_kept is told."""


class KeptTest(StrEnum):
    """How a p-value was made."""

    EXACT_BINOMIAL = "exact-binomial"
    """Of verdicts that weigh the same."""
    WEIGHTED_BINOMIAL = "weighted-binomial"
    """Of weighted verdicts: calibrated, not exact."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoredVerdicts:
    """The verdicts that certify: a simple random sample of the population, or of a part that holds the path.

    Attributes:
        scores: shape (n,), finite.
        correct: whether the mask is right, shape (n,), bool. Undecided masks are left out beforehand, or
            count as wrong.

    Raises:
        EstimateError: the shapes differ, a score is not finite, or `correct` is not bool.
    """

    scores: Floats
    correct: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.scores.ndim != 1 or self.scores.shape != self.correct.shape:
            raise EstimateError(
                f"{self.scores.shape} scores and {self.correct.shape} verdicts: give one of each per mask"
            )
        as_flags("correct", self.correct)
        if not np.isfinite(self.scores).all():
            raise EstimateError("scores must be finite numbers: leave masks without a score out")


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedThreshold:
    """A threshold with the verdicts on what it keeps.

    Attributes:
        threshold: masks with at least this score are kept.
        share_kept: the share of the population that it keeps, in [0, 1].
        n_kept: verdicts on kept masks.
        n_errors: those that are wrong.
        accuracy: the share of right ones among them, weighted where they are; None where there is none.
        n_effective: verdicts of equal weight that would tell as much: n_kept where weights are equal.
        p_value: of "what is kept is less accurate than the target".
        level: the error probability that was left for it; certified if p_value ≤ level.
    """

    threshold: float
    share_kept: float
    n_kept: int
    n_errors: int
    accuracy: float | None
    n_effective: float
    p_value: float
    level: float

    @property
    def is_certified(self) -> bool:
        """The walk reached it and its p-value is small enough."""
        return self.p_value <= self.level


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A threshold with a guarantee.

    Attributes:
        chosen: the certified threshold that keeps most.
        guarantee: what it guarantees.
        test: how the p-values were made.
        tried: the whole path, from the strictest on.
    """

    chosen: TriedThreshold
    guarantee: Guarantee
    test: KeptTest
    tried: tuple[TriedThreshold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingCertified:
    """No threshold could be certified, a normal outcome, and what it would take.

    Attributes:
        candidates: the thresholds of the smallest p-values, the smallest first.
        needed: verdicts on kept masks that certify a threshold tested alone, with 0, 1, 2 and 3 errors.
        needed_for_best: verdicts on masks kept by the first candidate that would certify it, tested alone,
            about every other time, were its share of errors the true one; None where no number would.
        guarantee: what was asked for.
        test: how the p-values were made.
        tried: the whole path, from the strictest on.
    """

    candidates: tuple[TriedThreshold, ...]
    needed: tuple[NeededKept, ...]
    needed_for_best: NeededKept | None
    guarantee: Guarantee
    test: KeptTest
    tried: tuple[TriedThreshold, ...]


def certify(
    verdicts: ScoredVerdicts, path: ThresholdPath, guarantee: Guarantee
) -> Certified | NothingCertified:
    """The loosest threshold of the path that is certified, by exact p-values; or nothing.

    Walks from the strictest threshold. Each has its own budget, and what the one before it was tested at if
    that one was certified; else that is lost (the fallback procedure: with budgets at k starts it certifies
    whatever k separate walks at error/k would, and more). The probability that any certified threshold keeps
    masks less accurate than the target is at most 1 − confidence, whatever their scores and accuracies.

    Holds for verdicts that weigh the same and a path, score and budgets fixed without them.

    Args:
        verdicts: those that certify, none of which made the score or the path.
        path: thresholds and budgets.
        guarantee: target and confidence.

    Sources: Angelopoulos et al. 2021 (Learn then Test); Wiens and Dmitrienko, "The fallback procedure for
    evaluating a single family of hypotheses", J. Biopharmaceutical Statistics 15 (2005) 929–942.

    >>> from sampling.thresholds.path import threshold_path
    >>> goal = Guarantee(target=0.9)
    >>> scores = np.arange(400.0)
    >>> verdicts = ScoredVerdicts(scores=scores, correct=scores > 40)
    >>> found = certify(verdicts, threshold_path(scores, goal, n_verdicts=400), goal)
    >>> found.chosen.threshold, found.chosen.n_kept, found.chosen.n_errors
    (13.0, 387, 28)
    """

    def look(kept: NDArray[np.bool_]) -> KeptEvidence:
        n_kept, n_right = int(kept.sum()), int(verdicts.correct[kept].sum())
        return KeptEvidence(
            accuracy=n_right / n_kept if n_kept else None,
            n_effective=float(n_kept),
            p_value=kept_p_value(n_kept - n_right, n_kept, guarantee.target),
        )

    return walk(verdicts, path, guarantee, KeptLook(of=look, test=KeptTest.EXACT_BINOMIAL))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvidence:
    """What the verdicts on kept masks say of them; attributes as of `TriedThreshold`."""

    accuracy: float | None
    n_effective: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptLook:
    """How the verdicts that a threshold keeps, flags of shape (n,), are looked at, and by what test."""

    of: Callable[[NDArray[np.bool_]], KeptEvidence]
    test: KeptTest


def walk(
    verdicts: ScoredVerdicts, path: ThresholdPath, guarantee: Guarantee, look: KeptLook
) -> Certified | NothingCertified:
    """`certify` by any test of what is kept."""
    tried = tuple(_steps(verdicts, path, guarantee, look))
    certified = [step for step in tried if step.is_certified]
    if certified:
        return Certified(chosen=certified[-1], guarantee=guarantee, test=look.test, tried=tried)
    candidates = tuple(sorted(tried, key=lambda step: step.p_value)[:N_CANDIDATES])
    best = candidates[0]
    return NothingCertified(
        candidates=candidates,
        needed=tuple(
            NeededKept(n_kept=needed_kept(n_errors, guarantee), n_errors=n_errors)
            for n_errors in range(N_CANDIDATES + 1)
        ),
        needed_for_best=needed_at(1 - best.n_errors / best.n_kept, guarantee) if best.n_kept else None,
        guarantee=guarantee,
        test=look.test,
        tried=tried,
    )


def _steps(
    verdicts: ScoredVerdicts, path: ThresholdPath, guarantee: Guarantee, look: KeptLook
) -> Iterator[TriedThreshold]:
    carried = 0.0
    for threshold, share, budget in zip(path.thresholds, path.shares, path.budgets, strict=True):
        kept = verdicts.scores >= threshold
        seen = look.of(kept)
        step = TriedThreshold(
            threshold=float(threshold),
            share_kept=float(share),
            n_kept=int(kept.sum()),
            n_errors=int(np.sum(kept & ~verdicts.correct)),
            accuracy=seen.accuracy,
            n_effective=seen.n_effective,
            p_value=seen.p_value,
            level=carried + guarantee.error * float(budget),
        )
        carried = step.level if step.is_certified else 0.0
        yield step
