"""`SHA256SUMS`: the hash of every file of a bundle, as `sha256sum -c` reads it."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from audit.jobs.evidence.difference import Check, Difference

SUMS_FILE = "SHA256SUMS"
SIGNATURE_FILES = (f"{SUMS_FILE}.minisig", f"{SUMS_FILE}.sig")
"""What may lie in a bundle without a sum of its own: it signs the sums."""

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def write_sums(folder: Path, names: Sequence[str]) -> None:
    """Write the sums of files beneath a folder into it."""
    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in sorted(names)]
    (folder / SUMS_FILE).write_text("".join(lines), encoding="utf-8")


def check_sums(folder: Path, names: Sequence[str]) -> Check:
    """Hold every file of an unpacked bundle against its sum."""
    listed, differences = _listed(folder)
    summed = [name for name in names if name not in (SUMS_FILE, *SIGNATURE_FILES)]
    for name in summed:
        if name not in listed:
            differences.append(Difference(where=name, what=f"the file is not in {SUMS_FILE}"))
        elif sha256_of(folder / name) != listed[name]:
            differences.append(Difference(where=name, what=f"the file is not the one that {SUMS_FILE} names"))
    gone = sorted(listed.keys() - set(summed))
    differences += [Difference(where=name, what=f"the file is gone; {SUMS_FILE} names it") for name in gone]
    return Check(
        name="checksums", said=f"the SHA-256 of {len(summed):,} files", differences=tuple(differences)
    )


def sha256_of(file: Path) -> str:
    """Give the SHA-256 of a file's bytes, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _listed(folder: Path) -> tuple[dict[str, str], list[Difference]]:
    try:
        lines = (folder / SUMS_FILE).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return {}, [Difference(where=SUMS_FILE, what="the file is gone, or it is no text")]
    listed: dict[str, str] = {}
    differences = []
    if lines[-1]:
        differences.append(Difference(where=SUMS_FILE, what="it does not end with the end of a line"))
    for number, line in enumerate(lines[:-1], start=1):
        found = _LINE.fullmatch(line)
        if found is None or found[2] in listed:
            differences.append(
                Difference(where=f"{SUMS_FILE} line {number}", what="it is no sum, or of a file named before")
            )
            continue
        listed[found[2]] = found[1]
    return listed, differences
