"""What is to be known of the table of verdicts that a Croissant document describes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictFile:
    """The table of verdicts that the document describes.

    Attributes:
        name: of the file, beside the document.
        n_bytes: its size.
        sha256: of its content, in hex.
        first_decided: when the first verdict in it was given, or None where there is none.
        last_decided: the same of the last.
        n_readings: verdicts in it that count, leads' settling ones left out.
        n_masks: masks that they are on.
        n_masks_read_again: of these, how many have more than one.
        has_names: reviewers stand in it with their names.
    """

    name: str
    n_bytes: int
    sha256: str
    first_decided: datetime | None
    last_decided: datetime | None
    n_readings: int
    n_masks: int
    n_masks_read_again: int
    has_names: bool
