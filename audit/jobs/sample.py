"""Draws a sample from the population and stores it with its masks; names and removes samples."""

from dataclasses import dataclass
from datetime import datetime

from audit.errors import InputError
from audit.jobs.block_order import block_order
from audit.jobs.drawing import Allocation, Design, Drawing, Explicit, run_draw
from audit.jobs.goals import Intent
from audit.jobs.mask_copies import copy_masks
from audit.jobs.progress import Progress
from audit.jobs.sampled_units import (
    SampleResult,
    annotation_ids_of,
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
from db.manifest import fingerprint
from db.records import Sample
from db.samples import add_masks, add_sample, load_samples, put_settings, put_units, remove_sample
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
    workspace: Workspace, request: SampleRequest, *, now: datetime, progress: Progress
) -> SampleResult:
    """Draw a sample and store it with its settings' masks; the same request again changes nothing.

    Raises:
        InputError: there is nothing to draw from, or a sample of that name was drawn in another way.
        DesignError: a stratum is unknown or has fewer than asked.
    """
    check_name("--name", request.name)
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
        drawing = run_draw(frame.paths, design, request.allocation, compared=frame.compared_path)
        drawing = frame.of_whole_frame(drawing)
    sample = _sample(request, frame, drawing, now)
    held = _find(store, request.name)
    if held is not None:
        _refuse_unless_same(held, sample)
        return SampleResult(sample=held, n_new_units=0, new_settings=())
    mentions = load_drawn_mentions(
        population, frame.setting, [each.annotation_id for each in drawing.mentions]
    )
    copies = copy_masks(population, frame.settings, annotation_ids_of(mentions.values()))
    blocks = block_order(drawing, {}) if request.intent.goal.is_sequential else {}
    units = units_of(drawing, mentions, request.seed, blocks)
    with store.transaction() as transaction:
        stored = add_sample(transaction, sample)
        put_settings(transaction, stored.sample_id, sample_settings_of(frame.settings))
        unit_ids = put_units(transaction, stored.sample_id, units)
        add_masks(transaction, copies.masks, unit_masks_of(copies, unit_ids))
    return SampleResult(
        sample=stored,
        n_new_units=len(units),
        new_settings=tuple(each.setting for each in frame.settings),
        n_blocks=len(set(blocks.values())),
    )


def load_all_samples(store: Store) -> list[Sample]:
    """Give every sample, oldest first."""
    with store.reading() as transaction:
        return load_samples(transaction)


def remove(store: Store, name: str) -> int:
    """Remove a sample but not its verdicts, and give how many units it had."""
    with store.transaction() as transaction:
        return remove_sample(transaction, name)


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
}
"""What makes two samples the same, and what people call it."""


def _find(store: Store, name: str) -> Sample | None:
    with store.reading() as transaction:
        return next((sample for sample in load_samples(transaction) if sample.name == name), None)


def _refuse_unless_same(held: Sample, asked: Sample) -> None:
    differing = [_DESIGN[name] for name in _DESIGN if getattr(held, name) != getattr(asked, name)]
    if differing:
        raise InputError(
            f"sample {held.name!r} is there already and was drawn with another {', '.join(differing)}: give "
            f"another --name, grow it with --extend, or `mask-audit sample remove {held.name}`"
        )


def _sample(request: SampleRequest, frame: SamplingFrame, drawing: Drawing, now: datetime) -> Sample:
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
