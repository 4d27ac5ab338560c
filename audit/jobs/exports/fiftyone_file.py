"""What FiftyOne reads as a COCODetectionDataset: masks of all settings, with tags and attributes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from audit.coco.judged import JudgedMask, judged_document
from audit.jobs.exports.audited import Audited
from audit.jobs.exports.coco_files import audit_infos
from audit.jobs.exports.judged_masks import Finding, findings, judged_mask, verdict_keys
from audit.jobs.review_state import ReviewState
from audit.review.roots import find_local_file
from db.records import Mask, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class FiftyOneFile:
    """The text of the file, and how many photographs are not in it as they are not on this machine."""

    text: str
    n_without_photograph: int


def fiftyone_file(audited: Audited, masks: Mapping[str, Mask]) -> FiftyOneFile:
    """Give the file; photographs are named by where they lie, and not copied."""
    images = {unit.image_id: _place(unit) for unit in audited.state.units}
    places = {image_id: place for image_id, place in images.items() if place is not None}
    info = {
        "description": f"Audit sample {audited.content.sample}",
        "audit": list(audit_infos(audited.content).values()),
    }
    document = judged_document(list(_judged(audited, masks, places)), info)
    return FiftyOneFile(
        text=json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n",
        n_without_photograph=len(images) - len(places),
    )


def _place(unit: Unit) -> str | None:
    if unit.images_root is None or unit.file_name is None:
        return None
    path = find_local_file(unit.images_root, unit.file_name)
    return None if path is None else str(path)


def _judged(audited: Audited, masks: Mapping[str, Mask], places: Mapping[str, str]) -> Iterator[JudgedMask]:
    number = 0
    for setting in audited.settings:
        for finding in findings(audited.state, setting.setting):
            place = places.get(finding.unit.image_id)
            if finding.made.mask_id is None or place is None:
                continue
            number += 1
            mask = judged_mask(
                finding, masks[finding.made.mask_id], number, _attributes(audited.state, finding)
            )
            # FiftyOne tells photographs apart by their files, whatever their ids.
            yield replace(mask, image_id=place, image_file=place)


def _attributes(state: ReviewState, finding: Finding) -> dict[str, object]:
    keys = verdict_keys(state, finding)
    reasons = [str(reason) for reason in state.reasons_of(finding.made.mask_id)]
    return {
        **keys,
        "image": finding.unit.image_id,
        "tags": [finding.made.setting, str(keys["outcome"]), *reasons],
    }
