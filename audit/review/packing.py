"""Packs an answer as one block of bytes for the browser.

The length of the header (4 bytes, little-endian), the header as JSON, then the pictures; in the header a
picture is a list of offset and length, counted from the end of the header.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict

from audit.review.choices import PREFERENCE_WORDING, REASON_WORDING, VERDICT_WORDING
from audit.review.images import Unjudgable, Unreachable
from audit.review.opening import DeskKind, Opening
from audit.review.outgoing import Answer, Item, Layer, PastPreference, PastVerdict, Picture
from audit.review.overlay import Box
from db.records import REASONS_OF


def pack_answer(answer: Answer) -> bytes:
    """Give an answer as bytes."""
    blobs: list[bytes] = []
    header = {
        "number": answer.number,
        "scope": answer.scope,
        "reviewer": answer.reviewer,
        **asdict(answer.progress),
        "coming": answer.coming,
        "items": [_item_header(item, blobs) for item in answer.items],
        "recent": [_past_header(past) for past in answer.recent],
        "confirmed": answer.confirmed,
        "refused": [asdict(each) for each in answer.refused],
    }
    if answer.opening is not None:
        header["opening"] = _opening_header(answer.opening)
    return _framed(header, blobs)


def pack_item(item: Item) -> tuple[dict[str, object], list[bytes]]:
    """An item as it stands in an answer's header, and the pictures that it points to, the photo first."""
    blobs: list[bytes] = []
    return _item_header(item, blobs), blobs


def pack_trouble(message: str, *, number: int, scope: str, reviewer: str) -> bytes:
    """The answer of a server that stored nothing: the browser keeps its verdicts and tries again.

    Where its scope or reviewer is not the browser's, the browser opens the page anew.
    """
    return _framed({"number": number, "scope": scope, "reviewer": reviewer, "trouble": message}, [])


def _framed(header: object, blobs: list[bytes]) -> bytes:
    encoded = json.dumps(header, ensure_ascii=True, allow_nan=False).encode()
    return b"".join([len(encoded).to_bytes(4, "little"), encoded, *blobs])


def _opening_header(opening: Opening) -> dict[str, object]:
    guideline, n_practice = opening.guideline, opening.n_practice
    return {
        "kind": opening.kind,
        "choices": _preferences() if opening.kind is DeskKind.COMPARE else _verdicts(),
        "keys": {binding.action.name: binding.keys for binding in opening.bindings},
        "meanings": {binding.action.name: binding.action.meaning for binding in opening.bindings},
        "hand": opening.hand,
        "guideline": None if guideline is None else asdict(guideline),
        "practice": None if n_practice is None else {"n": n_practice},
        "links": [asdict(link) for link in opening.links],
    }


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
    header |= _picture_header(item.content, blobs)
    if item.practice is not None:
        header["practice"] = asdict(item.practice)
    if item.readings:
        header["readings"] = [asdict(reading) for reading in item.readings]
        header["why"] = item.why
    return header


def _picture_header(picture: Picture, blobs: list[bytes]) -> dict[str, object]:
    header: dict[str, object] = {
        "size": [picture.photo.width, picture.photo.height],
        "crop": _corners(picture.crop),
        "photo": _appended(picture.photo.jpeg, blobs),
    }
    if len(picture.masks) == 1:
        header |= _layer_header(picture.masks[0], blobs)
    else:
        header["masks"] = _layer_headers(picture.masks, blobs)
    if picture.parts:
        header["parts"] = _layer_headers(picture.parts, blobs)
    if picture.rest is not None:
        header["rest"] = {"n": picture.rest.n_parts, **_layer_header(picture.rest.layer, blobs)}
    return header


def _layer_headers(layers: Sequence[Layer], blobs: list[bytes]) -> list[dict[str, object]]:
    return [_layer_header(layer, blobs) for layer in layers]


def _layer_header(layer: Layer, blobs: list[bytes]) -> dict[str, object]:
    return {"box": _corners(layer.box), "mask": _appended(layer.png, blobs)}


def _appended(blob: bytes, blobs: list[bytes]) -> list[int]:
    offset = sum(len(each) for each in blobs)
    blobs.append(blob)
    return [offset, len(blob)]


def _corners(box: Box) -> list[int]:
    return [box.left, box.top, box.width, box.height]


def _past_header(past: PastVerdict | PastPreference) -> dict[str, object]:
    header: dict[str, object] = {
        "task_id": past.task_id,
        "entity": past.entity,
        "comment": past.comment,
        "flagged": past.flagged,
    }
    if isinstance(past, PastPreference):
        return header | {"preference": past.preference}
    return header | {"verdict": past.verdict, "reasons": past.reasons}


def _verdicts() -> list[dict[str, object]]:
    return [
        {
            "choice": verdict,
            **asdict(wording),
            "reasons": [
                {"reason": reason, **asdict(REASON_WORDING[reason])} for reason in REASONS_OF[verdict]
            ],
        }
        for verdict, wording in VERDICT_WORDING.items()
    ]


def _preferences() -> list[dict[str, object]]:
    return [
        {"choice": side, **asdict(wording), "reasons": []} for side, wording in PREFERENCE_WORDING.items()
    ]
