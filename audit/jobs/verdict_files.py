"""Verdicts in and out as CSV: every bad row is named and nothing is written, or all of it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from audit.errors import InputError
from audit.jobs.files import write_csv
from audit.jobs.verdict_rows import (
    COLUMNS,
    FLAG_COLUMN,
    MASK_COLUMN,
    Judgement,
    SampledMasks,
    judge_rows,
    read_rows,
)
from db.records import (
    REASONS_OF,
    Reading,
    Source,
    StandingVerdict,
    UnitMask,
)
from db.reviewers import ensure_reviewer
from db.reviews import add_readings, load_standing
from db.samples import load_sample, load_unit_masks, load_units
from db.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did.

    Attributes:
        n_rows: rows of the file.
        n_masks: distinct masks that they judge.
        n_new: entries added to the journal; the others stood there already.
        n_older: masks on which the reviewer has decided otherwise since, so that nothing was added.
        ignored_columns: columns that mean nothing here.
    """

    n_rows: int
    n_masks: int
    n_new: int
    n_older: int
    ignored_columns: tuple[str, ...]


def import_verdicts(store: Store, file: Path, sample_name: str | None, now: datetime) -> ImportResult:
    """Take the verdicts of a CSV file into the journal; what stands there already is passed over.

    A row without `decided_at` was decided now; a time without a zone is UTC. Reviewers that are not known are
    made known.

    Raises:
        InputError: the file cannot be read or has bad rows, each of them named; nothing was written.
    """
    with store.reading() as transaction:
        sample = load_sample(transaction, sample_name)
        units = load_units(transaction, sample.sample_id)
        unit_masks = load_unit_masks(transaction, sample.sample_id)
        standing = load_standing(transaction, sample.sample_id)
    header, rows = read_rows(file)
    masks = SampledMasks(sample.name, units, unit_masks)
    judgements, faults = judge_rows(rows, masks)
    faults += _contradictions(judgements)
    if faults:
        named = "; ".join(f"line {line}: {fault}" for line, fault in sorted(faults))
        raise InputError(f"{file} was not imported, correct {len(faults)} rows: {named}")
    joined = _joined(judgements)
    known = {(each.mask_id, each.reviewer): each for each in standing}
    older = {key for key, each in joined.items() if key in known and _is_older(each, known[key])}
    news = _news({key: each for key, each in joined.items() if key not in older}, known, now)
    with store.transaction() as transaction:
        n_new = 0
        for name, readings in news.items():
            reviewer = ensure_reviewer(transaction, name, now)
            n_new += add_readings(transaction, reviewer.reviewer_id, readings, source=Source.IMPORT, now=now)
    return ImportResult(
        n_rows=len(rows),
        n_masks=len({judgement.mask_id for judgement in judgements}),
        n_new=n_new,
        n_older=len(older),
        ignored_columns=tuple(name for name in header if name not in (*COLUMNS, MASK_COLUMN, FLAG_COLUMN)),
    )


def export_verdicts(store: Store, file: Path, sample_name: str | None) -> int:
    """Write every verdict that stands on a sample, one row per setting of a shared mask.

    Returns:
        How many rows were written.
    """
    with store.reading() as transaction:
        sample = load_sample(transaction, sample_name)
        annotations = {unit.unit_id: unit.annotation_id for unit in load_units(transaction, sample.sample_id)}
        unit_masks = load_unit_masks(transaction, sample.sample_id)
        standing = load_standing(transaction, sample.sample_id)
    makers: dict[str, list[UnitMask]] = {}
    for made in unit_masks:
        if made.mask_id is not None:
            makers.setdefault(made.mask_id, []).append(made)
    rows = [
        (
            annotations[made.unit_id],
            made.setting,
            each.reviewer,
            each.verdict,
            ";".join(each.reasons),
            each.comment,
            "" if each.seconds is None else repr(each.seconds),
            each.decided_at.isoformat(),
        )
        for each in standing
        for made in makers[each.mask_id]
    ]
    write_csv(file, COLUMNS, sorted(rows))
    return len(rows)


def _contradictions(judgements: Iterable[Judgement]) -> list[tuple[int, str]]:
    first: dict[tuple[str, str], Judgement] = {}
    faults = []
    for each in judgements:
        before = first.setdefault((each.mask_id, each.reviewer), each)
        if before.verdict != each.verdict:
            faults.append(
                (
                    each.line,
                    f"reviewer {each.reviewer!r} says {each.verdict} of a mask of which line {before.line} "
                    f"says {before.verdict}",
                )
            )
    return faults


def _joined(judgements: Iterable[Judgement]) -> dict[tuple[str, str], Judgement]:
    """One judgement for each mask and reviewer; rows on one mask add up their reasons and comments."""
    joined: dict[tuple[str, str], Judgement] = {}
    for each in judgements:
        key = (each.mask_id, each.reviewer)
        before = joined.get(key)
        joined[key] = each if before is None else _both(before, each)
    return joined


def _both(first: Judgement, second: Judgement) -> Judgement:
    named = {*first.reasons, *second.reasons}
    comments = dict.fromkeys(each.comment for each in (first, second) if each.comment)
    return replace(
        first,
        reasons=tuple(reason for reason in REASONS_OF[first.verdict] if reason in named),
        comment="; ".join(comments),
        flagged=first.flagged or second.flagged,
    )


def _news(
    joined: Mapping[tuple[str, str], Judgement],
    known: Mapping[tuple[str, str], StandingVerdict],
    now: datetime,
) -> dict[str, list[Reading]]:
    """The readings that say something new, by reviewer."""
    news: dict[str, list[Reading]] = {}
    for key, each in joined.items():
        if key in known and _is_same(known[key], each):
            continue
        news.setdefault(each.reviewer, []).append(
            # Which of these somebody read again was settled outside, with chances that nobody here knows.
            Reading(
                mask_id=each.mask_id,
                verdict=each.verdict,
                reasons=each.reasons,
                comment=each.comment,
                flagged=bool(each.flagged),
                client_key=f"import {now.isoformat()} line {each.line}",
                seconds=each.seconds,
                decided_at=each.decided_at or now,
            )
        )
    return news


def _is_older(judgement: Judgement, standing: StandingVerdict) -> bool:
    return judgement.decided_at is not None and judgement.decided_at < standing.decided_at


def _is_same(standing: StandingVerdict, judgement: Judgement) -> bool:
    is_said_alike = (standing.verdict, standing.reasons, standing.comment) == (
        judgement.verdict,
        judgement.reasons,
        judgement.comment,
    )
    is_flagged_alike = judgement.flagged in (None, standing.flagged)
    return is_said_alike and is_flagged_alike and judgement.decided_at in (None, standing.decided_at)
