"""The stored order: every block holds every stratum, in nearly the shares of the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.design.blocks import block_numbers, grown_block_numbers
from sampling.errors import DesignError

sizes_by_stratum = st.dictionaries(
    st.sampled_from(["entity", "query", "wiki", "human"]), st.integers(1, 400), min_size=1
)


def table(order):
    n_blocks = 1 + max(int(blocks.max()) for blocks in order.values())
    return np.stack([np.bincount(blocks, minlength=n_blocks) for blocks in order.values()], axis=1)


def test_1400_400_200_gives_200_blocks_of_7_2_1():
    assert (table(block_numbers({"entity": 1400, "query": 400, "wiki": 200})) == [7, 2, 1]).all()


def test_the_smallest_stratum_limits_the_number_of_blocks():
    blocks = table(block_numbers({"a": 5, "b": 100, "c": 900}))

    assert blocks.shape == (5, 3)
    assert (blocks == [1, 20, 180]).all()


def test_a_sample_of_fewer_than_twenty_is_one_block():
    assert (table(block_numbers({"a": 9, "b": 10})) == [[9, 10]]).all()


@given(sizes=sizes_by_stratum)
def test_every_block_holds_the_floor_or_the_ceiling_of_every_stratums_share(sizes):
    order = block_numbers(sizes)
    blocks = table(order)
    share = np.array(list(sizes.values())) / blocks.shape[0]

    assert blocks.sum(axis=0).tolist() == list(sizes.values())
    assert (blocks >= 1).all()
    assert (blocks >= np.floor(share)).all()
    assert (blocks <= np.ceil(share)).all()
    assert all((np.diff(numbers) >= 0).all() for numbers in order.values())


@given(sizes=sizes_by_stratum, data=st.data())
def test_growth_moves_no_unit_and_opens_whole_blocks_behind_the_old_ones(sizes, data):
    order = block_numbers(sizes)
    added = {stratum: data.draw(st.integers(1, 200)) for stratum in sizes}
    grown = grown_block_numbers(order, {stratum: n_h + added[stratum] for stratum, n_h in sizes.items()})
    n_old = table(order).shape[0]

    assert all((grown[stratum][: sizes[stratum]] == order[stratum]).all() for stratum in sizes)
    assert (table(grown)[n_old:] == table(block_numbers(added))).all()


def test_a_sample_grows_twice():
    once = grown_block_numbers(block_numbers({"a": 10, "b": 10}), {"a": 20, "b": 20})

    assert (table(grown_block_numbers(once, {"a": 30, "b": 25})) == [[5, 5]] * 4 + [[10, 5]]).all()


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({}, "^no stratum is given"),
        ({"a": 5, "b": 0}, "^stratum 'b' has 0 units"),
        ({"a": -1}, "has -1 units"),
    ],
)
def test_an_order_without_units_is_refused(sizes, message):
    with pytest.raises(DesignError, match=message):
        block_numbers(sizes)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"a": 12, "b": 10}, r"^no unit is added to 'b' \(10\)"),
        ({"a": 12, "b": 9}, r"^no unit is added to 'b' \(9\)"),
        ({"a": 12}, r"^the order has the strata \['a', 'b'\]"),
        ({"a": 12, "b": 12, "c": 3}, "grows in all its strata and in no other"),
    ],
)
def test_growth_that_cannot_fill_blocks_is_refused(sizes, message):
    with pytest.raises(DesignError, match=message):
        grown_block_numbers(block_numbers({"a": 10, "b": 10}), sizes)


def test_sizes_of_numpy_are_sizes():
    order = block_numbers({"entity": np.int8(100), "query": np.int8(100)})

    assert table(order).tolist() == table(block_numbers({"entity": 100, "query": 100})).tolist()


@pytest.mark.parametrize("n_h", [1.5, float("nan")])
def test_a_size_is_whole(n_h):
    with pytest.raises(DesignError, match="^the size of stratum 'entity' is .*: give a whole number"):
        block_numbers({"entity": n_h})
