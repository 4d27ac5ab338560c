"""Subjects and the masks of their mentions, made of pixels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from audit.coco.rle import decode_counts, mask_of_runs, union_counts
from audit.rules.deciding import DECISIONS, apply_rules
from audit.rules.rule import Rule
from audit.rules.rule_set import RuleSet
from audit.rules.subjects import MENTION_MASKS, Longs
from tests.audit.features.mask_rows import Row, a_row

SUBJECT = {"entity_type": None, "category": None, "question": None}


def own(pixels: np.ndarray | None, **changes: object) -> Row:
    """The mask of the subject itself, "own"; of no pixels where None."""
    parts = () if pixels is None else (pixels,)
    return a_row(*parts, setting="own", is_own=True, **changes)


def other(setting: str, pixels: np.ndarray | None, **changes: object) -> Row:
    """The mask of another setting."""
    return own(pixels, **changes) | {"setting": setting, "is_own": False}


class MasksOf:
    """The masks of the mentions of subjects, each given as its rows; remembers what it was asked for."""

    def __init__(self, *mentions: Sequence[Row]) -> None:
        self.mentions = mentions
        self.asked: list[int] = []

    def __call__(self, positions: Longs) -> pa.Table:
        self.asked += positions.tolist()
        rows = [
            {name: row[name] for name in MENTION_MASKS.names if name != "position"} | {"position": position}
            for position in reversed(positions.tolist())
            for row in self.mentions[position]
        ]
        return pa.Table.from_pylist(rows, schema=MENTION_MASKS)


def decisions(
    rules: Sequence[Rule], subjects: Sequence[dict[str, Any]], masks: MasksOf
) -> list[dict[str, Any]]:
    """What becomes of subjects, row by row."""
    table = pa.Table.from_pylist([SUBJECT | subject for subject in subjects])
    decided = apply_rules(RuleSet(rules=tuple(rules)), table, masks)
    assert decided.schema == DECISIONS
    return decided.to_pylist()


def decision(rule: Rule, subject: dict[str, Any], *mention: Row) -> dict[str, Any]:
    """What a rule says of one subject."""
    [decided] = decisions([rule], [subject], MasksOf(mention))
    return decided


def pixels_after(decided: dict[str, Any]) -> np.ndarray:
    """The pixels of a corrected mask, of which the counts are canonical."""
    height, width = decided["height"], decided["width"]
    [counts] = decided["parts"]
    assert counts == union_counts([counts], height=height, width=width)
    return mask_of_runs(decode_counts(counts, height=height, width=width), height=height, width=width)
