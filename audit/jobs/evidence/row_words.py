"""What rows are called in a message to people."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.jobs.evidence.rows import FiledRow, FiledRows
from db.evidence import Value

_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWords:
    """What is known of the things that rows refer to.

    Attributes:
        annotations: unit id → annotation id.
        places: mask id → the unit's annotation id and the settings that made the mask.
        reviewers: reviewer id → what he is called in the bundle.
    """

    annotations: Mapping[Value, Value]
    places: Mapping[Value, str]
    reviewers: Mapping[Value, Value]

    @classmethod
    def of(cls, found: FiledRows) -> "RowWords":
        """Gather them from the rows of a bundle."""
        annotations = {each.row["unit_id"]: each.row["annotation_id"] for each in found.of_table["units"]}
        settings: dict[Value, tuple[Value, list[str]]] = {}
        for each in found.of_table["unit_masks"]:
            annotation = annotations.get(each.row["unit_id"])
            settings.setdefault(each.row["mask_id"], (annotation, []))[1].append(str(each.row["setting"]))
        return cls(
            annotations=annotations,
            places={
                mask_id: f"annotation {annotation}, {_settings(names)}"
                for mask_id, (annotation, names) in settings.items()
                if mask_id is not None
            },
            reviewers={each.row["reviewer_id"]: each.row["name"] for each in found.of_table["reviewers"]},
        )

    def of_row(self, filed: FiledRow) -> str:
        """Give what a row is of, in words."""
        row = filed.row
        details = []
        if "mask_id" in row and filed.table != "unit_masks":
            details.append(self.places.get(row["mask_id"], f"mask {row['mask_id']}"))
        if "unit_id" in row:
            details.append(f"annotation {self.annotations.get(row['unit_id'])}")
        if "reviewer_id" in row:
            details.append(str(self.reviewers.get(row["reviewer_id"], "an unknown reviewer")))
        return f"{filed.key} ({', '.join(details)})" if details else filed.key


def shown(value: Value, *, longest: int = _LONGEST) -> str:
    """Give a value as it is put into a sentence, cut to so many characters.

    >>> shown(None), shown("correct"), shown(0.5)
    ('nothing', 'correct', '0.5')
    """
    if value is None or value == "":
        return "nothing"
    text = str(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _settings(names: list[str]) -> str:
    return f"setting{'s' if len(names) > 1 else ''} {', '.join(names)}"
