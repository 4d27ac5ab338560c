"""What four ways of comparing cost, and that the half width comes out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.comparison.cost import ExpectedPairs, verdicts_needed
from sampling.comparison.paired import PairedCounts, bonett_price_interval
from sampling.errors import DesignError

shares = st.floats(0, 1)


def expected(share_same: float) -> ExpectedPairs:
    return ExpectedPairs(share_same=share_same, accuracy_same=0.85, both=0.6, only_a=0.2, only_b=0.1)


@pytest.mark.parametrize(
    ("share_same", "verdicts"),
    [
        (0.3, (11635, 7003, 5953, 4852)),
        (0.5, (10884, 5037, 3777, 2476)),
        (0.7, (10065, 3042, 1978, 891)),
    ],
)
def test_four_ways_to_the_same_half_width(share_same, verdicts):
    """±1.5 points; worked out by hand from the variances of the docstring."""
    needed = verdicts_needed(expected(share_same), half_width=0.015)

    assert (
        round(needed.unpaired),
        round(needed.paired),
        round(needed.paired_shared),
        round(needed.differing),
    ) == verdicts


def test_the_pairs_that_are_asked_for_give_the_half_width():
    n = round(verdicts_needed(expected(0.5), half_width=0.015).paired / 2)
    only_a, only_b = round(0.1 * n), round(0.05 * n)
    interval = bonett_price_interval(
        PairedCounts(n_only_a=only_a, n_only_b=only_b, n_both=n - only_a - only_b)
    )

    assert (interval.high - interval.low) / 2 == pytest.approx(0.015, rel=0.01)


@given(share_same=shares, cells=st.tuples(shares, shares, shares).filter(lambda cells: sum(cells) > 0.01))
def test_drawing_where_masks_differ_never_costs_more(share_same, cells):
    both, only_a, only_b = np.array(cells) / max(1.0, sum(cells))
    needed = verdicts_needed(
        ExpectedPairs(share_same=share_same, accuracy_same=0.9, both=both, only_a=only_a, only_b=only_b),
        half_width=0.02,
    )

    assert needed.differing <= needed.paired_shared + 1e-6
    assert needed.paired_shared <= needed.paired + 1e-6


@pytest.mark.parametrize("half_width", [0, 1, -0.1, float("nan"), float("inf")])
def test_a_half_width_outside_0_and_1_is_refused(half_width):
    with pytest.raises(DesignError, match=f"^half_width is {half_width}"):
        verdicts_needed(expected(0.5), half_width=half_width)


def test_shares_that_are_none_are_refused():
    with pytest.raises(DesignError, match=r"^1\.5 is no share"):
        expected(1.5)
    with pytest.raises(DesignError, match="add up to"):
        ExpectedPairs(share_same=0.5, accuracy_same=0.5, both=0.6, only_a=0.3, only_b=0.2)
