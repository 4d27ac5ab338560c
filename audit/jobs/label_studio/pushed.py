"""What came of a push, in figures and in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from audit.jobs.label_studio.held_tasks import HeldTasks
from audit.jobs.label_studio.outgoing_masks import needs_brush
from audit.review.label_studio.tasks import MaskMode

_MOST_NAMED = 10


@dataclass(slots=True, kw_only=True)
class PushTally:
    """What a push has done so far, in masks.

    Attributes:
        sent: the masks that the server was given.
        n_overlay: of these, those too complex for a brush.
        n_unjudgable: that cannot be shown, which is noted.
        n_left_out: whose images are out of reach now.
        n_surplus_removed: copies of tasks.
        n_repaired: tasks that had lost their mask and have it again.
        mask_mode: how the masks that it sends are shown.
    """

    sent: set[str] = field(default_factory=set)
    n_overlay: int = 0
    n_unjudgable: int = 0
    n_left_out: int = 0
    n_surplus_removed: int = 0
    n_repaired: int = 0
    mask_mode: MaskMode = MaskMode.BRUSH


@dataclass(frozen=True, slots=True, kw_only=True)
class PushResult:
    """What a project holds of a sample after a push.

    Attributes:
        sample: its name.
        project: its number.
        url: of the project's page.
        is_new: whether the project was made by this push.
        n_masks: of the sample that eyes can judge.
        n_pushed: of these, those that came by this push.
        n_there: of these, those that were there before.
        n_overlay: pushed masks that were too complex for a brush and are drawn into their pictures.
        n_unjudgable: that cannot be shown, which is noted.
        n_left_out: whose images are out of reach now.
        n_surplus_removed: copies of tasks.
        n_duplicates: copies that were kept because somebody has annotated them.
        n_repaired: tasks that had lost their mask and have it again.
        remarks: whatever is worth knowing of all this, a sentence each.
    """

    sample: str
    project: int
    url: str
    is_new: bool
    n_masks: int
    n_pushed: int
    n_there: int
    n_overlay: int
    n_unjudgable: int
    n_left_out: int
    n_surplus_removed: int
    n_duplicates: int
    n_repaired: int
    remarks: tuple[str, ...]


def push_remarks(tally: PushTally, held: HeldTasks) -> tuple[str, ...]:
    """Say what somebody who pushes should know."""
    counted = {
        "masks are too complex for a brush and are drawn into their pictures": tally.n_overlay,
        "masks cannot be shown and are noted as unjudgable": tally.n_unjudgable,
        "masks were left out, for their images are out of reach now: push again later": tally.n_left_out,
        "tasks were there twice and were removed; nobody had annotated them": tally.n_surplus_removed,
        "tasks had lost their mask and have it again": tally.n_repaired,
        "masks were there before and stay as they are shown, as a brush; only new tasks have them drawn "
        "in": len(_kept_brushes(tally, held)),
        "masks that were pushed are gone already: push again": len(lost_masks(tally, held)),
    }
    named = {
        "show the mask of another task, and were kept because somebody is at them": duplicates(held),
        "were changed by hand since the push, and what is said of them is refused; delete them and push "
        "again to have them anew": held.altered.keys(),
        "show no mask of this sample and were left alone": held.foreign,
    }
    return (
        *(f"{n:,} {words}" for words, n in counted.items() if n),
        *(f"{_tasks(numbers)} {words}" for words, numbers in named.items() if numbers),
    )


def lost_masks(tally: PushTally, held: HeldTasks) -> set[str]:
    """Give masks that were sent and arrived, and are not there now."""
    return {mask_id for mask_id in tally.sent if not held.holds(mask_id)}


def _kept_brushes(tally: PushTally, held: HeldTasks) -> set[str]:
    if tally.mask_mode is MaskMode.BRUSH:
        return set()
    return {
        mask_id
        for mask_id, heads in held.of_mask.items()
        if mask_id not in tally.sent and any(needs_brush(str(head.content["image"])) for head in heads)
    }


def duplicates(held: HeldTasks) -> list[int]:
    """Give the numbers of tasks that show the mask of another task of a smaller number."""
    return sorted(head.number for heads in held.of_mask.values() for head in heads[1:])


def _tasks(numbers: Collection[int]) -> str:
    """Name tasks.

    >>> _tasks([7, 5])
    'tasks 5, 7'
    """
    first: Sequence[int] = sorted(numbers)[:_MOST_NAMED]
    more = f" and {len(numbers) - len(first):,} more" if len(numbers) > len(first) else ""
    return f"{'tasks' if len(numbers) > 1 else 'task'} {', '.join(map(str, first))}{more}"
