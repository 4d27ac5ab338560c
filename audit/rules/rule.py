"""What a rule is, and what it says of the masks that it is asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from audit.coco.rle import encode_runs
from audit.coco.rle_kernels import Runs
from audit.features.references import FeatureReference
from audit.rules.subjects import Longs, Subjects


class Kind(StrEnum):
    """What sort of rule it is, as its table in a file says it."""

    NON_VISUAL = "non_visual"
    DISAGREEMENT = "disagreement"
    INCOMPLETE_LOCATION = "incomplete_location"
    DENSE_SCENE = "dense_scene"
    THRESHOLD = "threshold"


class Action(StrEnum):
    """What becomes of an annotation."""

    KEEP = "keep"
    """It goes on to the next rule; after the last one it stays as it is."""
    DROP = "drop"
    CORRECT = "correct"
    """It gets another mask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMask:
    """The mask that takes the place of another; never an empty one.

    Attributes:
        height: of the image, pixels.
        width: the same.
        counts: canonical compressed COCO counts.
    """

    height: int
    width: int
    counts: bytes


def new_mask(runs: Runs, size: tuple[int, int]) -> NewMask:
    """The mask of canonical runs; size is height and width."""
    return NewMask(height=size[0], width=size[1], counts=encode_runs(runs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a rule says of one annotation.

    Attributes:
        action: what becomes of it.
        why: a sentence without a full stop.
        mask: what takes the place of its mask; None unless it is corrected.
    """

    action: Action
    why: str
    mask: NewMask | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rulings:
    """What a rule says of some subjects; of those that it does not name it has nothing to say but keep.

    Attributes:
        places: int64 [n], the subjects that it names, ascending.
        actions: int8 [n], the number of each one's action in `Action`.
        whys: string [n].
        masks: of those corrected, by place.
    """

    places: Longs
    actions: NDArray[np.int8]
    whys: pa.Array
    masks: Mapping[int, NewMask] = field(default_factory=dict)


ACTIONS = tuple(Action)
"""By number."""


def number_of(action: Action) -> int:
    """Its number in `ACTIONS`."""
    return ACTIONS.index(action)


def dropping(places: Longs, whys: pa.Array) -> Rulings:
    """Rulings that drop some subjects."""
    return Rulings(places=places, actions=np.full(len(places), number_of(Action.DROP), np.int8), whys=whys)


def gathered(places: Longs, rulings: Sequence[Ruling]) -> Rulings:
    """Rulings that were made one by one."""
    return Rulings(
        places=places,
        actions=np.array([number_of(ruling.action) for ruling in rulings], np.int8),
        whys=pa.array([ruling.why for ruling in rulings], pa.string()),
        masks={
            int(place): ruling.mask
            for place, ruling in zip(places, rulings, strict=True)
            if ruling.mask is not None
        },
    )


class Rule(Protocol):
    """Says of each annotation what becomes of it, and why; a frozen value that can be compared and sent."""

    @property
    def name(self) -> str:
        """What decisions and summaries call it; no two rules of a set have the same."""
        ...

    @property
    def kind(self) -> Kind:
        """Its row of the catalogue."""
        ...

    @property
    def references(self) -> tuple[FeatureReference, ...]:
        """The features that it looks at."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of subjects that it looks at besides features."""
        ...

    @property
    def passes(self) -> str:
        """Why it keeps what it does not name, a sentence without a full stop."""
        ...

    def judge(self, subjects: Subjects) -> Rulings:
        """Say what becomes of each; masks are asked for where the columns do not decide."""
        ...
