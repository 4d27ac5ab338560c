"""Makes wrong masks out of those that a lead found correct, each once."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import numpy as np

from audit.coco.rle import RleError, area, decode_counts, encode_runs, mask_of_runs, runs_of_mask, union_runs
from audit.jobs.mask_copies import MASK_ID_BYTES
from audit.review.synthetic import Pixels, wrong_mask
from db.gold import add_synthetic_masks, load_gold
from db.records import GoldMask, Known, Mask, Sample, SyntheticMask
from db.samples import load_masks
from db.store import Store

MOST_AT_ONCE = 10
"""Masks made at one opening of the page, which waits for them; the next opening makes others."""


def make_synthetic_masks(store: Store, sample: Sample) -> int:
    """Make a wrong mask out of every correct one that has none yet, up to 10 of them.

    Each is put into the store like any other mask, but no setting made it, so that no figure can count it.

    Returns:
        How many were made: fewer than lacking also where a mask has too few pixels to be made wrong.

    Raises:
        StoreError: the store does not answer.
    """
    with store.reading() as transaction:
        gold = load_gold(transaction, sample.sample_id)
        right = [each for each in gold if each.known is Known.RIGHT and each.can_be_shown]
        done = {each.made_from for each in gold}
        partner_of = {
            each.mask_id: _partner(each, right, sample.seed) for each in right if each.mask_id not in done
        }
        chosen = dict(list(partner_of.items())[:MOST_AT_ONCE])
        wanted = {*chosen, *(each for each in chosen.values() if each)}
        masks = {mask.mask_id: mask for mask in load_masks(transaction, sorted(wanted))}
    made = [_made_wrong(mask_id, partner, masks, sample.seed) for mask_id, partner in chosen.items()]
    pairs = [pair for pair in made if pair is not None]
    if pairs:
        with store.transaction() as transaction:
            add_synthetic_masks(transaction, pairs)
    return len(pairs)


def _partner(mask: GoldMask, right: Sequence[GoldMask], seed: int) -> str | None:
    """A mask of something else that the mask may be swapped for."""
    others = [each.mask_id for each in right if each.unit_id != mask.unit_id]
    return min(others, key=lambda other: _hash("partner", seed, mask.mask_id, other), default=None)


def _made_wrong(
    mask_id: str, partner: str | None, masks: Mapping[str, Mask], seed: int
) -> tuple[Mask, SyntheticMask] | None:
    right = _pixels(masks[mask_id])
    if right is None or not right.any():
        return None
    other = _pixels(masks[partner]) if partner else None
    rng = np.random.default_rng(int(_hash("synthetic", seed, mask_id), 16))
    wrong = wrong_mask(right, other=other, rng=rng)
    if wrong is None:
        return None
    runs = runs_of_mask(wrong.pixels)
    counts = encode_runs(runs)
    # Not `mask_id_of`: a setting may yet be ingested that made the very same mask, and must not become it.
    made_id = _hash("synthetic", mask_id, counts.decode("ascii"))[: 2 * MASK_ID_BYTES]
    height, width = wrong.pixels.shape
    return (
        Mask(mask_id=made_id, height=height, width=width, parts=(counts,), area=area(runs), unjudgable=None),
        SyntheticMask(mask_id=made_id, made_from=mask_id, change=wrong.change, iou=wrong.iou),
    )


def _pixels(mask: Mask) -> Pixels | None:
    try:
        runs = [decode_counts(part, height=mask.height, width=mask.width) for part in mask.parts]
        return mask_of_runs(union_runs(runs), height=mask.height, width=mask.width)
    except (RleError, IndexError):
        return None


def _hash(*parts: object) -> str:
    return sha256("\n".join(("mask-audit/1", *map(str, parts))).encode()).hexdigest()
