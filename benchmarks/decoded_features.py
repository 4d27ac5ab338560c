"""The features of masks as one would write them at first: every mask decoded, libraries for the rest.

pycocotools decodes and compares, OpenCV and scikit-image measure the pixels. The peer that
`benchmarks.features` runs beside `audit.features`, and what the tests hold it to.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import pi
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from skimage.measure import perimeter_crofton, regionprops

Pixels = NDArray[np.uint8]
Row = Mapping[str, Any]
Found = dict[str, Any]
Values = dict[str, float | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A mask as pycocotools has it, and its pixels."""

    rle: dict[str, Any]
    pixels: Pixels


def decode(row: Row) -> Decoded:
    """The union of the parts of a mask that can be read."""
    size = [row["height"], row["width"]]
    parts = [{"size": size, "counts": counts} for counts in row["parts"]]
    rle = coco_mask.merge(parts or [coco_mask.encode(np.zeros(size, np.uint8, order="F"))])
    return Decoded(rle=rle, pixels=np.ascontiguousarray(coco_mask.decode(rle)))


def geometry_of(mask: Decoded) -> Values:
    pixels = mask.pixels
    area = int(coco_mask.area(mask.rle))
    box = [int(side) for side in coco_mask.toBbox(mask.rle)] if area else [None] * 4
    border = np.ones_like(pixels)
    border[1:-1, 1:-1] = 0
    background = np.pad(1 - pixels, 1, constant_values=1)
    padded = np.pad(pixels.astype(np.int8), 1)
    n_edges = np.count_nonzero(np.diff(padded, axis=0)) + np.count_nonzero(np.diff(padded, axis=1))
    n_edges_on_border = pixels[0].sum() + pixels[-1].sum() + pixels[:, 0].sum() + pixels[:, -1].sum()
    return {
        "area": area,
        "area_share": area / pixels.size,
        **dict(zip(("box_x", "box_y", "box_width", "box_height"), box, strict=True)),
        "n_components": n_pieces(pixels),
        "n_holes": cv2.connectedComponents(background, connectivity=4)[0] - 2,
        "solidity": float(regionprops(pixels)[0].solidity) if area else None,
        "compactness": 4 * pi * area / perimeter_crofton(pixels) ** 2 if area else None,
        "border_contact": int((pixels & border).sum()) / int(border.sum()),
        "cut_share": int(n_edges_on_border) / n_edges if area else None,
    }


def morphology_of(mask: Decoded) -> Values:
    reach = reach_in(mask.pixels, 0.005)
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return {
        "n_components_opened": n_pieces(cv2.morphologyEx(mask.pixels, cv2.MORPH_OPEN, square)),
        "n_components_closed": n_pieces(cv2.morphologyEx(mask.pixels, cv2.MORPH_CLOSE, square)),
    }


def features_of(row: Row) -> Found:
    """Everything of a mask by itself."""
    mask = decode(row)
    return {
        "mention_id": row["mention_id"],
        "n_parts": len(row["parts"]),
        **geometry_of(mask),
        **morphology_of(mask),
        **detections_of(row),
    }


def detections_of(row: Row) -> Values:
    given = [confidence for confidence in row["confidences"] if confidence is not None]
    given = given or [score for score in [row["score"]] if score is not None]
    boxes = same_type_boxes(row)
    n_pixels = (row["height"] or 0) * (row["width"] or 0)
    return {
        "confidence_max": max(given) if given else None,
        "confidence_mean": float(np.mean(given)) if given else None,
        "confidence_min": min(given) if given else None,
        "n_boxes_same_type": len(boxes),
        "same_type_cover": covered(boxes, row["height"], row["width"]) / n_pixels if n_pixels else None,
    }


