"""A bet against "the accuracy of the mix is at most t" that cannot be expected to win where that is true.

Let w_h (Σ w_h = 1) be the shares of the strata in the mix and p_h their accuracies, the hypothesis
Σ w_h p_h ≤ t. A step reads b_h ≥ 1 counted units of every stratum, b = Σ b_h, and multiplies the wealth by
Π_i (1 + λ·c_h(i)·(x_i − t)) with c_h = w_h·b/b_h, x_i = 1 for a right unit and 0 for a wrong one, and one
λ ≥ 0 for the step that was fixed before its outcomes were looked at, λ·t·max c_h ≤ 1.

**The wealth is a supermartingale under the hypothesis, whatever the p_h and the b_h are.** Given the steps
before, and given which units can be decided at all, the units of the step are independent, and those of
stratum h are right with probability p_h. With a_h = 1 + λ·c_h·(p_h − t) ≥ 0 the expected factor is

    Π_h a_h^(b_h) ≤ (Σ_h (b_h/b)·a_h)^b = (1 + λ·(Σ_h w_h p_h − t))^b ≤ 1,

first by the inequality of the weighted arithmetic and geometric means, then since c_h·b_h/b = w_h. So by
Ville's inequality the wealth ever reaches 1/ε with probability at most ε, and 1/(the greatest wealth so far)
is a p-value at every moment, whenever one looks or stops. p_h is the accuracy among units that can be
decided.

The units of a stratum are taken as drawn with replacement: right where the stratum is large beside its
sample.

Sources: Ville 1939; Stark, "ALPHA: Audit that learns from previously hand-audited ballots", Annals of Applied
Statistics 17 (2023) 641–679 (one stratum: c_h = 1); Spertus, Sridhar and Stark, "Sequential stratified
inference for the mean", arXiv 2409.06680 (other ways to combine strata).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.sequential.reading import ReadBlocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """How far the steps are from the target mix.

    Attributes:
        factor: (K, H) c_h = w_h·b/b_h; 1 where the stratum has its share of the step.
        variance: (K, 1) ρ = Σ_h w_h·c_h ≥ 1, by how much the step is more variable than a balanced one.
        greatest: (K, 1) max_h c_h ≥ ρ.
    """

    factor: NDArray[np.float64]
    variance: NDArray[np.float64]
    greatest: NDArray[np.float64]


def composition(read: ReadBlocks) -> Composition:
    """The factors c_h of every step, and what follows from them for a bet."""
    b = read.n_counted.sum(axis=1, keepdims=True)
    factor = read.weights * b / read.n_counted
    return Composition(
        factor=factor,
        variance=np.sum(read.weights * factor, axis=1, keepdims=True),
        greatest=factor.max(axis=1, keepdims=True),
    )


def log_wealth(
    read: ReadBlocks, stakes: NDArray[np.float64], target: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """The logarithm of the wealth at the end of every step.

    The stake v in [0, 1) is the part of the greatest bet on a balanced step: λ·t = v/(ρ + v·(max c_h − ρ)).
    It is v where the strata have their shares and v/ρ for small v (the growth-optimal bet is inverse to the
    variance), and it leaves every factor above 0. For every v the wealth falls as the target rises.

    Args:
        read: K steps of H strata; `n_correct` may have leading axes.
        stakes: (…, K), or (…, 1) for one stake in all steps.
        target: t in (0, 1), alone or one per stake.

    Returns:
        (…, K), the leading axes of `n_correct` and `stakes` broadcast.
    """
    mix = composition(read)
    stake = np.asarray(stakes, dtype=np.float64)[..., None]
    t = np.asarray(target, dtype=np.float64)[..., None]
    bet = mix.factor * stake / (mix.variance + stake * (mix.greatest - mix.variance))
    n_wrong = read.n_counted - read.n_correct
    growth = read.n_correct * np.log1p(bet * (1 - t) / t) + n_wrong * np.log1p(-bet)
    return np.asarray(growth.sum(axis=-1).cumsum(axis=-1), dtype=np.float64)
