"""Drawn samples: their design, units, and their own copy of every setting's masks."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping, Select, delete, select, union, update
from sqlalchemy.exc import IntegrityError

from db.errors import ConflictError, NotFoundError
from db.records import (
    Contrast,
    DifferingSizes,
    FrameFile,
    Mask,
    MaskState,
    Sample,
    SampleSetting,
    SampleWave,
    Stratum,
    Unit,
    UnitMask,
    WaveKind,
)
from db.store import Transaction, insert_if_new, slices
from db.tables import (
    journal,
    label_studio_annotations,
    label_studio_tasks,
    masks,
    preferences,
    sample_settings,
    samples,
    strata,
    synthetic_masks,
    unit_masks,
    units,
)


def add_sample(transaction: Transaction, sample: Sample) -> Sample:
    """Store a sample's design under its name; raise ConflictError where the name is taken."""
    taken = transaction.connection.scalar(select(samples.c.name).where(samples.c.name == sample.name))
    if taken is not None:
        raise ConflictError(
            f"sample {sample.name!r} is there already: give another --name, or `sample remove {sample.name}`"
        )
    try:
        sample_id = transaction.connection.scalars(
            samples.insert().returning(samples.c.sample_id), _design_columns(sample)
        ).one()
    except IntegrityError as error:  # somebody took the name since we looked
        raise ConflictError(f"sample {sample.name!r} was drawn by somebody else just now") from error
    _add_strata(transaction, sample_id, sample.strata)
    return load_sample(transaction, sample.name)


def update_design(transaction: Transaction, sample: Sample) -> None:
    """Replace a stored sample's design by that of a larger draw."""
    by_id = samples.c.sample_id == sample.sample_id
    transaction.connection.execute(update(samples).where(by_id).values(_design_columns(sample)))
    transaction.connection.execute(delete(strata).where(strata.c.sample_id == sample.sample_id))
    _add_strata(transaction, sample.sample_id, sample.strata)


def put_settings(transaction: Transaction, sample_id: int, settings: Sequence[SampleSetting]) -> None:
    """Name settings whose masks a sample is about to hold; what it held of them before is forgotten."""
    names = [setting.setting for setting in settings]
    places = {setting.setting: place for place, setting in enumerate(load_settings(transaction, sample_id))}
    of_sample = select(units.c.unit_id).where(units.c.sample_id == sample_id)
    transaction.connection.execute(
        delete(unit_masks).where(unit_masks.c.unit_id.in_(of_sample), unit_masks.c.setting.in_(names))
    )
    transaction.connection.execute(
        delete(sample_settings).where(
            sample_settings.c.sample_id == sample_id, sample_settings.c.setting.in_(names)
        )
    )
    rows = []
    for setting in settings:
        place = places.setdefault(setting.setting, len(places))
        rows.append(asdict(setting) | {"sample_id": sample_id, "position": place})
    insert_if_new(transaction, sample_settings, rows)


def put_units(transaction: Transaction, sample_id: int, drawn: Sequence[Unit]) -> dict[str, int]:
    """Store the units of a draw; those that are there keep their id and take the new probabilities.

    Returns:
        The unit id of every unit of the sample, by annotation id.
    """
    held = _unit_ids(transaction, sample_id)
    for unit in drawn:
        if unit.annotation_id in held:
            by_id = units.c.unit_id == held[unit.annotation_id]
            transaction.connection.execute(update(units).where(by_id).values(_unit_columns(unit)))
    new = [_unit_columns(unit) | {"sample_id": sample_id} for unit in drawn if unit.annotation_id not in held]
    if new:
        transaction.connection.execute(units.insert(), new)
    return _unit_ids(transaction, sample_id)


def update_images(transaction: Transaction, sampled: Sequence[Unit]) -> None:
    """Note where the images of units lie now."""
    for unit in sampled:
        transaction.connection.execute(
            update(units)
            .where(units.c.unit_id == unit.unit_id)
            .values(images_root=unit.images_root, file_name=unit.file_name)
        )


def add_masks(transaction: Transaction, distinct_masks: Sequence[Mask], made_by: Sequence[UnitMask]) -> None:
    """Store masks and what each setting made of each unit; what is there already stays."""
    mask_rows = [
        asdict(mask) | {"parts": [part.decode("ascii") for part in mask.parts]} for mask in distinct_masks
    ]
    insert_if_new(transaction, masks, mask_rows)
    insert_if_new(transaction, unit_masks, [asdict(row) for row in made_by])


def load_sample(transaction: Transaction, name: str | None) -> Sample:
    """Give a sample by name, or the latest where `name` is None; raise NotFoundError where there is none."""
    found = load_samples(transaction)
    if not found:
        raise NotFoundError("there is no sample yet: draw one with `mask-audit sample`")
    if name is None:
        return found[-1]
    for sample in found:
        if sample.name == name:
            return sample
    names = ", ".join(sample.name for sample in found)
    raise NotFoundError(f"there is no sample {name!r}: the samples are {names}")


