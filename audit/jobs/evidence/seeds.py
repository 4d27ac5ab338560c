"""The seeds that a bundle names beside its sample's own: one may give the tickets where that does not."""

import json
from pathlib import Path

from audit.jobs.evidence.report_names import REPORT_JSON


def seeds_named(folder: Path) -> tuple[int, ...]:
    """Give the seeds that the report of an unpacked bundle names."""
    try:
        seed = json.loads((folder / REPORT_JSON).read_text(encoding="utf-8"))["sample"]["seed"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ()
    return (seed,) if type(seed) is int else ()
