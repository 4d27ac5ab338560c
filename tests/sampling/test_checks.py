"""What every part of the package asks of its arrays and numbers."""

import numpy as np
import pytest

from sampling.checks import as_codes, as_flags, as_weights, as_whole
from sampling.errors import DesignError, EstimateError


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64, np.intp])
def test_codes_of_any_integer_type_become_the_type_that_indexes(dtype):
    codes = as_codes("stratum", np.array([0, 100], dtype=dtype))

    assert codes.dtype == np.intp
    assert (codes * 1000).tolist() == [0, 100_000]


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32, np.float64])
def test_weights_of_any_real_type_become_float64(dtype):
    assert as_weights("weights", np.array([200, 1], dtype=dtype)).dtype == np.float64


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: as_codes("stratum", np.array([0.0])), "stratum holds float64: give integer codes"),
        (lambda: as_codes("stratum", np.array([True])), "stratum holds bool: give integer codes"),
        (lambda: as_codes("stratum", np.zeros((2, 2), int)), r"stratum has the shape \(2, 2\)"),
        (lambda: as_codes("stratum", np.array([-1])), "stratum holds -1: give codes of at least 0"),
        (
            lambda: as_codes("readings", np.array([-2]), least=-1),
            "readings holds -2: give codes of at least -1",
        ),
        (lambda: as_codes("stratum", np.array([2**64 - 1], np.uint64)), "stratum holds -1"),
        (lambda: as_weights("weights", np.ones((2, 1))), r"weights has the shape \(2, 1\)"),
        (lambda: as_weights("weights", np.array(["a"])), "weights holds <U1: give real numbers"),
        (lambda: as_flags("correct", np.array([1.0])), "correct holds float64: give bool"),
        (lambda: as_flags("correct", np.ones((2, 2), bool)), r"correct has the shape \(2, 2\)"),
    ],
)
def test_arrays_of_another_kind_are_refused(call, message):
    with pytest.raises(EstimateError, match=f"^{message}"):
        call()


@pytest.mark.parametrize("value", [1.5, 2.0, float("nan"), "2", None])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(DesignError, match="^the size is .*: give a whole number"):
        as_whole("the size", value)


def test_a_whole_number_of_numpy_is_a_whole_number():
    assert type(as_whole("the size", np.int8(5))) is int
