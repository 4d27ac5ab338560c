"""Several comparisons at once: which pairs, and p-values that hold for all of them together."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from sampling.comparison.paired import Comparison
from sampling.errors import DesignError


def all_pairs(settings: Sequence[str]) -> list[tuple[str, str]]:
    """Every pair of different settings, in the order given: k(k − 1)/2 of them.

    The family for any question that the verdicts themselves raise, "is the best one really better?" among
    them: which one is best is known from the same verdicts, so every pair could have been asked about.

    >>> all_pairs(["box", "point", "text"])
    [('box', 'point'), ('box', 'text'), ('point', 'text')]
    """
    return list(combinations(settings, 2))


def pairs_with_baseline(settings: Sequence[str], baseline: str) -> list[tuple[str, str]]:
    """Every other setting against a baseline that was named before any verdict: k − 1 pairs.

    Raises:
        DesignError: the baseline is none of the settings.

    >>> pairs_with_baseline(["box", "point", "text"], "point")
    [('box', 'point'), ('text', 'point')]
    """
    if baseline not in settings:
        raise DesignError(f"{baseline} is none of the settings {', '.join(settings)}: name one of them")
    return [(setting, baseline) for setting in settings if setting != baseline]


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values: rejecting those at most 1 − confidence errs anywhere with at most that probability.

    The i-th smallest of m becomes the largest of (m − j + 1)·p_(j) over j ≤ i, at most 1; whatever the
    dependence between the tests.

    Args:
        p_values: each in [0, 1].

    Returns:
        In the order given, each at least the p-value it stands for.

    Raises:
        DesignError: a p-value is outside [0, 1].

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian J. Statistics 6
    (1979) 65–70.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    wrong = [p for p in p_values if not 0 <= p <= 1]
    if wrong:
        raise DesignError(f"{wrong[0]} is no p-value: give numbers from 0 to 1")
    p = np.array(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return [float(value) for value in adjusted]


def adjust_over_family(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The same comparisons, with the p-values that Holm's procedure gives them as one family."""
    adjusted = holm([comparison.p_value for comparison in comparisons])
    return tuple(
        replace(comparison, p_adjusted=p) for comparison, p in zip(comparisons, adjusted, strict=True)
    )