def load_samples(transaction: Transaction) -> list[Sample]:
    """Give every sample, oldest first."""
    rows = transaction.connection.execute(select(samples).order_by(samples.c.sample_id)).mappings().all()
    return [_sample(row, _load_strata(transaction, row["sample_id"])) for row in rows]


def is_present(transaction: Transaction, sample: Sample) -> bool:
    """Whether a sample is still there.

    Ids and names of removed samples are given again; the time of the drawing is not.
    """
    drawn_at = transaction.connection.scalar(
        select(samples.c.created_at).where(samples.c.sample_id == sample.sample_id)
    )
    return drawn_at == sample.created_at


def load_settings(transaction: Transaction, sample_id: int) -> list[SampleSetting]:
    """Give the settings whose masks a sample holds, in order of ingestion."""
    rows = transaction.connection.execute(
        select(sample_settings)
        .where(sample_settings.c.sample_id == sample_id)
        .order_by(sample_settings.c.position)
    )
    return [
        SampleSetting(
            setting=row.setting,
            reference=row.reference,
            model=row.model,
            is_subset=row.is_subset,
            fingerprint=row.fingerprint,
        )
        for row in rows
    ]


def load_units(transaction: Transaction, sample_id: int) -> list[Unit]:
    """Give a sample's units in order of stratum and entity ticket."""
    rows = transaction.connection.execute(
        select(units)
        .where(units.c.sample_id == sample_id)
        .order_by(units.c.stratum, units.c.entity_ticket, units.c.annotation_ticket, units.c.annotation_id)
    ).mappings()
    return [Unit(**{name: row[name] for name in row if name != "sample_id"}) for row in rows]


def load_unit_masks(transaction: Transaction, sample_id: int) -> list[UnitMask]:
    """Give what each setting made of each unit of a sample."""
    rows = transaction.connection.execute(_unit_masks_of(sample_id))
    return [
        UnitMask(unit_id=row.unit_id, setting=row.setting, state=MaskState(row.state), mask_id=row.mask_id)
        for row in rows
    ]


def load_mask_units(transaction: Transaction, sample_id: int) -> dict[str, int]:
    """Give the unit of every mask of a sample that eyes can judge: mask id → unit id."""
    rows = transaction.connection.execute(
        _unit_masks_of(sample_id).where(unit_masks.c.state == MaskState.PRESENT)
    )
    return {row.mask_id: row.unit_id for row in rows}


def load_held(transaction: Transaction, sample_id: int, mask_ids: Collection[str]) -> set[str]:
    """Give those of some masks that a sample holds at present."""
    held: set[str] = set()
    for some in slices(mask_ids):
        held.update(
            transaction.connection.scalars(
                select(unit_masks.c.mask_id)
                .join(units, units.c.unit_id == unit_masks.c.unit_id)
                .where(units.c.sample_id == sample_id, unit_masks.c.mask_id.in_(some))
            )
        )
    return held


def load_masks(transaction: Transaction, mask_ids: Sequence[str]) -> list[Mask]:
    """Give masks with their run lengths, in the order asked; unknown ids are left out."""
    found: dict[str, Mask] = {}
    for some in slices(mask_ids):
        for row in transaction.connection.execute(select(masks).where(masks.c.mask_id.in_(some))):
            found[row.mask_id] = Mask(
                mask_id=row.mask_id,
                height=row.height,
                width=row.width,
                parts=tuple(part.encode("ascii") for part in row.parts),
                area=row.area,
                unjudgable=row.unjudgable,
            )
    return [found[mask_id] for mask_id in mask_ids if mask_id in found]


def load_mask_areas(transaction: Transaction, sample_id: int) -> dict[str, int]:
    """Give the pixels of every mask of a sample: mask id → area."""
    of_sample = _unit_masks_of(sample_id).subquery()
    rows = transaction.connection.execute(
        select(masks.c.mask_id, masks.c.area).where(masks.c.mask_id.in_(select(of_sample.c.mask_id)))
    )
    return {row.mask_id: row.area for row in rows}


def load_unjudgable(transaction: Transaction, sample_id: int) -> dict[str, str]:
    """Give the masks of a sample that cannot be shown, with the reason: mask id → reason."""
    of_sample = _unit_masks_of(sample_id).subquery()
    rows = transaction.connection.execute(
        select(masks.c.mask_id, masks.c.unjudgable)
        .where(masks.c.unjudgable.is_not(None))
        .where(masks.c.mask_id.in_(select(of_sample.c.mask_id)))
    )
    return {row.mask_id: row.unjudgable for row in rows}


