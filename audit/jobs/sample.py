"""Draws a sample and stores it with its masks; grows one; gives one the masks of settings ingested since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from audit.errors import InputError
from audit.jobs.drawing import Allocation, Design, Drawing, Explicit, Proportional, run_draw
from audit.jobs.mask_copies import MaskCopies, copy_masks
from db.manifest import Manifest, SettingRecord, fingerprint, frame_files
from db.mentions import Mention, load_mentions
from db.population import ANNOTATIONS_FILE, Population
from db.records import FrameFile, Sample, SampleSetting, Unit, UnitMask
from db.samples import (
    add_masks,
    add_sample,
    add_settings,
    load_sample,
    load_samples,
    load_settings,
    load_units,
    put_units,
    remove_sample,
    update_design,
)
from db.store import Store, Transaction
from sampling.design.frame import Across, DrawnUnit
from sampling.design.selection import annotation_ticket, entity_ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRequest:
    """What to draw.

    Attributes:
        frame: the setting to draw from; the first ingested where None.
        per_entity: annotations taken of each drawn entity.
    """

    name: str
    seed: int
    frame: str | None
    unit: DrawnUnit
    across: Across
    per_entity: int
    allocation: Allocation


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleResult:
    """A stored sample and what the command did to it.

    Attributes:
        n_new_units: units added; 0 where the sample was there already.
        new_settings: settings whose masks were added.
    """

    sample: Sample
    n_new_units: int
    new_settings: tuple[str, ...]


def draw_sample(store: Store, population: Population, request: SampleRequest, now: datetime) -> SampleResult:
    """Draw a sample and store it with every setting's masks; the same request again changes nothing.

    Raises:
        InputError: there is nothing to draw from, or a sample of that name was drawn in another way.
        DesignError: a stratum is unknown or has fewer than asked.
    """
    manifest = population.manifest()
    frame = _frame(manifest, request.frame)
    splits = tuple(request.allocation.sizes) if isinstance(request.allocation, Explicit) else ()
    design = Design(
        seed=request.seed,
        unit=request.unit,
        across=request.across,
        per_entity=request.per_entity,
        splits=splits,
    )
    drawing = run_draw(population.files(frame, ANNOTATIONS_FILE), design, request.allocation)
    sample = _sample(request, frame, drawing, now)
    held = _find(store, request.name)
    if held is not None:
        _refuse_unless_same(held, sample)
        return SampleResult(sample=held, n_new_units=0, new_settings=())
    mentions = _load_mentions(population, frame, [each.annotation_id for each in drawing.mentions])
    copies = copy_masks(population, manifest.settings, mentions.values())
    with store.transaction() as transaction:
        stored = add_sample(transaction, sample)
        n_new = _store_units(transaction, stored, drawing, mentions, copies)
        add_settings(transaction, stored.sample_id, _sample_settings(manifest.settings))
    return SampleResult(
        sample=stored, n_new_units=n_new, new_settings=tuple(each.setting for each in manifest.settings)
    )


def extend_sample(
    store: Store, population: Population, name: str | None, allocation: Allocation
) -> SampleResult:
    """Draw more units by the sample's own design and seed; every unit that it has stays.

    Raises:
        InputError: the frame has changed since the sample was drawn, or a stratum would shrink.
        DesignError: a stratum is unknown or has fewer than asked.
    """
    with store.reading() as transaction:
        sample = load_sample(transaction, name)
        settings = {each.setting for each in load_settings(transaction, sample.sample_id)}
        held = {unit.annotation_id for unit in load_units(transaction, sample.sample_id)}
    manifest = population.manifest()
    frame = manifest.get(sample.frame)
    _refuse_changed_frame(sample, frame)
    present = {stratum.split: _n_drawn(sample, stratum.split) for stratum in sample.strata}
    allocation = _grown(sample, allocation, present)
    design = Design(
        seed=sample.seed,
        unit=DrawnUnit(sample.unit),
        across=Across(sample.across),
        per_entity=sample.per_entity,
        splits=tuple(present),
    )
    drawing = run_draw(population.files(frame, ANNOTATIONS_FILE), design, allocation, at_least=present)
    mentions = _load_mentions(population, frame, [each.annotation_id for each in drawing.mentions])
    new = [mention for annotation_id, mention in mentions.items() if annotation_id not in held]
    copies = copy_masks(population, [each for each in manifest.settings if each.setting in settings], new)
    grown = replace(sample, allocation=str(allocation), strata=drawing.strata)
    with store.transaction() as transaction:
        update_design(transaction, grown)
        _store_units(transaction, grown, drawing, mentions, copies)
    return SampleResult(sample=grown, n_new_units=len(new), new_settings=())


def carry_masks(store: Store, population: Population, name: str | None) -> SampleResult:
    """Give a sample the masks of every setting ingested since it was drawn; its units stay as they are."""
    with store.reading() as transaction:
        sample = load_sample(transaction, name)
        held = {each.setting for each in load_settings(transaction, sample.sample_id)}
        unit_ids = {unit.annotation_id: unit.unit_id for unit in load_units(transaction, sample.sample_id)}
    manifest = population.manifest()
    new = [setting for setting in manifest.settings if setting.setting not in held]
    mentions = _load_mentions(population, manifest.get(sample.frame), list(unit_ids))
    copies = copy_masks(population, new, mentions.values())
    with store.transaction() as transaction:
        add_masks(transaction, copies.masks, _unit_masks(copies, unit_ids))
        add_settings(transaction, sample.sample_id, _sample_settings(new))
    return SampleResult(sample=sample, n_new_units=0, new_settings=tuple(setting.setting for setting in new))


def load_all_samples(store: Store) -> list[Sample]:
    """Give every sample, oldest first."""
    with store.reading() as transaction:
        return load_samples(transaction)


def remove(store: Store, name: str) -> int:
    """Remove a sample but not its verdicts, and give how many units it had."""
    with store.transaction() as transaction:
        return remove_sample(transaction, name)


def _frame(manifest: Manifest, name: str | None) -> SettingRecord:
    if not manifest.settings:
        raise InputError("the population is empty: ingest masks with `mask-audit ingest FILE --setting NAME`")
    return manifest.get(name) if name else manifest.settings[0]


def _find(store: Store, name: str) -> Sample | None:
    with store.reading() as transaction:
        return next((sample for sample in load_samples(transaction) if sample.name == name), None)


def _refuse_unless_same(held: Sample, asked: Sample) -> None:
    differing = [
        name
        for name in ("seed", "unit", "across", "per_entity", "frame", "population_fingerprint", "strata")
        if getattr(held, name) != getattr(asked, name)
    ]
    if differing:
        raise InputError(
            f"sample {held.name!r} is there already and was drawn with another "
            f"{', '.join(differing).replace('_', ' ')}: give another --name, grow it with --extend, "
            f"or `mask-audit sample remove {held.name}`"
        )


def _refuse_changed_frame(sample: Sample, frame: SettingRecord) -> None:
    now, then = set(frame_files(frame)), set(sample.frame_files)
    if now == then:
        return
    changes = [f"{file.file} was added or changed" for file in sorted(now - then, key=_file_name)]
    changes += [f"{file.file} is gone or changed" for file in sorted(then - now, key=_file_name)]
    raise InputError(
        f"the frame {frame.setting!r} is not what sample {sample.name!r} was drawn from "
        f"({'; '.join(changes)}), so a longer draw would not extend it: draw a new sample with another --name"
    )


def _grown(sample: Sample, allocation: Allocation, present: Mapping[str, int]) -> Allocation:
    asked = allocation.sizes if isinstance(allocation, Explicit) else allocation.fixed
    for split, n in asked.items():
        if split not in present:
            raise InputError(
                f"sample {sample.name!r} was drawn from {', '.join(present)}; split {split!r} would change "
                "its frame: draw a new sample with another --name"
            )
        if n < present[split]:
            raise InputError(
                f"sample {sample.name!r} has {present[split]} of {split!r} and {n} are asked: "
                "a sample only grows"
            )
    if isinstance(allocation, Proportional):
        return allocation
    return Explicit(sizes={**present, **allocation.sizes})


def _n_drawn(sample: Sample, split: str) -> int:
    stratum = next(each for each in sample.strata if each.split == split)
    return stratum.n_units if sample.unit == DrawnUnit.ANNOTATION else stratum.n_entities_drawn


def _load_mentions(
    population: Population, frame: SettingRecord, annotation_ids: Sequence[str]
) -> dict[str, Mention]:
    mentions: dict[str, Mention] = {}
    for mention in load_mentions(population, frame, annotation_ids):
        if mention.annotation_id in mentions:
            raise InputError(
                f"setting {frame.setting!r} has two mentions with the id {mention.annotation_id!r}: "
                "rename its files, whose names made the ids, or draw from another --frame"
            )
        mentions[mention.annotation_id] = mention
    return mentions


def _store_units(
    transaction: Transaction,
    sample: Sample,
    drawing: Drawing,
    mentions: Mapping[str, Mention],
    copies: MaskCopies,
) -> int:
    units = _units(drawing, mentions, sample.seed)
    unit_ids = put_units(transaction, sample.sample_id, units)
    add_masks(transaction, copies.masks, _unit_masks(copies, unit_ids))
    return len(units)


def _unit_masks(copies: MaskCopies, unit_ids: Mapping[str, int]) -> list[UnitMask]:
    return [
        UnitMask(
            unit_id=unit_ids[made.annotation_id],
            setting=made.setting,
            state=made.state,
            mask_id=made.mask_id,
        )
        for made in copies.made
    ]


def _sample(request: SampleRequest, frame: SettingRecord, drawing: Drawing, now: datetime) -> Sample:
    files: tuple[FrameFile, ...] = frame_files(frame)
    return Sample(
        sample_id=0,
        name=request.name,
        seed=request.seed,
        unit=request.unit,
        across=request.across,
        per_entity=request.per_entity,
        allocation=str(request.allocation),
        frame=frame.setting,
        population_fingerprint=fingerprint(files),
        frame_files=files,
        created_at=now,
        strata=tuple(sorted(drawing.strata, key=lambda stratum: stratum.split)),
    )


def _sample_settings(settings: Sequence[SettingRecord]) -> list[SampleSetting]:
    return [
        SampleSetting(
            setting=setting.setting,
            reference=setting.reference,
            model=setting.model,
            is_subset=setting.subset_of is not None,
        )
        for setting in settings
    ]


def _units(drawing: Drawing, mentions: Mapping[str, Mention], seed: int) -> list[Unit]:
    units = []
    for drawn in drawing.mentions:
        mention = mentions[drawn.annotation_id]
        entity_id = drawn.candidate.entity_id
        units.append(
            Unit(
                unit_id=0,
                annotation_id=drawn.annotation_id,
                entity_id=entity_id,
                entity_name=mention.entity_name,
                stratum=drawn.candidate.stratum,
                category=mention.category,
                image_id=mention.image_id or "",
                images_root=mention.images_root,
                file_name=mention.file_name,
                question=mention.question,
                n_annotations_of_entity=drawn.candidate.n_annotations,
                n_entities_in_stratum=drawn.n_entities_in_stratum,
                inclusion_probability=drawn.weights.inclusion_probability,
                design_weight=drawn.weights.design_weight,
                entity_weight=drawn.weights.entity_weight,
                annotation_ticket=annotation_ticket(seed, drawn.annotation_id),
                entity_ticket=entity_ticket(seed, entity_id),
            )
        )
    return units


def _file_name(file: FrameFile) -> str:
    return file.file
