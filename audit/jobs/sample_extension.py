"""Grows a sample in the way in which it was drawn."""

from audit.errors import InputError
from audit.jobs.draw_parts import Drawers
from audit.jobs.progress import Progress
from audit.jobs.region_wave import draw_region_wave, region_to_draw
from audit.jobs.risk.judged import is_by_risk
from audit.jobs.risk.next_wave import draw_next_wave
from audit.jobs.sample_growth import Growth, extend_sample
from audit.jobs.sampled_units import SampleResult
from audit.jobs.workspace import Workspace
from db.samples import load_sample


def extend(
    workspace: Workspace,
    name: str | None,
    growth: Growth,
    *,
    progress: Progress,
    drawers: Drawers | None = None,
) -> SampleResult:
    """Draw more units by the sample's own design, by risk, or inside a region; every unit stays.

    Raises:
        InputError: as of `extend_sample`, `draw_next_wave` and `region_to_draw`.
        DesignError: a stratum is unknown, or fewer are left to draw.
        StoreError: as of `draw_next_wave`.
    """
    with workspace.store.reading() as transaction:
        sample = load_sample(transaction, name)
    region = None if is_by_risk(sample) else region_to_draw(workspace, sample, progress=progress)
    if region is None and not is_by_risk(sample):
        return extend_sample(workspace, sample.name, growth, progress=progress, drawers=drawers)
    if drawers is not None:
        raise InputError(
            f"sample {sample.name!r} grows by its verdicts, which needs everything that can be drawn in one "
            "place: leave out --scheduler and --workers"
        )
    if region is not None:
        return draw_region_wave(workspace, sample, growth, region, progress=progress)
    return draw_next_wave(workspace, sample.name, growth)
