"""Says of one annotation what each rule saw and decided, and shows its mask before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.coco.rle import RleError, decode_counts, mask_of_runs, union_counts
from audit.errors import InputError
from audit.jobs.files import write_bytes
from audit.jobs.measured import open_measured_masks
from audit.jobs.rule_files import load_rule_set, setting_of_rules
from audit.jobs.stored_masks import open_mask_places
from audit.review.images import ReadableImage, read_plain_image
from audit.review.overlay import mask_box
from audit.review.side_by_side import Panel, side_by_side
from audit.rules.deciding import Explanation, explain_rules
from audit.rules.rule import Action
from audit.rules.subjects import MentionMasks
from db.manifest import SettingRecord
from db.mentions import load_mentions
from db.population import Population

Pixels = NDArray[np.bool_]

_CAPTIONS = {Action.KEEP: "after: kept", Action.DROP: "after: dropped", Action.CORRECT: "after: corrected"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskSize:
    """How large a mask is, pixels; `box` is left, top, width and height, None of an empty mask."""

    height: int
    width: int
    area: int
    box: tuple[int, int, int, int] | None

    def in_words(self) -> str:
        """Give it for people."""
        if self.box is None:
            return f"empty, in {self.width} × {self.height}"
        left, top, width, height = self.box
        return (
            f"{self.area:,} of {self.width} × {self.height} pixels, within {width} × {height} from "
            f"column {left}, row {top}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedAnnotation:
    """What becomes of an annotation, and why.

    Attributes:
        action: of the rule that decided; keep where none did.
        rules: of every rule, asked for itself.
        before: None where its mask cannot be read.
        after: None where it is dropped, or kept and cannot be read.
        picture: file that shows both, or None.
    """

    annotation_id: str
    setting: str
    entity_name: str | None
    split: str
    action: Action
    rules: tuple[Explanation, ...]
    before: MaskSize | None
    after: MaskSize | None
    picture: Path | None


def explain_annotation(
    population: Population, annotation_id: str, *, rules: Path, setting: str | None, picture: Path | None
) -> ExplainedAnnotation:
    """Ask every rule of a file about one annotation.

    Args:
        population: holds it.
        annotation_id: as it is in the population.
        rules: the file.
        setting: whose annotation; None is the setting that the rules were made for, or the only one.
        picture: PNG file to draw both masks in, on the photo where it is at hand; None draws none.

    Raises:
        InputError: there is no such annotation, the rules cannot be applied, features are missing, or there
            is no mask to draw.
    """
    record = setting_of_rules(population, setting, rules)
    rule_set = load_rule_set(population, record, rules)
    with open_measured_masks(population, record, rule_set.references, only=[annotation_id]) as masks:
        subject = masks.table()
    if subject.num_rows == 0:
        raise InputError(f"setting {record.setting!r} has no annotation {annotation_id!r}")
    with open_mask_places(population, record, only=subject["mention_id"].to_pylist()) as places:
        stored = places.of(subject)
    explanations = explain_rules(rule_set, subject, stored)
    decided = next((each for each in explanations if each.decided), None)
    action = Action.KEEP if decided is None else decided.action
    before = _own_pixels(stored)
    after = _pixels_after(before, decided)
    if picture is not None:
        panels = [Panel(caption="before", mask=before), Panel(caption=_CAPTIONS[action], mask=after)]
        write_bytes(picture, _drawn(population, record, annotation_id, panels))
    row = subject.to_pylist()[0]
    return ExplainedAnnotation(
        annotation_id=annotation_id,
        setting=record.setting,
        entity_name=row["entity_name"],
        split=row["split"],
        action=action,
        rules=explanations,
        before=_size(before),
        after=_size(after),
        picture=picture,
    )


def _own_pixels(masks: MentionMasks) -> Pixels | None:
    rows: list[dict[str, Any]] = masks(np.zeros(1, np.int64)).to_pylist()
    own = next(row for row in rows if row["is_own"])
    if own["parts"] is None or own["height"] is None:
        return None
    return _pixels(own["parts"], own["height"], own["width"])


def _pixels_after(before: Pixels | None, decided: Explanation | None) -> Pixels | None:
    if decided is None:
        return before
    if decided.mask is None:
        return None
    return _pixels([decided.mask.counts], decided.mask.height, decided.mask.width)


def _pixels(parts: Sequence[bytes], height: int, width: int) -> Pixels | None:
    try:
        counts = union_counts(parts, height=height, width=width)
    except RleError:
        return None
    return mask_of_runs(decode_counts(counts, height=height, width=width), height=height, width=width)


def _size(pixels: Pixels | None) -> MaskSize | None:
    if pixels is None:
        return None
    height, width = pixels.shape
    box = mask_box(pixels) if pixels.any() else None
    return MaskSize(
        height=height,
        width=width,
        area=int(pixels.sum()),
        box=(box.left, box.top, box.width, box.height) if box else None,
    )


def _drawn(
    population: Population, setting: SettingRecord, annotation_id: str, panels: Sequence[Panel]
) -> bytes:
    shapes = {panel.mask.shape for panel in panels if panel.mask is not None}
    if len(shapes) != 1:
        raise InputError(f"the mask of {annotation_id!r} cannot be read, so there is nothing to draw")
    height, width = shapes.pop()
    [mention] = load_mentions(population, setting, [annotation_id])
    found = read_plain_image(mention.images_root, mention.file_name, (height, width))
    jpeg = found.jpeg if isinstance(found, ReadableImage) else None
    return side_by_side(panels, jpeg, height=height, width=width)
