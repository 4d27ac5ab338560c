"""Hands the masks of a sample to a Label Studio server: each has one task there at the end."""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from audit.errors import InputError, UnavailableError
from audit.jobs.label_studio.adoption import adopt_project
from audit.jobs.label_studio.held_tasks import HeldTasks
from audit.jobs.label_studio.image_places import ImagePlacing, check_placing, place_for_project
from audit.jobs.label_studio.outgoing_masks import (
    Outgoing,
    OutgoingMask,
    SampledMasks,
    load_sampled_masks,
    read_outgoing,
)
from audit.jobs.label_studio.portions import Portions
from audit.jobs.label_studio.projects import check_tasks, create_project, find_project, prepare_project
from audit.jobs.label_studio.pushed import PushResult, PushTally, duplicates, lost_masks, push_remarks
from audit.jobs.label_studio.sending import Sender, Waiting
from audit.jobs.progress import Progress
from audit.jobs.workspace import Workspace
from audit.review.images import Unjudgable
from audit.review.label_studio.config import config_hash, labeling_config
from audit.review.label_studio.records import Project
from audit.review.label_studio.server import LabelStudioServer
from audit.review.label_studio.tasks import MaskMode, prediction_json
from db.label_studio import ensure_project, load_projects, put_config_hash
from db.records import LabelStudioProject
from db.turns import alone

BATCH_SIZE = 200
"""Tasks of one import."""

