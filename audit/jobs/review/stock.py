"""What there is left to read in a sample, as one reviewer may read it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from audit.jobs.review.tasks import Workplace
from audit.review.readings_owed import ReadingRule, is_owed_to, is_read_enough, second_ticket
from audit.settings import Settings
from db.assignments import load_active, load_given_for, load_readers, load_readings_on
from db.records import MaskReader, Purpose
from db.samples import find_unjudgable
from db.store import Transaction

LONGEST_LEASE = timedelta(days=30)
"""Of an offline pack. A lease beyond it was given by a clock that was wrong."""

NOT_TO_READ = (Purpose.GOLD, Purpose.PRACTICE, Purpose.ADJUDICATION)
"""Whoever was given a mask for one of these is not given it to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What there is left to read among some masks, at one moment.

    Attributes:
        owed: masks that the reviewer may be given, in the order that was asked for.
        left_to_others: masks that others have read as often as they are to be read, or that the reviewer was
            given for something else.
        unjudgable: masks that cannot be shown.
        n_holders: people who hold masks at present, besides the reviewer.
    """

    owed: tuple[str, ...]
    left_to_others: frozenset[str]
    unjudgable: frozenset[str]
    n_holders: int


def rule_of(settings: Settings) -> ReadingRule:
    """How often masks are read where several people take part."""
    return ReadingRule(first_readings=settings.first_readings, second_share=settings.second_share)


def take_stock(transaction: Transaction, workplace: Workplace, order: Sequence[str], now: datetime) -> Stock:
    """Look through masks of a sample for what a reviewer may be given.

    Args:
        transaction: an open one.
        workplace: of the reviewer.
        order: the masks to look at, usually in the reviewer's order.
        now: by which leases may have ended.
    """
    sample, reviewer_id = workplace.sample, workplace.reviewer.reviewer_id
    readers: dict[str, list[MaskReader]] = defaultdict(list)
    for each in load_readers(transaction, order, now=now, latest=now + LONGEST_LEASE):
        readers[each.mask_id].append(each)
    unjudgable = frozenset(find_unjudgable(transaction, order))
    known = {each.task_id for each in load_given_for(transaction, reviewer_id, NOT_TO_READ)}
    rule = _rule_in_force(transaction, workplace, now)
    owed, left_to_others = [], []
    for mask_id in order:
        people = readers.get(mask_id, ())
        ticket = second_ticket(sample.seed, mask_id) if people else 0.0  # without readers it has no say
        if mask_id in known:
            left_to_others.append(mask_id)
        elif is_owed_to(reviewer_id, people, rule, ticket):
            owed.append(mask_id)
        elif is_read_enough(people, rule, ticket) and all(each.reviewer_id != reviewer_id for each in people):
            left_to_others.append(mask_id)
    held = [each for people in readers.values() for each in people if each.verdict is None]
    return Stock(
        owed=tuple(mask_id for mask_id in owed if mask_id not in unjudgable),
        left_to_others=frozenset(left_to_others),
        unjudgable=unjudgable,
        n_holders=len({each.reviewer_id for each in held} - {reviewer_id}),
    )


def find_read_enough(
    transaction: Transaction, workplace: Workplace, mask_ids: Collection[str], now: datetime
) -> set[str]:
    """Give those of some masks that nobody is still to read."""
    readers: dict[str, list[MaskReader]] = {mask_id: [] for mask_id in mask_ids}
    for each in load_readings_on(transaction, mask_ids):
        readers[each.mask_id].append(each)
    rule, seed = _rule_in_force(transaction, workplace, now), workplace.sample.seed
    return {
        mask_id
        for mask_id, people in readers.items()
        if is_read_enough(people, rule, second_ticket(seed, mask_id))
    }


def _rule_in_force(transaction: Transaction, workplace: Workplace, now: datetime) -> ReadingRule:
    active = load_active(transaction, workplace.sample.sample_id, now) | {workplace.reviewer.reviewer_id}
    return replace(rule_of(workplace.settings), n_reviewers=len(active))
