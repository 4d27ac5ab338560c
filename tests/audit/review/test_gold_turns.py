"""Masks of known answer come at the share that is set, half of them right, and never give themselves away."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.review.gold_turns import answer_wanted, choose_gold, practice_answer, practice_round
from audit.review.synthetic import Change
from db.records import GoldMask, Known, Reason, Verdict

KNOWN = {"r": Known.RIGHT, "n": Known.NATURAL, "s": Known.SYNTHETIC}


def gold(*names: str, can_be_shown: bool = True) -> list[GoldMask]:
    """Masks such as "r3": right, of unit 3."""
    return [
        GoldMask(
            mask_id=name,
            unit_id=int(name[1:]),
            known=KNOWN[name[0]],
            can_be_shown=can_be_shown,
            change=Change.CUT if name[0] == "s" else None,
        )
        for name in names
    ]


def turns(n: int, *, share: float, reviewer: str = "ann", seed: int = 7) -> list[Verdict | None]:
    return [answer_wanted(place, share=share, seed=seed, reviewer=reviewer) for place in range(n)]


def chosen(pool: list[GoldMask], answer: Verdict, met: set[str], apart_from: set[int]) -> str | None:
    found = choose_gold(pool, answer, met=met, apart_from=apart_from, seed=7, reviewer="ann")
    return found.mask_id if found else None


def round_of(pool: list[GoldMask], n: int, met: set[str] = frozenset()) -> list[str]:
    return [each.mask_id for each in practice_round(pool, n=n, met=met, seed=7, reviewer="ann")]


@pytest.mark.parametrize("share", [0.03, 0.2, 0.5])
def test_the_share_is_kept_on_average_and_both_answers_come_alike(share: float) -> None:
    found = Counter(turns(40_000, share=share))

    # Five standard deviations of a binomial count.
    for n, chance in ((found[None], 1 - share), (found[Verdict.CORRECT], share / 2)):
        assert abs(n - 40_000 * chance) < 5 * (40_000 * chance * (1 - chance)) ** 0.5


def test_no_share_is_no_turn() -> None:
    assert set(turns(1000, share=0)) == {None}


def test_turns_are_the_same_again_and_others_for_another_reviewer_or_sample() -> None:
    usual = turns(500, share=0.2)

    assert turns(500, share=0.2) == usual
    assert turns(500, share=0.2, reviewer="bob") != usual
    assert turns(500, share=0.2, seed=8) != usual


def test_a_natural_mask_comes_before_a_synthetic_one_while_there_is_any() -> None:
    pool = gold("r1", "n2", "s1")

    assert chosen(pool, Verdict.INCORRECT, set(), set()) == "n2"
    assert chosen(pool, Verdict.INCORRECT, {"n2"}, set()) == "s1"
    assert chosen(pool, Verdict.INCORRECT, set(), {2}) == "s1"
    assert chosen(pool, Verdict.INCORRECT, {"n2", "s1"}, set()) is None


def test_what_cannot_be_shown_is_not_chosen() -> None:
    assert chosen(gold("r1", can_be_shown=False), Verdict.CORRECT, set(), set()) is None
    assert round_of([*gold("r1"), *gold("n2", can_be_shown=False)], 8) == []


POOLS = st.lists(
    st.builds("{}{}".format, st.sampled_from("rns"), st.integers(1, 9)), unique=True, max_size=20
).map(lambda names: gold(*names))
NAMES = st.sets(st.builds("{}{}".format, st.sampled_from("rns"), st.integers(1, 9)))


@pytest.mark.slow
@settings(max_examples=200)
@given(
    pool=POOLS,
    met=NAMES,
    apart_from=st.sets(st.integers(1, 9)),
    answer=st.sampled_from([Verdict.CORRECT, Verdict.INCORRECT]),
)
def test_the_chosen_mask_has_the_answer_and_is_neither_known_nor_near(
    pool: list[GoldMask], met: set[str], apart_from: set[int], answer: Verdict
) -> None:
    found = choose_gold(pool, answer, met=met, apart_from=apart_from, seed=7, reviewer="ann")

    fitting = {
        each.mask_id
        for each in pool
        if (each.known is Known.RIGHT) is (answer is Verdict.CORRECT)
        and each.mask_id not in met
        and each.unit_id not in apart_from
    }
    assert (found.mask_id in fitting) if found else not fitting


@settings(max_examples=200)
@given(pool=POOLS, met=NAMES, n=st.integers(0, 10))
def test_a_practice_round_has_both_kinds_each_of_another_mention(
    pool: list[GoldMask], met: set[str], n: int
) -> None:
    found = practice_round(pool, n=n, met=met, seed=7, reviewer="ann")

    assert len(found) <= n
    assert len({each.unit_id for each in found}) == len(found)
    assert not met & {each.mask_id for each in found}
    kinds = Counter(each.known is Known.RIGHT for each in found)
    assert len(kinds) in (0, 2)


def test_a_practice_round_is_half_right_where_there_are_enough_and_leaves_natural_masks_for_later() -> None:
    pool = gold("r1", "r2", "r3", "r4", "r5", "n6", "n7", "s8", "s9", "s10")

    found = round_of(pool, 6)

    assert Counter(name[0] for name in found) == {"r": 3, "s": 3}
    assert round_of(pool, 6) == found
    assert Counter(name[0] for name in round_of(pool, 10)) == {"r": 5, "s": 3, "n": 2}


def test_a_mask_and_the_wrong_one_made_from_it_are_no_round() -> None:
    assert round_of(gold("r1", "s1"), 8) == []
    assert sorted(name[0] for name in round_of(gold("r1", "s1", "r2", "s2"), 8)) == ["r", "s"]


def test_practice_tells_what_is_known_and_why() -> None:
    right, natural, synthetic = gold("r1", "n2", "s3")
    told = [practice_answer(each) for each in (right, natural, synthetic)]

    assert [each.verdict for each in told] == [Verdict.CORRECT, Verdict.INCORRECT, Verdict.INCORRECT]
    assert [each.told for each in told] == [
        "A lead found it correct.",
        "A lead found it incorrect.",
        "A part of it was cut off.",
    ]
    spilling = GoldMask(
        mask_id="n4", unit_id=4, known=Known.NATURAL, can_be_shown=True, reasons=(Reason.SPILLS_OVER,)
    )
    assert (
        practice_answer(spilling).told == "A lead found it incorrect. It takes in more than the named thing."
    )
