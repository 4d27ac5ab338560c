"""Draws a sample from the population and stores it with its masks; names and removes samples."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.errors import InputError
from audit.jobs.block_order import block_order
from audit.jobs.draw_parts import Drawers, refuse_indivisible
from audit.jobs.drawing import Allocation, Design, Drawing, Explicit, run_draw, run_draw_in_parts
from audit.jobs.goals import Intent
from audit.jobs.mask_copies import copy_masks
from audit.jobs.progress import Progress
from audit.jobs.sampled_units import (
    SampleResult,
    fixed_sizes,
    load_drawn_mentions,
    rule_name,
    sample_settings_of,
    unit_masks_of,
    units_of,
)
from audit.jobs.sampling_frame import FrameRequest, SamplingFrame, find_frame, open_frame
from audit.jobs.workspace import Workspace
from audit.names import check_name
from db.manifest import SettingRecord, fingerprint
from db.records import Sample, Unit
from db.samples import add_masks, add_sample, load_samples, put_settings, put_units
from db.store import Store
from sampling.design.frame import Across
from sampling.design.phase_one import SizeMeasure


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRequest:
    """What to draw.

    Attributes:
        frame: the setting to draw from; the first ingested where None.
        per_entity: annotations taken of each drawn entity.
        intent: what it is to show.

    Raises:
        InputError: the goal needs independent units, and the design gives others.
    """

    name: str
    seed: int
    frame: str | None
    across: Across
    per_entity: int
    size_measure: SizeMeasure
    allocation: Allocation
    intent: Intent

    def __post_init__(self) -> None:
        if self.intent.contrast is not None and (
            self.across is Across.WITHIN_SPLIT
            or self.per_entity > 1
            or self.size_measure is not SizeMeasure.NONE
        ):
            raise InputError(
                "--contrast draws one differing mention of each entity: "
                "leave out --across, --per-entity and --size-measure"
            )
        if self.intent.by_risk and (
            self.per_entity > 1
            or self.across is Across.WITHIN_SPLIT
            or self.size_measure is not SizeMeasure.NONE
        ):
            raise InputError(
                "--risk auto draws one annotation of each entity, with chances of its own: "
                "leave out --across, --per-entity and --size-measure"
            )
        if not self.intent.goal.is_sequential:
            return
        if self.per_entity > 1:
            raise InputError(
                f"--goal {self.intent.goal} stops where the verdicts say so, which needs independent units: "
                "leave out --per-entity"
            )
        if self.across is Across.WITHIN_SPLIT:
            raise InputError(
                f"--goal {self.intent.goal} stops where the verdicts say so, which needs independent units, "
                "and an entity may be drawn in each of its splits: leave out --across"
            )
        if self.size_measure is not SizeMeasure.NONE:
            raise InputError(
                f"--goal {self.intent.goal} is about the share of the sample as allocated, which needs equal "
                "chances inside a split: leave out --size-measure"
            )


def draw_sample(
    workspace: Workspace,
    request: SampleRequest,
    *,
    now: datetime,
    progress: Progress,
    drawers: Drawers | None = None,
) -> SampleResult:
    """Draw a sample and store it with its settings' masks; the same request again changes nothing.

    Args:
        workspace: holds the population and the samples.
        request: what to draw.
        now: when.
        progress: of masks that are told apart, for a contrast.
        drawers: who looks at the frame; None is this process, and the sample is the same.

    Raises:
        InputError: there is nothing to draw from, or a sample of that name was drawn in another way, or the
            design cannot be drawn by others.
        DesignError: a stratum is unknown or has fewer than asked.
        UnavailableError: the drawers cannot be reached, or end again and again.
    """
    check_name("--name", request.name)
    if drawers is not None:
        refuse_indivisible(request.size_measure, request.intent.contrast)
    store, population = workspace.store, workspace.population
    splits = tuple(request.allocation.sizes) if isinstance(request.allocation, Explicit) else ()
    design = Design(
        seed=request.seed,
        unit=request.intent.unit,
        across=request.across,
        per_entity=request.per_entity,
        size_measure=request.size_measure,
        splits=splits,
    )
    contrast = request.intent.contrast
    wanted = FrameRequest(
        setting=find_frame(population.manifest(), request.frame, contrast), contrast=contrast, splits=splits
    )
    with open_frame(population, wanted, workers=workspace.workers, progress=progress) as frame:
        if drawers is None:
            drawing = run_draw(frame.paths, design, request.allocation, compared=frame.compared_path)
        else:
            drawing = run_draw_in_parts(frame.paths, design, request.allocation, drawers)
        drawing = frame.of_whole_frame(drawing)
    sample = sample_of(request, frame, drawing, now)
    held = find_sample(store, request.name)
    if held is not None:
        refuse_unless_same(held, sample)
        return SampleResult(sample=held, n_new_units=0, new_settings=())
    mentions = load_drawn_mentions(
        population, frame.setting, [each.annotation_id for each in drawing.mentions]
    )
    blocks = block_order(drawing, {}) if request.intent.goal.is_sequential else {}
    units = units_of(drawing, mentions, request.seed, blocks)
    return store_sample(workspace, sample, frame.settings, units)


def store_sample(
    workspace: Workspace, sample: Sample, settings: Sequence[SettingRecord], units: Sequence[Unit]
) -> SampleResult:
    """Store a new sample, its units and the masks that settings made of them."""
    copies = copy_masks(
        workspace.population, settings, {unit.mention_id: unit.annotation_id for unit in units}
    )
    with workspace.store.transaction() as transaction:
        stored = add_sample(transaction, sample)
        put_settings(transaction, stored.sample_id, sample_settings_of(settings))
        unit_ids = put_units(transaction, stored.sample_id, units)
        add_masks(transaction, copies.masks, unit_masks_of(copies, unit_ids))
    return SampleResult(
        sample=stored,
        n_new_units=len(units),
        new_settings=tuple(each.setting for each in settings),
        n_blocks=len({unit.block for unit in units if unit.block is not None}),
    )


def load_all_samples(store: Store) -> list[Sample]:
    """Give every sample, oldest first."""
    with store.reading() as transaction:
        return load_samples(transaction)


_DESIGN = {
    "seed": "seed",
    "unit": "unit",
    "across": "--across",
    "per_entity": "--per-entity",
    "size_measure": "--size-measure",
    "goal": "goal",
    "target": "--certify",
    "margin": "--margin",
    "contrast": "contrast",
    "frame": "frame",
    "population_fingerprint": "content of the frame (it was ingested again since)",
    "strata": "size",
    "waves": "wave (it was drawn by risk or not, has grown, or masks were measured anew)",
}
"""What makes two samples the same, and what people call it."""


def find_sample(store: Store, name: str) -> Sample | None:
    """Give the sample of that name, or None."""
    with store.reading() as transaction:
        return next((sample for sample in load_samples(transaction) if sample.name == name), None)


def refuse_unless_same(held: Sample, asked: Sample) -> None:
    """Raise InputError where a sample that is there was drawn in another way than the one asked for."""
    differing = [_DESIGN[name] for name in _DESIGN if getattr(held, name) != getattr(asked, name)]
    if differing:
        raise InputError(
            f"sample {held.name!r} is there already and was drawn with another {', '.join(differing)}: give "
            f"another --name, grow it with --extend, or `mask-audit sample remove {shlex.quote(held.name)}`"
        )


def sample_of(request: SampleRequest, frame: SamplingFrame, drawing: Drawing, now: datetime) -> Sample:
    """Give what was drawn as a sample to be stored."""
    return Sample(
        sample_id=0,
        name=request.name,
        seed=request.seed,
        unit=request.intent.unit,
        across=request.across,
        per_entity=request.per_entity,
        allocation=str(request.allocation),
        fixed=fixed_sizes(request.allocation),
        frame=frame.setting.setting,
        population_fingerprint=fingerprint(frame.files),
        frame_files=frame.files,
        created_at=now,
        allocation_rule=rule_name(request.allocation),
        size_measure=request.size_measure,
        goal=request.intent.goal,
        target=request.intent.target,
        margin=request.intent.margin,
        contrast=frame.contrast(drawing),
        strata=tuple(sorted(drawing.strata, key=lambda stratum: stratum.split)),
    )
