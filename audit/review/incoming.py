"""Checks what the browser sends: a request that asks for items and hands in verdicts.

Each event is checked by itself, so that a bad one is refused by name and never holds up the rest.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from audit.review.outgoing import Refusal
from db.records import REASONS_OF, OverlayMode, Reading, Reason, Verdict, Withdrawal

MAX_EVENTS = 500
"""Events stored at once; the browser sends the rest with its next message."""

MAX_COMMENT = 10_000
_LONGEST_SECONDS = 7 * 86_400
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CLIENT_KEY = re.compile(r"[0-9A-Za-z-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the browser says of itself.

    Attributes:
        number: counts this page's messages; the answer repeats it.
        scope: of the sample that it shows, as an answer named it; None before the first answer.
        reviewer: whose verdicts it holds, likewise.
        held: masks whose pictures it has.
        waiting: masks whose pictures could not be had before; it asks for them again by `wanted`.
        wanted: masks of this sample that it asks for out of turn (an undo, a verdict reopened).
        events: what was pressed, in order, checked.
        refused: the events that cannot be stored.
    """

    number: int
    scope: str | None
    reviewer: str | None
    held: frozenset[str]
    waiting: frozenset[str]
    wanted: tuple[str, ...]
    events: tuple[Reading | Withdrawal, ...]
    refused: tuple[Refusal, ...]


class _EventError(Exception):
    """Why one event cannot be stored, as a clause."""


class _OtherSampleError(_EventError):
    """The event is none of this sample's; it may be another's."""


def parse_request(message: object, *, known_masks: Container[str], guideline_hash: str | None) -> Request:
    """Give the request in a browser's message; whatever in it cannot be understood is refused or left out.

    Args:
        message: anything that JSON can hold.
        known_masks: the masks of this sample; an event on another one is refused.
        guideline_hash: of the guideline in force.
    """
    fields = message if isinstance(message, Mapping) else {}
    events: list[Reading | Withdrawal] = []
    refused: list[Refusal] = []
    for sent in _list(fields.get("events"))[:MAX_EVENTS]:
        try:
            events.append(_event(sent, known_masks, guideline_hash))
        except _EventError as error:
            is_kept = isinstance(error, _OtherSampleError)
            refused.append(Refusal(client_key=_shown_key(sent), message=str(error), is_kept=is_kept))
    number = fields.get("number")
    return Request(
        number=number if isinstance(number, int) else 0,
        scope=_text_or_none(fields.get("scope")),
        reviewer=_text_or_none(fields.get("reviewer")),
        held=frozenset(_texts(fields.get("held"))),
        waiting=frozenset(_texts(fields.get("waiting"))),
        wanted=tuple(mask_id for mask_id in _texts(fields.get("wanted")) if mask_id in known_masks),
        events=tuple(events),
        refused=tuple(refused),
    )


def _event(sent: object, known_masks: Container[str], guideline_hash: str | None) -> Reading | Withdrawal:
    if not isinstance(sent, Mapping):
        raise _EventError("it is no event")
    client_key, mask_id = sent.get("client_key"), sent.get("task_id")
    if not isinstance(client_key, str) or not _CLIENT_KEY.fullmatch(client_key):
        raise _EventError("its key cannot be read")
    if not isinstance(mask_id, str) or mask_id not in known_masks:
        raise _OtherSampleError("its mask is not in this sample")
    decided_at = _time(sent.get("decided_at"), "decided_at")
    if sent.get("kind") == "withdrawal":
        return Withdrawal(mask_id=mask_id, client_key=client_key, decided_at=decided_at)
    verdict = _verdict(sent.get("verdict"))
    return Reading(
        mask_id=mask_id,
        verdict=verdict,
        reasons=_reasons(sent.get("reasons"), verdict),
        comment=_comment(sent.get("comment", "")),
        client_key=client_key,
        seconds=_seconds(sent.get("seconds")),
        shown_at=None if sent.get("shown_at") is None else _time(sent["shown_at"], "shown_at"),
        decided_at=decided_at,
        overlay_mode=_overlay_mode(sent.get("overlay_mode")),
        guideline_hash=guideline_hash,
    )


def _verdict(value: object) -> Verdict:
    try:
        return Verdict(str(value))
    except ValueError as error:
        raise _EventError(f"there is no verdict {_short(value)}") from error


def _reasons(value: object, verdict: Verdict) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    for name in [] if value is None else _list(value):
        if name not in REASONS_OF[verdict]:
            raise _EventError(f"{_short(name)} is no reason for {verdict}")
        reasons.append(Reason(name))
    return tuple(dict.fromkeys(reasons))


def _comment(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_COMMENT or _UNSTORABLE.search(value):
        raise _EventError(f"its comment is no text of at most {MAX_COMMENT} characters")
    return value


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _EventError(f"{_short(value)} is no duration")
    # A clock that jumps must not cost the verdict.
    return float(value) if 0 <= value <= _LONGEST_SECONDS else None


def _time(value: object, name: str) -> datetime:
    try:
        time = datetime.fromisoformat(str(value))
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _EventError(f"{name} {_short(value)} is no time") from error
    raise _EventError(f"{name} {_short(value)} names no time zone")


def _overlay_mode(value: object) -> OverlayMode | None:
    try:
        return None if value is None else OverlayMode(str(value))
    except ValueError as error:
        raise _EventError(f"there is no overlay mode {_short(value)}") from error


def _list(value: Any) -> list[Any]:  # noqa: ANN401  (whatever a browser may send)
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [each for each in _list(value) if isinstance(each, str)]


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _short(value: object) -> str:
    return repr(value)[:60]


def _shown_key(sent: object) -> str:
    return str(sent.get("client_key", ""))[:64] if isinstance(sent, Mapping) else ""
