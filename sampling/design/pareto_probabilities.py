"""Inclusion probabilities of Pareto sampling: near enough for any population, exact for a small one.

With F_i(x) = θ_i·x/(1 + θ_i·x), the law of a rank [u/(1 − u)]/θ_i, unit i is drawn where its rank is below
the n-th smallest of the others: π_i = ∫ F_i′(x)·P(fewer than n of the others are below x) dx.
"""

from collections.abc import Callable
from math import asinh, ceil, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from sampling.design.pareto import Numbers, check_odds
from sampling.errors import DesignError

FEWEST_NODES = 400
WIDEST_GAP = 0.5
"""Between nodes where a rank may lie, on the scale of log odds: wider, the rule loses digits."""
WIDEST_RANGE = 100.0
"""Of log odds, up to which so many nodes are few enough."""
MOST_UNITS = 2_000
QUICK_SIZE = 100_000


def inclusion_probabilities(odds: Numbers, n: int) -> Numbers:
    """The inclusion probabilities π of a draw of n, exact where that takes less than a second.

    `exact_probabilities` for up to 2,000 units with units × n up to 100,000 and odds up to e^100 apart,
    otherwise `limit_probabilities`, whose relative error was then below 0.002 % for n ≥ 50 of similar sizes.

    Args:
        odds: θ above 0, `inf` for units that are certain.
        n: units drawn: more than are certain, at most all.

    Returns:
        π of each unit in (0, 1], float64, adding up to n.

    Raises:
        DesignError: odds or n are outside their range.

    >>> inclusion_probabilities(np.array([1.0, 3.0, np.inf]), 2).round(6).tolist()
    [0.323959, 0.676041, 1.0]
    """
    check_odds(odds, n)
    small = odds.size <= MOST_UNITS and odds.size * n <= QUICK_SIZE and _log_range(odds) <= WIDEST_RANGE
    return exact_probabilities(odds, n) if small else limit_probabilities(odds, n)


def limit_probabilities(odds: Numbers, n: int) -> Numbers:
    """The inclusion probabilities to the second order: λ = cθ/(1 + cθ), c such that the λ add up to n.

    For `planned_odds` of the same n, c = 1: λ is the planned n·size/Σ size. With d = Σ λ(1 − λ), the greatest
    relative error was below 0.1/d² wherever it was measured, below 0.06/d² for d ≥ 2 (docs/statistics.md).

    Args:
        odds: θ above 0, `inf` for units that are certain.
        n: units drawn: more than are certain, at most all.

    Returns:
        λ of each unit in (0, 1], float64, adding up to n.

    Raises:
        DesignError: odds or n are outside their range.

    Source: Rosén, "Asymptotic theory for order sampling", Journal of Statistical Planning and Inference 62
    (1997) 135–158; Bondesson, Traat and Lundqvist, "Pareto sampling versus Sampford and conditional Poisson
    sampling", Scandinavian Journal of Statistics 33 (2006) 699–720.

    >>> limit_probabilities(np.array([1 / 3, 1 / 3, 1.0, np.inf]), 3).round(4).tolist()
    [0.5931, 0.5931, 0.8139, 1.0]
    """
    return _with_certain(odds, n, _limits)


def exact_probabilities(odds: Numbers, n: int) -> Numbers:
    """The inclusion probabilities of a draw of n from a small population, by quadrature to about 1e−13.

    With x = e^s the integrand is analytic on the real line, so the trapezoidal rule converges exponentially;
    a sinh spreads the nodes, as many as leave no wide gap up to the farthest log odds. The number of others
    below x is a sum of unequal coins (Poisson binomial), whose law without each unit in turn is built up by
    halving the population: additions alone, nothing cancels.
    Time goes as N·log N·n.

    Args:
        odds: θ above 0, `inf` for units that are certain; at most 2,000 units.
        n: units drawn: more than are certain, at most all.

    Returns:
        π of each unit in (0, 1], float64, adding up to n.

    Raises:
        DesignError: odds or n are outside their range, there are too many units, or odds are more than e^100
            apart.

    Source: Aires, "Algorithms to find exact inclusion probabilities for conditional Poisson sampling and
    Pareto πps sampling designs", Methodology and Computing in Applied Probability 1 (1999) 457–469 (the
    integral); Trefethen and Weideman, "The exponentially convergent trapezoidal rule", SIAM Review 56 (2014)
    385–458.

    >>> exact_probabilities(np.array([1.0, 3.0]), 1).round(6).tolist()
    [0.323959, 0.676041]
    """
    if odds.size > MOST_UNITS:
        raise DesignError(
            f"{odds.size} units are too many for exact probabilities: use limit_probabilities above "
            f"{MOST_UNITS}"
        )
    check_odds(odds, n)
    if _log_range(odds) > WIDEST_RANGE:
        raise DesignError(
            f"odds e^{_log_range(odds):.0f} apart are too far for exact probabilities: use "
            f"limit_probabilities above e^{WIDEST_RANGE:.0f}"
        )
    return _with_certain(odds, n, _integrals)


