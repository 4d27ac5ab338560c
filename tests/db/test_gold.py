"""Masks of known answer: known by what leads say now, and seen by nothing that makes figures."""

from collections.abc import Iterator
from itertools import count

import pytest

from db.assignments import add_assignments
from db.gold import add_synthetic_masks, has_judged, load_gold, load_gold_verdicts, load_met
from db.records import (
    Assignment,
    GoldMask,
    Known,
    Purpose,
    Reading,
    Reason,
    Source,
    SyntheticMask,
    Verdict,
    Withdrawal,
)
from db.reviewers import ensure_reviewer, load_reviewer, put_practised
from db.reviews import add_readings, load_standing
from db.samples import (
    add_masks,
    add_sample,
    load_mask_units,
    load_masks,
    load_unit_masks,
    mark_unjudgable,
    put_units,
    remove_sample,
)
from db.store import Store, Transaction
from tests.builders import SOME_DAY, a_mask, a_sample, a_unit, made_by

SAMPLE = 1
NUMBERS = count()


@pytest.fixture
def transaction(store: Store) -> Iterator[Transaction]:
    """One that holds a sample of two mentions with the masks m1 and m2; two settings made m1."""
    with store.transaction() as transaction:
        hold(transaction, "main")
        yield transaction


def hold(transaction: Transaction, name: str) -> None:
    sample = add_sample(transaction, a_sample(name=name))
    unit_ids = put_units(transaction, sample.sample_id, [a_unit("1"), a_unit("2")])
    made = [("A", "1", "m1"), ("B", "1", "m1"), ("A", "2", "m2")]
    add_masks(
        transaction,
        [a_mask("m1"), a_mask("m2")],
        [made_by(setting, unit_ids[annotation_id], mask_id) for setting, annotation_id, mask_id in made],
    )


def say(
    transaction: Transaction,
    name: str,
    mask_id: str,
    verdict: Verdict | None,
    purpose: Purpose = Purpose.ADJUDICATION,
    reasons: tuple[Reason, ...] = (),
) -> int:
    reviewer = ensure_reviewer(transaction, name, SOME_DAY)
    facts = {"mask_id": mask_id, "purpose": purpose, "decided_at": SOME_DAY}
    key = f"key-{next(NUMBERS)}"
    event = (
        Withdrawal(client_key=key, **facts)
        if verdict is None
        else Reading(client_key=key, verdict=verdict, reasons=reasons, **facts)
    )
    add_readings(transaction, reviewer.reviewer_id, [event], source=Source.PAGE, now=SOME_DAY)
    return reviewer.reviewer_id


def make_wrong(transaction: Transaction, mask_id: str = "s1", made_from: str = "m1") -> None:
    synthetic = SyntheticMask(mask_id=mask_id, made_from=made_from, change="cut", iou=0.4)
    add_synthetic_masks(transaction, [(a_mask(mask_id), synthetic)])


def known(transaction: Transaction) -> dict[str, Known]:
    return {each.mask_id: each.known for each in load_gold(transaction, SAMPLE)}


def test_what_a_lead_settled_is_known_and_carries_the_reasons(transaction: Transaction) -> None:
    say(transaction, "lea", "m1", Verdict.CORRECT)
    say(transaction, "lea", "m2", Verdict.INCORRECT, reasons=(Reason.SPILLS_OVER,))
    units = load_mask_units(transaction, SAMPLE)

    assert load_gold(transaction, SAMPLE) == [
        GoldMask(mask_id="m1", unit_id=units["m1"], known=Known.RIGHT, can_be_shown=True),
        GoldMask(
            mask_id="m2",
            unit_id=units["m2"],
            known=Known.NATURAL,
            can_be_shown=True,
            reasons=(Reason.SPILLS_OVER,),
        ),
    ]


def test_a_reading_makes_nothing_known_and_an_unsure_lead_neither(transaction: Transaction) -> None:
    say(transaction, "ann", "m1", Verdict.CORRECT, Purpose.READING)
    say(transaction, "lea", "m2", Verdict.UNSURE)

    assert known(transaction) == {}


def test_leads_who_disagree_leave_a_mask_unknown_until_they_agree(transaction: Transaction) -> None:
    say(transaction, "lea", "m1", Verdict.CORRECT)
    say(transaction, "bea", "m1", Verdict.INCORRECT)
    assert known(transaction) == {}

    say(transaction, "lea", "m1", Verdict.INCORRECT)
    assert known(transaction) == {"m1": Known.NATURAL}


def test_a_synthetic_mask_belongs_to_the_mention_it_was_made_from(transaction: Transaction) -> None:
    say(transaction, "lea", "m1", Verdict.CORRECT)
    make_wrong(transaction)

    (synthetic,) = [each for each in load_gold(transaction, SAMPLE) if each.known is Known.SYNTHETIC]

    assert synthetic.unit_id == load_mask_units(transaction, SAMPLE)["m1"]
    assert (synthetic.made_from, synthetic.change) == ("m1", "cut")


