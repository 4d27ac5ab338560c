"""Checks what the browser sends: a request that asks for items and hands in what was pressed.

Each event is checked by itself, so that a bad one is refused by name and never holds up the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.review.events import GREATEST_NUMBER, UNSTORABLE, Event, EventError, parse_event
from audit.review.opening import DeskKind
from audit.review.outgoing import Refusal

MAX_EVENTS = 500
"""Events stored at once; the browser sends the rest with its next message."""

MAX_TASK_IDS = 500
"""Tasks that a browser may name at once; it never holds so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the browser says of itself.

    Attributes:
        number: counts this page's messages; the answer repeats it.
        scope: of the sample that it shows, as an answer named it; None before the first answer.
        reviewer: whose verdicts it holds, likewise.
        held: tasks whose pictures it has.
        waiting: tasks whose pictures could not be had before; it asks for them again by `wanted`.
        wanted: tasks that it asks for out of turn (an undo, a verdict reopened).
        events: what was pressed, in order, checked.
        refused: the events that cannot be stored.
    """

    number: int
    scope: str | None
    reviewer: str | None
    held: frozenset[str]
    waiting: frozenset[str]
    wanted: tuple[str, ...]
    events: tuple[Event, ...]
    refused: tuple[Refusal, ...]

    @property
    def task_ids(self) -> frozenset[str]:
        """The tasks that something is asked or said of; nobody has checked that they are this desk's."""
        return frozenset(self.wanted) | {event.task_id for event in self.events}


def parse_request(message: object, kind: DeskKind) -> Request:
    """Give the request in a browser's message; whatever in it cannot be understood is refused or left out.

    Args:
        message: anything that JSON can hold.
        kind: of the desk that it is for.
    """
    fields = message if isinstance(message, Mapping) else {}
    events: list[Event] = []
    refused: list[Refusal] = []
    for sent in _list(fields.get("events"))[:MAX_EVENTS]:
        try:
            events.append(parse_event(sent, kind))
        except EventError as error:
            refused.append(Refusal(client_key=_shown_key(sent), message=str(error), is_kept=False))
    return Request(
        number=number_of(message),
        scope=_text_or_none(fields.get("scope")),
        reviewer=_text_or_none(fields.get("reviewer")),
        held=frozenset(_texts(fields.get("held"))),
        waiting=frozenset(_texts(fields.get("waiting"))),
        wanted=tuple(_texts(fields.get("wanted"))[:MAX_TASK_IDS]),
        events=tuple(events),
        refused=tuple(refused),
    )


def number_of(message: object) -> int:
    """Give the number that a browser's message bears; 0 where it bears none."""
    number = message.get("number") if isinstance(message, Mapping) else None
    return number if isinstance(number, int) and abs(number) <= GREATEST_NUMBER else 0


def _list(value: Any) -> list[Any]:  # noqa: ANN401  (whatever a browser may send)
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [each for each in _list(value) if isinstance(each, str) and not UNSTORABLE.search(each)]


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _shown_key(sent: object) -> str:
    key = sent.get("client_key") if isinstance(sent, Mapping) else None
    return key[:64] if isinstance(key, str) else ""
