"""The guideline that reviewers were given, as far as a workspace still has it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from audit.jobs.evidence.checksums import sha256_of
from audit.jobs.evidence.difference import Check
from audit.settings import Settings
from db.evidence import Row
from reports.numbers import counted_text

GUIDELINE_FILE = "guideline.md"


def write_guideline_file(folder: Path, settings: Settings) -> None:
    """Write the guideline as it is now into the folder of a bundle; nothing where there is none."""
    if settings.guideline_file.is_file():
        (folder / GUIDELINE_FILE).write_bytes(settings.guideline_file.read_bytes())


def guideline_hashes(rows: Mapping[str, Sequence[Row]]) -> tuple[str, ...]:
    """Give the SHA-256 of every version of the guideline that an entry names, in order."""
    return tuple(
        sorted(
            {
                str(row["guideline_hash"])
                for table in ("journal", "preferences")
                for row in rows[table]
                if row["guideline_hash"] is not None
            }
        )
    )


def check_guideline(folder: Path, rows: Mapping[str, Sequence[Row]]) -> Check:
    """Tell whether the guideline is the one under which verdicts were given; earlier ones are not kept."""
    named = guideline_hashes(rows)
    file = folder / GUIDELINE_FILE
    if not named or not file.is_file():
        reason = "no verdict names one" if not named else "there is none in the bundle"
        return Check(name="guideline", said=reason, is_done=False)
    n_others = len(set(named) - {sha256_of(file)})
    if n_others == 0:
        return Check(name="guideline", said="it is the one that all verdicts name")
    said = "verdicts name it" if n_others < len(named) else "no verdict names it: it was changed since"
    remark = f"Verdicts name {counted_text(n_others, 'other guideline')}, which nobody kept."
    return Check(name="guideline", said=said, remarks=(remark,))
