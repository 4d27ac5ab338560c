"""What people say of masks, and what stands of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a reviewer says of one mask."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNSURE = "unsure"


class Reason(StrEnum):
    """Why a mask is incorrect, or why a reviewer cannot say; the ids every front end uses."""

    WRONG_OBJECT = "wrong_object"
    SPILLS_OVER = "spills_over"
    PART_MISSING = "part_missing"
    WHOLE_IMAGE = "whole_image"
    FOREGROUND_BACKGROUND = "foreground_background"
    MERGED_INSTANCES = "merged_instances"
    NOT_VISIBLE = "not_visible"
    IMAGE_UNUSABLE = "image_unusable"
    AMBIGUOUS_QUESTION = "ambiguous_question"


REASONS_OF: dict[Verdict, tuple[Reason, ...]] = {
    Verdict.CORRECT: (),
    Verdict.INCORRECT: (
        Reason.WRONG_OBJECT,
        Reason.SPILLS_OVER,
        Reason.PART_MISSING,
        Reason.WHOLE_IMAGE,
        Reason.FOREGROUND_BACKGROUND,
        Reason.MERGED_INSTANCES,
        Reason.NOT_VISIBLE,
    ),
    Verdict.UNSURE: (Reason.IMAGE_UNUSABLE, Reason.AMBIGUOUS_QUESTION),
}


class Source(StrEnum):
    """Where a verdict was given."""

    PAGE = "page"
    IMPORT = "import"
    LABEL_STUDIO = "label-studio"


class Purpose(StrEnum):
    """What a verdict is for; a reviewer cannot tell the first three apart."""

    READING = "reading"
    """Counts for the estimate."""
    GOLD = "gold"
    """On a mask of known answer: tells how well its reviewer sees, and never counts for the estimate."""
    PRACTICE = "practice"
    """On a mask of known answer, which the reviewer is told afterwards."""
    ADJUDICATION = "adjudication"
    """A lead's, which settles a mask whatever its readings say."""
    PREFERENCE = "preference"
    """Which of two masks of a mention is better; no verdict on either."""


class Preference(StrEnum):
    """Which of two masks of one mention is better."""

    FIRST = "first"
    SECOND = "second"
    SAME = "same"


class OverlayMode(StrEnum):
    """How the mask was drawn when the verdict was given."""

    CONTOUR = "contour"
    FILL = "fill"
    SPOTLIGHT = "spotlight"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One verdict on one mask as a front end hands it in.

    Attributes:
        mask_id: the mask judged; never "the current one".
        client_key: names this key press for ever; sending it again changes nothing.
        seconds: from the mask painted to the verdict, or None where nobody measured it.
        shown_at: when the mask was painted, or None where nobody measured it.
        guideline_hash: SHA-256 of the guideline in force, or None where there was none.
        flagged: the reviewer wants a lead to look at it.
        sequence: place among the events of its browser, or None where nothing counts them.
        second_probability: the chance, fixed when the verdict was given, that somebody else reads the mask
            again; None where nobody fixed one.
    """

    mask_id: str
    verdict: Verdict
    purpose: Purpose = Purpose.READING
    reasons: tuple[Reason, ...] = ()
    comment: str = ""
    flagged: bool = False
    client_key: str
    sequence: int | None = None
    second_probability: float | None = None
    seconds: float | None = None
    shown_at: datetime | None = None
    decided_at: datetime
    overlay_mode: OverlayMode | None = None
    guideline_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A verdict taken back (undo): the mask is pending again for this reviewer."""

    mask_id: str
    purpose: Purpose = Purpose.READING
    client_key: str
    sequence: int | None = None
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One entry of a reviewer's journal; without a verdict it takes back the one before on its mask."""

    entry_id: int
    mask_id: str
    purpose: Purpose
    verdict: Verdict | None
    reasons: tuple[Reason, ...]
    comment: str
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingVerdict:
    """The verdict of one reviewer on one mask that nothing has superseded."""

    mask_id: str
    reviewer: str
    verdict: Verdict
    purpose: Purpose = Purpose.READING
    reasons: tuple[Reason, ...]
    comment: str
    flagged: bool = False
    seconds: float | None
    decided_at: datetime
    source: Source
    guideline_hash: str | None
    second_probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceReading:
    """Which of two masks one reviewer found better, as a front end hands it in; None takes it back.

    Attributes:
        mask_ids: the first and the second mask, in order of their ids.
        shown_left: which of them was at the left, or came first.
    """

    mask_ids: tuple[str, str]
    preference: Preference | None
    shown_left: Preference
    comment: str = ""
    flagged: bool = False
    client_key: str
    sequence: int | None = None
    seconds: float | None = None
    shown_at: datetime | None = None
    decided_at: datetime
    guideline_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPreference:
    """What one reviewer says of a pair of masks, superseded by nothing."""

    mask_ids: tuple[str, str]
    reviewer: str
    preference: Preference
    comment: str
    flagged: bool
    seconds: float | None
    decided_at: datetime
