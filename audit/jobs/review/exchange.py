"""Answers one message of a page: stores what was pressed, then gives what comes next."""

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from audit.errors import AuditError
from audit.jobs.access import CANNOT_NOW, AccessError, check_still_allowed, told_to
from audit.jobs.review.desk import Desk
from audit.review.events import Event
from audit.review.images import Unreachable
from audit.review.incoming import Request, number_of, parse_request
from audit.review.outgoing import Answer, Item, Picture, Refusal
from audit.review.packing import pack_answer, pack_trouble
from db.errors import StoreError
from db.samples import is_present
from db.store import Store

MAX_ITEMS = 3
MAX_BYTES = 4 * 1024**2
"""An answer carries at most so many items and bytes (but one item at least), lest it delay a confirmation."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What of a request concerns this desk."""

    wanted: tuple[str, ...]
    events: tuple[Event, ...]
    refused: tuple[Refusal, ...]


def answer_page(store: Store, desk: Desk, message: object, *, now: datetime) -> bytes:
    """Store what a browser hands in and give what it needs next, ready to be sent.

    Args:
        store: the workspace's.
        desk: the open desk.
        message: as the page sent it; None when it has just been opened. Sending it again is harmless. One
            without events keeps what the reviewer was given from going to somebody else.
        now: when it arrived.

    Returns:
        The packed answer. Where the message is of another sample, its sender may not be here any more, or
        anything fails, nothing is stored; the answer says so, confirms and refuses nothing, and the browser
        tries again.
    """
    try:
        request = _request(desk, message)
        checked = _take_in(store, desk, request, now)
        return pack_answer(_answer(store, desk, request, checked, now))
    except (AuditError, StoreError) as error:
        trouble = told_to(desk.reviewer, error)
    except Exception:  # the reviewer must see that it failed, and go on
        _logger.exception("the page's message could not be answered")
        trouble = CANNOT_NOW
    return pack_trouble(trouble, number=number_of(message), scope=desk.scope, reviewer=desk.reviewer.name)


def _request(desk: Desk, message: object) -> Request:
    request = parse_request(message, desk.kind)
    if message is not None and (request.scope, request.reviewer) != (desk.scope, desk.reviewer.name):
        raise AccessError("the page shows another sample than the server")
    return request


def _take_in(store: Store, desk: Desk, request: Request, now: datetime) -> _Checked:
    with store.transaction() as transaction:
        check_still_allowed(transaction, desk.admission, now)
        if not is_present(transaction, desk.sample):
            raise AccessError("this sample was removed: reload the page to judge the latest one")
        checked = _check(request, desk.tasks.known(transaction, request.task_ids))
        desk.tasks.store(transaction, checked.events, now=now)
        desk.tasks.hand_out(transaction, leave_out=request.waiting, now=now)
    return checked


def _check(request: Request, known: Collection[str]) -> _Checked:
    strange = [event for event in request.events if event.task_id not in known]
    return _Checked(
        wanted=tuple(task_id for task_id in request.wanted if task_id in known),
        events=tuple(event for event in request.events if event.task_id in known),
        refused=request.refused
        + tuple(
            Refusal(client_key=event.client_key, message="its mask is not in this sample", is_kept=True)
            for event in strange
        ),
    )


def _answer(store: Store, desk: Desk, request: Request, checked: _Checked, now: datetime) -> Answer:
    with store.reading() as transaction:
        outlook = desk.tasks.outlook(transaction, leave_out=request.waiting, now=now)
    lacking = [
        task_id
        for task_id in dict.fromkeys([*checked.wanted, *outlook.coming])
        if task_id not in request.held
    ]
    return Answer(
        number=request.number,
        scope=desk.scope,
        reviewer=desk.reviewer.name,
        opening=desk.opening if request.number == 0 else None,
        progress=outlook.progress,
        coming=outlook.coming,
        items=tuple(_fitting(desk.tasks.items(store, lacking[:MAX_ITEMS]))),
        recent=outlook.recent,
        confirmed=tuple(event.client_key for event in checked.events),
        refused=checked.refused,
    )


def _fitting(items: Iterable[Item]) -> Iterator[Item]:
    n_bytes = 0
    for item in items:
        yield item
        if isinstance(item.content, Picture):
            n_bytes += len(item.content.photo.jpeg)
        # Behind an image that is out of reach others may be, and each may take long to say so.
        if n_bytes >= MAX_BYTES or isinstance(item.content, Unreachable):
            return
