"""Two waves: the region is the loosest box in reach, and the path inside it keeps to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import DesignError
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.waves import CandidateRegion, candidate_region, path_inside

GOAL = Guarantee(target=0.9)


@given(st.lists(st.tuples(st.integers(1, 6).map(float), st.floats(0.0, 1.0)), min_size=1, max_size=40))
def test_the_region_is_the_loosest_box_in_reach(masks):
    scores, risk = np.array(masks).T
    region = candidate_region(scores, risk, GOAL, reach=1.0)
    in_reach = [t for t in np.unique(scores) if risk[scores >= t].mean() <= 0.1 - 1e-9]
    nearly = [t for t in np.unique(scores) if risk[scores >= t].mean() <= 0.1 + 1e-9]

    if region is None:
        assert not in_reach
    else:
        inside = scores >= region.threshold
        assert region.threshold in nearly
        assert region.threshold <= min(in_reach, default=np.inf)
        assert region.share == pytest.approx(inside.mean())
        assert region.expected_error == pytest.approx(risk[inside].mean(), abs=1e-12)


def test_a_greater_reach_takes_in_more():
    scores, risk = np.arange(100.0), np.linspace(0.4, 0.0, 100)
    shares = [candidate_region(scores, risk, GOAL, reach=reach).share for reach in (0.5, 0.8, 1.0, 1.3)]

    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


def test_no_box_in_reach_is_no_region():
    assert candidate_region(np.arange(5.0), np.full(5, 0.5), GOAL) is None


def test_the_path_stays_inside_and_tells_shares_of_the_whole():
    scores = np.random.default_rng(2).permutation(10_000).astype(float)
    region = CandidateRegion(threshold=4000.0, share=0.6, expected_error=0.1)
    path = path_inside(scores, region, GOAL, n_verdicts=300)

    assert path.thresholds[-1] == 4000
    assert path.shares == pytest.approx([np.mean(scores >= t) for t in path.thresholds])


@pytest.mark.parametrize(
    ("scores", "risk", "reach"),
    [(np.zeros(2), np.zeros(3), 1.0), (np.zeros(0), np.zeros(0), 1.0), (np.zeros(2), np.zeros(2), 0.0)],
)
def test_what_makes_no_region_is_refused(scores, risk, reach):
    with pytest.raises(DesignError, match="make no region"):
        candidate_region(scores, risk, GOAL, reach=reach)
