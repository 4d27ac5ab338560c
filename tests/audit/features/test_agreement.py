"""How far settings agree: by pixels, with nothing divided by 0 and no pair refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.features.agreement import Comparison
from audit.features.compute import PAIR_FEATURES, SETTING_FEATURES, measure_agreement
from benchmarks.decoded_features import agreement_of
from tests.audit.features.mask_rows import Row, a_row, drawn, near, some_pixels, table_of

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools

RATIOS = ("iou", "a_in_b", "b_in_a", "boundary_iou")


def pair(a: Row, b: Row) -> dict[str, float | str | None]:
    [found] = measure_agreement(table_of([a | {"setting": "a"}, b | {"setting": "b"}])).pairs.to_pylist()
    return found


def consensus(*rows: Row) -> list[tuple[int, float | None]]:
    named = [row | {"setting": str(place)} for place, row in enumerate(rows)]
    found = measure_agreement(table_of(named)).settings.to_pylist()
    return [(row["n_voters"], row["consensus_iou"]) for row in found]


def test_a_filtered_setting_does_not_vote_nor_is_it_voted_on_by_what_it_repeats() -> None:
    left, right = np.zeros((4, 8), bool), np.zeros((4, 8), bool)
    left[:, :6], right[:, 4:] = True, True
    rows = [
        a_row(left) | {"setting": "a"},
        a_row(right) | {"setting": "b"},
        a_row(left) | {"setting": "a kept"},
    ]
    alone = measure_agreement(table_of(rows[:2])).settings.to_pylist()

    found = measure_agreement(table_of(rows), origins={"a kept": "a"}).settings.to_pylist()

    assert found[:2] == alone
    assert (found[2]["n_voters"], found[2]["consensus_iou"]) == (1, alone[0]["consensus_iou"]) == (1, 8 / 32)
    assert len(measure_agreement(table_of(rows), origins={"a kept": "a"}).pairs) == 3


@st.composite
def mentions(draw: st.DrawFn) -> list[Row]:
    """Masks of some mentions under some settings, most of a mention of one size, in any order."""
    rows = []
    for mention in range(draw(st.integers(1, 4))):
        shape = draw(st.tuples(st.integers(1, 16), st.integers(1, 16)))
        for setting in draw(st.sets(st.sampled_from("wxyz"), min_size=1)):
            made = draw(some_pixels(shape) | some_pixels(shape) | some_pixels() | st.none())
            row = a_row(parts=None) if made is None else a_row(made)
            rows.append(row | {"mention_id": f"m{mention}", "setting": setting})
    return list(draw(st.permutations(rows)))


@pytest.mark.slow
@given(rows=mentions())
@settings(deadline=None)  # the first run on a machine compiles
def test_pairs_and_consensus_are_those_of_the_decoded_pixels(rows: list[Row]) -> None:
    found = measure_agreement(table_of(rows))
    pairs, settings = agreement_of(rows)
    assert found.pairs.to_pylist() == [near(row) for row in pairs]
    assert found.settings.to_pylist() == [near(row) for row in settings]


@given(rows=mentions(), seed=st.integers(0, 100))
@settings(deadline=None)
def test_the_order_of_the_rows_does_not_matter(rows: list[Row], seed: int) -> None:
    shuffled = [rows[place] for place in np.random.default_rng(seed).permutation(len(rows))]
    once, again = (measure_agreement(table_of(some)) for some in (rows, shuffled))
    assert in_order(once.pairs.to_pylist()) == in_order(again.pairs.to_pylist())
    assert in_order(once.settings.to_pylist()) == in_order(again.settings.to_pylist())


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["mention_id"], row.get("setting_a") or row["setting"], str(row)))


def test_two_empty_masks_neither_agree_nor_disagree() -> None:
    found = pair(drawn("..", ".."), drawn("..", ".."))
    assert found["state"] == Comparison.BOTH_EMPTY
    assert [found[name] for name in RATIOS] == [None] * 4


def test_an_empty_mask_has_nothing_in_common_with_one_that_is_not() -> None:
    found = pair(drawn("..", ".."), drawn("#.", ".."))
    assert found["state"] == Comparison.COMPARED
    assert [found[name] for name in RATIOS] == [0, None, 0, 0]


def test_an_empty_mask_without_a_size_fits_a_mask_of_any() -> None:
    found = pair(a_row(height=None, width=None), drawn("#.", ".."))
    assert (found["state"], found["iou"]) == (Comparison.COMPARED, 0)
    found = pair(a_row(height=None, width=None), a_row(height=None, width=None))
    assert found["state"] == Comparison.BOTH_EMPTY


@pytest.mark.parametrize("other", [drawn("##."), drawn("#", "#"), drawn("..")])
def test_masks_of_different_sizes_are_not_compared(other: Row) -> None:
    mine = drawn("###", "###")
    found = pair(mine, other)
    assert found["state"] == Comparison.SIZES_DIFFER
    assert [found[name] for name in RATIOS] == [None] * 4
    assert consensus(mine, other) == [(0, None), (0, None)]


def test_a_mask_that_cannot_be_read_is_not_compared_and_has_no_vote() -> None:
    mine, unreadable = drawn("##."), a_row(parts=None)
    assert pair(mine, unreadable)["state"] == Comparison.UNREADABLE
    assert consensus(mine, unreadable, drawn(".##")) == [(1, 1 / 3), (0, None), (1, 1 / 3)]


def test_containment_tells_which_mask_is_inside() -> None:
    found = pair(drawn("####"), drawn(".#.."))
    assert (found["iou"], found["a_in_b"], found["b_in_a"]) == (0.25, 0.25, 1)


def test_the_consensus_of_two_settings_is_their_intersection_over_union() -> None:
    assert consensus(drawn("##."), drawn(".##")) == [(1, 1 / 3), (1, 1 / 3)]


def test_a_mask_does_not_agree_with_itself_and_a_tie_is_half_a_vote() -> None:
    # The votes on the first: 1/2, 1, 1/2; in common 1/2 + 1, together 1 + 1 + 1/2.
    assert consensus(drawn("##."), drawn("##."), drawn(".##"))[0] == (2, 0.6)


def test_a_setting_of_its_own_and_masks_that_are_all_empty_have_no_consensus() -> None:
    assert consensus(drawn("##")) == [(0, None)]
    assert consensus(drawn(".."), drawn("..")) == [(1, None), (1, None)]
    assert consensus(drawn(".."), drawn("#.")) == [(1, 0), (1, 0)]


def test_no_rows_give_tables_of_the_same_columns() -> None:
    found = measure_agreement(table_of([]))
    assert found.pairs.schema == PAIR_FEATURES
    assert found.settings.schema == SETTING_FEATURES
