from collections import Counter
from itertools import islice, pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.review.queue import UNITS_APART, in_turn, review_order, ticket_order

MASK_UNITS = st.dictionaries(
    st.text("0123456789abcdef", min_size=1, max_size=8), st.integers(0, 9), max_size=60
)


@given(MASK_UNITS, st.integers(0, 5), st.integers(0, 30))
def test_every_mask_comes_exactly_once(mask_units: dict[str, int], seed: int, apart: int) -> None:
    order = review_order(mask_units, seed=seed, reviewer="ann", apart=apart)

    assert Counter(order) == Counter(mask_units.keys())


@given(MASK_UNITS, st.integers(0, 5))
def test_the_order_does_not_depend_on_how_the_masks_are_listed(mask_units: dict[str, int], seed: int) -> None:
    backwards = dict(reversed(mask_units.items()))

    assert review_order(mask_units, seed=seed, reviewer="ann") == review_order(
        backwards, seed=seed, reviewer="ann"
    )


@given(st.integers(0, 5), st.integers(0, 19), st.integers(2, 4))
def test_masks_of_one_mention_are_kept_apart_where_there_are_enough(
    seed: int, apart: int, n_settings: int
) -> None:
    mask_units = {f"{unit}-{setting}": unit for unit in range(200) for setting in range(n_settings)}

    order = review_order(mask_units, seed=seed, reviewer="ann", apart=apart)

    # Near the end there may be no other mention left.
    positions: dict[int, list[int]] = {}
    for position, mask_id in enumerate(order[: len(order) * 3 // 4]):
        positions.setdefault(mask_units[mask_id], []).append(position)
    gaps = [after - before for each in positions.values() for before, after in pairwise(each)]
    assert min(gaps, default=apart + 1) > apart


def test_reviewers_and_seeds_get_unrelated_orders() -> None:
    mask_units = {f"m{index}": index for index in range(50)}

    orders = {
        review_order(mask_units, seed=seed, reviewer=reviewer)
        for seed in (1, 2)
        for reviewer in ("ann", "bob", "cid")
    }

    assert len(orders) == 6


def test_the_first_place_is_as_likely_for_every_mask() -> None:
    # 600 orders of 6 masks: a chi-square of 5 degrees of freedom exceeds 20.5 once in a thousand.
    mask_units = {f"m{index}": index // 2 for index in range(6)}

    firsts = Counter(review_order(mask_units, seed=seed, reviewer="ann")[0] for seed in range(600))

    assert sum((firsts[mask_id] - 100) ** 2 / 100 for mask_id in mask_units) < 20.5


def test_the_only_mention_left_is_shown_all_the_same() -> None:
    order = review_order({"a": 1, "b": 1, "c": 1}, seed=1, reviewer="ann", apart=20)

    assert sorted(order) == ["a", "b", "c"]


BLOCKS = st.dictionaries(st.integers(0, 9), st.integers(0, 3))


@given(MASK_UNITS, BLOCKS, st.integers(0, 5), st.integers(0, 30))
def test_a_stored_order_opens_block_after_block_and_what_is_in_none_comes_last(
    mask_units: dict[str, int], block_of: dict[int, int], seed: int, apart: int
) -> None:
    order = review_order(mask_units, seed=seed, reviewer="ann", block_of=block_of, apart=apart)

    assert Counter(order) == Counter(mask_units.keys())
    in_order = [block_of.get(mask_units[mask_id], inf) for mask_id in order]
    assert in_order == sorted(in_order)


def test_every_reviewer_sees_the_units_of_a_block_in_an_order_of_their_own() -> None:
    mask_units = {f"m{index}": index for index in range(60)}
    block_of = {unit: unit // 20 for unit in range(60)}

    orders = [
        review_order(mask_units, seed=seed, reviewer=reviewer, block_of=block_of)
        for seed in (1, 2)
        for reviewer in ("ann", "bob")
    ]

    for start in (0, 20, 40):
        inside = {order[start : start + 20] for order in orders}
        assert len(inside) == 4
        assert {frozenset(each) for each in inside} == {
            frozenset(f"m{index}" for index in range(start, start + 20))
        }


def test_a_block_is_shuffled_as_if_it_were_alone() -> None:
    mask_units = {f"m{index}": index // 2 for index in range(40)}
    block_of = {unit: unit // 10 for unit in range(20)}

    order = review_order(mask_units, seed=3, reviewer="ann", block_of=block_of)

    alone = {mask_id: unit for mask_id, unit in mask_units.items() if unit < 10}
    assert order[:20] == review_order(alone, seed=3, reviewer="ann")


def test_one_block_of_all_is_the_order_without_blocks() -> None:
    mask_units = {f"m{index}": index // 3 for index in range(60)}

    assert review_order(
        mask_units, seed=3, reviewer="ann", block_of=dict.fromkeys(range(20), 0)
    ) == review_order(mask_units, seed=3, reviewer="ann")


@given(MASK_UNITS, BLOCKS, st.integers(0, 5), st.integers(0, 30), st.lists(st.integers(1, 12)))
def test_masks_asked_for_a_few_at_a_time_come_in_the_same_order(
    mask_units: dict[str, int], block_of: dict[int, int], seed: int, apart: int, sizes: list[int]
) -> None:
    order = ticket_order(mask_units, seed=seed, reviewer="ann", block_of=block_of)
    given_out: list[str] = []

    for size in [*sizes, len(order)]:
        left = [mask_id for mask_id in order if mask_id not in given_out]
        latest = [mask_units[mask_id] for mask_id in given_out]
        given_out += islice(in_turn(left, mask_units, block_of=block_of, latest=latest, apart=apart), size)

    assert tuple(given_out) == review_order(
        mask_units, seed=seed, reviewer="ann", block_of=block_of, apart=apart
    )


@pytest.mark.slow
@given(st.integers(0, 5), st.sets(st.integers(0, 599)))
def test_masks_stay_apart_where_others_take_some_of_the_stream(seed: int, taken: set[int]) -> None:
    mask_units = {f"{unit}-{setting}": unit for unit in range(200) for setting in range(3)}
    order = ticket_order(mask_units, seed=seed, reviewer="ann")
    left = [mask_id for place, mask_id in enumerate(order) if place not in taken]
    given_out: list[str] = []

    while len(given_out) < 100 and left:
        latest = [mask_units[mask_id] for mask_id in given_out[-UNITS_APART:]]
        given_out += islice(in_turn(left, mask_units, latest=latest), 6)
        others = {given_out[-1], *left[:40:7]}
        left = [mask_id for mask_id in left if mask_id not in given_out and mask_id not in others]

    n_mentions_left = len({mask_units[mask_id] for mask_id in left})
    if n_mentions_left > UNITS_APART:
        for place, mask_id in enumerate(given_out):
            assert mask_units[mask_id] not in {
                mask_units[each] for each in given_out[max(0, place - UNITS_APART) : place]
            }
