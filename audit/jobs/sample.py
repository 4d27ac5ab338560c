"""Draws a sample from the population and stores it with its masks; names and removes samples."""

from dataclasses import dataclass
from datetime import datetime

from audit.errors import InputError
from audit.jobs.drawing import Allocation, Design, Drawing, Explicit, run_draw
from audit.jobs.mask_copies import copy_masks
from audit.jobs.sampled_units import (
    SampleResult,
    annotation_ids_of,
    fixed_sizes,
    load_drawn_mentions,
    sample_settings_of,
    unit_masks_of,
    units_of,
)
from audit.names import check_name
from db.manifest import Manifest, SettingRecord, fingerprint, frame_files
from db.population import ANNOTATIONS_FILE, Population
from db.records import Sample
from db.samples import add_masks, add_sample, load_samples, put_settings, put_units, remove_sample
from db.store import Store
from sampling.design.frame import Across, DrawnUnit


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
    mentions = load_drawn_mentions(population, frame, [each.annotation_id for each in drawing.mentions])
    copies = copy_masks(population, manifest.settings, annotation_ids_of(mentions.values()))
    units = units_of(drawing, mentions, request.seed)
    with store.transaction() as transaction:
        stored = add_sample(transaction, sample)
        put_settings(transaction, stored.sample_id, sample_settings_of(manifest.settings))
        unit_ids = put_units(transaction, stored.sample_id, units)
        add_masks(transaction, copies.masks, unit_masks_of(copies, unit_ids))
    return SampleResult(
        sample=stored,
        n_new_units=len(units),
        new_settings=tuple(each.setting for each in manifest.settings),
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


def _sample(request: SampleRequest, frame: SettingRecord, drawing: Drawing, now: datetime) -> Sample:
    files = frame_files(frame)
    return Sample(
        sample_id=0,
        name=request.name,
        seed=request.seed,
        unit=request.unit,
        across=request.across,
        per_entity=request.per_entity,
        allocation=str(request.allocation),
        fixed=fixed_sizes(request.allocation),
        frame=frame.setting,
        population_fingerprint=fingerprint(files),
        frame_files=files,
        created_at=now,
        strata=tuple(sorted(drawing.strata, key=lambda stratum: stratum.split)),
    )
