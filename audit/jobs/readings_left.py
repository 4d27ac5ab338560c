"""How many readings masks are owed beyond their first, and whether there are people to give them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from audit.jobs.review.stock import NOT_TO_READ, rule_of
from audit.jobs.review_state import ReviewState
from audit.review.readings_owed import readings_owed, second_ticket
from audit.settings import Settings
from db.assignments import load_active, load_given_to_all
from db.records import MaskReader
from db.reviewers import load_reviewers
from db.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsLeft:
    """Readings that masks are owed beyond their first.

    Attributes:
        n_owed: those that people who take part can give.
        n_reviewers: people who take part.
        n_reviewers_needed: so many are needed, where masks lack readings for want of people; else None.
    """

    n_owed: int
    n_reviewers: int
    n_reviewers_needed: int | None


def load_readings_left(store: Store, settings: Settings, state: ReviewState, now: datetime) -> ReadingsLeft:
    """Count what is owed by the rule by which masks are handed out.

    Args:
        store: the workspace's.
        settings: say how often masks are read.
        state: of the sample.
        now: by which links may have expired.
    """
    with store.reading() as transaction:
        active = load_active(transaction, state.sample.sample_id, now)
        given = load_given_to_all(transaction, NOT_TO_READ)
        ids = {each.name: each.reviewer_id for each in load_reviewers(transaction)}
    rule = replace(rule_of(settings), n_reviewers=len(active))
    readers = _readers(state, ids)
    n_owed = n_lacking = 0
    for mask_id in state.judgable - state.unjudgable.keys():
        of_mask = readers.get(mask_id, [])
        # Without readers the ticket has no say, and there are many masks.
        ticket = second_ticket(state.sample.seed, mask_id) if of_mask else 0.0
        n_left = readings_owed(of_mask, rule, ticket) - len(of_mask)
        n_first = 0 if of_mask else 1
        if n_left <= n_first:
            continue
        people = active - {each.reviewer_id for each in of_mask}
        n_possible = min(n_left, sum((mask_id, person) not in given for person in people))
        n_owed += max(0, n_possible - n_first)
        n_lacking += n_left - n_possible
    is_short = n_lacking > 0 and rule.first_readings > rule.n_reviewers
    return ReadingsLeft(
        n_owed=n_owed,
        n_reviewers=rule.n_reviewers,
        n_reviewers_needed=rule.first_readings if is_short else None,
    )


def reviewers_lacking_text(left: ReadingsLeft) -> str:
    """Say that there are too few people to give all readings, as a clause; empty where there are enough."""
    if left.n_reviewers_needed is None:
        return ""
    return f"first_readings in audit.toml needs {left.n_reviewers_needed} reviewers, has {left.n_reviewers}"


def _readers(state: ReviewState, ids: Mapping[str, int]) -> dict[str, list[MaskReader]]:
    return {
        mask_id: [
            MaskReader(
                mask_id=mask_id,
                reviewer_id=ids[each.reviewer],
                verdict=each.verdict,
                second_probability=each.second_probability,
            )
            for each in readings
        ]
        for mask_id, readings in state.readings.items()
    }