def find_unjudgable(transaction: Transaction, mask_ids: Collection[str]) -> set[str]:
    """Give those of some masks that cannot be shown."""
    found: set[str] = set()
    for some in slices(mask_ids):
        found.update(
            transaction.connection.scalars(
                select(masks.c.mask_id).where(masks.c.mask_id.in_(some), masks.c.unjudgable.is_not(None))
            )
        )
    return found


def mark_unjudgable(transaction: Transaction, mask_id: str, reason: str | None) -> None:
    """Note why a mask cannot be shown; None notes that it can."""
    transaction.connection.execute(update(masks).where(masks.c.mask_id == mask_id).values(unjudgable=reason))


def remove_sample(transaction: Transaction, name: str) -> int:
    """Remove a sample and the masks that nothing else holds; verdicts and their masks stay.

    What was pushed of it to a Label Studio server stays there, and is forgotten here.

    Returns:
        How many units it had.
    """
    sample = load_sample(transaction, name)
    n_units = len(_unit_ids(transaction, sample.sample_id))
    transaction.connection.execute(delete(samples).where(samples.c.sample_id == sample.sample_id))
    held = select(unit_masks.c.mask_id).where(unit_masks.c.mask_id.is_not(None))
    kept = union(
        select(journal.c.mask_id),
        select(preferences.c.first_mask_id),
        select(preferences.c.second_mask_id),
        select(label_studio_tasks.c.mask_id),
        select(label_studio_annotations.c.mask_id).where(label_studio_annotations.c.mask_id.is_not(None)),
    )
    transaction.connection.execute(
        delete(synthetic_masks).where(
            synthetic_masks.c.made_from.not_in(held), synthetic_masks.c.mask_id.not_in(kept)
        )
    )
    made = select(synthetic_masks.c.mask_id)
    transaction.connection.execute(
        delete(masks).where(
            masks.c.mask_id.not_in(held), masks.c.mask_id.not_in(kept), masks.c.mask_id.not_in(made)
        )
    )
    return n_units


def _unit_masks_of(sample_id: int) -> Select[Any]:
    return (
        select(unit_masks)
        .join(units, units.c.unit_id == unit_masks.c.unit_id)
        .where(units.c.sample_id == sample_id)
        .order_by(unit_masks.c.unit_id, unit_masks.c.setting)
    )


def _unit_ids(transaction: Transaction, sample_id: int) -> dict[str, int]:
    rows = transaction.connection.execute(
        select(units.c.annotation_id, units.c.unit_id).where(units.c.sample_id == sample_id)
    )
    return {row.annotation_id: row.unit_id for row in rows}


def _unit_columns(unit: Unit) -> dict[str, object]:
    columns = asdict(unit)
    del columns["unit_id"]
    return columns


def _design_columns(sample: Sample) -> dict[str, object]:
    columns = asdict(sample)
    del columns["sample_id"], columns["strata"]
    columns["frame_files"] = [asdict(file) for file in sample.frame_files]
    columns["waves"] = [asdict(wave) for wave in sample.waves] or None
    return columns


def _add_strata(transaction: Transaction, sample_id: int, of_sample: Sequence[Stratum]) -> None:
    if of_sample:
        rows = [asdict(stratum) | {"sample_id": sample_id} for stratum in of_sample]
        transaction.connection.execute(strata.insert(), rows)


def _load_strata(transaction: Transaction, sample_id: int) -> tuple[Stratum, ...]:
    rows = transaction.connection.execute(
        select(strata).where(strata.c.sample_id == sample_id).order_by(strata.c.split)
    )
    return tuple(
        Stratum(
            split=row.split,
            n_units=row.n_units,
            n_entities_drawn=row.n_entities_drawn,
            n_entities=row.n_entities,
            n_annotations=row.n_annotations,
            n_first=row.n_first,
        )
        for row in rows
    )


def _sample(row: RowMapping, of_sample: tuple[Stratum, ...]) -> Sample:
    frame_files = tuple(FrameFile(**file) for file in row["frame_files"])
    return Sample(
        **(
            dict(row)
            | {
                "frame_files": frame_files,
                "contrast": _contrast(row["contrast"]),
                "strata": of_sample,
                "waves": tuple(_wave(wave) for wave in row["waves"] or ()),
            }
        )
    )


def _wave(stored: dict[str, Any]) -> SampleWave:
    return SampleWave(**(stored | {"kind": WaveKind(stored["kind"]), "features": tuple(stored["features"])}))


def _contrast(stored: dict[str, Any] | None) -> Contrast | None:
    if stored is None:
        return None
    sizes = {split: DifferingSizes(**of_split) for split, of_split in stored["sizes"].items()}
    return Contrast(**(stored | {"sizes": sizes}))
