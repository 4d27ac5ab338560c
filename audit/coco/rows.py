"""Annotations one by one: slower, knows every diagnosis, and agrees with `columns` where nothing is wrong."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from audit.coco.document import Chunk
from audit.coco.elements import JsonObject, decode_element, repeats_a_key
from audit.coco.fields import Found, read_boxes, read_id, read_labels, read_score, read_split, read_text
from audit.coco.schema import ANNOTATIONS, ProblemKind, ProblemTally
from audit.coco.segmentation import Dialect, Size, dialect_of, needs_image_size, read_mask

READ_KEYS = frozenset(
    {
        "id", "image_id", "category_id", "segmentation", "bbox", "label", "score", "text_prompt", "question",
        "data_split",
    }
)  # fmt: skip
"""The keys of an annotation that are read; the others are ignored."""

GIVEN_ID_KEY = "mask_audit_id"
"""The key under which a filtered file gives the id that an annotation had when its masks were audited."""

ImageSizes = Callable[[Sequence[str]], Mapping[str, Size]]
"""Image ids → height and width in pixels of those that are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseOptions:
    """How to read annotations.

    Attributes:
        stem: made-up ids are `<stem>#<index>`.
        id_key: the field that gives the id where there is no `id`; `GIVEN_ID_KEY` comes before `id`.
        split: the split of every annotation, whatever its `data_split` says; None to read it from there.
        image_sizes: asked for the images of polygons and of RLEs without a size.
    """

    stem: str
    id_key: str | None
    split: str | None
    image_sizes: ImageSizes

    @property
    def id_keys(self) -> tuple[str, ...]:
        """The fields that give the id; the first that holds one counts."""
        if self.id_key is None:
            return ("id",)
        return (self.id_key, "id") if self.id_key == GIVEN_ID_KEY else ("id", self.id_key)

    def made_up_id(self, element_index: int) -> str:
        """The id of an annotation that has none."""
        return f"{self.stem}#{element_index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Some annotations of a chunk.

    Attributes:
        table: `ANNOTATIONS`, in the order of the file.
        dialects: how many annotations give their mask in which way.
        n_normalised: annotations that had a problem, a made-up id included.
        n_without_segmentation: annotations whose segmentation is absent or an empty list.
        n_panoptic: annotations of the COCO panoptic form among them.
    """

    table: pa.Table
    dialects: Counter[Dialect]
    n_normalised: int
    n_without_segmentation: int
    n_panoptic: int


@dataclass(slots=True, kw_only=True)
class _Draft:
    """An annotation whose mask is still to be read."""

    index: int
    value: JsonObject
    found: Found
    annotation_id: str | None
    image_id: str | None


def read_rows(chunk: Chunk, places: Iterable[int], options: ParseOptions, tally: ProblemTally) -> Rows:
    """The annotations at some places of a chunk; what is wrong with them goes into the tally.

    Raises:
        InputError: an element is not JSON.
    """
    drafts = [draft for k in places if (draft := _draft(chunk, k, options, tally)) is not None]
    wanted = sorted(
        {
            draft.image_id
            for draft in drafts
            if draft.image_id and needs_image_size(draft.value.get("segmentation"))
        }
    )
    sizes = options.image_sizes(wanted) if wanted else {}
    dialects: Counter[Dialect] = Counter()
    rows: list[dict[str, Any]] = []
    for draft in drafts:
        rows.append(_row(draft, options, sizes.get(draft.image_id or ""), dialects))
        for kind in sorted(draft.found):
            tally.add(kind, draft.annotation_id or options.made_up_id(draft.index))
    without = [draft for draft in drafts if dialect_of(draft.value.get("segmentation")) is Dialect.NONE]
    return Rows(
        table=pa.Table.from_pylist(rows, schema=ANNOTATIONS),
        dialects=dialects,
        n_normalised=sum(bool(draft.found) or draft.annotation_id is None for draft in drafts),
        n_without_segmentation=len(without),
        n_panoptic=sum("segments_info" in draft.value for draft in without),
    )


def _draft(chunk: Chunk, k: int, options: ParseOptions, tally: ProblemTally) -> _Draft | None:
    index = chunk.first_index + k
    element = decode_element(chunk, k)
    if element.value is None:
        for kind in sorted(element.found):
            tally.add(kind, options.made_up_id(index))
        return None
    value = element.value
    found = set(element.found)
    if repeats_a_key(value, READ_KEYS.union(options.id_keys)):
        found.add(ProblemKind.DUPLICATE_KEY)
    ids = (read_id(value.get(key), found) for key in options.id_keys)
    annotation_id = next((each for each in ids if each is not None), None)
    image_id = read_id(value.get("image_id"), found)
    if image_id is None:
        found.add(ProblemKind.NO_IMAGE_ID)
    return _Draft(index=index, value=value, found=found, annotation_id=annotation_id, image_id=image_id)


def _row(
    draft: _Draft, options: ParseOptions, image_size: Size | None, dialects: Counter[Dialect]
) -> dict[str, Any]:
    value, found = draft.value, draft.found
    category_id = read_id(value.get("category_id"), found)
    if category_id is None:
        found.add(ProblemKind.NO_CATEGORY_ID)
    segmentation = value.get("segmentation")
    mask = read_mask(segmentation, image_size, found)
    dialects[mask.dialect] += 1
    split = read_split(value.get("data_split"), found)
    labels, confidences = read_labels(value.get("label"), found)
    return {
        "annotation_id": draft.annotation_id or options.made_up_id(draft.index),
        "id_is_made_up": draft.annotation_id is None,
        "image_id": draft.image_id,
        "category_id": category_id,
        "split": options.split or (split.split if split else None),
        "part": split.part if split else None,
        "visibility": split.visibility if split else None,
        "height": mask.height,
        "width": mask.width,
        "parts": mask.parts,
        "parts_area": mask.parts_area,
        "boxes": read_boxes(value.get("bbox"), _n_rles(segmentation, mask.dialect), found),
        "confidences": confidences,
        "labels": labels,
        "text_prompt": read_text(value.get("text_prompt"), found),
        "question": read_text(value.get("question"), found),
        "score": read_score(value.get("score"), found),
        "element_index": draft.index,
    }


def _n_rles(segmentation: object, dialect: Dialect) -> int | None:
    if dialect in (Dialect.RLE, Dialect.UNCOMPRESSED_RLE):
        return 1
    return len(segmentation) if dialect is Dialect.RLE_LIST and isinstance(segmentation, list) else None
