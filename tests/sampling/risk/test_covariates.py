"""What is known of units, with and without gaps: nothing is made up, and low means risky."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import DesignError
from sampling.risk.covariates import Covariate, riskier_where_low, without_gaps


def covariate(values: list[float | None]) -> Covariate:
    known = np.array([value is not None for value in values], dtype=np.bool_)
    return Covariate(values=np.array([value or 0.0 for value in values]), is_known=known)


def test_what_is_known_of_all_has_one_column_and_of_none_has_none() -> None:
    table = without_gaps([covariate([3.0, 1.0]), covariate([None, None]), covariate([None, 5.0])])
    assert table.tolist() == [[3.0, 5.0, 1.0], [1.0, 5.0, 0.0]]
    assert without_gaps([covariate([None, None])]).shape == (2, 0)


def test_no_signal_is_no_guess() -> None:
    assert riskier_where_low([]) is None
    assert riskier_where_low([covariate([None, None])]) is None


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=30))
def test_the_lower_the_riskier_and_the_unknown_in_between(values: list[float | None]) -> None:
    guess = riskier_where_low([covariate(values)])
    known = [value for value in values if value is not None]
    if guess is None:
        assert not known
        return
    assert ((guess > 0) & (guess < 1)).all()
    for one, risk in zip(values, guess, strict=True):
        if one is None:
            assert risk == 0.5
            continue
        for other, its in zip(values, guess, strict=True):
            if other is not None and one < other:
                assert risk > its
    assert np.mean(
        [risk for one, risk in zip(values, guess, strict=True) if one is not None]
    ) == pytest.approx(0.5)


def test_arrays_of_unequal_lengths_are_refused() -> None:
    with pytest.raises(DesignError, match="give one each"):
        Covariate(values=np.zeros(2), is_known=np.ones(3, dtype=np.bool_))
