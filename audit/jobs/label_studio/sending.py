"""Sends masks to a project so that each has one task there, whatever happens on the way.

Nothing is sent again before the project was looked at. After an answer that did not come in time the server
may still be at work, so it is given time first. A server that makes the tasks even later leaves two of them
for a while: the end of this push, or the next one, removes the one that nobody has annotated.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from audit.errors import UnavailableError
from audit.jobs.label_studio.held_tasks import HeldTasks
from audit.jobs.label_studio.image_places import ImagePlace
from audit.jobs.label_studio.outgoing_masks import OutgoingMask
from audit.jobs.label_studio.portions import Portions
from audit.review.label_studio.server import LabelStudioServer
from audit.review.label_studio.server_faults import FailedError, UnansweredError
from audit.review.label_studio.tasks import task_json

MAX_TRIES = 3
"""How often in a row masks are sent without one of them arriving."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How long a project is looked at before anything is sent again.

    Attributes:
        pauses: seconds between one look and the next.
        sleep: waits.
    """

    pauses: tuple[float, ...] = (1, 2, 5, 10, 20, 40)
    sleep: Callable[[float], None] = time.sleep


class Sender:
    """Makes the tasks of one project."""

    def __init__(
        self,
        server: LabelStudioServer,
        number: int,
        held: HeldTasks,
        place: ImagePlace,
        waiting: Waiting,
    ) -> None:
        self._server = server
        self._number = number
        self._held = held
        self._place = place
        self._waiting = waiting
        self._portions = Portions()

    def send(self, masks: Sequence[OutgoingMask]) -> None:
        """Have every mask on the server, in this order.

        Raises:
            InputError: the server refuses them.
            UnavailableError: it fails again and again, or is not to be reached any more.
        """
        n_idle = 0
        missing = self._missing(masks)
        while missing:
            failure = self._try(missing)
            self._look(missing, failure)
            n_before, missing = len(missing), self._missing(masks)
            n_idle = n_idle + 1 if len(missing) == n_before else 0
            if n_idle == MAX_TRIES:
                raise self._given_up(failure)

    def _missing(self, masks: Sequence[OutgoingMask]) -> list[OutgoingMask]:
        return [mask for mask in masks if not self._held.holds(mask.mask_id)]

    def _try(self, masks: Sequence[OutgoingMask]) -> UnansweredError | None:
        try:
            addresses = self._place.put({mask.image_name: mask.jpeg for mask in masks})
        except UnansweredError as error:
            return FailedError(str(error))  # no task was sent, so none is on its way
        try:
            self._portions.send(
                [task_json(mask.task(addresses[mask.image_name])) for mask in masks],
                lambda some: self._server.import_tasks(self._number, some),
            )
        except UnansweredError as error:
            return error
        return None

    def _look(self, masks: Sequence[OutgoingMask], failure: UnansweredError | None) -> None:
        """Look until every mask is there, or none can come any more, or it has been long enough."""
        was_seen = False
        for pause in self._pauses(failure):
            self._waiting.sleep(pause)
            try:
                self._held.read_new()
            except UnansweredError as error:
                failure = error
                continue
            was_seen = True
            if isinstance(failure, FailedError) or not self._missing(masks):
                return
        if not was_seen:
            raise self._given_up(failure)

    def _pauses(self, failure: UnansweredError | None) -> tuple[float, ...]:
        return self._waiting.pauses if failure else (0, *self._waiting.pauses)

    def _given_up(self, failure: UnansweredError | None) -> UnavailableError:
        why = failure or "it took tasks and does not show them"
        return UnavailableError(
            f"{len(self._held.of_mask):,} masks are in project {self._number}, and no more arrived ({why}); "
            "the same command goes on from there"
        )
