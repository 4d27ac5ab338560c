"""Several claims, one error rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import DesignError
from sampling.sequential.claims import joint_claims

p_values = st.floats(0, 1)


def holding(p_by_name, **options):
    return {name for name, claim in joint_claims(p_by_name, **options).items() if claim.holds}


def test_one_claim_stands_alone():
    assert holding({"box": 0.05}, confidence=0.95) == {"box"}
    assert holding({"box": 0.0501}, confidence=0.95) == set()


@pytest.mark.parametrize(("p_value", "confidence"), [(0.1, 0.9), (0.05, 0.95), (0.01, 0.99), (0.2, 0.8)])
def test_a_p_value_of_exactly_the_error_rate_holds(p_value, confidence):
    assert holding({"box": p_value}, confidence=confidence) == {"box"}
    assert holding({"box": p_value * (1 + 1e-9)}, confidence=confidence) == set()


def test_eight_claims_need_an_eighth_for_the_first():
    rest = {f"setting {number}": 1.0 for number in range(7)}

    assert holding({"box": 0.05 / 8} | rest) == {"box"}
    assert holding({"box": 0.0063} | rest) == set()


def test_a_claim_that_holds_makes_room_for_the_next():
    assert holding({"a": 0.01, "b": 0.024, "c": 0.05}) == {"a", "b", "c"}


@given(
    now=st.lists(p_values, min_size=1, max_size=6),
    falls=st.lists(st.floats(0, 1), min_size=6, max_size=6),
)
def test_a_claim_that_holds_goes_on_holding_while_p_values_fall(now, falls):
    before = holding({str(i): p for i, p in enumerate(now)})
    after = holding({str(i): p * factor for i, (p, factor) in enumerate(zip(now, falls, strict=False))})

    assert before <= after


def test_true_nulls_are_claimed_together_at_most_as_often_as_allowed():
    uniform = np.random.default_rng(3).random((4_000, 5))
    n_errors = sum(bool(holding({str(i): float(p) for i, p in enumerate(row)})) for row in uniform)

    assert n_errors / len(uniform) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / len(uniform))


@pytest.mark.parametrize(
    ("given_p", "confidence", "message"),
    [
        ({}, 0.95, "^no claim is given"),
        ({"a": 1.2}, 0.95, "^1.2 is no p-value"),
        ({"a": float("nan")}, 0.95, "^nan is no p-value"),
        ({"a": 0.5}, 1.0, "^confidence is 1.0"),
    ],
)
def test_what_is_no_family_of_claims_is_refused(given_p, confidence, message):
    with pytest.raises(DesignError, match=message):
        joint_claims(given_p, confidence=confidence)
