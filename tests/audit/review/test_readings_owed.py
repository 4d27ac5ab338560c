"""How often a mask is read is fixed beforehand, and nobody reads a mask twice."""

from hypothesis import given
from hypothesis import strategies as st

from audit.review.readings_owed import (
    ReadingRule,
    is_owed_to,
    is_read_enough,
    readings_owed,
    second_ticket,
)
from db.records import MaskReader, Verdict

ONCE = ReadingRule(first_readings=1, second_share=0.1)

RULES = st.builds(
    ReadingRule,
    first_readings=st.integers(1, 4),
    second_share=st.floats(0, 1),
    n_reviewers=st.integers(1, 5),
)
VERDICTS = st.none() | st.sampled_from(list(Verdict))
READERS = st.dictionaries(st.integers(1, 6), st.tuples(VERDICTS, st.none() | st.floats(0, 1))).map(
    lambda people: [
        MaskReader(mask_id="m", reviewer_id=person, verdict=verdict, second_probability=chance)
        for person, (verdict, chance) in people.items()
    ]
)
TICKETS = st.floats(0, 1, exclude_max=True)


def reader(verdict: Verdict | None, chance: float | None = None, person: int = 1) -> MaskReader:
    return MaskReader(mask_id="m", reviewer_id=person, verdict=verdict, second_probability=chance)


def test_a_mask_that_nobody_has_read_is_owed_its_first_readings() -> None:
    assert readings_owed([], ONCE, 0.0) == 1
    assert readings_owed([], ReadingRule(first_readings=3, second_share=0.1), 0.0) == 3


def test_incorrect_and_unsure_ones_are_read_again_and_correct_ones_by_their_ticket() -> None:
    assert readings_owed([reader(Verdict.INCORRECT, 1.0)], ONCE, 0.999) == 2
    assert readings_owed([reader(Verdict.UNSURE, 1.0)], ONCE, 0.999) == 2
    assert readings_owed([reader(Verdict.CORRECT, 0.1)], ONCE, 0.0999) == 2
    assert readings_owed([reader(Verdict.CORRECT, 0.1)], ONCE, 0.1) == 1


def test_the_chance_that_was_fixed_counts_and_not_the_setting_of_today() -> None:
    changed = ReadingRule(first_readings=1, second_share=0.9)

    assert readings_owed([reader(Verdict.CORRECT, 0.1)], changed, 0.5) == 1


def test_a_reading_without_a_fixed_chance_is_taken_by_the_rule_in_force() -> None:
    assert readings_owed([reader(Verdict.CORRECT)], ONCE, 0.05) == 2
    assert readings_owed([reader(Verdict.CORRECT)], ONCE, 0.5) == 1
    assert readings_owed([reader(Verdict.INCORRECT)], ONCE, 0.5) == 2


def test_where_one_person_works_nothing_is_read_again() -> None:
    alone = ReadingRule(first_readings=1, second_share=1.0, n_reviewers=1)

    assert readings_owed([reader(Verdict.INCORRECT, 1.0)], alone, 0.0) == 1


@given(READERS, RULES, TICKETS)
def test_nobody_is_given_what_they_have_read_or_hold(
    readers: list[MaskReader], rule: ReadingRule, ticket: float
) -> None:
    assert not any(is_owed_to(each.reviewer_id, readers, rule, ticket) for each in readers)


@given(READERS, RULES, TICKETS)
def test_a_mask_goes_to_no_more_people_than_it_is_owed(
    readers: list[MaskReader], rule: ReadingRule, ticket: float
) -> None:
    people = list(readers)
    while is_owed_to(100 + len(people), people, rule, ticket):
        people.append(reader(None, person=100 + len(people)))

    assert len(people) == max(len(readers), readings_owed(readers, rule, ticket))


@given(READERS, RULES, TICKETS)
def test_a_mask_read_enough_is_owed_to_nobody(
    readers: list[MaskReader], rule: ReadingRule, ticket: float
) -> None:
    if is_read_enough(readers, rule, ticket):
        assert not is_owed_to(999, readers, rule, ticket)


@given(READERS, RULES, TICKETS, TICKETS)
def test_a_smaller_ticket_never_means_fewer_readings(
    readers: list[MaskReader], rule: ReadingRule, one: float, other: float
) -> None:
    low, high = sorted((one, other))

    assert readings_owed(readers, rule, low) >= readings_owed(readers, rule, high)


@given(st.sampled_from(list(Verdict)), RULES)
def test_every_fixed_chance_is_a_probability_and_doubt_is_certain_to_be_read_again(
    verdict: Verdict, rule: ReadingRule
) -> None:
    chance = rule.second_probability(verdict)

    assert 0 <= chance <= 1
    assert chance == 1 or (verdict is Verdict.CORRECT and rule.first_readings == 1)


def test_tickets_are_uniform_and_differ_between_samples() -> None:
    tickets = [second_ticket(7, f"m{number}") for number in range(10_000)]

    assert all(0 <= ticket < 1 for ticket in tickets)
    # 1,000 ± 4 standard deviations of a binomial of 10,000 and 0.1.
    assert abs(sum(ticket < 0.1 for ticket in tickets) - 1000) < 120
    assert second_ticket(8, "m0") != second_ticket(7, "m0")


def test_a_ticket_is_the_start_of_the_hash_that_the_documentation_names() -> None:
    # printf 'mask-audit/1\nsecond\n7\nm1' | sha256sum, first 16 digits
    digits = "5d62395c3fc30359"

    assert second_ticket(7, "m1") == (int(digits, 16) >> 11) / 2**53