MAX_BATCH_BYTES = 50 * 1000**2
"""Of pictures and masks that are held for one import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """What to push, and where.

    Attributes:
        sample: None for the latest.
        project: number on the server; None for the sample's own, made if need be.
        mask_mode: how masks are shown.
        images: where pictures go.
    """

    sample: str | None = None
    project: int | None = None
    mask_mode: MaskMode = MaskMode.BRUSH
    images: ImagePlacing = field(default_factory=ImagePlacing)


def push_masks(
    workspace: Workspace,
    request: PushRequest,
    server: LabelStudioServer,
    *,
    progress: Progress,
    waiting: Waiting | None = None,
) -> PushResult:
    """Make a task of every mask of a sample that has none in its project.

    Interrupted at any point it leaves a project that the same command completes. What remains is an import
    that was sent, not answered, and carried out later than anybody looked: it leaves tasks twice until the
    next push, which removes those that nobody has annotated.

    Args:
        workspace: holds the sample.
        request: what to push, and where.
        server: is given the masks.
        progress: counts masks that were missing.
        waiting: the usual one where None.

    Raises:
        InputError: there is nothing to push, or the project, the token or the options do not fit.
        UnavailableError: the server gives no answer, or the images are out of reach.
        StoreError: there is no such sample, or somebody else is pushing it.
    """
    check_placing(request.images)
    with workspace.store.reading() as transaction:
        sampled = load_sampled_masks(transaction, request.sample)
    if not sampled.order:
        raise InputError(f"sample {sampled.sample.name} has no mask that eyes could judge: nothing to push")
    server.check()
    with alone(workspace.store, f"label-studio push of {sampled.sample.name}", wait_seconds=0):
        push = _Push(workspace, request, server, sampled, progress)
        return push.run(waiting or Waiting())


class _Push:
    """One push, while nobody else pushes the same sample."""

    def __init__(
        self,
        workspace: Workspace,
        request: PushRequest,
        server: LabelStudioServer,
        sampled: SampledMasks,
        progress: Progress,
    ) -> None:
        self._workspace = workspace
        self._request = request
        self._server = server
        self._sampled = sampled
        self._progress = progress
        self._tally = PushTally(mask_mode=request.mask_mode)

    def run(self, waiting: Waiting) -> PushResult:
        known = self._known_projects()
        found = find_project(self._server, self._sampled.sample, known, self._request.project)
        project = self._project(found, {each.number for each in known})
        held = HeldTasks(self._workspace.store, self._server, self._noted(project), self._sampled.questions())
        place = place_for_project(self._request.images, self._server, project.number)
        self._take_stock(held)
        missing = [mask_id for mask_id in self._sampled.order if not held.holds(mask_id)]
        self._send(missing, Sender(self._server, project.number, held, place, waiting))
        self._take_stock(held)
        self._repair(project.number, held)
        n_pushed = len(self._tally.sent - lost_masks(self._tally, held))
        return PushResult(
            sample=self._sampled.sample.name,
            project=project.number,
            url=f"{self._server.url}/projects/{project.number}",
            is_new=found is None,
            n_masks=len(self._sampled.order),
            n_pushed=n_pushed,
            n_there=len(self._sampled.order) - len(missing),
            n_overlay=self._tally.n_overlay,
            n_unjudgable=self._tally.n_unjudgable,
            n_left_out=self._tally.n_left_out,
            n_surplus_removed=self._tally.n_surplus_removed,
            n_duplicates=len(duplicates(held)),
            n_repaired=self._tally.n_repaired,
            remarks=push_remarks(self._tally, held),
        )

    def _known_projects(self) -> list[LabelStudioProject]:
        with self._workspace.store.reading() as transaction:
            known = load_projects(transaction, self._sampled.sample.sample_id)
        return [each for each in known if each.url == self._server.url]

    def _project(self, found: Project | None, known: set[int]) -> Project:
        sample = self._sampled.sample
        if found is None or not found.n_tasks:
            self._check_pushable()
        if found is None:
            return create_project(self._server, sample, self._workspace.settings.first_readings)
        adopt_project(self._workspace.store, sample.name, self._server.url, found)
        if found.number not in known:
            check_tasks(self._server, found, self._sampled.mask_units)
        return prepare_project(self._server, found, sample)

    def _noted(self, project: Project) -> LabelStudioProject:
        with self._workspace.store.transaction() as transaction:
            noted = ensure_project(
                transaction,
                sample_id=self._sampled.sample.sample_id,
                url=self._server.url,
                number=project.number,
            )
            put_config_hash(transaction, noted.project_id, config_hash(labeling_config()))
        return noted

    def _take_stock(self, held: HeldTasks) -> None:
        held.read()
        self._tally.n_surplus_removed += held.remove_surplus()

    def _check_pushable(self) -> None:
        """Raise unless some mask can be shown: no project is made for nothing."""
        reasons: Counter[str] = Counter()
        is_lasting = True
        with closing(self._outgoing(self._sampled.order, self._request.mask_mode)) as masks:
            for mask in masks:
                if isinstance(mask, OutgoingMask):
                    return
                reasons[mask.reason] += 1
                is_lasting = is_lasting and isinstance(mask, Unjudgable)
        why = ", ".join(f"{reason} ({n:,})" for reason, n in reasons.most_common(3))
        sentence = f"no mask of sample {self._sampled.sample.name} can be shown: {why}"
        if is_lasting:
            raise InputError(f"{sentence}: ingest with --images ROOT, and draw the sample anew")
        raise UnavailableError(f"{sentence}: push again when the images can be had")

    def _send(self, missing: Sequence[str], sender: Sender) -> None:
        self._progress.start(len(missing))
        with closing(self._outgoing(missing, self._request.mask_mode)) as masks:
            for batch in batches(self._judgable(masks)):
                sender.send(batch)
                self._tally.sent.update(mask.mask_id for mask in batch)
                if self._request.mask_mode is MaskMode.BRUSH:
                    self._tally.n_overlay += sum(mask.brush is None for mask in batch)
                self._progress.advance(len(batch))

    def _judgable(self, masks: Iterable[Outgoing]) -> Iterator[OutgoingMask]:
        for mask in masks:
            if isinstance(mask, OutgoingMask):
                yield mask
                continue
            if isinstance(mask, Unjudgable):
                self._tally.n_unjudgable += 1
            else:
                self._tally.n_left_out += 1
            self._progress.advance(1)

    def _repair(self, number: int, held: HeldTasks) -> None:
        """Give tasks their masks back that have lost them, as by a click on "Delete Predictions"."""
        lost = held.invisible()
        masks = self._outgoing([each for each in lost if each in self._sampled.mask_units], MaskMode.BRUSH)
        for batch in batches(each for each in masks if isinstance(each, OutgoingMask)):
            predictions = [
                {"task": task_number, **prediction_json(mask.task(""), mask.brush)}
                for mask in batch
                if mask.brush is not None
                for task_number in lost[mask.mask_id]
            ]
            Portions().send(predictions, lambda some: self._server.import_predictions(number, some))
            self._tally.n_repaired += len(predictions)

    def _outgoing(self, mask_ids: Sequence[str], mask_mode: MaskMode) -> Generator[Outgoing]:
        return read_outgoing(
            self._workspace.store, self._sampled, mask_ids, mask_mode, self._workspace.workers
        )


def batches(masks: Iterable[OutgoingMask]) -> Iterator[list[OutgoingMask]]:
    """Give masks in groups that one import takes; of any number only one group is held at a time."""
    batch: list[OutgoingMask] = []
    n_bytes = 0
    for mask in masks:
        batch.append(mask)
        n_bytes += mask.n_bytes
        if len(batch) == BATCH_SIZE or n_bytes >= MAX_BATCH_BYTES:
            yield batch
            batch, n_bytes = [], 0
    if batch:
        yield batch
