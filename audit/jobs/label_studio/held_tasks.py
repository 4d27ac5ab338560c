"""What a project holds of a sample: the server is asked, and the store told."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from audit.jobs.label_studio.outgoing_masks import DRAWN, needs_brush
from audit.jobs.label_studio.task_masks import mask_of_task
from audit.review.label_studio.records import TaskHead
from audit.review.label_studio.server import LabelStudioServer
from audit.review.label_studio.server_faults import MissingError
from audit.review.label_studio.tasks import data_hash
from db.label_studio import drop_tasks, load_tasks, put_tasks
from db.records import LabelStudioProject, PushedTask
from db.store import Store

_OUR_IMAGE = re.compile(rf"data:image/jpeg;base64,.*|.*[/-][0-9a-f]{{32}}({DRAWN})?\.jpg", re.DOTALL)


class HeldTasks:
    """The tasks of one project, as they were when it was last read.

    Attributes:
        of_mask: mask → the tasks that show it as it was pushed, by number; several where it was pushed twice.
        altered: number → what it says is its mask, of tasks that somebody changed.
        foreign: numbers of tasks that show no mask of the sample.
    """

    def __init__(
        self,
        store: Store,
        server: LabelStudioServer,
        project: LabelStudioProject,
        questions: Mapping[str, str],
    ) -> None:
        """Know nothing yet.

        Args:
            store: remembers what was pushed.
            server: holds the tasks.
            project: whose tasks.
            questions: mask → what is asked of it, for every mask of the sample.
        """
        self._store = store
        self._server = server
        self._project = project
        self._questions = questions
        self._forget()

    def read(self) -> None:
        """Ask for every task; note those that are new to the store, and drop those that are gone.

        What was pushed by a command that ended early, or from another machine, is known by what it shows.
        """
        self._forget()
        with self._store.reading() as transaction:
            noted = load_tasks(transaction, self._project.project_id)
        self._pushed = {task.task_number: task for task in noted}
        heads = list(self._server.task_heads(self._project.number))
        gone = self._pushed.keys() - {head.number for head in heads}
        if gone:
            with self._store.transaction() as transaction:
                drop_tasks(transaction, self._project.project_id, gone)
        self._take(heads)

    def read_new(self) -> None:
        """Ask for the tasks that were made since."""
        self._take(list(self._server.task_heads(self._project.number, after=self._last)))

    def holds(self, mask_id: str) -> bool:
        """Whether some task shows a mask, be it one that somebody changed."""
        return mask_id in self.of_mask or mask_id in self.altered.values()

    def remove_surplus(self) -> int:
        """Delete copies of a mask's task until one is left; give how many were deleted.

        Those of the smallest numbers are kept, and whatever somebody has annotated, skipped or begun.
        """
        surplus: list[int] = []
        for mask_id, heads in self.of_mask.items():
            left = [head.number for head in heads]
            for number in sorted(left, reverse=True):
                if len(left) > 1 and self._is_untouched(number):
                    self._server.delete_task(number)
                    left.remove(number)
                    surplus.append(number)
            self.of_mask[mask_id] = [head for head in heads if head.number in left]
        if surplus:
            with self._store.transaction() as transaction:
                drop_tasks(transaction, self._project.project_id, surplus)
        return len(surplus)

    def invisible(self) -> dict[str, list[int]]:
        """Give masks that nobody sees, mask → tasks: these show the plain photo and have lost the brush."""
        bare = self._server.bare_tasks(self._project.number)
        found = {
            mask_id: [
                head.number
                for head in heads
                if head.number in bare and needs_brush(str(head.content["image"]))
            ]
            for mask_id, heads in self.of_mask.items()
        }
        return {mask_id: numbers for mask_id, numbers in found.items() if numbers}

    def _forget(self) -> None:
        self.of_mask: dict[str, list[TaskHead]] = {}
        self.altered: dict[int, object] = {}
        self.foreign: list[int] = []
        self._pushed = {}
        self._last = 0

    def _take(self, heads: Iterable[TaskHead]) -> None:
        adopted = []
        for head in heads:
            self._last = max(self._last, head.number)
            found = mask_of_task(head.number, head.content, self._pushed, self._questions)
            mask_id = found.mask_id
            if found.is_foreign and mask_id is None:
                self.foreign.append(head.number)
            elif mask_id is None or (found.is_foreign and not self._is_as_pushed(mask_id, head.content)):
                self.altered[head.number] = mask_id or head.content.get("item_uid")
            else:
                self.of_mask.setdefault(mask_id, []).append(head)
                if found.is_foreign:
                    adopted.append(_pushed(mask_id, head))
        self._pushed |= {task.task_number: task for task in adopted}
        if adopted:
            with self._store.transaction() as transaction:
                put_tasks(transaction, self._project.project_id, adopted)

    def _is_as_pushed(self, mask_id: str, content: Mapping[str, Any]) -> bool:
        is_asked = content["question"] == self._questions[mask_id]
        return is_asked and _OUR_IMAGE.fullmatch(content["image"]) is not None

    def _is_untouched(self, number: int) -> bool:
        try:
            traces = self._server.load_traces(number)
        except MissingError:
            return True
        return not traces.n_annotations and not traces.n_drafts


def _pushed(mask_id: str, head: TaskHead) -> PushedTask:
    return PushedTask(task_number=head.number, mask_id=mask_id, data_hash=data_hash(dict(head.content)))
