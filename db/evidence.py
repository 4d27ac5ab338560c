"""The rows that a sample's figures depend on: out of one store and into another, as values that JSON holds.

What only a running review needs stays behind: the keys of key presses, the hashes of links. Whether a person
has a link is kept, as who takes part in a review depends on it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from sys import float_info

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Integer,
    RowMapping,
    Select,
    String,
    Table,
    UniqueConstraint,
    or_,
    select,
    union,
)

from db.records import MaskState, OverlayMode, Preference, Purpose, Role, Source, Verdict
from db.store import Transaction
from db.tables import (
    SCHEMA_REVISION,
    UtcTime,
    assignments,
    journal,
    masks,
    preferences,
    reviewers,
    sample_settings,
    samples,
    strata,
    synthetic_masks,
    unit_masks,
    units,
)

__all__ = [
    "HAS_LINK",
    "SCHEMA_REVISION",
    "TABLES",
    "Row",
    "Value",
    "add_evidence",
    "choices_of",
    "columns_of",
    "key_columns",
    "load_evidence",
    "references_of",
    "row_fault",
    "unique_columns_of",
]

Value = object
"""What JSON holds: text, a number, true, false, null, a list or an object."""

Row = Mapping[str, Value]
"""One row: column → value; times are text of ISO 8601 with their zone."""

HAS_LINK = "has_link"

_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        samples,
        strata,
        sample_settings,
        units,
        masks,
        unit_masks,
        reviewers,
        assignments,
        synthetic_masks,
        journal,
        preferences,
    )
}
TABLES = tuple(_TABLES)
"""The tables, each after those that it refers to."""

_LEFT_BEHIND = {("journal", "client_key"), ("preferences", "client_key"), ("reviewers", "link_hash")}

_CHOICES: dict[tuple[str, str], type[StrEnum]] = {
    ("unit_masks", "state"): MaskState,
    ("reviewers", "role"): Role,
    ("assignments", "purpose"): Purpose,
    ("journal", "verdict"): Verdict,
    ("journal", "overlay_mode"): OverlayMode,
    ("journal", "source"): Source,
    ("journal", "purpose"): Purpose,
    ("preferences", "preference"): Preference,
    ("preferences", "shown_left"): Preference,
}

_GREATEST = 2**63


def load_evidence(transaction: Transaction, sample_id: int) -> dict[str, list[Row]]:
    """Give all rows that the figures of a sample are made of, by table, in order of their keys.

    These are the sample with its units and masks; masks made wrong on purpose out of these; all that was ever
    said of any of these masks, also what was taken back or superseded; who was given what; every reviewer.
    A mask may have been handed out for another sample: of that one the design alone is given.
    """
    masks_of_sample = (
        select(unit_masks.c.mask_id)
        .join(units, units.c.unit_id == unit_masks.c.unit_id)
        .where(units.c.sample_id == sample_id, unit_masks.c.mask_id.is_not(None))
    )
    made = select(synthetic_masks.c.mask_id).where(synthetic_masks.c.made_from.in_(masks_of_sample))
    every_mask = union(masks_of_sample, made).subquery()
    mask_ids = select(every_mask.c.mask_id)
    of_sample = select(units.c.unit_id).where(units.c.sample_id == sample_id)
    given = or_(assignments.c.sample_id == sample_id, assignments.c.task_id.in_(mask_ids))
    sample_ids = select(assignments.c.sample_id).where(given)
    queries: dict[Table, Select[tuple[object, ...]]] = {
        samples: select(samples).where(
            or_(samples.c.sample_id == sample_id, samples.c.sample_id.in_(sample_ids))
        ),
        strata: select(strata).where(strata.c.sample_id == sample_id),
        sample_settings: select(sample_settings).where(sample_settings.c.sample_id == sample_id),
        units: select(units).where(units.c.sample_id == sample_id),
        masks: select(masks).where(masks.c.mask_id.in_(mask_ids)),
        unit_masks: select(unit_masks).where(unit_masks.c.unit_id.in_(of_sample)),
        reviewers: select(reviewers),
        assignments: select(assignments).where(given),
        synthetic_masks: select(synthetic_masks).where(synthetic_masks.c.made_from.in_(masks_of_sample)),
        journal: select(journal).where(journal.c.mask_id.in_(mask_ids)),
        preferences: select(preferences).where(
            preferences.c.first_mask_id.in_(mask_ids), preferences.c.second_mask_id.in_(mask_ids)
        ),
    }
    return {table.name: _rows(transaction, table, queries[table]) for table in _TABLES.values()}


def add_evidence(transaction: Transaction, rows: Mapping[str, Sequence[Row]]) -> None:
    """Put rows into an empty store.

    Args:
        transaction: of that store.
        rows: by table, as `load_evidence` gives them; in each of them `row_fault` finds nothing.

    Raises:
        ConflictError: they do not fit together: a key stands twice, or what one refers to is not there. It is
            raised by the store on leaving the transaction.
    """
    for name, table in _TABLES.items():
        if rows.get(name):
            stored = [_stored(table, row) for row in rows[name]]
            transaction.connection.execute(table.insert(), stored)


@cache
def columns_of(table: str) -> tuple[str, ...]:
    """Give the columns of a table's rows, in order."""
    kept = tuple(column.name for column in _TABLES[table].columns if (table, column.name) not in _LEFT_BEHIND)
    return (*kept, HAS_LINK) if table == reviewers.name else kept


