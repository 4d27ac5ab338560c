"""Review pack: what one reviewer still owes, as pages that open from a file and need no network.

The masks are handed to that reviewer for some days, so that nobody else is given them meanwhile. Their
verdicts come back through `verdicts import`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from audit.errors import InputError, UnavailableError
from audit.jobs.pack_files import check_pack_file, older_parts, pack_files
from audit.jobs.pack_pages import PackCover, PackPages
from audit.jobs.progress import Progress
from audit.jobs.review.items import note_unjudgable, read_picture
from audit.jobs.review.stock import LONGEST_LEASE, take_stock
from audit.jobs.review.tasks import Workplace
from audit.jobs.workspace import Workspace
from audit.names import check_name
from audit.review.guideline import read_guideline
from audit.review.images import Unjudgable, Unreachable
from audit.review.key_bindings import JUDGING_ACTIONS, bind_keys
from audit.review.naming import shown_name
from audit.review.opening import DeskKind, Opening
from audit.review.outgoing import Item
from audit.review.queue import review_order
from audit.settings import Settings
from db.assignments import add_assignments, load_latest, load_open, move_leases, wait_to_hand_out
from db.records import Assignment, Purpose
from db.reviewers import ensure_reviewer
from db.reviews import load_judged
from db.samples import load_mask_units, load_masks, load_sample, load_units
from db.store import Store, Transaction

MAX_PART_BYTES = 100 * 1000**2
"""Of one page: what is larger mail servers refuse, and a browser takes its time to open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRequest:
    """Which pack to write.

    Attributes:
        file: ends in .html; several parts become FILE-1.html, FILE-2.html and so on.
        reviewer: a name; made known where it is new.
        sample: None for the latest.
        size: at most so many masks; None for all that the reviewer owes.
        days: for which nobody else is given these masks, from 1 to those of `LONGEST_LEASE`.
        max_part_bytes: of one page.
    """

    file: Path
    reviewer: str
    sample: str | None = None
    size: int | None = None
    days: int = 7
    max_part_bytes: int = MAX_PART_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPack:
    """What was written.

    Attributes:
        files: the parts, in order.
        older_files: parts of an earlier pack beside them, left as they are.
        n_masks: in all parts.
        n_unjudgable: masks left out because they cannot be shown, which is noted.
        n_left_out: masks left out because their images are out of reach now, or too large for a part.
        n_bytes: of all parts.
    """

    files: tuple[Path, ...]
    older_files: tuple[Path, ...]
    n_masks: int
    n_unjudgable: int
    n_left_out: int
    n_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """The masks to pack, in the reviewer's order, and those of them that the reviewer did not hold before."""

    mask_ids: tuple[str, ...]
    new: frozenset[str]
    made_at: datetime


def write_pack(
    workspace: Workspace, request: PackRequest, *, now: datetime, progress: Progress
) -> WrittenPack:
    """Write a reviewer's masks into pages, all of them or none; the masks stay with the reviewer.

    Run again, it packs the same masks, less what was judged meanwhile.

    Raises:
        InputError: the file, the reviewer's name or the days cannot be, or there is nothing to pack.
        UnavailableError: no image can be had now, or the file system refuses.
        StoreError: there is no such sample, or the store does not answer.
    """
    check_pack_file(request.file)
    check_name("--reviewer", request.reviewer)
    if not 1 <= request.days <= LONGEST_LEASE.days:
        raise InputError(f"--days {request.days} is not from 1 to {LONGEST_LEASE.days}")
    store = workspace.store
    with store.transaction() as transaction:
        workplace = _workplace(transaction, workspace.settings, request, now)
        claim = _claim(transaction, workplace, request, now)
    reviewer_id = workplace.reviewer.reviewer_id
    try:
        return _write(store, workplace, request, claim, progress)
    except BaseException:
        with store.transaction() as transaction:
            move_leases(transaction, reviewer_id, claim.new, now)
        raise


def _workplace(
    transaction: Transaction, settings: Settings, request: PackRequest, now: datetime
) -> Workplace:
    sample = load_sample(transaction, request.sample)
    reviewer = ensure_reviewer(transaction, request.reviewer, now)
    if reviewer.disabled_at is not None:
        raise InputError(f"--reviewer {request.reviewer} takes no part in this review any more: name another")
    return Workplace(
        settings=settings,
        sample=sample,
        reviewer=reviewer,
        units={unit.unit_id: unit for unit in load_units(transaction, sample.sample_id)},
        mask_units=load_mask_units(transaction, sample.sample_id),
        compared=None,
        guideline_hash=None,
    )


