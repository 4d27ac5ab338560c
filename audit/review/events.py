"""What a browser says that its reviewer did: checked, and still without what only the store knows."""

import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from audit.review.choices import Side
from audit.review.opening import DeskKind
from db.records import REASONS_OF, OverlayMode, Reason, Verdict

MAX_COMMENT = 10_000
_LONGEST_SECONDS = 7 * 86_400
GREATEST_NUMBER = 2**53
"""A browser counts no further."""
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""No database takes these characters: NUL, and half of one that is written as two."""
_CLIENT_KEY = re.compile(r"[0-9A-Za-z-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingEvent:
    """A verdict on one mask; what its fields are is told at `db.records.Reading`."""

    task_id: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    comment: str
    flagged: bool
    client_key: str
    sequence: int | None
    seconds: float | None
    shown_at: datetime | None
    decided_at: datetime
    overlay_mode: OverlayMode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceEvent:
    """What one reviewer says of a pair of masks."""

    task_id: str
    preference: Side
    comment: str
    flagged: bool
    client_key: str
    sequence: int | None
    seconds: float | None
    shown_at: datetime | None
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalEvent:
    """A verdict or a preference taken back."""

    task_id: str
    client_key: str
    sequence: int | None
    decided_at: datetime


Event = ReadingEvent | PreferenceEvent | WithdrawalEvent


class EventError(Exception):
    """Why one event cannot be stored, as a clause."""


def parse_event(sent: object, kind: DeskKind) -> Event:
    """Give one event of a browser; raise EventError where it cannot be understood.

    Args:
        sent: anything that JSON can hold.
        kind: of the desk: where masks are compared there are preferences, elsewhere verdicts.
    """
    if not isinstance(sent, Mapping):
        raise EventError("it is no event")
    said = _KINDS.get(_text(sent.get("kind")))
    if said is WithdrawalEvent:
        return WithdrawalEvent(**_identity(sent))
    if said is not (PreferenceEvent if kind is DeskKind.COMPARE else ReadingEvent):
        raise EventError(f"{_short(sent.get('kind'))} is nothing that this page asks for")
    return _preference(sent) if said is PreferenceEvent else _reading(sent)


_KINDS = {"reading": ReadingEvent, "preference": PreferenceEvent, "withdrawal": WithdrawalEvent}


def _reading(sent: Mapping[str, Any]) -> ReadingEvent:
    identity = _identity(sent)
    verdict = _verdict(sent.get("verdict"))
    return ReadingEvent(
        **identity,
        **_circumstances(sent),
        verdict=verdict,
        reasons=_reasons(sent.get("reasons"), verdict),
        overlay_mode=_overlay_mode(sent.get("overlay_mode")),
    )


def _preference(sent: Mapping[str, Any]) -> PreferenceEvent:
    identity = _identity(sent)
    try:
        preference = Side(_text(sent.get("preference")))
    except ValueError as error:
        raise EventError(f"there is no preference {_short(sent.get('preference'))}") from error
    return PreferenceEvent(**identity, **_circumstances(sent), preference=preference)


def _identity(sent: Mapping[str, Any]) -> dict[str, Any]:
    client_key, task_id = sent.get("client_key"), sent.get("task_id")
    if not isinstance(client_key, str) or not _CLIENT_KEY.fullmatch(client_key):
        raise EventError("its key cannot be read")
    if not isinstance(task_id, str) or UNSTORABLE.search(task_id):
        raise EventError("it names no mask")
    return {
        "task_id": task_id,
        "client_key": client_key,
        "sequence": _sequence(sent.get("sequence")),
        "decided_at": _time(sent.get("decided_at"), "decided_at"),
    }


def _circumstances(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "comment": _comment(sent.get("comment", "")),
        "flagged": sent.get("flagged") is True,
        "seconds": _seconds(sent.get("seconds")),
        "shown_at": None if sent.get("shown_at") is None else _time(sent["shown_at"], "shown_at"),
    }


def _verdict(value: object) -> Verdict:
    try:
        return Verdict(_text(value))
    except ValueError as error:
        raise EventError(f"there is no verdict {_short(value)}") from error


def _reasons(value: object, verdict: Verdict) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    for name in value if isinstance(value, list) else []:
        if name not in REASONS_OF[verdict]:
            raise EventError(f"{_short(name)} is no reason for {verdict}")
        reasons.append(Reason(name))
    return tuple(dict.fromkeys(reasons))


def _comment(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_COMMENT or UNSTORABLE.search(value):
        raise EventError(f"its comment is no text of at most {MAX_COMMENT} characters")
    return value


def _sequence(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= GREATEST_NUMBER else None


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or _is_no_number(value):
        raise EventError(f"{_short(value)} is no duration")
    # A clock that jumps must not cost the verdict.
    return float(value) if 0 <= value <= _LONGEST_SECONDS else None


def _time(value: object, name: str) -> datetime:
    try:
        time = datetime.fromisoformat(_text(value))
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise EventError(f"{name} {_short(value)} is no time") from error
    raise EventError(f"{name} {_short(value)} names no time zone")


def _overlay_mode(value: object) -> OverlayMode | None:
    try:
        return None if value is None else OverlayMode(_text(value))
    except ValueError as error:
        raise EventError(f"there is no overlay mode {_short(value)}") from error


def _is_no_number(value: object) -> bool:
    return isinstance(value, float) and not isfinite(value)  # an integer may be too large for a float


def _text(value: object) -> str:
    # Nothing else can name a choice or a time, and what nests deep enough cannot be made text at all.
    return value if isinstance(value, str) else ""


def _short(value: object) -> str:
    try:
        return reprlib.repr(value)[:60]
    except ValueError:  # an integer of thousands of digits
        return "a number"
