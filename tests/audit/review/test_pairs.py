"""Pairs of masks: which there are, where each lies for whom, and what several people say of one."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from audit.review.choices import Side
from audit.review.pairs import (
    MaskPair,
    as_preference,
    as_side,
    differing_pairs,
    left_of,
    pair_order,
    settled_preference,
)
from db.records import MaskState, Preference, UnitMask
from tests.builders import made_by

MASKS = {
    "A": [made_by("A", 1, "m5"), made_by("A", 2, "m2"), made_by("A", 3, "m3")],
    "B": [made_by("B", 1, "m1"), made_by("B", 2, "m2"), made_by("B", 3, None, MaskState.MISSING)],
    "C": [made_by("C", 1, "m1"), made_by("C", 2, "m4"), made_by("C", 3, None, MaskState.DROPPED)],
}


def a_pair(number: int) -> MaskPair:
    return MaskPair(pair_id=f"pair-{number}", unit_id=number, mask_ids=(f"m{number}a", f"m{number}b"))


def test_a_pair_is_two_different_masks_of_one_mention():
    (pair,) = differing_pairs("A", "B", MASKS)

    assert (pair.unit_id, pair.mask_ids) == (1, ("m1", "m5"))


def test_the_order_of_the_settings_makes_no_difference():
    assert differing_pairs("A", "B", MASKS) == differing_pairs("B", "A", MASKS)


def test_a_pair_has_an_id_of_its_own_that_tells_nothing():
    (of_ab,) = differing_pairs("A", "B", MASKS)
    of_ac = differing_pairs("A", "C", MASKS)

    assert of_ac[0].mask_ids == of_ab.mask_ids
    assert len({of_ab.pair_id, *(pair.pair_id for pair in of_ac)}) == 3  # the settings are in it too
    assert all(len(pair.pair_id) <= 80 for pair in (of_ab, *of_ac))
    assert not any(word in of_ab.pair_id for word in ("m1", "m5", "A", "B"))


def test_settings_without_two_masks_of_any_mention_give_no_pair():
    alike: list[UnitMask] = [made_by("D", 1, "m5"), made_by("D", 2, "m2"), made_by("D", 3, "m3")]

    assert differing_pairs("A", "D", {**MASKS, "D": alike}) == ()


def test_everybody_meets_the_pairs_in_an_order_of_their_own_block_after_block():
    pairs = [a_pair(number) for number in range(40)]
    block_of = {number: number // 20 for number in range(40)}
    ann, bob = (pair_order(pairs, seed=7, reviewer=name, block_of=block_of) for name in ("ann", "bob"))

    assert ann != bob
    assert set(ann[:20]) == set(bob[:20]) == {pair.pair_id for pair in pairs[:20]}
    assert pair_order(pairs[::-1], seed=7, reviewer="ann", block_of=block_of) == ann


def test_either_mask_is_at_the_left_about_as_often_and_differently_for_others():
    pairs = [a_pair(number) for number in range(2000)]
    ann, bob = (
        [left_of(pair, seed=7, reviewer=name) is Preference.FIRST for pair in pairs]
        for name in ("ann", "bob")
    )
    n_alike = sum(one is other for one, other in zip(ann, bob, strict=True))

    assert ann == [left_of(pair, seed=7, reviewer="ann") is Preference.FIRST for pair in pairs]
    for n in (sum(ann), sum(bob), n_alike):
        assert binomtest(n, 2000).pvalue > 1e-4


@given(st.sampled_from(Side), st.sampled_from([Preference.FIRST, Preference.SECOND]))
def test_places_and_masks_are_two_ways_to_say_the_same(side, left):
    assert as_side(as_preference(side, left), left) is side


def test_whoever_finds_the_left_one_better_prefers_the_mask_that_was_there():
    assert as_preference(Side.LEFT, Preference.FIRST) is Preference.FIRST
    assert as_preference(Side.RIGHT, Preference.FIRST) is Preference.SECOND
    assert as_preference(Side.RIGHT, Preference.SECOND) is Preference.FIRST


def test_of_several_people_the_majority_counts_and_a_tie_is_the_same():
    first, second, same = Preference
    expected = {
        (first,): first,
        (first, first, second): first,
        (second, same, second, first): second,
        (first, second): same,
        (first, same): same,
        (first, second, same): same,
        (first, first, second, second, same): same,
    }
    for said, settled in expected.items():
        assert {settled_preference(order) for order in permutations(said)} == {settled}
