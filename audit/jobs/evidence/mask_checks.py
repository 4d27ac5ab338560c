"""Decodes every mask of a bundle again: its area, and that its id is the hash of its mention and pixels."""

from collections.abc import Iterator

from audit.coco.rle import RleError, area, decode_counts, union_counts
from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.rows import place
from audit.jobs.mask_copies import mask_id_of
from audit.jobs.review_state import ReviewState
from audit.jobs.workspace import Workspace
from db.records import Mask
from db.samples import load_masks

_MASKS = place("masks")


def check_masks(workspace: Workspace, state: ReviewState) -> Check:
    """Hold the masks that settings made against their ids."""
    mentions = {unit.unit_id: unit.mention_id for unit in state.units}
    mention_of = {
        made.mask_id: mentions[made.unit_id] for made in state.unit_masks if made.mask_id is not None
    }
    with workspace.store.reading() as transaction:
        masks = load_masks(transaction, sorted(mention_of))
    differences = [
        Difference(where=f"{_MASKS} mask {mask.mask_id}", what=fault)
        for mask in masks
        for fault in _faults(mask, mention_of[mask.mask_id])
    ]
    return Check(
        name="masks",
        said=f"pixels, areas and ids of {len(masks):,}",
        differences=tuple(differences),
    )


def _faults(mask: Mask, mention_id: str) -> Iterator[str]:
    try:
        counts = union_counts(mask.parts, height=mask.height, width=mask.width)
        n_pixels = area(decode_counts(counts, height=mask.height, width=mask.width))
    except RleError as error:
        yield f"its run lengths cannot be decoded: {error}"
        return
    if n_pixels != mask.area:
        yield f"its area is {mask.area:,}, its pixels are {n_pixels:,}"
    if mask_id_of(mention_id, height=mask.height, width=mask.width, canonical_counts=counts) != mask.mask_id:
        yield f"its id is not that of these pixels of mention {mention_id}"
