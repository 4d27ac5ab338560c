"""The masks of a sample as a COCO document has them, each with what was found of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from audit.coco.judged import JudgedMask
from audit.jobs.exports.audited import Audited
from audit.jobs.exports.verdict_table import outcome_word
from audit.jobs.review_state import Outcome, ReviewState
from db.records import Mask, MaskState, Unit, UnitMask
from db.samples import load_masks
from db.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of the mask that one setting made of one unit."""

    unit: Unit
    made: UnitMask
    outcome: Outcome


def load_audited_masks(store: Store, audited: Audited) -> dict[str, Mask]:
    """Give the masks of the exported settings, by id."""
    with store.reading() as transaction:
        return {mask.mask_id: mask for mask in load_masks(transaction, sorted(audited.mask_ids))}


def findings(state: ReviewState, setting: str) -> Iterable[Finding]:
    """Give what was found of every unit under a setting, in the order of the units."""
    return (
        Finding(unit=unit, made=made, outcome=outcome)
        for unit, made, outcome in zip(
            state.units, state.masks_made[setting], state.outcomes[setting], strict=True
        )
    )


def judged_mask(finding: Finding, mask: Mask, number: int, found: Mapping[str, object]) -> JudgedMask:
    """Give a mask as a COCO document has it.

    Args:
        finding: says of what it is the mask.
        mask: with its run lengths.
        number: of its annotation, where the dataset's ids are no integers.
        found: keys that the annotation gets.
    """
    unit = finding.unit
    return JudgedMask(
        number=number,
        annotation_id=unit.annotation_id,
        image_id=unit.image_id,
        image_file=unit.file_name,
        entity_id=unit.entity_id,
        entity_name=unit.entity_name,
        supercategory=unit.category,
        height=mask.height,
        width=mask.width,
        parts=mask.parts,
        found=found,
    )


def without_mask(state: ReviewState, setting: str) -> dict[str, list[str]]:
    """Give the annotations of which a setting has no mask, by why: missing, dropped or unreadable."""
    lacking: dict[str, list[str]] = {state: [] for state in MaskState if state is not MaskState.PRESENT}
    for finding in findings(state, setting):
        if finding.made.mask_id is None:
            lacking[finding.made.state].append(finding.unit.annotation_id)
    return lacking


def verdict_keys(state: ReviewState, finding: Finding) -> dict[str, object]:
    """Give what a tool that shows masks can filter by; null is what nobody said."""
    mask_id = finding.made.mask_id
    settled = None if mask_id is None else state.settled.get(mask_id)
    return {
        "setting": finding.made.setting,
        "verdict": None if settled is None else settled.verdict,
        "outcome": outcome_word(finding.outcome),
        "reasons": list(state.reasons_of(mask_id)),
        "n_readings": len(state.readings.get(mask_id or "", ())),
        "mask_id": mask_id,
        "split": finding.unit.stratum,
    }
