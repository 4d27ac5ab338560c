"""Masks of known answer: those that a lead settled, and those made wrong on purpose out of correct ones.

A synthetic mask is in no `unit_masks` row, so whatever reads what the settings made never meets it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import Select, func, select, union

from db.records import GoldMask, GoldVerdict, Known, Mask, Purpose, StandingVerdict, SyntheticMask, Verdict
from db.reviews import load_standing
from db.samples import add_masks
from db.store import Transaction, insert_if_new, slices
from db.tables import assignments, journal, masks, reviewers, synthetic_masks, unit_masks, units

_KNOWN = {Verdict.CORRECT: Known.RIGHT, Verdict.INCORRECT: Known.NATURAL}


def load_gold(transaction: Transaction, sample_id: int) -> list[GoldMask]:
    """Give the masks of known answer among a sample's mentions, by mask id.

    A mask on which leads disagree is none of them, nor is a synthetic one whose original is no longer
    settled as correct.
    """
    settled = _settled(transaction, sample_id)
    gold = [
        GoldMask(
            mask_id=row.mask_id,
            unit_id=row.unit_id,
            known=_KNOWN[settled[row.mask_id].verdict],
            can_be_shown=row.unjudgable is None,
            reasons=settled[row.mask_id].reasons,
        )
        for some in slices(settled)
        for row in transaction.connection.execute(_places(sample_id, some))
    ]
    right = {each.mask_id: each.unit_id for each in gold if each.known is Known.RIGHT}
    return sorted([*gold, *_load_synthetic(transaction, right)], key=lambda each: each.mask_id)


def load_gold_verdicts(transaction: Transaction, sample_id: int) -> list[GoldVerdict]:
    """Give what reviewers said for gold of the masks that `load_gold` gives: the latest of each, by time."""
    known = {each.mask_id: each.known for each in load_gold(transaction, sample_id)}
    rows = [
        row
        for some in slices(known)
        for row in transaction.connection.execute(_standing_gold(some))
        if row.verdict is not None
    ]
    return [
        GoldVerdict(
            mask_id=row.mask_id,
            known=known[row.mask_id],
            reviewer=row.name,
            verdict=Verdict(row.verdict),
        )
        for row in sorted(rows, key=lambda row: row.entry_id)
    ]


def load_met(transaction: Transaction, reviewer_id: int, mask_ids: Collection[str]) -> set[str]:
    """Give those of the masks that a reviewer was handed or has judged, for whatever purpose."""
    met: set[str] = set()
    for some in slices(mask_ids):
        judged = select(journal.c.mask_id).where(
            journal.c.reviewer_id == reviewer_id, journal.c.mask_id.in_(some)
        )
        handed = select(assignments.c.task_id).where(
            assignments.c.reviewer_id == reviewer_id, assignments.c.task_id.in_(some)
        )
        met.update(transaction.connection.scalars(union(judged, handed)))
    return met


def has_judged(transaction: Transaction, reviewer_id: int) -> bool:
    """Whether a reviewer has ever given a reading, in any sample."""
    entry = select(journal.c.entry_id).where(
        journal.c.reviewer_id == reviewer_id, journal.c.purpose == Purpose.READING
    )
    return transaction.connection.execute(entry.limit(1)).first() is not None


def add_synthetic_masks(transaction: Transaction, made: Sequence[tuple[Mask, SyntheticMask]]) -> None:
    """Store masks made wrong on purpose; what is there already stays."""
    add_masks(transaction, [mask for mask, _ in made], [])
    insert_if_new(transaction, synthetic_masks, [asdict(each) for _, each in made])


def _settled(transaction: Transaction, sample_id: int) -> dict[str, StandingVerdict]:
    """The masks that all of their adjudications call correct, or all incorrect, with the latest of them."""
    latest: dict[str, StandingVerdict] = {}
    said: dict[str, set[Verdict]] = defaultdict(set)
    for each in load_standing(transaction, sample_id, Purpose.ADJUDICATION):
        latest[each.mask_id] = each
        said[each.mask_id].add(each.verdict)
    return {
        mask_id: each
        for mask_id, each in latest.items()
        if each.verdict in _KNOWN and len(said[mask_id]) == 1
    }


def _places(sample_id: int, mask_ids: list[str]) -> Select[tuple[str, int, str | None]]:
    return (
        select(unit_masks.c.mask_id, unit_masks.c.unit_id, masks.c.unjudgable)
        .join(units, units.c.unit_id == unit_masks.c.unit_id)
        .join(masks, masks.c.mask_id == unit_masks.c.mask_id)
        .where(units.c.sample_id == sample_id, unit_masks.c.mask_id.in_(mask_ids))
        .distinct()
    )


def _load_synthetic(transaction: Transaction, right: dict[str, int]) -> list[GoldMask]:
    rows = [
        row
        for some in slices(right)
        for row in transaction.connection.execute(
            select(synthetic_masks, masks.c.unjudgable)
            .join(masks, masks.c.mask_id == synthetic_masks.c.mask_id)
            .where(synthetic_masks.c.made_from.in_(some))
        )
    ]
    return [
        GoldMask(
            mask_id=row.mask_id,
            unit_id=right[row.made_from],
            known=Known.SYNTHETIC,
            can_be_shown=row.unjudgable is None,
            made_from=row.made_from,
            change=row.change,
        )
        for row in rows
    ]


def _standing_gold(mask_ids: list[str]) -> Select[tuple[int, str, str, str | None]]:
    newest = (
        select(func.max(journal.c.entry_id))
        .where(journal.c.mask_id.in_(mask_ids), journal.c.purpose == Purpose.GOLD)
        .group_by(journal.c.mask_id, journal.c.reviewer_id)
    )
    return (
        select(journal.c.entry_id, journal.c.mask_id, reviewers.c.name, journal.c.verdict)
        .join(reviewers, reviewers.c.reviewer_id == journal.c.reviewer_id)
        .where(journal.c.entry_id.in_(newest))
    )
