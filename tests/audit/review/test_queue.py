from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from audit.review.queue import next_masks, review_order

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


def test_nothing_is_next_when_all_is_settled() -> None:
    assert next_masks(["a", "b"], {"a", "b"}) == []
