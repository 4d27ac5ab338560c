"""Carries verdicts of the old round to the new one, where the mask is the same and nobody judged it anew."""

import csv
from collections.abc import Sequence
from pathlib import Path

from audit.errors import InputError
from audit.jobs.files import write_csv
from audit.jobs.review_state import Outcome, ReviewState
from audit.jobs.rounds.mentions import CommonUnit, common_masks
from audit.jobs.verdict_rows import COLUMNS, MASK_COLUMN
from db.records import Purpose, Source, StandingVerdict

CARRIED_BY = "carried over"
"""Under whose name carried verdicts stand: whoever gave them may have another name, or none, by now."""

FILE_COLUMNS = (MASK_COLUMN, *COLUMNS[2:])


def carried_verdicts(
    old: ReviewState, new: ReviewState, common: tuple[CommonUnit, ...], settings: Sequence[str]
) -> tuple[StandingVerdict, ...]:
    """Give a verdict for every mask that is pending in the new round and settled in the old one.

    What settled it there settles it here, whatever the policies: it is what the mask was found to be.
    """
    pending = {
        each.new.mask_id
        for setting in settings
        for each in common_masks(old, new, common, setting)
        if each.is_same and each.unit.is_asked_alike and each.new_outcome is Outcome.PENDING
    }
    # A mask on which the new reviewers disagree may be pending too.
    unread = sorted(mask_id for mask_id in pending if mask_id is not None and mask_id not in new.readings)
    carried = (_settled(old, mask_id) for mask_id in unread)
    return tuple(each for each in carried if each is not None)


def refuse_carried_target(file: Path, inputs: Sequence[Path]) -> None:
    """Raise InputError where carried verdicts cannot be written, or would replace anything but such verdicts.

    Args:
        file: that is to be written.
        inputs: files that are read.
    """
    if not file.parent.is_dir():
        raise InputError(f"--carried {file} cannot be written: {file.parent} is no folder; name another")
    if file.is_dir():
        raise InputError(f"--carried {file} is a folder: name a file in it")
    if any(file.resolve() == each.resolve() for each in inputs):
        raise InputError(f"--carried {file} is one of the bundles that are compared: name another file")
    if file.exists() and not _holds_carried_verdicts(file):
        raise InputError(
            f"--carried {file} is there and holds other things than carried verdicts: name another file, or "
            "remove it"
        )


def write_carried(file: Path, carried: Sequence[StandingVerdict]) -> None:
    """Write verdicts as `verdicts import` takes them, by the ids of their masks."""
    rows = [
        (
            each.mask_id,
            each.reviewer,
            each.verdict,
            ";".join(each.reasons),
            each.comment,
            "",
            each.decided_at.isoformat(),
        )
        for each in carried
    ]
    write_csv(file, FILE_COLUMNS, rows)


def _holds_carried_verdicts(file: Path) -> bool:
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream)
            is_ours = tuple(next(rows, ())) == FILE_COLUMNS
            # What people said themselves may stand under the same columns.
            return is_ours and all(row[1:2] == [CARRIED_BY] for row in rows)
    except (OSError, UnicodeDecodeError, csv.Error):
        return False


def _settled(old: ReviewState, mask_id: str) -> StandingVerdict | None:
    settled = old.settled.get(mask_id)
    if settled is None or settled.verdict is None or settled.is_disputed:
        return None
    given = [*old.readings.get(mask_id, ())]
    if mask_id in old.adjudicated:
        given.append(old.adjudicated[mask_id])
    agreeing = [each for each in given if each.verdict == settled.verdict] or given
    named = {reason for each in agreeing for reason in each.reasons if each.verdict == settled.verdict}
    return StandingVerdict(
        mask_id=mask_id,
        reviewer=CARRIED_BY,
        verdict=settled.verdict,
        purpose=Purpose.ADJUDICATION,
        reasons=tuple(sorted(named)),
        comment=f"of the sample {old.sample.name}",
        seconds=None,
        decided_at=max(each.decided_at for each in agreeing),
        source=Source.IMPORT,
        guideline_hash=None,
    )