@cache
def key_columns(table: str) -> tuple[str, ...]:
    """Give the columns that tell the rows of a table apart."""
    return tuple(column.name for column in _TABLES[table].primary_key.columns)


@cache
def unique_columns_of(table: str) -> tuple[tuple[str, ...], ...]:
    """Give the sets of columns in which no two rows of a table are the same."""
    constraints = [each for each in _TABLES[table].constraints if isinstance(each, UniqueConstraint)]
    columns = [tuple(column.name for column in each.columns) for each in constraints]
    kept = sorted(each for each in columns if not any((table, name) in _LEFT_BEHIND for name in each))
    return (key_columns(table), *kept)


@cache
def references_of(table: str) -> tuple[tuple[str, str, str], ...]:
    """Give the columns of a table that refer to rows, each with the table and the column referred to."""
    keys = sorted(_TABLES[table].foreign_keys, key=lambda key: str(key.parent.name))
    return tuple((key.parent.name, key.column.table.name, key.column.name) for key in keys)


@cache
def choices_of(table: str, column: str) -> tuple[Value, ...]:
    """Give the few values that a column can have; none where it can have many."""
    if column == HAS_LINK:
        return (False, True)
    described = _TABLES[table].columns[column]
    if isinstance(described.type, Boolean):
        return (False, True)
    choices = tuple(each.value for each in _CHOICES.get((table, column), ()))
    return (*choices, None) if choices and described.nullable else choices


def row_fault(table: str, row: object) -> str | None:
    """Give what keeps a value from being a row of a table, as a clause; None where nothing does."""
    if not isinstance(row, dict):
        return "it is no object"
    columns = columns_of(table)
    if tuple(row) != columns:
        lacking, strange = set(columns) - set(row), set(row) - set(columns)
        if lacking or strange:
            return f"it lacks {sorted(lacking)}" if lacking else f"it has a strange column {sorted(strange)}"
        return "its columns are in another order"
    faults = (_value_fault(table, name, row[name]) for name in columns)
    return next((fault for fault in faults if fault), None)


def _rows(transaction: Transaction, table: Table, query: Select[tuple[object, ...]]) -> list[Row]:
    ordered = query.order_by(*table.primary_key.columns)
    # Databases order text by their own rules; the same rows are to be the same bytes whoever held them.
    keys = key_columns(table.name)
    rows = [_taken_out(table, row) for row in transaction.connection.execute(ordered).mappings()]
    return sorted(rows, key=lambda row: tuple(_order(row[key]) for key in keys))


def _order(key: Value) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (0, str(key))


def _taken_out(table: Table, row: RowMapping) -> Row:
    taken = {
        column.name: _plain(row[column.name])
        for column in table.columns
        if (table.name, column.name) not in _LEFT_BEHIND
    }
    return taken | {HAS_LINK: row["link_hash"] is not None} if table is reviewers else taken


def _plain(value: object) -> Value:
    return value.isoformat() if isinstance(value, datetime) else value


def _stored(table: Table, row: Row) -> dict[str, object]:
    values = {
        column.name: _typed(column, row[column.name])
        for column in table.columns
        if (table.name, column.name) not in _LEFT_BEHIND
    }
    if table is reviewers:
        return values | {"link_hash": f"of reviewer {row['reviewer_id']}" if row[HAS_LINK] else None}
    return values | {"client_key": f"entry {row['entry_id']}"} if "entry_id" in values else values


def _typed(column: Column[object], value: Value) -> object:
    if isinstance(column.type, UtcTime) and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


def _value_fault(table: str, name: str, value: Value) -> str | None:
    if name == HAS_LINK:
        return None if isinstance(value, bool) else f"{name} is neither true nor false"
    column = _TABLES[table].columns[name]
    if value is None:
        return None if column.nullable else f"{name} is empty"
    choices = choices_of(table, name)
    if choices and value not in choices:
        return f"{name} = {value!r} is none of {', '.join(str(each) for each in choices if each is not None)}"
    return None if _fits(column, value) else f"{name} = {value!r} is not of its kind"


def _fits(column: Column[object], value: Value) -> bool:
    kind = column.type
    if isinstance(kind, UtcTime):
        return isinstance(value, str) and _is_time(value)
    if isinstance(kind, Boolean):
        return isinstance(value, bool)
    if isinstance(kind, Float):
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= float_info.max
    if isinstance(kind, Integer):
        return isinstance(value, int) and not isinstance(value, bool) and -_GREATEST <= value < _GREATEST
    if isinstance(kind, String):
        return isinstance(value, str) and _is_text(value, kind.length)
    return isinstance(kind, JSON)


def _is_text(text: str, longest: int | None) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which no store can hold
        return False
    return longest is None or len(text) <= longest


def _is_time(text: str) -> bool:
    try:
        time = datetime.fromisoformat(text)
        time.astimezone(UTC)  # as stores keep it: of the first and the last day there may be none
    except (ValueError, OverflowError):
        return False
    return time.tzinfo is not None