@pytest.mark.parametrize("now_said", [Verdict.INCORRECT, Verdict.UNSURE, None])
def test_a_synthetic_mask_drops_out_with_what_it_was_made_from(
    transaction: Transaction, now_said: Verdict | None
) -> None:
    say(transaction, "lea", "m1", Verdict.CORRECT)
    make_wrong(transaction)

    say(transaction, "lea", "m1", now_said)
    assert "s1" not in known(transaction)

    say(transaction, "lea", "m1", Verdict.CORRECT)
    assert known(transaction)["s1"] is Known.SYNTHETIC


def test_a_synthetic_mask_is_in_the_store_once_and_no_setting_made_it(transaction: Transaction) -> None:
    say(transaction, "lea", "m1", Verdict.CORRECT)
    make_wrong(transaction)
    make_wrong(transaction)

    assert [mask.mask_id for mask in load_masks(transaction, ["s1"])] == ["s1"]
    assert "s1" not in {each.mask_id for each in load_unit_masks(transaction, SAMPLE)}
    assert "s1" not in load_mask_units(transaction, SAMPLE)


def test_what_cannot_be_shown_says_so(transaction: Transaction) -> None:
    say(transaction, "lea", "m1", Verdict.CORRECT)
    make_wrong(transaction)
    mark_unjudgable(transaction, "s1", "the image is missing")

    assert {each.mask_id: each.can_be_shown for each in load_gold(transaction, SAMPLE)} == {
        "m1": True,
        "s1": False,
    }


def test_the_verdicts_are_those_for_gold_alone_and_the_latest_of_each_reviewer(
    transaction: Transaction,
) -> None:
    say(transaction, "lea", "m1", Verdict.CORRECT)
    say(transaction, "lea", "m2", Verdict.INCORRECT)
    make_wrong(transaction)
    say(transaction, "ann", "m1", Verdict.INCORRECT, Purpose.GOLD)
    say(transaction, "ann", "m1", Verdict.CORRECT, Purpose.GOLD)
    say(transaction, "bob", "m1", Verdict.CORRECT, Purpose.READING)
    say(transaction, "bob", "m2", Verdict.CORRECT, Purpose.PRACTICE)
    say(transaction, "bob", "s1", Verdict.INCORRECT, Purpose.GOLD)
    say(transaction, "cem", "s1", Verdict.UNSURE, Purpose.GOLD)
    say(transaction, "cem", "s1", None, Purpose.GOLD)

    found = [
        (each.reviewer, each.mask_id, each.known, each.verdict)
        for each in load_gold_verdicts(transaction, SAMPLE)
    ]

    assert found == [
        ("ann", "m1", Known.RIGHT, Verdict.CORRECT),
        ("bob", "s1", Known.SYNTHETIC, Verdict.INCORRECT),
    ]


def test_verdicts_for_gold_stand_in_nobodys_readings(transaction: Transaction) -> None:
    say(transaction, "lea", "m1", Verdict.CORRECT)
    say(transaction, "ann", "m1", Verdict.INCORRECT, Purpose.GOLD)
    say(transaction, "ann", "m2", Verdict.INCORRECT, Purpose.PRACTICE)

    assert load_standing(transaction, SAMPLE) == []
    assert not has_judged(transaction, ensure_reviewer(transaction, "ann", SOME_DAY).reviewer_id)


def test_what_a_reviewer_met_is_what_was_judged_or_handed_out_for_any_purpose(
    transaction: Transaction,
) -> None:
    make_wrong(transaction)
    ann = say(transaction, "ann", "m1", Verdict.CORRECT, Purpose.READING)
    bob = say(transaction, "bob", "m2", Verdict.CORRECT, Purpose.PRACTICE)
    given = Assignment(
        task_id="s1",
        reviewer_id=ann,
        sample_id=SAMPLE,
        purpose=Purpose.GOLD,
        position=3,
        assigned_at=SOME_DAY,
        lease_until=SOME_DAY,
    )
    add_assignments(transaction, [given])

    assert load_met(transaction, ann, ["m1", "m2", "s1"]) == {"m1", "s1"}
    assert load_met(transaction, bob, ["m1", "m2", "s1"]) == {"m2"}
    assert load_met(transaction, ann, ["m2"]) == set()
    assert has_judged(transaction, ann)


def test_a_removed_sample_takes_along_what_was_made_for_it_and_nobody_judged(
    transaction: Transaction,
) -> None:
    say(transaction, "lea", "m1", Verdict.CORRECT)
    make_wrong(transaction, "s1")
    make_wrong(transaction, "s2")
    say(transaction, "ann", "s2", Verdict.INCORRECT, Purpose.GOLD)

    remove_sample(transaction, "main")

    left = [mask.mask_id for mask in load_masks(transaction, ["m1", "m2", "s1", "s2"])]
    assert left == ["m1", "s2"]


def test_what_another_sample_holds_keeps_its_synthetic_mask(transaction: Transaction) -> None:
    hold(transaction, "other")
    say(transaction, "lea", "m1", Verdict.CORRECT)
    make_wrong(transaction)

    remove_sample(transaction, "other")

    assert known(transaction)["s1"] is Known.SYNTHETIC


def test_practice_is_over_once(transaction: Transaction) -> None:
    ann = ensure_reviewer(transaction, "ann", SOME_DAY)
    assert ann.practised_at is None

    put_practised(transaction, ann.reviewer_id, SOME_DAY)

    assert load_reviewer(transaction, ann.reviewer_id).practised_at == SOME_DAY
