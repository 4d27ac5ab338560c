"""The masks of one mention under every setting, decoded as far as run lengths."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.coco.rle import RleError, area, decode_counts, union_runs
from audit.coco.rle_kernels import Runs
from audit.features.spans import MAX_COLUMNS

Size = tuple[int, int]
"""Height and width of an image, pixels."""

Reals = NDArray[np.float64]

_MOST_PIXELS = 2**32 - 1
"""The longest run that compressed counts hold; the run lengths of a larger image would overflow."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SettingMask:
    """What one setting has of a mention.

    Attributes:
        setting: its name.
        size: of the image; None where unknown or too large to be gone through.
        runs: canonical; None where the mask is empty or cannot be read.
        boxes: x1, y1, x2, y2 in pixels, float64 [n_boxes, 4].
        confidence: the highest of the labels, or the score where no label has one; None without either.
    """

    setting: str
    size: Size | None
    runs: Runs | None
    boxes: Reals
    confidence: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mention:
    """A mask and those of the other settings of its mention.

    Attributes:
        own: the mask that is judged.
        others: of the other settings, by name.
    """

    own: SettingMask
    others: tuple[SettingMask, ...]

    @property
    def size(self) -> Size | None:
        """Of the image: as the own mask has it; where that has none, as all others have it that have one."""
        if self.own.size is not None:
            return self.own.size
        sizes = {other.size for other in self.others} - {None}
        return sizes.pop() if len(sizes) == 1 else None

    def visible(self) -> tuple[SettingMask, ...]:
        """The masks of the image's size that are neither empty nor unreadable, the own one first."""
        return tuple(
            each for each in (self.own, *self.others) if each.runs is not None and each.size == self.size
        )


def mention_of(rows: Sequence[Mapping[str, Any]]) -> Mention:
    """The mention of some rows of `subjects.MENTION_MASKS`, of which one has `is_own`."""
    [own] = [_setting_mask(row) for row in rows if row["is_own"]]
    others = [_setting_mask(row) for row in rows if not row["is_own"]]
    return Mention(own=own, others=tuple(sorted(others, key=lambda other: other.setting)))


def _setting_mask(row: Mapping[str, Any]) -> SettingMask:
    size = _size(row["height"], row["width"])
    return SettingMask(
        setting=row["setting"],
        size=size,
        runs=_runs(row["parts"], size),
        boxes=np.array(row["boxes"], np.float64).reshape(-1, 4),
        confidence=_confidence(row["confidences"], row["score"]),
    )


def _size(height: int | None, width: int | None) -> Size | None:
    if not height or not width or height * width > _MOST_PIXELS or width > MAX_COLUMNS:
        return None
    return height, width


def _runs(parts: Sequence[bytes] | None, size: Size | None) -> Runs | None:
    if not parts or size is None:
        return None
    try:
        runs = union_runs([decode_counts(part, height=size[0], width=size[1]) for part in parts])
    except RleError:
        return None
    return runs if area(runs) else None


def _confidence(confidences: Iterable[float | None], score: float | None) -> float | None:
    return max((each for each in confidences if each is not None), default=score)
