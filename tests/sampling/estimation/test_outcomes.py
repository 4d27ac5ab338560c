"""Outcomes: what cannot be a reviewed sample is refused, and what a domain leaves."""

import numpy as np
import pytest

from sampling.errors import DesignError
from sampling.estimation.outcomes import SampledOutcomes

GOOD = {
    "stratum": np.array([0, 0, 1]),
    "cluster": np.array([4, 4, 9]),
    "weight": np.array([1.0, 1.0, 2.0]),
    "is_counted": np.array([True, True, False]),
    "is_correct": np.array([True, False, False]),
}


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("weight", np.ones(2), r"the arrays have the shapes stratum \(3,\), cluster \(3,\), weight \(2,\)"),
        ("weight", np.ones((3, 1)), r"weight \(3, 1\), .*: give one element per sampled unit"),
        (
            "weight",
            np.array([1.0, 0.0, 2.0]),
            r"1 of 3 weights are not finite numbers above 0 \(the first is 0.0",
        ),
        ("weight", np.array([1.0, 1.0, np.nan]), "1 of 3 weights are not finite"),
        ("weight", np.array([np.inf, -1.0, 1.0]), r"2 of 3 weights .* \(the first is inf at position 0\)"),
        ("stratum", np.array([0, -1, 0]), "stratum holds -1: give codes of at least 0"),
        ("cluster", np.array([0.0, 1.0, 2.0]), "cluster holds float64: give integer codes"),
        ("is_correct", np.array([1, 0, 0]), "is_correct holds int64: give bool"),
        ("is_counted", np.array([1.0, 0, 0]), "is_counted holds float64: give bool"),
    ],
)
def test_arrays_that_describe_no_sample_are_refused(name, array, message):
    with pytest.raises(DesignError, match=message):
        SampledOutcomes(**{**GOOD, name: array})


def test_units_outside_a_domain_stay_drawn_and_no_longer_count():
    outcomes = SampledOutcomes(**GOOD)
    domain = outcomes.within(np.array([False, True, True]))

    assert (domain.n_units, domain.n_counted) == (3, 1)
    assert domain.is_counted.tolist() == [False, True, False]
    assert outcomes.n_counted == 2


def test_kish_n_is_of_the_counted_units():
    outcomes = SampledOutcomes(**GOOD)

    assert outcomes.kish_n == 2
    assert SampledOutcomes(**{**GOOD, "is_counted": np.ones(3, bool)}).kish_n == pytest.approx(16 / 6)
    assert outcomes.within(np.zeros(3, bool)).kish_n == 0


def test_a_sample_of_no_units_can_be_described():
    outcomes = SampledOutcomes(**{name: array[:0] for name, array in GOOD.items()})

    assert (outcomes.n_units, outcomes.n_counted, outcomes.kish_n) == (0, 0, 0)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_the_scale_of_the_weights_does_not_matter_to_kish(scale):
    outcomes = SampledOutcomes(**GOOD | {"weight": scale * np.array([1.0, 3.0, 2.0])})

    assert outcomes.kish_n == pytest.approx(16 / 10)


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        (np.ones(2, bool), "domain has 2 elements for 3 units"),
        (np.ones(3), "domain holds float64: give bool"),
    ],
)
def test_a_domain_that_is_not_one_bool_per_unit_is_refused(domain, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        SampledOutcomes(**GOOD).within(domain)
