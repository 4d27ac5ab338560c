"""What the page in the browser gets: items to judge, what is confirmed, how far the reviewer is.

The browser sends what it holds and every event not yet confirmed; Python stores the events, confirms them and
sends what is missing. Any message may be lost, repeated or late: sending it again gives the same result.
"""

from dataclasses import dataclass

from audit.review.choices import Side
from audit.review.images import ReadableImage, Unjudgable, Unreachable
from audit.review.opening import Opening
from audit.review.overlay import Box
from db.records import Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Pixels to lay over a photo.

    Attributes:
        png: the pixels inside `box`, 1 bit each.
    """

    png: bytes
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The parts of an annotation beyond those that a reviewer can step through, drawn as one.

    Attributes:
        n_parts: how many they are.
    """

    n_parts: int
    layer: Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One mask, or two to compare, on a photo.

    Attributes:
        crop: the part of the photo to show.
        masks: the mask to judge; where two are compared, the left and the right one.
        parts: of the mask to judge, where its annotation has several.
        rest: further parts of it, where there are very many.
    """

    photo: ReadableImage
    crop: Box
    masks: tuple[Layer, ...]
    parts: tuple[Layer, ...] = ()
    rest: Rest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """The answer to a practice item, told once the reviewer has judged it.

    Attributes:
        told: why, in words for the reviewer; may be empty.
    """

    verdict: Verdict
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindReading:
    """What somebody said of a mask, shown to the lead who settles it without saying who."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    comment: str
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One task as the reviewer meets it: nothing of its setting, model, score or split.

    Attributes:
        content: the picture, or why there is none.
        practice: the answer, where the item is for practice; None for what counts.
        readings: what was said of it before, where it is to be settled; empty elsewhere.
        why: in words for a lead, why it is to be settled; empty elsewhere.
    """

    task_id: str
    entity: str
    question: str | None
    content: Picture | Unjudgable | Unreachable
    practice: Practice | None = None
    readings: tuple[BlindReading, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVerdict:
    """A verdict of this reviewer that stands."""

    task_id: str
    entity: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    comment: str = ""
    flagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPreference:
    """A preference of this reviewer that stands, as the pair is shown to them."""

    task_id: str
    entity: str
    preference: Side
    comment: str = ""
    flagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An event that was not stored, and why.

    Attributes:
        is_kept: the browser does not forget it, because another sample may still take it.
    """

    client_key: str
    message: str
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the work is that this reviewer shares in.

    Attributes:
        n_tasks: all there are.
        n_settled: those that need nothing more of this reviewer: judged by them, read often enough by others,
            or unjudgable.
        n_unjudgable: of those, the ones that could not be shown.
        n_verdicts: of this reviewer, that can be undone.
    """

    n_tasks: int
    n_settled: int
    n_unjudgable: int
    n_verdicts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the browser gets.

    Attributes:
        number: of the message answered; 0 where the page was just opened.
        scope: names the workspace's sample, so that pages of several workspaces keep their verdicts apart.
        opening: with the first answer alone.
        confirmed: client keys of the events that are in the journal.
        coming: the tasks next in order.
        items: those of them, or of the tasks asked for, that the browser lacks.
        recent: the latest verdicts, oldest first.
    """

    number: int
    scope: str
    reviewer: str
    opening: Opening | None = None
    progress: Progress
    coming: tuple[str, ...]
    items: tuple[Item, ...]
    recent: tuple[PastVerdict | PastPreference, ...]
    confirmed: tuple[str, ...]
    refused: tuple[Refusal, ...]
