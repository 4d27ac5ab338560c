"""What each annotator says of a mask, and what the journal lacks to say the same.

An annotator says of a mask what their latest annotation says, over all of its tasks that the server holds.
A skip or a refused annotation says nothing. So what stands depends on nothing but what the server holds now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from db.records import HeldAnnotation, LatestEntry, Reading, Verdict, Withdrawal

Key = tuple[str, str]
"""A mask's id and a reviewer's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What the journal lacks.

    Attributes:
        events: reviewer → what is to be appended, in order of the masks' ids.
        n_new: verdicts where none of the annotator stood.
        n_changed: verdicts in place of others.
        n_withdrawn: verdicts to be taken back.
        n_older: annotations passed over, because their reviewer has decided otherwise since, elsewhere.
    """

    events: Mapping[str, tuple[Reading | Withdrawal, ...]]
    n_new: int
    n_changed: int
    n_withdrawn: int
    n_older: int


def judgements(held: Iterable[HeldAnnotation]) -> dict[Key, HeldAnnotation]:
    """Give what annotators say of masks: their latest annotation, where it holds a verdict."""
    latest: dict[Key, HeldAnnotation] = {}
    for each in sorted(held, key=lambda each: (each.updated_at, each.annotation_number)):
        if each.mask_id is not None and each.annotator:
            latest[each.mask_id, each.annotator] = each
    return {key: each for key, each in latest.items() if each.verdict is not None}


def lacking(
    said: Mapping[Key, HeldAnnotation], entries: Iterable[LatestEntry], project_id: int, now: datetime
) -> Lacking:
    """Give what is to be appended so that the journal says what the annotators of a project say.

    What stands and says the same is left alone, wherever it was said. Only what this project's annotations
    made is ever taken back.

    Args:
        said: as `judgements` gives it.
        entries: of every reviewer on every mask of the project's sample.
        project_id: the project.
        now: when what is gone was found to be gone.
    """
    newest = {(entry.mask_id, entry.reviewer): entry for entry in entries}
    events: dict[str, list[Reading | Withdrawal]] = {}
    n_new = n_changed = n_withdrawn = n_older = 0
    for key, annotation in sorted(said.items()):
        entry = newest.get(key)
        if entry is not None and _says(entry) == _says(annotation):
            continue
        if entry is not None and entry.project_id != project_id and entry.decided_at > annotation.updated_at:
            n_older += 1
            continue
        is_first = entry is None or entry.verdict is None
        n_new, n_changed = n_new + is_first, n_changed + (not is_first)
        events.setdefault(annotation.annotator, []).append(_reading(annotation, entry, project_id))
    for key, entry in sorted(newest.items()):
        if key not in said and entry.verdict is not None and entry.project_id == project_id:
            n_withdrawn += 1
            events.setdefault(entry.reviewer, []).append(_withdrawal(entry, project_id, now))
    return Lacking(
        events={reviewer: tuple(of_reviewer) for reviewer, of_reviewer in events.items()},
        n_new=n_new,
        n_changed=n_changed,
        n_withdrawn=n_withdrawn,
        n_older=n_older,
    )


def _says(said: HeldAnnotation | LatestEntry) -> tuple[Verdict | None, frozenset[str], str]:
    return said.verdict, frozenset(said.reasons), said.comment


def _reading(annotation: HeldAnnotation, before: LatestEntry | None, project_id: int) -> Reading:
    if annotation.mask_id is None or annotation.verdict is None:
        raise ValueError(f"annotation {annotation.annotation_number} holds no verdict on a mask")
    # What was deleted and stands again is another entry than the first time.
    after = 0 if before is None else before.entry_id
    return Reading(
        mask_id=annotation.mask_id,
        verdict=annotation.verdict,
        reasons=annotation.reasons,
        comment=annotation.comment,
        client_key=f"label-studio {project_id}/{annotation.annotation_number}"
        f"@{annotation.updated_at.isoformat()} after {after}",
        seconds=annotation.seconds,
        decided_at=annotation.updated_at,
    )


def _withdrawal(entry: LatestEntry, project_id: int, now: datetime) -> Withdrawal:
    return Withdrawal(
        mask_id=entry.mask_id,
        client_key=f"label-studio {project_id} gone after {entry.entry_id}",
        decided_at=now,
    )
