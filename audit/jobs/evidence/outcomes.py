"""`outcomes.csv`: what became of every unit under every setting, with its weights.

Anybody can make the figures of it with a spreadsheet; and where a verdict was altered, it tells which.
"""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from audit.jobs.evidence.difference import Difference
from audit.jobs.files import write_csv
from audit.jobs.review_state import ReviewState

OUTCOMES_FILE = "outcomes.csv"
COLUMNS = (
    "annotation_id",
    "setting",
    "outcome",
    "mask_id",
    "split",
    "category",
    "inclusion_probability",
    "design_weight",
    "entity_weight",
)


def write_outcomes(folder: Path, state: ReviewState) -> None:
    """Write the file into the folder of a bundle."""
    write_csv(folder / OUTCOMES_FILE, COLUMNS, outcome_rows(state))


def outcome_rows(state: ReviewState) -> Iterator[tuple[str, ...]]:
    """Give the rows of the file, setting by setting, the units of each in order of stratum and ticket."""
    for setting in state.settings:
        outcomes, made = state.outcomes[setting.setting], state.masks_made[setting.setting]
        for unit, outcome, mask in zip(state.units, outcomes, made, strict=True):
            yield (
                unit.annotation_id,
                setting.setting,
                outcome.value.removeprefix("n_"),
                mask.mask_id or "",
                unit.stratum,
                unit.category or "",
                repr(unit.inclusion_probability),
                repr(unit.design_weight),
                repr(unit.entity_weight),
            )


def outcome_differences(folder: Path, state: ReviewState) -> Iterator[Difference]:
    """Name every line of the file that is not what the rows of the bundle give."""
    try:
        text = (folder / OUTCOMES_FILE).read_text(encoding="utf-8")
        stored = [tuple(row) for row in csv.reader(StringIO(text, newline=""), strict=True)]
    except (OSError, UnicodeDecodeError, csv.Error):
        yield Difference(where=OUTCOMES_FILE, what="the file is gone, or it is no CSV")
        return
    if stored[:1] != [COLUMNS]:
        yield Difference(where=OUTCOMES_FILE, what=f"its columns are not {', '.join(COLUMNS)}")
        return
    expected = list(outcome_rows(state))
    by_place = {row[:2]: row for row in stored[1:] if len(row) == len(COLUMNS)}
    for row in expected:
        yield from _line_differences(by_place.get(row[:2]), row)
    if len(stored) - 1 != len(expected):
        what = f"it has {len(stored) - 1:,} lines, the rows give {len(expected):,}"
        yield Difference(where=OUTCOMES_FILE, what=what)


def _line_differences(stored: tuple[str, ...] | None, expected: tuple[str, ...]) -> Iterator[Difference]:
    annotation_id, setting = expected[:2]
    where = f"{OUTCOMES_FILE} annotation {annotation_id}, setting {setting}"
    if stored is None:
        yield Difference(where=where, what="the line is gone")
        return
    for column, was, given in zip(COLUMNS, stored, expected, strict=True):
        if was != given:
            what = f"{column} is {was or 'nothing'}, the rows give {given or 'nothing'}"
            yield Difference(where=where, what=what)
