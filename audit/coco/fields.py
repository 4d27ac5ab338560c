"""The fields of an element, one value at a time, for elements that need a diagnosis.

Every function takes the set of problems found in the element so far and adds to it.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audit.coco.schema import ProblemKind

Found = set[ProblemKind]

Json = Any
"""A JSON value of whatever type."""

MAX_SIDE = 2**31 - 1
"""The largest height or width in pixels."""

VISIBILITIES = ("seen", "unseen")

_CONFIDENCE = re.compile(r"\(([0-9]+(?:\.[0-9]+)?)\)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitName:
    """What a `data_split` says."""

    split: str
    part: str | None
    visibility: str | None


def read_id(value: object, found: Found) -> str | None:
    """An id as text, or None where there is no usable one. Whole numbers keep every digit."""
    if value is None:
        return None
    if isinstance(value, str) and value:
        return read_text(value, found)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:  # beyond, digits are lost
        found.add(ProblemKind.ID_AS_FLOAT)
        return str(int(value))
    found.add(ProblemKind.ID_UNUSABLE)
    return None


def read_text(value: object, found: Found) -> str | None:
    """Text, with what is not Unicode (half of a surrogate pair) replaced; None where there is none."""
    if value is None:
        return None
    if not isinstance(value, str):
        found.add(ProblemKind.TEXT_UNREADABLE)
        return None
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        found.add(ProblemKind.NOT_UNICODE)
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    return value


def read_number(value: object, found: Found) -> float | None:
    """A finite number, also one given as text; None where it is none."""
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return None
        found.add(ProblemKind.NUMBER_AS_TEXT)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            return None
    else:
        return None
    return number if math.isfinite(number) else None


def read_side(value: object, found: Found) -> int | None:
    """A height or width in pixels, from 1 on; None where it is none."""
    number = read_number(value, found)
    if number is None or not number.is_integer() or not 1 <= number <= MAX_SIDE:
        return None
    return int(number)


def read_score(value: object, found: Found) -> float | None:
    """A result's score."""
    if value is None:
        return None
    score = read_number(value, found)
    if score is None:
        found.add(ProblemKind.SCORE_UNREADABLE)
    return score


def split_name(text: str) -> SplitName | None:
    """The three parts of `<split>_<part>_<seen|unseen>`, or None for any other text.

    >>> split_name("query_val_seen")
    SplitName(split='query', part='val', visibility='seen')
    """
    tokens = text.split("_")
    if len(tokens) != 3 or tokens[2] not in VISIBILITIES or not all(tokens):
        return None
    return SplitName(split=tokens[0], part=tokens[1], visibility=tokens[2])


def read_split(value: object, found: Found) -> SplitName | None:
    """A `data_split`; text of another form is the split as a whole."""
    text = read_text(value, found)
    if not text:
        return None
    name = split_name(text)
    if name is None:
        found.add(ProblemKind.SPLIT_FORM)
        return SplitName(split=text, part=None, visibility=None)
    return name


def read_boxes(value: Json, n_rles: int | None, found: Found) -> list[float]:
    """Boxes as flat x1 y1 x2 y2, pixels: a list of boxes is given so, a single box is x y width height.

    Args:
        value: the `bbox` of an annotation.
        n_rles: how many RLEs the annotation has, one for each box of a list; None if it has none.
        found: takes the problems.
    """
    if value is None or value == []:
        return []
    is_list_of_boxes = isinstance(value, list) and all(isinstance(box, list) for box in value)
    boxes = [_read_box(box, found) for box in (value if is_list_of_boxes else [value])]
    flat: list[float] = []
    for box in boxes:
        if box is None:
            found.add(ProblemKind.BOX_UNREADABLE)
            return []
        x1, y1, x2, y2 = box if is_list_of_boxes else (box[0], box[1], box[0] + box[2], box[1] + box[3])
        if x2 < x1 or y2 < y1:
            found.add(ProblemKind.BOX_NEGATIVE)
        flat += [min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)]
    if not all(map(math.isfinite, flat)):
        found.add(ProblemKind.BOX_UNREADABLE)
        return []
    if is_list_of_boxes and n_rles is not None and len(boxes) != n_rles:
        found.add(ProblemKind.BOX_COUNT)
    return flat


def _read_box(value: object, found: Found) -> tuple[float, ...] | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    numbers = [read_number(number, found) for number in value]
    return None if None in numbers else tuple(number for number in numbers if number is not None)


def read_labels(value: object, found: Found) -> tuple[list[str], list[float | None]]:
    """Labels as they are, and the confidence at the end of each, in parentheses.

    A single text is one label, which need not carry a confidence; those of a list must.
    """
    if value is None:
        return [], []
    is_list = isinstance(value, list)
    labels = _texts(value if isinstance(value, list) else [value], found)
    if labels is None:
        found.add(ProblemKind.LABEL_UNREADABLE)
        return [], []
    confidences = [confidence_of(label) for label in labels]
    if is_list and None in confidences:
        found.add(ProblemKind.NO_CONFIDENCE)
    return labels, confidences


def _texts(values: Sequence[object], found: Found) -> list[str] | None:
    texts: list[str] = []
    for value in values:
        text = read_text(value, found) if isinstance(value, str) else None
        if text is None:
            return None
        texts.append(text)
    return texts


def confidence_of(label: str) -> float | None:
    """The confidence in [0, 1] that a label ends with.

    >>> confidence_of("the genus corvus(0.31)")
    0.31
    """
    match = _CONFIDENCE.search(label)
    if match is None or float(match[1]) > 1:
        return None
    return float(match[1])
