"""Which mask of a sample a Label Studio task shows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from audit.review.events import UNSTORABLE
from audit.review.label_studio.tasks import data_hash
from db.records import PushedTask

_FIELDS = {"image", "question", "item_uid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMask:
    """What a task shows.

    Attributes:
        mask_id: None where it shows no mask of the sample.
        refusal: why nothing said of the task can be taken, as a clause; empty where it can.
        is_foreign: whether it was not pushed from here.
    """

    mask_id: str | None
    refusal: str
    is_foreign: bool


def mask_of_task(
    task_number: int,
    content: Mapping[str, object],
    pushed: Mapping[int, PushedTask],
    mask_ids: Collection[str],
) -> TaskMask:
    """Give which mask a task shows.

    A task that was not pushed from here (by another workspace, or as a file) is taken at its word where it
    looks like one that was.

    Args:
        task_number: its id on the server.
        content: its `data`.
        pushed: the tasks that were pushed from here, by number.
        mask_ids: the masks of the sample.
    """
    data = _task_data(content)
    push = pushed.get(task_number)
    if push is None:
        mask_id = None if data is None else data["item_uid"]
        if mask_id in mask_ids:
            return TaskMask(mask_id=mask_id, refusal="", is_foreign=True)
        return TaskMask(mask_id=None, refusal="its task shows no mask of this sample", is_foreign=True)
    if data is None or data_hash(data) != push.data_hash:
        clause = "its task was changed by hand since it was pushed, and may show something else"
        return TaskMask(mask_id=None, refusal=clause, is_foreign=False)
    return TaskMask(mask_id=push.mask_id, refusal="", is_foreign=False)


def _task_data(content: Mapping[str, object]) -> dict[str, str] | None:
    """The data of a task as a push makes it, or None where it is something else."""
    data = {
        key: text for key, text in content.items() if isinstance(text, str) and not UNSTORABLE.search(text)
    }
    return data if set(content) == set(data) == _FIELDS else None
