"""Opens a desk: one person, one sample, and what stays the same while they judge it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from audit.errors import InputError, UnavailableError
from audit.jobs.access import Admission, check_lead
from audit.jobs.review.compare_tasks import open_compare_tasks
from audit.jobs.review.review_tasks import open_review_tasks
from audit.jobs.review.settle_tasks import open_settle_tasks
from audit.jobs.review.tasks import Tasks, Workplace
from audit.review.comparing_guideline import comparing_guideline
from audit.review.guideline import Guideline, read_guideline
from audit.review.key_bindings import COMPARING_ACTIONS, JUDGING_ACTIONS, bind_keys
from audit.review.opening import DeskKind, Link, Opening
from audit.settings import Settings
from db.errors import NotFoundError, StoreError
from db.records import Reviewer, Sample
from db.samples import load_mask_units, load_sample, load_units
from db.store import Store

_OPENERS: Mapping[DeskKind, Callable[[Store, Workplace, datetime], Tasks]] = {
    DeskKind.REVIEW: open_review_tasks,
    DeskKind.SETTLE: open_settle_tasks,
    DeskKind.COMPARE: open_compare_tasks,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRequest:
    """Who wants to judge what.

    Attributes:
        admission: as whom they were let in.
        sample_name: None for the latest sample.
        compared: the two settings to compare, where that is what is done.
        links: where else this person may go.
    """

    admission: Admission
    kind: DeskKind = DeskKind.REVIEW
    sample_name: str | None = None
    compared: tuple[str, str] | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What stays the same while one person judges one sample."""

    kind: DeskKind
    sample: Sample
    admission: Admission
    tasks: Tasks
    opening: Opening

    @property
    def reviewer(self) -> Reviewer:
        """Who judges."""
        return self.admission.reviewer

    @property
    def scope(self) -> str:
        """Tells samples and kinds apart in a browser that has seen several workspaces at one address."""
        sample = self.sample
        named = f"{sample.population_fingerprint}\n{sample.sample_id}\n{sample.created_at}\n{self.kind}"
        return hashlib.sha256(named.encode()).hexdigest()[:16]


def open_store(database_url: str) -> Store:
    """Give the store of a workspace; raise InputError or UnavailableError where it cannot be used."""
    store = Store(database_url)
    try:
        store.check()
    except StoreError as error:
        raise _as_audit_error(error) from error
    return store


def open_desk(store: Store, settings: Settings, request: DeskRequest, now: datetime) -> Desk:
    """Open a desk for one person, and try once more what could not be shown before.

    Args:
        store: the workspace's.
        settings: the workspace's.
        request: who wants to judge what.
        now: when this happens.

    Raises:
        InputError: there is no such sample, or a key of the settings cannot be used.
        AccessError: somebody who is no lead is to settle.
        UnavailableError: the store does not answer.
    """
    if request.kind is DeskKind.SETTLE:
        check_lead(request.admission)
    guideline = read_guideline(settings.guideline_file)
    try:
        with store.reading() as transaction:
            sample = load_sample(transaction, request.sample_name)
            units = {unit.unit_id: unit for unit in load_units(transaction, sample.sample_id)}
            mask_units = load_mask_units(transaction, sample.sample_id)
        workplace = Workplace(
            settings=settings,
            sample=sample,
            reviewer=request.admission.reviewer,
            units=units,
            mask_units=mask_units,
            compared=request.compared,
            guideline_hash=None if guideline is None else guideline.hash,
        )
        tasks = _OPENERS[request.kind](store, workplace, now)
    except StoreError as error:
        raise _as_audit_error(error) from error
    return Desk(
        kind=request.kind,
        sample=sample,
        admission=request.admission,
        tasks=tasks,
        opening=_opening(settings, request, tasks, guideline),
    )


def _opening(settings: Settings, request: DeskRequest, tasks: Tasks, guideline: Guideline | None) -> Opening:
    actions = JUDGING_ACTIONS
    if request.kind is DeskKind.COMPARE:
        actions = COMPARING_ACTIONS
        guideline = comparing_guideline(guideline)
    return Opening(
        kind=request.kind,
        bindings=bind_keys(actions, hand=settings.hand, remaps=settings.keys),
        hand=settings.hand,
        guideline=guideline,
        n_practice=tasks.n_practice,
        links=request.links,
    )


def _as_audit_error(error: StoreError) -> InputError | UnavailableError:
    return InputError(str(error)) if isinstance(error, NotFoundError) else UnavailableError(str(error))
