"""Review: gives one reviewer the masks of a sample in order, and puts what is pressed into the journal."""

import hashlib
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from audit.coco.rle import RleError, decode_counts, mask_of_runs, union_runs
from audit.errors import InputError, UnavailableError
from audit.review.images import ReadableImage, Unjudgable, Unreachable, lasting_reason, read_image
from audit.review.incoming import Request, parse_request
from audit.review.outgoing import Answer, Item, PastVerdict, Picture, Progress, pack_answer, pack_trouble
from audit.review.overlay import crop_box, mask_box, mask_png
from audit.review.queue import WINDOW_SIZE, next_masks, review_order
from db.errors import NotFoundError, StoreError
from db.records import Mask, Reviewer, Sample, Source, StandingVerdict, Unit
from db.reviewers import ensure_reviewer
from db.reviews import add_readings, load_standing
from db.samples import (
    load_mask_units,
    load_masks,
    load_sample,
    load_samples,
    load_units,
    load_unjudgable,
    mark_unjudgable,
)
from db.store import Store, Transaction

LOCAL_REVIEWER = "local"
"""Who judges where nobody signs in: on loopback there is one person."""

N_RECENT = 40
"""Verdicts that a browser knows of: ten to show, the rest so that undo never waits."""

MAX_ITEMS = 3
MAX_BYTES = 4 * 1024**2
"""An answer carries at most so many items and bytes (but one item at least), lest it delay a confirmation."""

MAX_RETRIES = 50
"""Unjudgable masks tried again when a page is opened: an image may have been put in its place."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What stays the same while one reviewer judges one sample.

    Attributes:
        order: all masks, in this reviewer's order.
        unit_of: mask id → the mention it belongs to.
    """

    sample: Sample
    reviewer: Reviewer
    order: tuple[str, ...]
    unit_of: Mapping[str, Unit]
    guideline_hash: str | None

    @property
    def scope(self) -> str:
        """Tells samples apart in a browser that has seen several workspaces at one address."""
        named = f"{self.sample.population_fingerprint}\n{self.sample.sample_id}\n{self.sample.created_at}"
        return hashlib.sha256(named.encode()).hexdigest()[:16]


def open_store(database_url: str) -> Store:
    """Give the store of a workspace; raise InputError or UnavailableError where it cannot be used."""
    store = Store(database_url)
    try:
        store.check()
    except StoreError as error:
        raise _as_audit_error(error) from error
    return store


def open_desk(
    store: Store, *, sample_name: str | None, reviewer_name: str, guideline_file: Path, now: datetime
) -> Desk:
    """Open the review of a sample for one person, and try once more what could not be shown before.

    Args:
        store: the workspace's.
        sample_name: None for the latest sample.
        reviewer_name: made known to the store where it is new.
        guideline_file: what reviewers read; it need not exist.
        now: when this happens.

    Raises:
        InputError: there is no such sample.
        UnavailableError: the store does not answer.
    """
    try:
        with store.transaction() as transaction:
            sample = load_sample(transaction, sample_name)
            reviewer = ensure_reviewer(transaction, reviewer_name, now)
            units = {unit.unit_id: unit for unit in load_units(transaction, sample.sample_id)}
            mask_units = load_mask_units(transaction, sample.sample_id)
    except StoreError as error:
        raise _as_audit_error(error) from error
    desk = Desk(
        sample=sample,
        reviewer=reviewer,
        order=review_order(
            mask_units,
            seed=sample.seed,
            reviewer=reviewer_name,
            block_of={unit.unit_id: unit.block for unit in units.values() if unit.block is not None},
        ),
        unit_of={mask_id: units[unit_id] for mask_id, unit_id in mask_units.items()},
        guideline_hash=_guideline_hash(guideline_file),
    )
    _retry_unjudgable(store, desk, now)
    return desk


def answer_page(store: Store, desk: Desk, message: object, *, now: datetime) -> bytes:
    """Store what a browser hands in and give what it needs next, ready to be sent.

    Args:
        store: the workspace's.
        desk: the open review.
        message: as the page sent it; None when it has just been opened. Sending it again is harmless.
        now: when it arrived.

    Returns:
        The packed answer. Where the message is of another sample, or anything fails, nothing is stored; the
        answer says so, confirms and refuses nothing, and the browser tries again.
    """
    request = parse_request(message, known_masks=desk.unit_of, guideline_hash=desk.guideline_hash)
    try:
        if message is not None and (request.scope, request.reviewer) != (desk.scope, desk.reviewer.name):
            return _trouble("the page shows another sample than the server", request, desk)
        with store.transaction() as transaction:
            _check_sample(transaction, desk.sample)
            add_readings(transaction, desk.reviewer.reviewer_id, request.events, source=Source.PAGE, now=now)
        return pack_answer(_answer(store, desk, request))
    except StoreError as error:
        return _trouble(str(error), request, desk)
    except Exception:  # the reviewer must see that it failed, and go on
        _logger.exception("the page's message could not be answered")
        return _trouble("the server met an error of its own; its log says which", request, desk)


