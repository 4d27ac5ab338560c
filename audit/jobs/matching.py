"""Pairs the masks of two settings by overlap, for masks that come without ids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from audit.coco.rle import union_counts
from audit.coco.source import stem_of
from audit.jobs.reading import MADE_UP
from db.manifest import SettingRecord, SourceRecord
from db.neighbours import KnownBy, Neighbour, SharedImage, open_neighbourhood
from db.population import ANNOTATIONS_FILE, Population, rewrite


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """How many masks found a partner, and how many of either side did not.

    Attributes:
        n_matched: of each staged source, in order.
        known_by: by what images were told to be the same.
    """

    n_matched: tuple[int, ...]
    n_ours_unmatched: int
    n_theirs_unmatched: int
    known_by: KnownBy

    def sentence(self, ours: str, theirs: str) -> str:
        """Give the result in words."""
        return (
            f"{sum(self.n_matched):,} masks of {ours} matched masks of {theirs} (images known by "
            f"{self.known_by}); {self.n_ours_unmatched:,} of {ours} and {self.n_theirs_unmatched:,} of "
            f"{theirs} found no partner, as empty masks never do: mentions of their own"
        )


def match_by_overlap(
    population: Population,
    theirs: SettingRecord,
    ours: Sequence[tuple[Path, SourceRecord]],
    *,
    setting: str,
    least_iou: float,
) -> MatchResult:
    """Give staged masks the ids of the masks of another setting that they overlap most.

    Within an image, and a category where both masks have one, masks are paired one to one so that the sum of
    the intersections over union is greatest, among pairs that reach `least_iou`. A mask without a partner is
    a mention of its own, whatever its id; where another mask has taken that id, one is made up.

    Args:
        population: holds `theirs`.
        theirs: the setting to match.
        ours: staged folders, whose rows are written anew with the ids that they took.
        setting: that the staged masks belong to.
        least_iou: in (0, 1].
    """
    partners: dict[tuple[int, int], Neighbour] = {}
    with open_neighbourhood(population, theirs, ours) as neighbourhood:
        for image in neighbourhood.images():
            partners |= {our.place: their for our, their in _pairs(image, least_iou)}
    n_ours = 0
    n_matched = []
    taken = pa.array({each.annotation_id for each in partners.values()}, pa.string())
    for number, (folder, record) in enumerate(ours):
        of_source = {index: their for (source, index), their in partners.items() if source == number}
        n_matched.append(len(of_source))
        ids = _Ids(setting=setting, stem=stem_of(record.file), taken=taken)
        n_ours += _take_ids(folder / ANNOTATIONS_FILE, of_source, ids)
    return MatchResult(
        n_matched=tuple(n_matched),
        n_ours_unmatched=n_ours - len(partners),
        n_theirs_unmatched=theirs.n_annotations - len(partners),
        known_by=neighbourhood.known_by,
    )


def _pairs(image: SharedImage, least_iou: float) -> Iterator[tuple[Neighbour, Neighbour]]:
    # SciPy takes half a second to import, and few ingests match.
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    # Ties between equal sums must not depend on the order of the files.
    ours = sorted(image.ours, key=_content)
    theirs = sorted(image.theirs, key=_content)
    overlap = _overlap(ours, theirs)
    overlap[overlap < least_iou] = 0
    for row, column in zip(*linear_sum_assignment(overlap, maximize=True), strict=True):
        if overlap[row, column] > 0:
            yield ours[row], theirs[column]


def _content(neighbour: Neighbour) -> tuple[str, tuple[bytes, ...], str]:
    return neighbour.category_id or "", neighbour.parts, neighbour.annotation_id


def _overlap(ours: Sequence[Neighbour], theirs: Sequence[Neighbour]) -> NDArray[np.float64]:
    """Intersection over union, shape [ours, theirs]; 0 where size or category forbid a pair."""
    overlap = np.zeros((len(ours), len(theirs)))
    for size in {(each.height, each.width) for each in ours}:
        rows = [i for i, each in enumerate(ours) if (each.height, each.width) == size]
        columns = [j for j, each in enumerate(theirs) if (each.height, each.width) == size]
        if columns:
            found = coco_mask.iou(
                [_rle(ours[i]) for i in rows], [_rle(theirs[j]) for j in columns], [0] * len(columns)
            )
            overlap[np.ix_(rows, columns)] = found
    categories = [[_may_pair(our, their) for their in theirs] for our in ours]
    return np.where(np.array(categories), overlap, 0)


def _may_pair(our: Neighbour, their: Neighbour) -> bool:
    return our.category_id is None or their.category_id is None or our.category_id == their.category_id


def _rle(neighbour: Neighbour) -> Mapping[str, object]:
    size = [neighbour.height, neighbour.width]
    counts = union_counts(neighbour.parts, height=neighbour.height, width=neighbour.width)
    return {"size": size, "counts": counts}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ids:
    """What the ids of the masks of a source go by.

    Attributes:
        stem: made-up ids begin with it.
        taken: the ids that masks of the setting took from the other one.
    """

    setting: str
    stem: str
    taken: pa.Array


def _take_ids(path: Path, partners: Mapping[int, Neighbour], ids: _Ids) -> int:
    """Write rows anew, those with a partner under its ids; gives how many rows there are."""
    n_rows = 0

    def renamed(table: pa.Table) -> pa.Table:
        nonlocal n_rows
        n_rows += table.num_rows
        found = [partners.get(index) for index in table["element_index"].to_pylist()]
        is_matched = pa.array([each is not None for each in found], pa.bool_())
        is_taken = pc.is_in(table["annotation_id"], value_set=ids.taken)
        made_up = pc.binary_join_element_wise(ids.stem, pc.cast(table["element_index"], pa.string()), "#")
        own = pc.if_else(is_taken, made_up, table["annotation_id"])
        columns = {
            "mention_id": (
                pa.array([each and each.mention_id for each in found], pa.string()),
                pc.binary_join_element_wise(own, ids.setting, MADE_UP),
            ),
            "annotation_id": (pa.array([each and each.annotation_id for each in found], pa.string()), own),
            "id_is_made_up": (pa.scalar(False), pc.or_(table["id_is_made_up"], is_taken)),  # noqa: FBT003
        }
        for name, (theirs, ours) in columns.items():
            table = _with(table, name, pc.if_else(is_matched, theirs, ours))
        return table

    rewrite(path, renamed)
    return n_rows


def _with(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(name), column)
