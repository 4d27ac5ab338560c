"""Draws a sample and stores it with its masks; grows one; gives one the masks of settings ingested since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from audit.errors import InputError
from audit.jobs.drawing import Allocation, Design, Drawing, Explicit, Proportional, run_draw
from audit.jobs.mask_copies import MaskCopies, copy_masks
from audit.names import check_name
from db.manifest import Manifest, SettingRecord, fingerprint, frame_files
from db.mentions import Mention, load_mentions
from db.population import ANNOTATIONS_FILE, Population
from db.records import FrameFile, Sample, SampleSetting, Unit, UnitMask
from db.samples import (
    add_masks,
    add_sample,
    load_sample,
    load_samples,
    load_settings,
    load_units,
    put_settings,
    put_units,
    remove_sample,
    update_design,
    update_images,
)
from db.store import Store
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
        new_settings: settings whose masks were copied.
        n_moved_images: units whose images were found to lie elsewhere now.
    """

    sample: Sample
    n_new_units: int
    new_settings: tuple[str, ...]
    n_moved_images: int = 0


def draw_sample(store: Store, population: Population, request: SampleRequest, now: datetime) -> SampleResult:
    """Draw a sample and store it with every setting's masks; the same request again changes nothing.

    Raises:
        InputError: there is nothing to draw from, or a sample of that name was drawn in another way.
        DesignError: a stratum is unknown or has fewer than asked.
    """
    check_name("--name", request.name)
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
    copies = copy_masks(population, manifest.settings, _annotation_of(mentions.values()))
    units = _units(drawing, mentions, request.seed)
    with store.transaction() as transaction:
        stored = add_sample(transaction, sample)
        put_settings(transaction, stored.sample_id, _sample_settings(manifest.settings))
        unit_ids = put_units(transaction, stored.sample_id, units)
        add_masks(transaction, copies.masks, _unit_masks(copies, unit_ids))
    return SampleResult(
        sample=stored,
        n_new_units=len(units),
        new_settings=tuple(each.setting for each in manifest.settings),
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
    of_sample = [each for each in manifest.settings if each.setting in settings]
    copies = copy_masks(population, of_sample, _annotation_of(new))
    grown = replace(sample, allocation=str(allocation), fixed=_fixed(allocation), strata=drawing.strata)
    with store.transaction() as transaction:
        update_design(transaction, grown)
        unit_ids = put_units(transaction, grown.sample_id, _units(drawing, mentions, sample.seed))
        add_masks(transaction, copies.masks, _unit_masks(copies, unit_ids))
    return SampleResult(sample=grown, n_new_units=len(new), new_settings=())


def carry_masks(store: Store, population: Population, name: str | None) -> SampleResult:
    """Give a sample the masks of settings that were ingested, or have changed, since it took its copy.

    Its units stay as they are, and so does its copy of the setting that it was drawn from; where that setting
    has new images, the units are told. Verdicts stay with the masks they were given on.
    """
    with store.reading() as transaction:
        sample = load_sample(transaction, name)
        held = {each.setting: each.fingerprint for each in load_settings(transaction, sample.sample_id)}
        units = load_units(transaction, sample.sample_id)
    manifest = population.manifest()
    new = [
        setting
        for setting in manifest.settings
        if setting.setting not in held
        or (setting.setting != sample.frame and held[setting.setting] != fingerprint(frame_files(setting)))
    ]
    copies = copy_masks(population, new, {unit.mention_id: unit.annotation_id for unit in units})
    moved = _moved(population, manifest.find(sample.frame), units)
    with store.transaction() as transaction:
        update_images(transaction, moved)
        put_settings(transaction, sample.sample_id, _sample_settings(new))
        unit_ids = {unit.annotation_id: unit.unit_id for unit in units}
        add_masks(transaction, copies.masks, _unit_masks(copies, unit_ids))
    return SampleResult(
        sample=sample,
        n_new_units=0,
        new_settings=tuple(setting.setting for setting in new),
        n_moved_images=len(moved),
    )


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


def _moved(population: Population, frame: SettingRecord | None, units: Sequence[Unit]) -> list[Unit]:
    """The units whose images the frame now names elsewhere."""
    if frame is None:
        return []
    mentions = {
        mention.mention_id: mention
        for mention in load_mentions(population, frame, [unit.annotation_id for unit in units])
    }
    return [
        replace(unit, images_root=mention.images_root, file_name=mention.file_name)
        for unit in units
        if (mention := mentions.get(unit.mention_id)) is not None
        and (mention.images_root, mention.file_name) != (unit.images_root, unit.file_name)
    ]


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
        return replace(allocation, fixed={**sample.fixed, **allocation.fixed})
    return Explicit(sizes={**present, **allocation.sizes})


def _fixed(allocation: Allocation) -> dict[str, int]:
    return dict(allocation.fixed) if isinstance(allocation, Proportional) else {}


def _annotation_of(mentions: Iterable[Mention]) -> dict[str, str]:
    return {mention.mention_id: mention.annotation_id for mention in mentions}


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
        fixed=_fixed(request.allocation),
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
            fingerprint=fingerprint(frame_files(setting)),
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
                mention_id=mention.mention_id,
                entity_id=entity_id,
                entity_name=_storable(mention.entity_name),
                stratum=drawn.candidate.stratum,
                category=_storable(mention.category),
                image_id=mention.image_id or "",
                images_root=mention.images_root,
                file_name=mention.file_name,
                question=_storable(mention.question),
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


def _storable(text: str | None) -> str | None:
    """The text without NUL, which PostgreSQL cannot hold; None where nothing is left to read."""
    kept = text.replace("\0", "\ufffd").strip() if text else None
    return kept or None


def _file_name(file: FrameFile) -> str:
    return file.file
