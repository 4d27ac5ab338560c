"""Reads rows of a CSV file of verdicts: each is a judgement of one mask, or is named with its fault."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from audit.csv_rows import SURPLUS, open_csv
from audit.errors import InputError
from audit.names import name_fault
from db.records import REASONS_OF, MaskState, Reason, Unit, UnitMask, Verdict

COLUMNS = ("annotation_id", "setting", "reviewer", "verdict", "reasons", "comment", "seconds", "decided_at")
MASK_COLUMN = "mask_id"
"""Stands in place of annotation_id and setting where the file must not tell them."""

FLAG_COLUMN = "flagged"
"""May stand beside the others: "yes" where a lead is to look at the mask, else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One good row, as far as it says something of a mask.

    Attributes:
        flagged: None where the file has no such column.
    """

    line: int
    mask_id: str
    reviewer: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    comment: str
    flagged: bool | None
    seconds: float | None
    decided_at: datetime | None


class _BadRowError(Exception):
    """Why a row cannot be taken, as a clause."""


class SampledMasks:
    """Finds the mask that a row speaks of."""

    def __init__(self, sample: str, units: Sequence[Unit], unit_masks: Sequence[UnitMask]) -> None:
        annotations = {unit.unit_id: unit.annotation_id for unit in units}
        self._sample = sample
        self._settings = {made.setting for made in unit_masks}
        self._annotations = set(annotations.values())
        self._made = {(annotations[made.unit_id], made.setting): made for made in unit_masks}
        self._mask_ids = {made.mask_id for made in unit_masks if made.mask_id is not None}

    def of_row(self, row: Mapping[str, str]) -> str:
        """Give the id of the mask, or raise _BadRowError."""
        mask_id = row.get(MASK_COLUMN, "")
        if mask_id:
            if mask_id not in self._mask_ids:
                raise _BadRowError(f"mask {mask_id!r} is not in sample {self._sample!r}")
            return mask_id
        annotation_id, setting = row.get("annotation_id", ""), row.get("setting", "")
        if annotation_id not in self._annotations:
            raise _BadRowError(f"annotation {annotation_id!r} is not in sample {self._sample!r}")
        if setting not in self._settings:
            raise _BadRowError(f"setting {setting!r} is not one of {', '.join(sorted(self._settings))}")
        made = self._made[annotation_id, setting]
        if made.mask_id is None:
            raise _BadRowError(_NOTHING_TO_JUDGE[made.state].format(annotation_id, setting))
        return made.mask_id


_NOTHING_TO_JUDGE = {
    MaskState.MISSING: "annotation {!r} has no mask in setting {!r}, which counts as incorrect by itself",
    MaskState.DROPPED: "annotation {!r} was dropped from setting {!r}",
    MaskState.UNREADABLE: "the mask of annotation {!r} in setting {!r} cannot be read",
}


def read_rows(file: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Give the header and the rows, each with the line that it ends on; raise InputError for no such file."""
    with open_csv(file, "verdicts") as table:
        _check_header(file, table.header)
        return list(table.header), list(table.rows)


def _check_header(file: Path, header: Sequence[str]) -> None:
    needed = ("reviewer", "verdict") if MASK_COLUMN in header else COLUMNS[:4]
    lacking = [name for name in needed if name not in header]
    if lacking:
        raise InputError(
            f"{file} has no column {', '.join(lacking)}: its first line must name the columns "
            f"{', '.join(COLUMNS)} ({MASK_COLUMN} may stand in place of the first two)"
        )


def judge_rows(
    rows: Iterable[tuple[int, dict[str, str]]], masks: SampledMasks
) -> tuple[list[Judgement], list[tuple[int, str]]]:
    """Give the good rows as judgements, and the line and fault of every bad one."""
    judgements: list[Judgement] = []
    faults: list[tuple[int, str]] = []
    for line, row in rows:
        try:
            judgements.append(_judgement(line, row, masks))
        except _BadRowError as error:
            faults.append((line, str(error)))
    return judgements, faults


def _judgement(line: int, row: Mapping[str, str], masks: SampledMasks) -> Judgement:
    if SURPLUS in row:
        raise _BadRowError(f"it has more cells than the first line has columns ({row[SURPLUS]!r})")
    if any("\0" in cell for cell in row.values()):
        raise _BadRowError("it holds a NUL character")
    reviewer = row.get("reviewer", "").strip()
    fault = name_fault(reviewer)
    if fault:
        raise _BadRowError(f"its reviewer {fault}")
    verdict = _verdict(row.get("verdict", "").strip())
    return Judgement(
        line=line,
        mask_id=masks.of_row(row),
        reviewer=reviewer,
        verdict=verdict,
        reasons=_reasons(row.get("reasons", ""), verdict),
        comment=row.get("comment", ""),
        flagged=_flag(row.get(FLAG_COLUMN)),
        seconds=_seconds(row.get("seconds", "").strip()),
        decided_at=_time(row.get("decided_at", "").strip()),
    )


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError as error:
        raise _BadRowError(f"verdict {text!r} is not one of {', '.join(Verdict)}") from error


def _reasons(text: str, verdict: Verdict) -> tuple[Reason, ...]:
    named = [each.strip() for each in text.split(";") if each.strip()]
    allowed = REASONS_OF[verdict]
    for each in named:
        if each not in set(Reason):
            raise _BadRowError(f"reason {each!r} is not one of {', '.join(Reason)}")
        if each not in allowed:
            raise _BadRowError(f"reason {each!r} does not go with the verdict {verdict}")
    return tuple(reason for reason in allowed if reason in named)


def _flag(text: str | None) -> bool | None:
    if text is None:
        return None
    if text.strip() not in ("", "yes"):
        raise _BadRowError(f"flagged {text!r} is neither yes nor empty")
    return text.strip() == "yes"


def _seconds(text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError as error:
        raise _BadRowError(f"seconds {text!r} is no number") from error
    if not (math.isfinite(seconds) and seconds >= 0):
        raise _BadRowError(f"seconds {text!r} is no length of time")
    return seconds


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _BadRowError(
            f"decided_at {text!r} is no time: write it like 2026-01-31T12:00:00+00:00"
        ) from error