def _trouble(message: str, request: Request, desk: Desk) -> bytes:
    return pack_trouble(message, number=request.number, scope=desk.scope, reviewer=desk.reviewer.name)


def _check_sample(transaction: Transaction, sample: Sample) -> None:
    # Ids and names of removed samples are given again; the time of the drawing is not.
    present = {(each.sample_id, each.created_at) for each in load_samples(transaction)}
    if (sample.sample_id, sample.created_at) not in present:
        raise NotFoundError("this sample was removed: reload the page to judge the latest one")


def _answer(store: Store, desk: Desk, request: Request) -> Answer:
    with store.reading() as transaction:
        standing = {
            each.mask_id: each
            for each in load_standing(transaction, desk.sample.sample_id)
            if each.reviewer == desk.reviewer.name and each.mask_id in desk.unit_of
        }
        unjudgable = load_unjudgable(transaction, desk.sample.sample_id).keys() & desk.unit_of.keys()
    settled = standing.keys() | unjudgable
    coming = next_masks(desk.order, settled | request.waiting, n=WINDOW_SIZE)
    lacking = [
        mask_id for mask_id in dict.fromkeys([*request.wanted, *coming]) if mask_id not in request.held
    ]
    return Answer(
        number=request.number,
        scope=desk.scope,
        reviewer=desk.reviewer.name,
        progress=Progress(
            n_masks=len(desk.order),
            n_settled=len(settled),
            n_unjudgable=len(unjudgable - standing.keys()),
            n_verdicts=len(standing),
        ),
        coming=tuple(coming),
        items=tuple(_fitting(_items(store, desk, lacking[:MAX_ITEMS]))),
        recent=tuple(_past(each, desk) for each in list(standing.values())[-N_RECENT:]),
        confirmed=tuple(event.client_key for event in request.events),
        refused=request.refused,
    )


def _items(store: Store, desk: Desk, mask_ids: Sequence[str]) -> Iterator[Item]:
    with store.reading() as transaction:
        masks = load_masks(transaction, mask_ids)
    for mask in masks:
        unit = desk.unit_of[mask.mask_id]
        content = _content(mask, unit)
        if isinstance(content, Unjudgable):
            _note_unjudgable(store, mask, content)
        yield Item(
            task_id=mask.mask_id,
            entity=_entity(unit),
            question=unit.question,
            content=content,
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


def _content(mask: Mask, unit: Unit) -> Picture | Unjudgable | Unreachable:
    photo = read_image(unit.images_root, unit.file_name, (mask.height, mask.width))
    if not isinstance(photo, ReadableImage):
        return photo
    try:
        runs = [decode_counts(part, height=mask.height, width=mask.width) for part in mask.parts]
        pixels = mask_of_runs(union_runs(runs), height=mask.height, width=mask.width)
        box = mask_box(pixels)
    except (RleError, ValueError, IndexError):
        return Unjudgable(reason="the mask cannot be decoded")
    return Picture(
        photo=photo,
        mask_png=mask_png(pixels, box),
        box=box,
        crop=crop_box(box, image_height=mask.height, image_width=mask.width),
    )


def _note_unjudgable(store: Store, mask: Mask, content: Picture | Unjudgable | Unreachable) -> None:
    reason = lasting_reason(content, mask.unjudgable)
    if mask.unjudgable != reason:
        with store.transaction() as transaction:
            mark_unjudgable(transaction, mask.mask_id, reason)


def _retry_unjudgable(store: Store, desk: Desk, now: datetime) -> None:
    """Try some of the unjudgable masks again: others at every opening, and a root that fails only once."""
    try:
        with store.reading() as transaction:
            marked = load_unjudgable(transaction, desk.sample.sample_id)
            waiting = deque(mask_id for mask_id in desk.order if mask_id in marked)
            waiting.rotate(-MAX_RETRIES * int(now.timestamp()))
            masks = load_masks(transaction, list(waiting)[:MAX_RETRIES])
        failed: dict[str | None, Unreachable] = {}
        for mask in masks:
            unit = desk.unit_of[mask.mask_id]
            content = failed.get(unit.images_root) or _content(mask, unit)
            if isinstance(content, Unreachable):
                failed[unit.images_root] = content
            _note_unjudgable(store, mask, content)
    except StoreError as error:
        raise _as_audit_error(error) from error


def _entity(unit: Unit) -> str:
    name = unit.entity_name or ""
    return name if name.strip() else unit.entity_id


def _past(standing: StandingVerdict, desk: Desk) -> PastVerdict:
    unit = desk.unit_of[standing.mask_id]
    return PastVerdict(
        task_id=standing.mask_id,
        entity=_entity(unit),
        verdict=standing.verdict,
        reasons=standing.reasons,
    )


def _guideline_hash(guideline_file: Path) -> str | None:
    try:
        return hashlib.sha256(guideline_file.read_bytes()).hexdigest()
    except OSError:
        return None


def _as_audit_error(error: StoreError) -> InputError | UnavailableError:
    return InputError(str(error)) if isinstance(error, NotFoundError) else UnavailableError(str(error))