def _claim(transaction: Transaction, workplace: Workplace, request: PackRequest, now: datetime) -> _Claim:
    """Hand the reviewer what is to be packed: what they hold already, and what they may be given besides."""
    sample_id, reviewer_id = workplace.sample.sample_id, workplace.reviewer.reviewer_id
    wait_to_hand_out(transaction)
    order = review_order(
        workplace.mask_units,
        seed=workplace.sample.seed,
        reviewer=workplace.reviewer.name,
        block_of={unit.unit_id: unit.block for unit in workplace.units.values() if unit.block is not None},
    )
    stock = take_stock(transaction, workplace, order, now)
    held = {
        each.task_id
        for each in load_open(transaction, reviewer_id, sample_id, now)
        if each.purpose is Purpose.READING
    }
    held -= load_judged(transaction, reviewer_id, held) | stock.unjudgable
    wanted = held | set(stock.owed)
    mask_ids = [mask_id for mask_id in order if mask_id in wanted][: request.size]
    if not mask_ids:
        raise InputError(
            f"--reviewer {request.reviewer} has nothing left to judge in sample {workplace.sample.name}: "
            "every mask is judged, unjudgable or held by others"
        )
    latest = load_latest(transaction, reviewer_id, sample_id, 1)
    first = latest[-1].position + 1 if latest else 0
    given = [
        Assignment(
            task_id=mask_id,
            reviewer_id=reviewer_id,
            sample_id=sample_id,
            purpose=Purpose.READING,
            position=position,
            assigned_at=now,
            lease_until=now + timedelta(days=request.days),
        )
        for position, mask_id in enumerate(mask_ids, start=first)
    ]
    add_assignments(transaction, given)
    return _Claim(mask_ids=tuple(mask_ids), new=frozenset(mask_ids) - held, made_at=now)


def _write(
    store: Store, workplace: Workplace, request: PackRequest, claim: _Claim, progress: Progress
) -> WrittenPack:
    progress.start(len(claim.mask_ids))
    n_unjudgable = 0
    left_out: list[str] = []
    with pack_files(request.file) as files:
        pages = PackPages(files, _cover(workplace, request))
        for item in _items(store, workplace, claim.mask_ids):
            if isinstance(item.content, Unjudgable):
                n_unjudgable += 1
            elif isinstance(item.content, Unreachable) or not pages.add(item, item.content):
                left_out.append(item.task_id)
            progress.advance(1)
        if not pages.n_masks:
            raise UnavailableError(
                f"{request.file} was not written: {n_unjudgable:,} of {len(claim.mask_ids):,} masks cannot "
                f"be shown at all, and the images of {len(left_out):,} cannot be had now"
            )
        pages.end()
        written = files.place()
    with store.transaction() as transaction:
        move_leases(transaction, workplace.reviewer.reviewer_id, left_out, claim.made_at)
    return WrittenPack(
        files=written,
        older_files=older_parts(request.file, written),
        n_masks=pages.n_masks,
        n_unjudgable=n_unjudgable,
        n_left_out=len(left_out),
        n_bytes=pages.n_bytes,
    )


def _items(store: Store, workplace: Workplace, mask_ids: Sequence[str]) -> Iterator[Item]:
    """Read masks and photos, one at a time, and note what cannot be shown."""
    for mask_id in mask_ids:
        with store.reading() as transaction:
            (mask,) = load_masks(transaction, [mask_id])
        unit = workplace.units[workplace.mask_units[mask_id]]
        content = read_picture([mask], unit)
        note_unjudgable(store, mask, content)
        yield Item(task_id=mask_id, entity=shown_name(unit), question=unit.question, content=content)


def _cover(workplace: Workplace, request: PackRequest) -> PackCover:
    settings, sample = workplace.settings, workplace.sample
    named = f"{sample.population_fingerprint}\n{sample.sample_id}\n{sample.created_at}"
    return PackCover(
        scope=sha256(named.encode()).hexdigest()[:16],
        reviewer=workplace.reviewer.name,
        opening=Opening(
            kind=DeskKind.REVIEW,
            bindings=bind_keys(JUDGING_ACTIONS, hand=settings.hand, remaps=settings.keys),
            hand=settings.hand,
            guideline=read_guideline(settings.guideline_file),
            n_practice=None,
            links=(),
        ),
        max_bytes=request.max_part_bytes,
    )