def agreement_of(rows: Sequence[Row]) -> tuple[list[Found], list[Found]]:
    """Every pair of settings of every mention, and how far each row agrees with the other settings."""
    mentions: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        mentions.setdefault(row["mention_id"], []).append(place)
    pairs: list[Found] = []
    settings: dict[int, Found] = {}
    for mention_id, places in mentions.items():
        masks = {place: decode(rows[place]) for place in places if rows[place]["parts"] is not None}
        names = {place: rows[place]["setting"] for place in places}
        for a, b in combinations(sorted(places, key=names.__getitem__), 2):
            keys = {"mention_id": mention_id, "setting_a": names[a], "setting_b": names[b]}
            pairs.append(keys | compared(masks.get(a), masks.get(b)))
        for place in places:
            others = [mask for other, mask in masks.items() if other != place]
            keys = {"mention_id": mention_id, "setting": names[place]}
            settings[place] = keys | consensus_of(masks.get(place), others)
    return pairs, [settings[place] for place in range(len(rows))]


def compared(a: Decoded | None, b: Decoded | None) -> Found:
    nothing = dict.fromkeys(("iou", "a_in_b", "b_in_a", "boundary_iou"))
    if a is None or b is None:
        return {"state": "unreadable", **nothing}
    if a.pixels.shape != b.pixels.shape:
        return {"state": "sizes_differ", **nothing}
    if not (a.pixels.any() or b.pixels.any()):
        return {"state": "both_empty", **nothing}
    return {"state": "compared", **overlaps_of(a, b), "boundary_iou": boundary_iou_of(a, b)}


def overlaps_of(a: Decoded, b: Decoded) -> Values:
    """Of two masks that are not both empty."""
    return {
        "iou": coco_iou(a.rle, b.rle, is_crowd=0),
        "a_in_b": coco_iou(a.rle, b.rle, is_crowd=1) if a.pixels.any() else None,
        "b_in_a": coco_iou(b.rle, a.rle, is_crowd=1) if b.pixels.any() else None,
    }


def boundary_iou_of(a: Decoded, b: Decoded) -> float:
    first, second = boundary(a.pixels), boundary(b.pixels)
    return int((first & second).sum()) / int((first | second).sum())


def consensus_of(mask: Decoded | None, others: Sequence[Decoded]) -> Found:
    votes = [other.pixels for other in others if mask is not None and other.pixels.shape == mask.pixels.shape]
    if mask is None or not votes:
        return {"n_voters": 0, "consensus_iou": None}
    share = np.mean(votes, axis=0)
    union = np.maximum(mask.pixels, share).sum()
    common = np.minimum(mask.pixels, share).sum()
    return {"n_voters": len(votes), "consensus_iou": float(common / union) if union else None}


def n_pieces(pixels: Pixels) -> int:
    return int(cv2.connectedComponents(pixels, connectivity=8)[0]) - 1


def coco_iou(first: dict[str, Any], second: dict[str, Any], *, is_crowd: int) -> float:
    return float(coco_mask.iou([first], [second], [is_crowd])[0, 0])


def reach_in(pixels: Pixels, share: float) -> int:
    height, width = pixels.shape
    return max(1, round(share * float(np.sqrt(height**2 + width**2))))


def boundary(pixels: Pixels) -> Pixels:
    """What is within 2 % of the diagonal of the background or of the border, as Cheng et al. erode it."""
    reach = reach_in(pixels, 0.02)
    padded = cv2.copyMakeBorder(pixels, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    eroded = cv2.erode(padded, np.ones((3, 3), np.uint8), iterations=reach)
    thin: Pixels = pixels - eroded[1:-1, 1:-1]
    return thin


def same_type_boxes(row: Row) -> NDArray[np.float64]:
    boxes = np.reshape(row["boxes"], (-1, 4))
    if len(row["labels"]) != len(boxes):
        return boxes
    types = [re.sub(r"\s*\([^()]*\)\s*$", "", label) for label in row["labels"]]
    largest = max(types, key=types.count, default=None)
    return boxes[[kind == largest for kind in types]] if types else boxes


def covered(boxes: NDArray[np.float64], height: int, width: int) -> float:
    """The area of the union of boxes inside the image, cell by cell of the grid that their sides make."""
    x1, y1, x2, y2 = np.clip(boxes, 0, [width, height, width, height]).T
    xs, ys = np.unique([*x1, *x2]), np.unique([*y1, *y2])
    area = 0.0
    for left, right in pairwise(xs):
        for top, bottom in pairwise(ys):
            if ((x1 <= left) & (x2 >= right) & (y1 <= top) & (y2 >= bottom)).any():
                area += (right - left) * (bottom - top)
    return float(area)
