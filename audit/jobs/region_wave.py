"""Draws more of a sample for tuning where a certificate is in reach: in a region that its verdicts chose."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from audit.errors import InputError
from audit.jobs.drawing import Drawing, DrawnMention
from audit.jobs.mask_copies import copy_masks
from audit.jobs.progress import Progress
from audit.jobs.region_frame import RegionDraw, RegionFrame, read_region_frame
from audit.jobs.risk.units import with_drawn
from audit.jobs.sample_growth import Growth, refuse_changed_frame
from audit.jobs.sampled_units import SampleResult, load_drawn_mentions, unit_masks_of, units_of
from audit.jobs.tuned_thresholds import TunedThreshold
from audit.jobs.tuning_data import load_tuning_data
from audit.jobs.tuning_features import BY_DEFAULT, telling_features
from audit.jobs.tuning_path import learned_region
from audit.jobs.tuning_region import has_region, stored, thresholds_stored
from audit.jobs.workspace import Workspace
from db.manifest import frame_files
from db.mentions import Mention
from db.records import Sample, SampleWave, Unit, WaveKind
from db.samples import add_masks, load_sample, load_settings, load_units, put_units, update_design
from sampling.design.frame import Candidate, DrawnUnit
from sampling.design.goals import Goal
from sampling.design.selection import annotation_ticket
from sampling.thresholds.kept import Guarantee

Region = tuple[TunedThreshold, ...]

FEWEST_TO_LEARN = 30
"""Verdicts below which a sample grows as it was drawn."""


def region_to_draw(workspace: Workspace, sample: Sample, *, progress: Progress) -> Region | None:
    """Give the region in which a sample grows; None where it grows as it was drawn.

    The region of a sample that has one stays. That of another for tuning is learned from all its verdicts on
    the setting that it was drawn from, for the target of audit.toml. There is none without enough verdicts,
    or where these give no hope of reaching the target.

    Raises:
        InputError: as of `load_tuning_data`.
    """
    if has_region(sample):
        return thresholds_stored(sample)
    if Goal(sample.goal) is not Goal.TUNE or sample.unit != DrawnUnit.ANNOTATION or sample.contrast:
        return None
    data = load_tuning_data(workspace, [sample.frame], BY_DEFAULT, sample=sample.name, progress=progress)
    known = data.verdicts.everything()
    if known.n < FEWEST_TO_LEARN:
        return None
    guarantee = Guarantee(target=workspace.settings.target, confidence=workspace.settings.confidence)
    return learned_region(telling_features(data.masks), known, guarantee)


def draw_region_wave(
    workspace: Workspace, sample: Sample, growth: Growth, region: Region, *, progress: Progress
) -> SampleResult:
    """Draw one more wave inside a region, by the annotation tickets; every unit stays.

    In each split the masks inside then were drawn with one probability, and those outside with another, which
    the units' weights say.

    Raises:
        InputError: the frame has changed since the sample was drawn, the size is not given as one number, or
            it is less than the sample has.
        DesignError: the region has fewer masks left.
    """
    store, population = workspace.store, workspace.population
    with store.reading() as transaction:
        units = load_units(transaction, sample.sample_id)
        held_settings = {each.setting for each in load_settings(transaction, sample.sample_id)}
    n = _n_more(sample, growth, len(units))
    if n == 0:
        return SampleResult(sample=sample, n_new_units=0, new_settings=())
    manifest = population.manifest()
    setting = manifest.get(sample.frame)
    refuse_changed_frame(sample, frame_files(setting))
    draw = RegionDraw(
        region=region,
        n=n,
        seed=sample.seed,
        splits=frozenset(stratum.split for stratum in sample.strata),
        held=frozenset(unit.annotation_id for unit in units),
    )
    frame = read_region_frame(population, setting, draw, progress=progress)
    mentions = load_drawn_mentions(population, setting, frame.drawn())
    new = _new_units(sample, frame, mentions)
    every = [*(_with_weights(unit, frame) for unit in units), *new]
    copies = copy_masks(
        population,
        [each for each in manifest.settings if each.setting in held_settings],
        {each.mention_id: each.annotation_id for each in new},
    )
    grown = replace(
        sample,
        allocation=f"{sample.allocation}, then {n} more in a region",
        strata=with_drawn(sample.strata, every),
        waves=_waves(sample, len(units), n, region),
    )
    with store.transaction() as transaction:
        if load_sample(transaction, sample.name) != sample:
            raise InputError(
                f"sample {sample.name!r} was changed by somebody else meanwhile: run the command again"
            )
        update_design(transaction, grown)
        unit_ids = put_units(transaction, grown.sample_id, every)
        add_masks(transaction, copies.masks, unit_masks_of(copies, unit_ids))
    return SampleResult(sample=grown, n_new_units=len(new), new_settings=())


def _n_more(sample: Sample, growth: Growth, n_held: int) -> int:
    if growth.size is None or growth.sizes or growth.rule or growth.expected:
        raise InputError(
            f"sample {sample.name!r} grows where its verdicts let hope for a certificate, which says of "
            "which splits: give --size N, and leave out --allocate, --allocation, --fix and --expected"
        )
    if growth.size < n_held:
        raise InputError(
            f"sample {sample.name!r} has {n_held} units and {growth.size} are asked: a sample only grows"
        )
    return growth.size - n_held


def _new_units(sample: Sample, frame: RegionFrame, mentions: Mapping[str, Mention]) -> list[Unit]:
    n_entities = {stratum.split: stratum.n_entities for stratum in sample.strata}
    drawn = []
    for annotation_id, mention in mentions.items():
        entity_id = mention.entity_id or ""
        candidate = Candidate(
            stratum=mention.split,
            entity_id=entity_id,
            annotation_ids=(annotation_id,),
            n_annotations=frame.n_of_entity[entity_id],
            ticket=annotation_ticket(sample.seed, annotation_id),
        )
        drawn.append(
            DrawnMention(
                annotation_id=annotation_id,
                candidate=candidate,
                n_annotations_of_entity=frame.n_of_entity[entity_id],
                n_entities_in_stratum=n_entities[mention.split],
                weights=frame.weights(mention.split, entity_id, is_inside=True),
            )
        )
    drawing = Drawing(strata=sample.strata, mentions=tuple(drawn))
    number = max(len(sample.waves), 1)
    return [replace(each, wave=number) for each in units_of(drawing, mentions, sample.seed, {})]


def _with_weights(unit: Unit, frame: RegionFrame) -> Unit:
    is_inside = unit.annotation_id in frame.held_inside
    its = frame.weights(unit.stratum, unit.entity_id, is_inside=is_inside)
    return replace(
        unit,
        inclusion_probability=its.inclusion_probability,
        design_weight=its.design_weight,
        entity_weight=its.entity_weight,
        wave=unit.wave or 0,
    )


def _waves(sample: Sample, n_held: int, n: int, region: Sequence[TunedThreshold]) -> tuple[SampleWave, ...]:
    before = sample.waves or (SampleWave(kind=WaveKind.REGION, n=n_held),)
    wave = SampleWave(
        kind=WaveKind.REGION,
        n=n,
        features=tuple(dict.fromkeys(str(each.reference) for each in region)),
        n_verdicts=n_held,
        bounds=stored(region),
    )
    return (*before, wave)
