"""Builds a small real workspace to review: photographs, masks, a sample, through the functions of `db`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data, draw
from sqlalchemy import text

from audit.coco.rle import area, encode_runs, runs_of_mask
from audit.settings import Settings, write_settings
from db.records import Mask, MaskState, Sample, StandingVerdict, Stratum, Unit, UnitMask
from db.reviews import load_standing
from db.samples import add_masks, add_sample, load_unjudgable, put_settings, put_units
from db.store import Store
from tests.builders import a_sample, a_setting, a_unit

NOW = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
SETTINGS = ("original/one", "original/two")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A unit of the sample and its masks, one for each of `SETTINGS` at most."""

    entity: str
    question: str | None
    file_name: str | None
    masks: Sequence[NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSample:
    """A sample to review, and how to look into what became of it."""

    store: Store
    sample: Sample
    unit_of_mask: dict[str, int]

    def standing(self) -> dict[str, StandingVerdict]:
        """The verdicts that stand, by mask."""
        with self.store.reading() as transaction:
            return {each.mask_id: each for each in load_standing(transaction, self.sample.sample_id)}

    def unjudgable(self) -> dict[str, str]:
        """The masks that could not be shown, and why."""
        with self.store.reading() as transaction:
            return load_unjudgable(transaction, self.sample.sample_id)

    def n_entries(self) -> int:
        """Rows of the journal on this sample's masks, superseded ones and withdrawals included."""
        with self.store.reading() as transaction:
            masks = transaction.connection.execute(text("SELECT mask_id FROM journal")).scalars()
            return sum(mask_id in self.unit_of_mask for mask_id in masks)


def ellipse(shape: tuple[int, int], row: int, column: int, height: int, width: int) -> NDArray[np.bool_]:
    """A filled ellipse as a mask of that shape."""
    mask = np.zeros(shape, bool)
    mask[draw.ellipse(row, column, height / 2, width / 2, shape=shape)] = True
    return mask


def save_photographs(folder: Path) -> dict[str, NDArray[np.uint8]]:
    """Save photographs that come with scikit-image as JPEG; give them by file name."""
    photographs = {
        "cat.jpg": data.chelsea(),
        "astronaut.jpg": data.astronaut(),
        "coffee.jpg": data.coffee(),
        "rocket.jpg": data.rocket(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, pixels in photographs.items():
        Image.fromarray(pixels).save(folder / name, quality=90)
    return photographs


def usual_mentions(folder: Path) -> list[Mention]:
    """Four photographs, each named and masked under two settings: one mask good, one poor."""
    photographs = save_photographs(folder)
    spots = {
        "cat.jpg": ("Domestic cat", "which animal is this?", (140, 220, 250, 260)),
        "astronaut.jpg": ("Eileen Collins", "who is the person in the picture?", (260, 220, 440, 330)),
        "coffee.jpg": ("Coffee cup", "what is on the table?", (190, 300, 240, 330)),
        "rocket.jpg": ("Rocket", None, (220, 320, 330, 40)),
    }
    mentions = []
    for name, (entity, question, (row, column, height, width)) in spots.items():
        shape = photographs[name].shape[:2]
        good = ellipse(shape, row, column, height, width)
        good &= ~ellipse(shape, row, column, height // 5, width // 5)  # a hole
        poor = ellipse(shape, row + height // 3, column - width // 2, height // 2, width)
        mentions.append(Mention(entity=entity, question=question, file_name=f"/{name}", masks=[good, poor]))
    return mentions


def create_workspace(folder: Path) -> Store:
    """Lay out an empty workspace and give its store; no guideline covers the first mask of its page."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(folder=folder)
    write_settings(settings)
    settings.guideline_file.unlink()
    store = Store(settings.database_url)
    store.create()
    return store


def add_review_sample(
    store: Store, images: Path | str, mentions: Sequence[Mention], name: str
) -> ReviewSample:
    """Add a sample that holds these mentions; being the latest, it is the one that the page shows."""
    units = [_unit(index, mention, str(images)) for index, mention in enumerate(mentions)]
    with store.transaction() as transaction:
        sample = add_sample(transaction, _sample(name, len(units)))
        settings = [a_setting(setting, reference="original", model=setting[-3:]) for setting in SETTINGS]
        put_settings(transaction, sample.sample_id, settings)
        unit_ids = put_units(transaction, sample.sample_id, units)
        masks, made_by = _masks(mentions, [unit_ids[unit.annotation_id] for unit in units])
        add_masks(transaction, masks, made_by)
    unit_of_mask = {row.mask_id: row.unit_id for row in made_by if row.mask_id}
    return ReviewSample(store=store, sample=sample, unit_of_mask=unit_of_mask)


def _masks(mentions: Sequence[Mention], unit_ids: Sequence[int]) -> tuple[list[Mask], list[UnitMask]]:
    masks, made_by = [], []
    for mention, unit_id in zip(mentions, unit_ids, strict=True):
        for setting, pixels in zip(SETTINGS, mention.masks, strict=False):
            runs = runs_of_mask(pixels)
            mask_id = hashlib.sha256(f"{unit_id} {setting}".encode()).hexdigest()[:16]
            height, width = pixels.shape
            masks.append(
                Mask(
                    mask_id=mask_id,
                    height=height,
                    width=width,
                    parts=(encode_runs(runs),),
                    area=area(runs),
                    unjudgable=None,
                )
            )
            made_by.append(
                UnitMask(unit_id=unit_id, setting=setting, state=MaskState.PRESENT, mask_id=mask_id)
            )
    return masks, made_by


def _sample(name: str, n_units: int) -> Sample:
    return a_sample(
        name=name,
        unit="annotation",
        allocation=f"query_val_seen={n_units}",
        frame=SETTINGS[0],
        created_at=NOW,
        strata=(
            Stratum(
                split="query_val_seen",
                n_units=n_units,
                n_entities_drawn=n_units,
                n_entities=max(n_units, 1),
                n_annotations=max(n_units, 1),
                n_first=n_units,
            ),
        ),
    )


def _unit(index: int, mention: Mention, images: str) -> Unit:
    return a_unit(
        f"oven_query_val_{index:08}",
        entity_id=f"Q{index}",
        entity_name=mention.entity,
        stratum="query_val_seen",
        category=None,
        image_id=f"image_{index}",
        images_root=images,
        file_name=mention.file_name,
        question=mention.question,
        annotation_ticket=hashlib.sha256(f"a{index}".encode()).hexdigest(),
        entity_ticket=hashlib.sha256(f"e{index}".encode()).hexdigest(),
    )
