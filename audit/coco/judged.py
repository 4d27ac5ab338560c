"""Masks that were judged, as a COCO document: valid for its readers, with what was found of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from audit.coco.rle import area, bounding_box, decode_counts, union_counts

Object = Mapping[str, object]

UNKNOWN = "unknown"
"""The category of what names none."""

_MOST_DIGITS = 15
"""Readers in JavaScript, and those that read numbers as floats, keep such integers apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedMask:
    """One mask of a COCO document.

    Attributes:
        number: its annotation's id where the dataset's ids are no integers; at least 1, each once.
        image_file: None where nobody knows it.
        entity_id: empty where nobody knows it.
        entity_name: None where nobody knows it.
        supercategory: None where nobody knows it.
        height: pixels.
        width: pixels.
        parts: compressed COCO counts; their union is the mask, which is not empty.
        found: keys that the annotation gets besides COCO's own.
    """

    number: int
    annotation_id: str
    image_id: str
    image_file: str | None
    entity_id: str
    entity_name: str | None
    supercategory: str | None
    height: int
    width: int
    parts: tuple[bytes, ...]
    found: Object = field(default_factory=dict)


def judged_document(masks: Sequence[JudgedMask], info: Object) -> dict[str, object]:
    """Give a COCO document of masks.

    Ids are integers, as its readers expect: the dataset's own where these are integers, else numbers in the
    order of `JudgedMask.number`. The dataset's id stands beside, under `original_id`.
    """
    ordered = sorted(masks, key=lambda mask: mask.number)
    annotation_ids = _annotation_ids(ordered)
    image_ids = _ids(mask.image_id for mask in ordered)
    category_ids = _ids(mask.entity_id for mask in ordered)
    images = {mask.image_id: mask for mask in reversed(ordered)}
    entities = {mask.entity_id: mask for mask in reversed(ordered)}
    return {
        "info": dict(info),
        "licenses": [],
        "images": [_image(number, images[image_id]) for image_id, number in image_ids.items()],
        "categories": [_category(number, entities[entity_id]) for entity_id, number in category_ids.items()],
        "annotations": [
            {
                "id": annotation_id,
                "image_id": image_ids[mask.image_id],
                "category_id": category_ids[mask.entity_id],
                **_shape(mask),
                "iscrowd": 0,
                "original_id": mask.annotation_id,
                **mask.found,
            }
            for mask, annotation_id in zip(ordered, annotation_ids, strict=True)
        ],
    }


def _annotation_ids(masks: Sequence[JudgedMask]) -> list[int]:
    originals = [mask.annotation_id for mask in masks]
    if len(set(originals)) == len(originals) and all(map(_is_id, originals)):
        return [int(each) for each in originals]
    return [mask.number for mask in masks]


def _ids(originals: Iterable[str]) -> dict[str, int]:
    distinct = list(dict.fromkeys(originals))
    if all(map(_is_id, distinct)):
        return {each: int(each) for each in distinct}
    return {each: number for number, each in enumerate(distinct, start=1)}


def _is_id(text: str) -> bool:
    """Whether a text is an integer that reads back as it is; some readers take an id of 0 for none."""
    return text.isascii() and text.isdecimal() and text[0] != "0" and len(text) <= _MOST_DIGITS


def _image(image_id: int, mask: JudgedMask) -> Object:
    return {
        "id": image_id,
        "file_name": mask.image_file,
        "height": mask.height,
        "width": mask.width,
        "original_id": mask.image_id,
    }


def _category(category_id: int, mask: JudgedMask) -> Object:
    return {
        "id": category_id,
        "name": mask.entity_name or mask.entity_id or UNKNOWN,
        "supercategory": mask.supercategory or "",
        "original_id": mask.entity_id,
    }


def _shape(mask: JudgedMask) -> Object:
    counts = union_counts(mask.parts, height=mask.height, width=mask.width)
    runs = decode_counts(counts, height=mask.height, width=mask.width)
    x1, y1, x2, y2 = bounding_box(runs, height=mask.height) or (0, 0, 0, 0)
    return {
        "segmentation": {"size": [mask.height, mask.width], "counts": counts.decode("ascii")},
        "area": area(runs),
        "bbox": [x1, y1, x2 - x1, y2 - y1],
    }
