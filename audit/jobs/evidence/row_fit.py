"""Whether rows fit together: each of what it can hold, none twice, and what one refers to is there."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.json_shapes import fits
from audit.jobs.evidence.row_words import shown
from audit.jobs.evidence.rows import FiledRows, place
from db.evidence import TABLES, Row, references_of, unique_columns_of
from db.records import Contrast, FrameFile, MaskState, Reason, SampleWave
from sampling.design.frame import Across, DrawnUnit
from sampling.design.goals import Goal
from sampling.design.phase_one import SizeMeasure

MOST_PIXELS = 2**29
"""Of a mask that is decoded: a few bytes of run lengths may claim any size."""

_KINDS: Mapping[tuple[str, str], Any] = {
    ("samples", "unit"): DrawnUnit,
    ("samples", "across"): Across,
    ("samples", "size_measure"): SizeMeasure,
    ("samples", "goal"): Goal,
    ("samples", "fixed"): dict[str, int],
    ("samples", "frame_files"): tuple[FrameFile, ...],
    ("samples", "contrast"): Contrast | None,
    ("samples", "waves"): tuple[SampleWave, ...] | None,
    ("masks", "parts"): tuple[str, ...],
}
"""What a column can hold that is no more than text or JSON to a store."""


def check_fit(found: FiledRows) -> Check:
    """Hold every row of a bundle against what its table can hold, and against the rows it refers to."""
    differences = [
        *_content_differences(found),
        *_doubles(found),
        *_dangling(found),
        *_setting_differences(found),
    ]
    return Check(name="fit", said=f"{found.n_rows:,} rows, with each other", differences=tuple(differences))


def _content_differences(found: FiledRows) -> Iterator[Difference]:
    for table in TABLES:
        kinds = {column: kind for (of_table, column), kind in _KINDS.items() if of_table == table}
        for filed in found.of_table[table]:
            strange = [column for column, kind in kinds.items() if not fits(filed.row[column], kind)]
            faults = [f"{column} = {shown(filed.row[column])} is not of its kind" for column in strange]
            if not faults and table in _FAULTS:
                faults = list(_FAULTS[table](filed.row))
            for fault in faults:
                yield Difference(where=place(table, filed.number), what=f"{filed.key}: {fault}")


def _mask_faults(row: Row) -> Iterator[str]:
    height, width, parts = row["height"], row["width"], row["parts"]
    if not (isinstance(height, int) and isinstance(width, int) and isinstance(parts, list)):
        return
    if height < 1 or width < 1 or height * width > MOST_PIXELS:
        yield f"it has {height:,} × {width:,} pixels, as no mask has"
    if not all(each.isascii() for each in parts):
        yield "its run lengths cannot be decoded"


def _unit_faults(row: Row) -> Iterator[str]:
    chance = row["inclusion_probability"]
    if not (isinstance(chance, int | float) and 0 < chance <= 1):
        yield f"inclusion_probability is {chance}, which is no chance"


def _unit_mask_faults(row: Row) -> Iterator[str]:
    if (row["state"] == MaskState.PRESENT) != (row["mask_id"] is not None):
        yield f"state is {row['state']}, and the mask is {shown(row['mask_id'])}"


def _journal_faults(row: Row) -> Iterator[str]:
    strange = sorted(set(str(row["reasons"]).split(";")) - {"", *Reason})
    if strange:
        yield f"reasons has {shown(', '.join(strange))}, which is none"


_FAULTS: Mapping[str, Callable[[Row], Iterator[str]]] = {
    "masks": _mask_faults,
    "units": _unit_faults,
    "unit_masks": _unit_mask_faults,
    "journal": _journal_faults,
}


def _doubles(found: FiledRows) -> Iterator[Difference]:
    for table in TABLES:
        for columns in unique_columns_of(table):
            first: dict[tuple[object, ...], int] = {}
            for filed in found.of_table[table]:
                values = tuple(filed.row[column] for column in columns)
                before = first.setdefault(values, filed.number)
                if before != filed.number:
                    same = ", ".join(f"{column}={shown(filed.row[column])}" for column in columns)
                    what = f"it has {same}, as row {before} has"
                    yield Difference(where=place(table, filed.number), what=what)


def _dangling(found: FiledRows) -> Iterator[Difference]:
    for table in TABLES:
        for column, other, other_column in references_of(table):
            there = {filed.row[other_column] for filed in found.of_table[other]}
            for filed in found.of_table[table]:
                value = filed.row[column]
                if value is not None and value not in there:
                    what = f"{column} is {shown(value)}, and {place(other)} has no such row"
                    yield Difference(where=place(table, filed.number), what=f"{filed.key}: {what}")


def _setting_differences(found: FiledRows) -> Iterator[Difference]:
    """Every setting of a sample has a row for each of its units, and nothing else has one."""
    sample_of = {filed.row["unit_id"]: filed.row["sample_id"] for filed in found.of_table["units"]}
    n_units = Counter(sample_of.values())
    made = Counter(
        (sample_of.get(filed.row["unit_id"]), filed.row["setting"]) for filed in found.of_table["unit_masks"]
    )
    named = set()
    for filed in found.of_table["sample_settings"]:
        pair = filed.row["sample_id"], filed.row["setting"]
        named.add(pair)
        if made[pair] != n_units[pair[0]]:
            what = (
                f"setting {shown(pair[1])} has {made[pair]:,} rows in {place('unit_masks')}, "
                f"its sample {n_units[pair[0]]:,} units"
            )
            yield Difference(where=place("sample_settings", filed.number), what=what)
    for sample_id, setting in made.keys() - named:
        if sample_id is not None:
            what = f"setting {shown(setting)} is none that {place('sample_settings')} names"
            yield Difference(where=place("unit_masks"), what=what)
