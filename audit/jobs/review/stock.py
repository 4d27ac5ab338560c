"""What there is left to read in a sample, as one reviewer may read it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from audit.jobs.review.tasks import Workplace
from audit.review.readings_owed import ReadingRule, is_owed_to, is_read_enough, second_ticket
from db.assignments import count_active, load_given_for, load_readers
from db.records import MaskReader, Purpose
from db.samples import find_unjudgable
from db.store import Transaction

LONGEST_LEASE = timedelta(days=30)
"""Of an offline pack. A lease beyond it was given by a clock that was wrong."""

_NOT_TO_READ = (Purpose.GOLD, Purpose.PRACTICE, Purpose.ADJUDICATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What there is left to read among some masks, at one moment.

    Attributes:
        owed: masks that the reviewer may be given, in the order that was asked for.
        read_by_others: masks that others have read as often as they are to be read.
        unjudgable: masks that cannot be shown.
        n_holders: people who hold masks at present, besides the reviewer.
    """

    owed: tuple[str, ...]
    read_by_others: frozenset[str]
    unjudgable: frozenset[str]
    n_holders: int


def rule_of(workplace: Workplace) -> ReadingRule:
    """How often masks are read where several people take part."""
    settings = workplace.settings
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
    known = {each.task_id for each in load_given_for(transaction, reviewer_id, _NOT_TO_READ)}
    n_reviewers = count_active(transaction, sample.sample_id, reviewer_id, now)
    rule = replace(rule_of(workplace), n_reviewers=n_reviewers)
    owed, read_by_others = [], []
    for mask_id in order:
        people = readers.get(mask_id, ())
        ticket = second_ticket(sample.seed, mask_id) if people else 0.0  # without readers it has no say
        if is_owed_to(reviewer_id, people, rule, ticket):
            owed.append(mask_id)
        elif is_read_enough(people, rule, ticket) and all(each.reviewer_id != reviewer_id for each in people):
            read_by_others.append(mask_id)
    held = [each for people in readers.values() for each in people if each.verdict is None]
    return Stock(
        owed=tuple(mask_id for mask_id in owed if mask_id not in unjudgable and mask_id not in known),
        read_by_others=frozenset(read_by_others),
        unjudgable=unjudgable,
        n_holders=len({each.reviewer_id for each in held} - {reviewer_id}),
    )
