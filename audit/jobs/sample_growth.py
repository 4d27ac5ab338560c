"""Grows a sample, and gives one the masks of settings that came or changed since it was drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from audit.errors import InputError
from audit.jobs.block_order import block_order
from audit.jobs.draw_parts import Drawers, refuse_indivisible
from audit.jobs.drawing import Allocation, Design, Explicit, Shared, run_draw, run_draw_in_parts
from audit.jobs.mask_copies import copy_masks
from audit.jobs.progress import Progress
from audit.jobs.sampled_units import (
    SampleResult,
    annotation_ids_of,
    load_drawn_mentions,
    sample_settings_of,
    unit_masks_of,
    units_of,
)
from audit.jobs.sampling_frame import FrameRequest, changes, files_drawn_from, open_frame
from audit.jobs.workspace import Workspace
from db.manifest import SettingRecord, fingerprint, frame_files
from db.mentions import load_mentions
from db.population import Population
from db.records import FrameFile, Sample, Unit
from db.samples import (
    add_masks,
    load_sample,
    load_settings,
    load_units,
    put_settings,
    put_units,
    update_design,
    update_images,
)
from db.store import Store
from sampling.design.allocation_rules import named_rule
from sampling.design.frame import Across, DrawnUnit
from sampling.design.goals import Goal
from sampling.design.phase_one import SizeMeasure


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How far a sample is to grow.

    Attributes:
        sizes: of splits whose size is given.
        size: of the whole sample, or None where only the named splits grow.
        rule: by which the rest is shared out; the sample's own where None.
        expected: accuracy of each split, for the rule `neyman`.
    """

    sizes: Mapping[str, int]
    size: int | None
    rule: str | None
    expected: Mapping[str, float]


def extend_sample(
    workspace: Workspace,
    name: str | None,
    growth: Growth,
    *,
    progress: Progress,
    drawers: Drawers | None = None,
) -> SampleResult:
    """Draw more units by the sample's own design and seed; every unit that it has stays.

    Args:
        workspace: holds the population and the samples.
        name: of the sample; the latest where None.
        growth: how far.
        progress: of masks that are told apart, for a contrast.
        drawers: who looks at the frame; None is this process, and the sample is the same.

    Raises:
        InputError: the frame has changed since the sample was drawn, or a stratum would shrink, or the design
            cannot be drawn by others.
        DesignError: a stratum is unknown or has fewer than asked.
        UnavailableError: the drawers cannot be reached, or end again and again.
    """
    store, population = workspace.store, workspace.population
    with store.reading() as transaction:
        sample = load_sample(transaction, name)
        settings = {each.setting for each in load_settings(transaction, sample.sample_id)}
        held = {unit.annotation_id: unit.block for unit in load_units(transaction, sample.sample_id)}
    if drawers is not None:
        refuse_indivisible(SizeMeasure(sample.size_measure), sample.contrast)
    manifest = population.manifest()
    present = {stratum.split: _n_drawn(sample, stratum.split) for stratum in sample.strata}
    first = {stratum.split: stratum.n_first for stratum in sample.strata}
    allocation = _grown(sample, growth, present)
    design = Design(
        seed=sample.seed,
        unit=DrawnUnit(sample.unit),
        across=Across(sample.across),
        per_entity=sample.per_entity,
        size_measure=SizeMeasure(sample.size_measure),
        splits=tuple(present),
    )
    wanted = FrameRequest(
        setting=manifest.get(sample.frame),
        contrast=(sample.contrast.a, sample.contrast.b) if sample.contrast else None,
        splits=tuple(present),
    )
    refuse_changed_frame(sample, files_drawn_from(manifest, wanted))
    with open_frame(population, wanted, workers=workspace.workers, progress=progress) as frame:
        if drawers is None:
            drawing = run_draw(
                frame.paths, design, allocation, present=present, first=first, compared=frame.compared_path
            )
        else:
            drawing = run_draw_in_parts(frame.paths, design, allocation, drawers, present=present)
        drawing = frame.of_whole_frame(drawing)
    blocks = {annotation_id: block for annotation_id, block in held.items() if block is not None}
    if Goal(sample.goal).is_sequential and len(drawing.mentions) > len(held):
        blocks = block_order(drawing, blocks)
    mentions = load_drawn_mentions(
        population, frame.setting, [each.annotation_id for each in drawing.mentions]
    )
    new = [mention for annotation_id, mention in mentions.items() if annotation_id not in held]
    of_sample = [each for each in manifest.settings if each.setting in settings]
    copies = copy_masks(population, of_sample, annotation_ids_of(new))
    grown = replace(
        sample,
        allocation=str(allocation),
        fixed={split: max(n, growth.sizes.get(split, n)) for split, n in sample.fixed.items()}
        | (dict(growth.sizes) if growth.size is not None else {}),
        allocation_rule=growth.rule or sample.allocation_rule,
        strata=tuple(
            replace(stratum, n_first=first[stratum.split] or stratum.n_first) for stratum in drawing.strata
        ),
    )
    with store.transaction() as transaction:
        if load_sample(transaction, sample.name) != sample:
            raise InputError(
                f"sample {sample.name!r} was changed by somebody else meanwhile: run the command again"
            )
        update_design(transaction, grown)
        unit_ids = put_units(transaction, grown.sample_id, units_of(drawing, mentions, sample.seed, blocks))
        add_masks(transaction, copies.masks, unit_masks_of(copies, unit_ids))
    return SampleResult(sample=grown, n_new_units=len(new), new_settings=())


