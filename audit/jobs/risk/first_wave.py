"""Draws the first wave of a sample by risk: by what was measured of the masks, before any verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from audit.errors import InputError
from audit.features.references import parse_reference
from audit.jobs.drawing import Design, Drawing, Explicit, phase_1_of, sizes_of
from audit.jobs.goals import BY_RISK, Intent
from audit.jobs.measure import FeatureState, feature_state
from audit.jobs.measured import open_measured_masks, refuse_unmeasured
from audit.jobs.risk.drawable import FEATURES, Drawable, drawable, target_of
from audit.jobs.risk.units import drawn_mentions, start_of, with_drawn
from audit.jobs.sample import SampleRequest, find_sample, refuse_unless_same, sample_of, store_sample
from audit.jobs.sampled_units import SampleResult, load_drawn_mentions, units_of
from audit.jobs.sampling_frame import SamplingFrame, find_frame
from audit.jobs.workspace import Workspace
from audit.names import check_name
from db.drawing import FrameStratum, open_draw
from db.manifest import SettingRecord, frame_files
from db.population import ANNOTATIONS_FILE, Population
from db.records import Sample, SampleWave, Stratum, Unit, WaveKind
from db.risk_frames import remove_other_risk_frames, save_risk_frame
from db.samples import load_samples
from db.store import Store
from sampling.estimation.estimands import Estimand
from sampling.risk.waves import first_wave


def can_draw_by_risk(population: Population, intent: Intent) -> bool:
    """Tell whether anything was measured that a draw could go by.

    Raises:
        InputError: the goal needs another draw, or masks have changed since they were measured.
    """
    if intent.goal not in BY_RISK:
        raise InputError(
            f"--risk auto draws to estimate an accuracy, and --goal {intent.goal} needs another draw: leave "
            "out one of them"
        )
    if feature_state(population) is FeatureState.NONE:
        return False
    refuse_unmeasured(population)
    return True


def draw_by_risk(workspace: Workspace, request: SampleRequest, *, now: datetime) -> SampleResult:
    """Draw the first wave and store it with its settings' masks; the same request again changes nothing.

    Every split counts in the mix what its size says; how many units of it are drawn follows from the risk.

    Raises:
        InputError: there is nothing to draw from, a split would not count, or a sample of that name was
            drawn in another way.
        DesignError: a stratum is unknown or has fewer than asked.
        ConflictError: another command is writing to the population.
    """
    check_name("--name", request.name)
    population = workspace.population
    with population.staging() as staging:
        settings = population.manifest().settings
        setting = find_frame(population.manifest(), request.frame, None)
        wave = _first_wave(population, setting, request)
        drawing = Drawing(strata=with_drawn(wave.strata, wave.units), mentions=())
        frame = SamplingFrame(setting=setting, paths=(), files=frame_files(setting), settings=tuple(settings))
        kept_as = save_risk_frame(staging, population, wave.everything.table())
        record = replace(wave.record, frame=kept_as)
        sample = replace(sample_of(request, frame, drawing, now), waves=(record,))
        try:
            return _stored(workspace, sample, frame.settings, wave.units)
        finally:
            remove_other_risk_frames(population, frames_named(workspace.store))


def _stored(
    workspace: Workspace, sample: Sample, settings: Sequence[SettingRecord], units: Sequence[Unit]
) -> SampleResult:
    held = find_sample(workspace.store, sample.name)
    if held is None:
        return store_sample(workspace, sample, settings, units)
    refuse_unless_same(held, sample)
    return SampleResult(sample=held, n_new_units=0, new_settings=())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _FirstWave:
    """A wave before it is stored.

    Attributes:
        record: of the wave, without the file of everything drawable.
        everything: with the chances of the wave.
        strata: with what they count in the mix, not yet with what was drawn.
        units: that were drawn.
    """

    record: SampleWave
    everything: Drawable
    strata: tuple[Stratum, ...]
    units: list[Unit]


def _first_wave(population: Population, setting: SettingRecord, request: SampleRequest) -> _FirstWave:
    unit, seed = request.intent.unit, request.seed
    things, strata = _phase_1(population, setting, request)
    features = _features(population, setting)
    everything = drawable(things, features)
    record = SampleWave(
        kind=WaveKind.RISK,
        n=sum(stratum.n_first for stratum in strata),
        features=tuple(name for name in FEATURES if features[name].null_count < len(features)),
        start=start_of(seed, 0),
    )
    frame = everything.frame(target_of(everything, Estimand.MIX, unit, strata))
    wave = first_wave(frame, record.n, start=start_of(seed, 0), prior=everything.prior)
    everything = everything.with_wave(wave)
    mentions = load_drawn_mentions(population, setting, everything.ids_at(wave.units))
    drawn = drawn_mentions(everything, mentions, strata, unit=unit, seed=seed)
    units = units_of(Drawing(strata=strata, mentions=tuple(drawn)), mentions, seed, {})
    return _FirstWave(
        record=record, everything=everything, strata=strata, units=[replace(each, wave=0) for each in units]
    )


def frames_named(store: Store) -> set[str]:
    """Give the files of everything drawable that samples name."""
    with store.reading() as transaction:
        return {name for sample in load_samples(transaction) if (name := frame_of(sample)) is not None}


def frame_of(sample: Sample) -> str | None:
    """Give the file of everything that a sample was drawn from; None where it was not drawn by risk."""
    return sample.waves[-1].frame if sample.waves else None


def _phase_1(
    population: Population, setting: SettingRecord, request: SampleRequest
) -> tuple[pa.Table, tuple[Stratum, ...]]:
    allocation = request.allocation
    design = Design(
        seed=request.seed,
        unit=request.intent.unit,
        across=request.across,
        per_entity=request.per_entity,
        size_measure=request.size_measure,
        splits=tuple(allocation.sizes) if isinstance(allocation, Explicit) else (),
    )
    files = population.files(setting, ANNOTATIONS_FILE)
    with open_draw(files, phase_1_of(design), seed=design.seed, splits=design.splits, per_entity=1) as engine:
        frame = {stratum.split: stratum for stratum in engine.strata()}
        if not frame:
            raise InputError(f"the frame has no annotation in {', '.join(design.splits) or 'any split'}")
        sizes = sizes_of(design, allocation, frame, {})
        _refuse_unread(sizes)
        return engine.everything(), _strata(frame, sizes)


def _features(population: Population, setting: SettingRecord) -> pa.Table:
    with open_measured_masks(population, setting, [parse_reference(name) for name in FEATURES]) as masks:
        return masks.table().select(["annotation_id", *FEATURES])


def _refuse_unread(sizes: Mapping[str, int]) -> None:
    unread = [split for split, n in sizes.items() if n == 0]
    if unread:
        raise InputError(
            f"{', '.join(unread)} would count nothing in the mix: draw more, give --minimum 1, or name the "
            "splits with --allocate"
        )


def _strata(frame: Mapping[str, FrameStratum], sizes: Mapping[str, int]) -> tuple[Stratum, ...]:
    return tuple(
        Stratum(
            split=split,
            n_units=0,
            n_entities_drawn=0,
            n_entities=frame[split].n_entities,
            n_annotations=frame[split].n_annotations,
            n_first=n,
        )
        for split, n in sorted(sizes.items())
    )
