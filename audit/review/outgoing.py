"""Packs what the page in the browser gets: items to judge, what is confirmed, how far the reviewer is.

The browser sends what it holds and every event not yet confirmed; Python stores the events, confirms them and
sends what is missing. Any message may be lost, repeated or late: sending it again gives the same result.
"""

import json
from dataclasses import asdict, dataclass

from audit.review.choices import REASON_WORDING, VERDICT_WORDING
from audit.review.images import ReadableImage, Unjudgable, Unreachable
from audit.review.overlay import Box
from db.records import REASONS_OF, Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A mask on its photo, ready to be judged.

    Attributes:
        mask_png: the pixels inside `box`.
        crop: the part of the photo to show.
    """

    photo: ReadableImage
    mask_png: bytes
    box: Box
    crop: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One mask as the reviewer meets it: nothing of its setting, model, score or split.

    Attributes:
        content: the picture, or why there is none.
    """

    task_id: str
    entity: str
    question: str | None
    content: Picture | Unjudgable | Unreachable


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVerdict:
    """A verdict of this reviewer that stands."""

    task_id: str
    entity: str
    verdict: Verdict
    reasons: tuple[Reason, ...]


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
    """How far this reviewer is: masks settled (judged or unjudgable) out of all, and what can be undone."""

    n_masks: int
    n_settled: int
    n_unjudgable: int
    n_verdicts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the browser gets.

    Attributes:
        number: of the message answered; 0 where the page was just opened.
        scope: names the workspace's sample, so that pages of several workspaces keep their verdicts apart.
        confirmed: client keys of the events that are in the journal.
        coming: the masks next in order.
        items: those of them, or of the masks asked for, that the browser lacks.
        recent: the latest verdicts, oldest first.
    """

    number: int
    scope: str
    reviewer: str
    progress: Progress
    coming: tuple[str, ...]
    items: tuple[Item, ...]
    recent: tuple[PastVerdict, ...]
    confirmed: tuple[str, ...]
    refused: tuple[Refusal, ...]


def pack_answer(answer: Answer) -> bytes:
    """An answer as one block of bytes: length of the header (4 bytes, little-endian), JSON header, pictures.

    In the header a picture is a list of offset and length, counted from the end of the header.
    """
    blobs: list[bytes] = []
    header = {
        "number": answer.number,
        "scope": answer.scope,
        "reviewer": answer.reviewer,
        "n_masks": answer.progress.n_masks,
        "n_settled": answer.progress.n_settled,
        "n_unjudgable": answer.progress.n_unjudgable,
        "n_verdicts": answer.progress.n_verdicts,
        "coming": answer.coming,
        "items": [_item_header(item, blobs) for item in answer.items],
        "recent": [_past_header(past) for past in answer.recent],
        "confirmed": answer.confirmed,
        "refused": [asdict(each) for each in answer.refused],
        "choices": _choices(),
    }
    return _framed(header, blobs)


def pack_trouble(message: str, *, number: int, scope: str, reviewer: str) -> bytes:
    """The answer of a server that stored nothing: the browser keeps its verdicts and tries again.

    Where its scope or reviewer is not the browser's, the browser opens the page anew.
    """
    return _framed({"number": number, "scope": scope, "reviewer": reviewer, "trouble": message}, [])


def _framed(header: object, blobs: list[bytes]) -> bytes:
    encoded = json.dumps(header, ensure_ascii=True, allow_nan=False).encode()
    return b"".join([len(encoded).to_bytes(4, "little"), encoded, *blobs])


def _item_header(item: Item, blobs: list[bytes]) -> dict[str, object]:
    header: dict[str, object] = {
        "task_id": item.task_id,
        "entity": item.entity,
        "question": item.question,
    }
    if isinstance(item.content, Unjudgable):
        return header | {"unjudgable": item.content.reason}
    if isinstance(item.content, Unreachable):
        return header | {"waiting": item.content.reason}
    picture = item.content
    return header | {
        "size": [picture.photo.width, picture.photo.height],
        "box": _corners(picture.box),
        "crop": _corners(picture.crop),
        "photo": _appended(picture.photo.jpeg, blobs),
        "mask": _appended(picture.mask_png, blobs),
    }


def _appended(blob: bytes, blobs: list[bytes]) -> list[int]:
    offset = sum(len(each) for each in blobs)
    blobs.append(blob)
    return [offset, len(blob)]


def _corners(box: Box) -> list[int]:
    return [box.left, box.top, box.width, box.height]


def _past_header(past: PastVerdict) -> dict[str, object]:
    return {
        "task_id": past.task_id,
        "entity": past.entity,
        "verdict": past.verdict,
        "reasons": past.reasons,
    }


def _choices() -> list[dict[str, object]]:
    return [
        {
            "verdict": verdict,
            "label": wording.label,
            "meaning": wording.meaning,
            "reasons": [
                {
                    "reason": reason,
                    "label": REASON_WORDING[reason].label,
                    "meaning": REASON_WORDING[reason].meaning,
                }
                for reason in REASONS_OF[verdict]
            ],
        }
        for verdict, wording in VERDICT_WORDING.items()
    ]