def carry_masks(store: Store, population: Population, name: str | None) -> SampleResult:
    """Give a sample the masks of settings that were ingested, or have changed, since it took its copy.

    Its units stay as they are, and so does its copy of the settings that it was drawn from; where its frame
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
        or (
            setting.setting not in drawn_from(sample)
            and held[setting.setting] != fingerprint(frame_files(setting))
        )
    ]
    copies = copy_masks(population, new, {unit.mention_id: unit.annotation_id for unit in units})
    moved = _moved(population, manifest.find(sample.frame), units)
    with store.transaction() as transaction:
        update_images(transaction, moved)
        put_settings(transaction, sample.sample_id, sample_settings_of(new))
        unit_ids = {unit.annotation_id: unit.unit_id for unit in units}
        add_masks(transaction, copies.masks, unit_masks_of(copies, unit_ids))
    return SampleResult(
        sample=sample,
        n_new_units=0,
        new_settings=tuple(setting.setting for setting in new),
        n_moved_images=len(moved),
    )


def refuse_changed_frame(sample: Sample, files: Sequence[FrameFile]) -> None:
    """Raise InputError where files that a sample was drawn from are no longer what they were."""
    changed = changes(files, sample.frame_files)
    if changed:
        raise InputError(
            f"what sample {sample.name!r} was drawn from ({', '.join(sorted(drawn_from(sample)))}) has "
            f"changed ({'; '.join(changed)}), so a longer draw would not extend it: draw a new sample with "
            "another --name"
        )


def drawn_from(sample: Sample) -> set[str]:
    """Give the settings that a sample's draw depends on."""
    return {sample.frame, *((sample.contrast.a, sample.contrast.b) if sample.contrast else ())}


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


def _grown(sample: Sample, growth: Growth, present: Mapping[str, int]) -> Allocation:
    for split, n in growth.sizes.items():
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
    if growth.size is None:
        return Explicit(sizes={**present, **growth.sizes})
    if (growth.rule or sample.allocation_rule) == "neyman" and not growth.expected:
        raise InputError("a sample shared out by neyman grows with the accuracy of every split: --expected …")
    return Shared(
        size=growth.size,
        rule=named_rule(growth.rule or sample.allocation_rule, growth.expected),
        fixed={**sample.fixed, **growth.sizes},
    )


def _n_drawn(sample: Sample, split: str) -> int:
    stratum = next(each for each in sample.strata if each.split == split)
    return stratum.n_units if sample.unit == DrawnUnit.ANNOTATION else stratum.n_entities_drawn