def _log_range(odds: Numbers) -> float:
    finite = odds[np.isfinite(odds)]
    return float(np.log(finite.max()) - np.log(finite.min())) if finite.size else 0.0


def _with_certain(odds: Numbers, n: int, uncertain_ones: Callable[[Numbers, int], Numbers]) -> Numbers:
    """1 for what is certain, and what the function makes of the log odds of the others."""
    check_odds(odds, n)
    probabilities: Numbers = np.ones(odds.shape)
    if n < odds.size:
        uncertain = np.isfinite(odds)
        n_left = n - odds.size + int(uncertain.sum())
        probabilities[uncertain] = uncertain_ones(np.log(odds[uncertain]), n_left)
    return probabilities


def _limits(log_odds: Numbers, n: int) -> Numbers:
    limits: Numbers = expit(log_odds + _balance(log_odds, n))
    return limits


def _balance(log_odds: Numbers, n: int) -> float:
    """The log c at which the λ add up to n."""

    def excess(log_c: float) -> float:
        return float(expit(log_odds + log_c).sum()) - n

    if abs(excess(0.0)) <= 1e-9 * n:
        return 0.0
    equal = float(logit(n / log_odds.size))
    low, high = equal - float(log_odds.max()), equal - float(log_odds.min())
    return float(brentq(excess, low - 1e-6, high + 1e-6, xtol=1e-14))


def _integrals(log_odds: Numbers, n: int) -> Numbers:
    centre = _balance(log_odds, n)
    share = expit(log_odds + centre)
    width = 1 / sqrt(1 + float((share * (1 - share)).sum()))
    reach = 40 + float(np.ptp(log_odds))
    end = asinh(reach / width)
    # A gap at distance s from the centre is about s times the step.
    farthest = float(np.abs(log_odds + centre).max())
    n_nodes = max(FEWEST_NODES, ceil(2 * end * farthest / WIDEST_GAP))
    tau, step = np.linspace(-end, end, n_nodes, retstep=True)
    s = centre + width * np.sinh(tau)
    below: Numbers = expit(log_odds[:, None] + s)
    density = below * expit(-log_odds[:, None] - s) * (step * width * np.cosh(tau))
    nobody = np.zeros((n, n_nodes))
    nobody[0] = 1
    integrals = np.empty(log_odds.size)
    _leave_each_out(below, density, nobody, integrals)
    # A unit that is all but certain may come out above 1 by rounding.
    return np.minimum(integrals, 1.0)


def _leave_each_out(below: Numbers, density: Numbers, counts: Numbers, integrals: Numbers) -> None:
    """Fill in the integrals of these units.

    `counts` is the law, up to n − 1, of how many of the units outside these are below: rows are numbers of
    units, columns nodes. Rows of `below` and `density` are units.
    """
    if len(below) == 1:
        integrals[0] = density[0] @ counts.sum(axis=0)
        return
    half = len(below) // 2
    for mine, others in ((slice(half), slice(half, None)), (slice(half, None), slice(half))):
        _leave_each_out(below[mine], density[mine], _with_more(counts, below[others]), integrals[mine])


def _with_more(counts: Numbers, below: Numbers) -> Numbers:
    counts = counts.copy()
    for chance in below:
        one_more = counts[:-1] * chance
        counts *= 1 - chance
        counts[1:] += one_more
    return counts
