"""Lays the units of a drawing out in blocks, where the sample's goal asks for a stored order."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from audit.errors import InputError
from audit.jobs.drawing import Drawing
from sampling.design.blocks import block_numbers, grown_block_numbers


def block_order(drawing: Drawing, present: Mapping[str, int]) -> dict[str, int]:
    """Give every drawn annotation its block.

    Args:
        drawing: one annotation per thing drawn, in order of ticket within its stratum.
        present: the blocks of the sample's units before it grew, by annotation id; empty for a fresh draw.

    Raises:
        DesignError: a stratum gains nothing where the sample grew.
    """
    ids: dict[str, list[str]] = {}
    for mention in drawing.mentions:
        ids.setdefault(mention.candidate.stratum, []).append(mention.annotation_id)
    unread = [each.split for each in drawing.strata if each.n_units == 0 < each.n_entities]
    if unread:
        raise InputError(
            f"{', '.join(unread)} would get no unit, and a claim about the whole needs some of every split: "
            "draw more, give --minimum 1, or name the splits with --allocate"
        )
    sizes = Counter({split: len(of_split) for split, of_split in ids.items()})
    if present:
        held = {
            split: np.array([present[each] for each in of_split if each in present], dtype=np.int64)
            for split, of_split in ids.items()
        }
        blocks = grown_block_numbers(held, sizes)
    else:
        blocks = block_numbers(sizes)
    return {
        annotation_id: int(block)
        for split, of_split in ids.items()
        for annotation_id, block in zip(of_split, blocks[split], strict=True)
    }
