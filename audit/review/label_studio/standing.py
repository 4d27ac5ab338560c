"""What each reviewer says of a mask, in Label Studio or elsewhere, and what the journal lacks to say so.

In a project an annotator says of a mask what their latest annotation says, over all of its tasks that the
project holds; a skip or a refused annotation says nothing. Of what is said in several projects, on the page
and in files, the latest stands. So what stands depends on nothing but what is said now, never on when
somebody looked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from db.records import HeldAnnotation, LatestEntry, Reading, Source, Verdict, Withdrawal

Key = tuple[str, str]
"""A mask's id and a reviewer's name."""

Events = Mapping[tuple[str, Source], tuple[Reading | Withdrawal, ...]]
"""A reviewer, and where they said it → what is to be appended, in order of the masks' ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What the journal lacks.

    Attributes:
        events: what is to be appended.
        n_new: verdicts where none of the reviewer stood.
        n_changed: verdicts in place of others.
        n_withdrawn: verdicts to be taken back.
    """

    events: Events
    n_new: int
    n_changed: int
    n_withdrawn: int


def judgements(held: Iterable[HeldAnnotation]) -> dict[Key, HeldAnnotation]:
    """Give what annotators say of masks in one project: their latest annotation, where it holds a verdict."""
    latest: dict[Key, HeldAnnotation] = {}
    for each in sorted(held, key=_age):
        if each.mask_id is not None and each.annotator:
            latest[each.mask_id, each.annotator] = each
    return {key: each for key, each in latest.items() if each.verdict is not None}


def latest_of(projects: Iterable[Iterable[HeldAnnotation]]) -> dict[Key, HeldAnnotation]:
    """Give what annotators say of masks, the latest of what they say in several projects."""
    said = [each for held in projects for each in judgements(held).items()]
    return dict(sorted(said, key=lambda pair: _age(pair[1])))


def is_older(annotation: HeldAnnotation, elsewhere: LatestEntry | None) -> bool:
    """Tell whether a reviewer has decided since, on the page or in a file, what they say of a mask."""
    return elsewhere is not None and elsewhere.decided_at > annotation.updated_at


def lacking(
    said: Mapping[Key, HeldAnnotation],
    elsewhere: Iterable[LatestEntry],
    newest: Iterable[LatestEntry],
    now: datetime,
) -> Lacking:
    """Give what is to be appended to the journal so that the latest of what each reviewer says stands.

    What stands and says the same is left alone, wherever it was said. A reading from elsewhere that an
    annotation had superseded is put back when the annotation is gone.

    Args:
        said: as `latest_of` gives it, of every project.
        elsewhere: each reviewer's newest entry on each of the masks that was not said in Label Studio.
        newest: their newest entry wherever it was said.
        now: when what is gone was found to be gone.
    """
    other = {(entry.mask_id, entry.reviewer): entry for entry in elsewhere}
    standing = {(entry.mask_id, entry.reviewer): entry for entry in newest}
    events: dict[tuple[str, Source], list[Reading | Withdrawal]] = defaultdict(list)
    n_new = n_changed = n_withdrawn = 0
    for key in sorted(said.keys() | standing.keys()):
        entry = standing.get(key)
        wanted = _latest(said.get(key), other.get(key))
        if _says(wanted) == _says(entry):
            continue
        stands = entry is not None and entry.verdict is not None
        reviewer = key[1]
        if isinstance(wanted, HeldAnnotation):
            events[reviewer, Source.LABEL_STUDIO].append(_reading(wanted, entry))
        elif wanted is not None and wanted.verdict is not None:
            events[reviewer, wanted.source].append(_again(wanted, wanted.verdict, entry))
        elif entry is not None:
            events[reviewer, Source.LABEL_STUDIO].append(_withdrawal(entry, now))
            n_withdrawn += 1
            continue
        n_new, n_changed = n_new + (not stands), n_changed + stands
    return Lacking(
        events={key: tuple(of_key) for key, of_key in events.items()},
        n_new=n_new,
        n_changed=n_changed,
        n_withdrawn=n_withdrawn,
    )


def _age(annotation: HeldAnnotation) -> tuple[datetime, int]:
    return annotation.updated_at, annotation.annotation_number


def _latest(
    annotation: HeldAnnotation | None, elsewhere: LatestEntry | None
) -> HeldAnnotation | LatestEntry | None:
    return elsewhere if annotation is None or is_older(annotation, elsewhere) else annotation


def _says(said: HeldAnnotation | LatestEntry | None) -> tuple[frozenset[str], str, Verdict] | None:
    """What is said; nothing where nobody said anything, or took it back."""
    if said is None or said.verdict is None:
        return None
    return frozenset(said.reasons), said.comment, said.verdict


def _after(before: LatestEntry | None) -> str:
    # What was gone and stands again is another entry than the first time.
    return f"after {0 if before is None else before.entry_id}"


def _reading(annotation: HeldAnnotation, before: LatestEntry | None) -> Reading:
    if annotation.mask_id is None or annotation.verdict is None:
        raise ValueError(f"annotation {annotation.annotation_number} holds no verdict on a mask")
    return Reading(
        mask_id=annotation.mask_id,
        verdict=annotation.verdict,
        reasons=annotation.reasons,
        comment=annotation.comment,
        client_key=f"label-studio {annotation.mask_id} {annotation.annotation_number}"
        f"@{annotation.updated_at.isoformat()} {_after(before)}",
        seconds=annotation.seconds,
        decided_at=annotation.updated_at,
    )


def _again(entry: LatestEntry, verdict: Verdict, before: LatestEntry | None) -> Reading:
    return Reading(
        mask_id=entry.mask_id,
        verdict=verdict,
        reasons=entry.reasons,
        comment=entry.comment,
        flagged=entry.flagged,
        client_key=f"label-studio {entry.mask_id} again {entry.entry_id} {_after(before)}",
        second_probability=entry.second_probability,
        seconds=entry.seconds,
        decided_at=entry.decided_at,
        guideline_hash=entry.guideline_hash,
    )


def _withdrawal(entry: LatestEntry, now: datetime) -> Withdrawal:
    return Withdrawal(
        mask_id=entry.mask_id,
        client_key=f"label-studio {entry.mask_id} gone {_after(entry)}",
        decided_at=now,
    )
