"""What the tasks of a Label Studio project hold, as the store keeps it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from audit.errors import InputError
from audit.jobs.label_studio.annotators import Annotators, annotator_fault
from audit.jobs.label_studio.task_masks import TaskMask
from audit.review.label_studio.answers import read_answer, read_signature
from audit.review.label_studio.records import AnnotatedTask
from db.records import HeldAnnotation

MaskOf = Callable[[int, Mapping[str, object]], TaskMask]
"""Gives which mask a task shows, from its number and its data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksRead:
    """Tasks of a project that were read.

    Attributes:
        changed_at: task → when it had changed last, by the server's clock.
        annotations: all that they hold.
        n_foreign: tasks that were not pushed from here and show masks of the sample.
        is_whole: whether the project holds no other tasks.
    """

    changed_at: Mapping[int, datetime]
    annotations: tuple[HeldAnnotation, ...]
    n_foreign: int
    is_whole: bool


def read_tasks(
    tasks: Iterable[AnnotatedTask], mask_of: MaskOf, annotators: Annotators, *, is_whole: bool
) -> TasksRead:
    """Give what tasks hold; whatever cannot be taken is in it with the reason.

    Raises:
        InputError: an annotation has no id or no time of its last change.
    """
    changed_at: dict[int, datetime] = {}
    annotations: list[HeldAnnotation] = []
    n_foreign = 0
    for task in tasks:
        mask = mask_of(task.number, task.content)
        changed_at[task.number] = task.updated_at
        n_foreign += mask.is_foreign and mask.mask_id is not None
        annotations += [_held(task.number, mask, each, annotators) for each in task.annotations]
    return TasksRead(
        changed_at=changed_at, annotations=tuple(annotations), n_foreign=n_foreign, is_whole=is_whole
    )


def _held(
    task_number: int, mask: TaskMask, annotation: Mapping[str, object], annotators: Annotators
) -> HeldAnnotation:
    signature = read_signature(annotation)
    if signature is None:
        raise InputError(
            f"task {task_number} holds an annotation without an id or without the time of its last change: "
            "nothing was taken; look at it in Label Studio, and delete it there"
        )
    name = annotators.name_of(signature)
    nameless = annotator_fault(name)
    answer = read_answer(annotation)
    refusal = mask.refusal or nameless or answer.refusal
    return HeldAnnotation(
        annotation_number=signature.number,
        task_number=task_number,
        mask_id=mask.mask_id,
        annotator="" if nameless else name,
        updated_at=signature.updated_at,
        verdict=None if refusal else answer.verdict,
        reasons=() if refusal else answer.reasons,
        comment="" if refusal else answer.comment,
        seconds=answer.seconds,
        refusal=refusal,
    )
