"""Samples to be shown: mentions with a photo each, and under every setting a mask and a verdict on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask

from audit.jobs.review_state import ReviewState, load_review_state
from db.records import Mask, MaskState, Reason, Stratum, Unit, Verdict
from db.samples import add_masks, add_sample, put_settings, put_units
from db.store import Store
from sampling.reviewers.settlement import Settlement
from tests.audit.jobs.judged_samples import judge
from tests.builders import a_sample, a_setting, a_unit, made_by

SIZE = (40, 60)


@dataclass(frozen=True, kw_only=True)
class Said:
    """A verdict on a mask; masks of the same shape of one mention are one mask."""

    verdict: Verdict | None = None
    reasons: tuple[Reason, ...] = ()
    shape: str = ""


MISSING = None
RIGHT = Said(verdict=Verdict.CORRECT)
WRONG = Said(verdict=Verdict.INCORRECT)
UNSURE = Said(verdict=Verdict.UNSURE)
PENDING = Said()

Column = Sequence[Said | None]


def wrong(*reasons: Reason) -> Said:
    """A wrong mask with reasons."""
    return Said(verdict=Verdict.INCORRECT, reasons=reasons)


def add_shown_sample(
    store: Store, images: Path, columns: Mapping[str, Column], **changes: object
) -> ReviewState:
    """A sample whose n-th mention has the n-th mask of each setting; every photo is there."""
    n = max(map(len, columns.values()))
    units = [
        a_unit(f"a{number}", images_root=str(images), file_name=f"{number}.jpg", **changes)
        for number in range(n)
    ]
    images.mkdir(exist_ok=True)
    for unit in units:
        Image.fromarray(np.full((*SIZE, 3), 120, np.uint8)).save(images / str(unit.file_name))
    masks = [
        (setting, unit.annotation_id, said, None if said is None else mask_id(unit, setting, said))
        for setting, column in columns.items()
        for unit, said in zip(units, column, strict=True)
    ]
    stratum = Stratum(split="query", n_units=n, n_entities_drawn=n, n_entities=n, n_annotations=n, n_first=n)
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample(strata=(stratum,)))
        put_settings(transaction, sample.sample_id, [a_setting(setting) for setting in columns])
        ids = put_units(transaction, sample.sample_id, units)
        add_masks(
            transaction,
            [a_rectangle(name) for name in {name for *_, name in masks if name is not None}],
            [
                made_by(setting, ids[unit], name, MaskState.MISSING if name is None else MaskState.PRESENT)
                for setting, unit, _, name in masks
            ],
        )
    for minute, (_, _, said, name) in enumerate(masks):
        if name is not None and said is not None and said.verdict is not None:
            judge(store, "ann", {name: said.verdict}, reasons=said.reasons, minute=minute)
    return load_review_state(store, None, Settlement.MAJORITY)


def mask_id(unit: Unit, setting: str, said: Said) -> str:
    """The id of a mask: of its mention and its shape, a hash as in a real store."""
    return sha256(f"{unit.annotation_id} {said.shape or setting}".encode()).hexdigest()


def a_rectangle(name: str, size: tuple[int, int] = SIZE, **changes: object) -> Mask:
    """A mask of its own for every name."""
    pixels = np.zeros(size, np.uint8)
    pixels[10:20, 10 + sum(name.encode()) % 20 : 40] = 1
    counts = coco_mask.encode(np.asfortranarray(pixels))["counts"]
    fields = {"height": size[0], "width": size[1], "parts": (counts,), "area": int(pixels.sum())}
    return Mask(**{"mask_id": name, "unjudgable": None, **fields, **changes})
