"""The galleries of a report: typical failures, wrong masks and right ones, and what settings differ in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from audit.jobs.exhibits import load_exhibits
from audit.jobs.gallery_plans import (
    GalleryPlan,
    affordable,
    most_discordant,
    plan_discordant,
    plan_failures,
    plan_verdicts,
)
from audit.jobs.progress import SILENT, Progress
from audit.jobs.review_state import ReviewState
from audit.jobs.workspace import Workspace
from reports.blocks import Exhibit, Gallery
from reports.galleries import ReportGalleries
from reports.numbers import count_text

MOST_PICTURES = 240
"""Different pictures in one report: 10 MB at most, mostly half of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryLimits:
    """How much a report shows.

    Attributes:
        n_each: things in each gallery at most; 0 gives no galleries.
        n_pictures: different pictures in all galleries at most.
    """

    n_each: int
    n_pictures: int = MOST_PICTURES


def report_galleries(
    workspace: Workspace,
    state: ReviewState,
    names: Mapping[str, str],
    limits: GalleryLimits,
    *,
    progress: Progress = SILENT,
) -> ReportGalleries:
    """Choose by tickets what is shown, and draw it.

    Args:
        workspace: holds the masks.
        state: of the sample.
        names: what people call each of its settings.
        limits: how much is shown.
        progress: counts things drawn.
    """
    if limits.n_each == 0:
        return ReportGalleries()
    failures = tuple(plan_failures(state, limits.n_each))
    verdicts = tuple(plan_verdicts(state, names, limits.n_each))
    pairs = tuple(plan_discordant(state, names, limits.n_each))
    discordant = most_discordant(pairs)
    plans = (*failures, *verdicts, *discordant)
    shown = affordable(plans, limits.n_pictures)
    exhibits = iter(
        load_exhibits(
            workspace.store,
            [specimen for plan in shown for specimen in plan.specimens],
            names,
            workers=workspace.workers,
            progress=progress,
        )
    )
    made = {
        plan.key: _gallery(plan, [next(exhibits) for _ in plan.specimens]) for plan in shown if plan.specimens
    }
    return ReportGalleries(
        failures=tuple(made[plan.key] for plan in failures if plan.key in made),
        verdicts=tuple(made[plan.key] for plan in verdicts if plan.key in made),
        discordant=tuple(made[plan.key] for plan in discordant if plan.key in made),
        notes=(*_notes(state, plans, shown, limits), *_pair_notes(pairs, discordant)),
    )


def _gallery(plan: GalleryPlan, exhibits: Sequence[Exhibit]) -> Gallery:
    if plan.headings:
        exhibits = [
            replace(exhibit, lines=(heading, *exhibit.lines))
            for exhibit, heading in zip(exhibits, plan.headings, strict=True)
        ]
    n = f"{count_text(len(exhibits))} of {count_text(plan.n)}"
    choice = "" if len(exhibits) == plan.n else f", {plan.choice}"
    return Gallery(
        key=plan.key,
        title=plan.title,
        caption=f"{plan.kind}: {n}{choice}.{plan.remark}",
        exhibits=tuple(exhibits),
    )


def _pair_notes(pairs: Sequence[GalleryPlan], shown: Sequence[GalleryPlan]) -> Iterator[str]:
    n_differing = sum(plan.n > 0 for plan in pairs)
    if n_differing > len(shown):
        yield (
            f"Pairs of settings that were judged differently on some mention: {count_text(n_differing)};"
            f" galleries show the {count_text(len(shown))} with the most such mentions."
        )


def _notes(
    state: ReviewState, wanted: Sequence[GalleryPlan], shown: Sequence[GalleryPlan], limits: GalleryLimits
) -> Iterator[str]:
    if not any(plan.specimens for plan in wanted):
        return
    yield (
        "What the galleries show was drawn by chance from the sample, by tickets: the SHA-256 of four lines,"
        f" “mask-audit/1”, “gallery”, “{state.sample.seed}” and the annotation id, in hexadecimal digits."
    )
    n_shorter = sum(
        len(one.specimens) < len(other.specimens) for one, other in zip(shown, wanted, strict=True)
    )
    n_gone = sum(
        bool(other.specimens) and not one.specimens for one, other in zip(shown, wanted, strict=True)
    )
    if n_shorter:
        yield (
            f"A report shows at most {count_text(limits.n_pictures)} pictures. Galleries that therefore show"
            f" less than was asked for: {count_text(n_shorter)}; of these left out: {count_text(n_gone)}."
        )
