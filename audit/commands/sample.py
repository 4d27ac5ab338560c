"""Commands that draw: sample, sample list, sample remove."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit.commands.parameters import (
    SharesType,
    SizesType,
    options_given,
    refuse_both_workers,
    refuse_nan,
)
from audit.console import Outcome, progress_bar, speaks, workspace_option
from audit.errors import InputError

if TYPE_CHECKING:
    from audit.jobs.draw_parts import Drawers
    from audit.jobs.drawing import Allocation
    from audit.jobs.progress import Progress
    from audit.jobs.sample_growth import Growth
    from audit.jobs.sampled_units import SampleResult
    from db.records import Sample


DEFAULT_NAME = "main"

RISK_REMARK = "nothing is measured of these masks yet, so they were drawn without risk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What the command line says of sizes, as it was given."""

    size: int | None
    allocate: Mapping[str, int] | None
    rule: str | None
    fix: Mapping[str, int]
    minimum: int
    expected: Mapping[str, float]


@click.group(invoke_without_command=True)
@click.option("--size", type=click.IntRange(min=1), metavar="N", help="Units in all.")
@click.option("--allocate", type=SizesType(), help="Units of each split: entity=1400,query=400,wiki=200.")
@click.option(
    "--allocation",
    metavar="RULE",
    help="How --size is shared out over the splits: proportional (to their entities, or annotations; unless "
    "said), equal, neyman (with --expected) or power:Q (0.5: the square root).",
)
@click.option("--fix", type=SizesType(), default=dict, help="Splits whose size is given: wiki=200.")
@click.option("--minimum", type=click.IntRange(min=0), default=0, metavar="N", help="Least size of a split.")
@click.option(
    "--expected",
    type=SharesType(),
    default=dict,
    help="Accuracy that you expect, for neyman: of every split, entity=0.96,query=0.88.",
)
@click.option(
    "--unit",
    type=click.Choice(["entity", "annotation"]),
    help="What is drawn: entities, one annotation each (unless said), or annotations directly (goal tune).",
)
@click.option(
    "--per-entity",
    type=click.IntRange(1, 999_999),
    default=1,
    show_default=True,
    metavar="N",
    help="Annotations of each drawn entity.",
)
@click.option(
    "--across",
    type=click.Choice(["splits", "within-split"]),
    default="splits",
    show_default=True,
    help="An entity is drawn once over all splits, or once in each.",
)
@click.option(
    "--size-measure",
    type=click.Choice(["none", "sqrt"]),
    default="none",
    show_default=True,
    help="sqrt: draw large entities more often (√ of their annotations), to count annotations well.",
)
@click.option(
    "--goal",
    type=click.Choice(["describe", "certify", "estimate", "compare", "tune"]),
    help="What the sample is to show; describe unless said, compare with --contrast.",
)
@click.option(
    "--certify",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    callback=refuse_nan,
    metavar="P",
    help="Accuracy to certify (goal certify); by default audit.toml's target.",
)
@click.option(
    "--margin",
    type=click.FloatRange(0, 0.5, min_open=True, max_open=True),
    callback=refuse_nan,
    metavar="W",
    help="Half width to reach (goal estimate); by default audit.toml's margin.",
)
@click.option(
    "--risk",
    type=click.Choice(["none", "auto"]),
    default="none",
    show_default=True,
    help="auto: draw by predicted risk where masks were measured; where not, draw plainly.",
)
@click.option(
    "--contrast",
    nargs=2,
    metavar="A B",
    help="Draw only mentions whose masks differ between these two settings.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), metavar="S", help="Of the draw; by default audit.toml's."
)
@click.option("--frame", metavar="SETTING", help="Setting to draw from; by default the first ingested.")
@click.option("--name", metavar="NAME", help="Name of the sample; by default main (--extend: the latest).")
@click.option("--extend", is_flag=True, help="Grow the named sample to this size; every unit stays.")
@click.option("--carry", is_flag=True, help="Give the named sample the masks of settings ingested since.")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Dask scheduler whose workers look at the frame (tcp://HOST:8786); the sample is the same.",
)
@click.option(
    "--workers",
    type=int,
    metavar="N",
    help="Processes that look at the frame, in parts; by default this one does, on every core.",
)
@workspace_option
@speaks
@click.pass_context
def sample(
    context: click.Context,
    *,
    workspace: Path | None,
    size: int | None,
    allocate: Mapping[str, int] | None,
    allocation: str | None,
    fix: Mapping[str, int],
    minimum: int,
    expected: Mapping[str, float],
    unit: str | None,
    per_entity: int,
    across: str,
    size_measure: str,
    goal: str | None,
    certify: float | None,
    margin: float | None,
    risk: str,
    contrast: tuple[str, str] | None,
    seed: int | None,
    frame: str | None,
    name: str | None,
    extend: bool,
    carry: bool,
    scheduler: str | None,
    workers: int | None,
) -> Outcome | None:
    """Draw a stratified sample.

    One annotation per entity, in the splits named; the same seed draws the same sample anywhere.

    \b
    mask-audit sample --allocate entity=1400,query=400,wiki=200 --seed 7
    mask-audit sample --size 2000 --fix wiki=200
    mask-audit sample --goal certify --certify 0.9
    mask-audit sample --contrast "box" "point" --size 500 --name contrast
    mask-audit sample --extend --size 3000
    mask-audit sample --carry
    mask-audit sample list
    """
    if context.invoked_subcommand is not None:
        _refuse_options_before(context, context.invoked_subcommand)
        return None
    from audit.jobs.goals import intent
    from audit.jobs.risk.first_wave import can_draw_by_risk, draw_by_risk
    from audit.jobs.sample import SampleRequest, draw_sample
    from audit.jobs.sample_extension import extend as extend_sample
    from audit.jobs.sample_growth import carry_masks
    from audit.jobs.workspace import open_workspace
    from sampling.design.frame import Across
    from sampling.design.phase_one import SizeMeasure

    place = open_workspace(workspace)
    if carry:
        _refuse_design(context, "--carry", allowed=("carry", "name"))
        return _said(carry_masks(place.store, place.population, name))
    sizes = Sizes(size=size, allocate=allocate, rule=allocation, fix=fix, minimum=minimum, expected=expected)
    if extend:
        _refuse_design(
            context,
            "--extend",
            allowed=(
                *("extend", "name", "size", "allocate", "allocation", "fix", "expected"),
                *("scheduler", "workers"),
            ),
        )
        with (
            progress_bar("telling masks apart", unit="mask") as progress,
            progress_bar("drawing", unit=" parts") as drawing,
        ):
            drawers = _drawers(scheduler, workers, drawing)
            return _said(extend_sample(place, name, _growth(sizes), progress=progress, drawers=drawers))
    meant = intent(goal, target=certify, margin=margin, contrast=contrast, unit=unit, settings=place.settings)
    if risk == "auto":
        meant = replace(meant, by_risk=can_draw_by_risk(place.population, meant))
    request = SampleRequest(
        name=DEFAULT_NAME if name is None else name,
        seed=place.settings.seed if seed is None else seed,
        frame=frame,
        across=Across(across),
        per_entity=per_entity,
        size_measure=SizeMeasure(size_measure),
        allocation=_allocation(sizes, meant.default_size),
        intent=meant,
    )
    if meant.by_risk:
        _refuse_drawers(context)
        return _said(draw_by_risk(place, request, now=datetime.now(UTC)))
    remarks = [RISK_REMARK] if risk == "auto" else []
    with (
        progress_bar("telling masks apart", unit="mask") as progress,
        progress_bar("drawing", unit=" parts") as drawing,
    ):
        drawers = _drawers(scheduler, workers, drawing)
        drawn = draw_sample(place, request, now=datetime.now(UTC), progress=progress, drawers=drawers)
    return _said(drawn, remarks)


@sample.command("list")
@workspace_option
@speaks
def list_samples(workspace: Path | None) -> Outcome:
    """Name the samples."""
    from audit.jobs.sample import load_all_samples
    from audit.jobs.workspace import open_workspace

    samples = load_all_samples(open_workspace(workspace).store)
    return Outcome(
        lines=[f"{each.name}: {_strata_text(each)}, seed {each.seed}" for each in samples]
        or ["no sample yet: draw one with mask-audit sample --size N"],
        content={"samples": [_sample_json(each) for each in samples]},
    )


@sample.command("remove")
@click.argument("name")
@workspace_option
@speaks
def remove_sample(name: str, workspace: Path | None) -> Outcome:
    """Remove a sample.

    Its verdicts stay, and count again when its mentions are drawn again.
    """
    from audit.jobs.sample_removal import remove
    from audit.jobs.workspace import open_workspace

    n_units = remove(open_workspace(workspace), name)
    return Outcome(
        lines=[f"sample {name} with {n_units:,} units removed; its verdicts stay in the journal"],
        content={"name": name, "n_units": n_units},
    )


def _drawers(scheduler: str | None, workers: int | None, progress: "Progress") -> "Drawers | None":
    from audit.jobs.draw_parts import Drawers

    if scheduler is None and workers is None:
        return None
    refuse_both_workers(scheduler, workers)
    return Drawers(scheduler=scheduler, n_workers=1 if workers is None else workers, progress=progress)


def _allocation(sizes: Sizes, default_size: int | None) -> "Allocation":
    from audit.jobs.drawing import Explicit, Shared
    from sampling.design.allocation_rules import named_rule

    if sizes.allocate is not None:
        return Explicit(sizes=_allocate_alone(sizes))
    if sizes.size is None and default_size is None:
        raise InputError("how many? give --size N, or --allocate with a size for each split")
    if sizes.rule == "neyman" and (not sizes.expected or "" in sizes.expected):
        raise InputError("--allocation neyman needs the accuracy of every split: --expected entity=0.96,…")
    if sizes.expected and sizes.rule != "neyman":
        raise InputError("--expected is for --allocation neyman: leave it out")
    return Shared(
        size=sizes.size or default_size or 0,
        rule=named_rule(sizes.rule or "proportional", sizes.expected),
        fixed=sizes.fix,
        minimum=sizes.minimum,
        is_cap=sizes.size is None,
    )


def _growth(sizes: Sizes) -> "Growth":
    from audit.jobs.sample_growth import Growth

    if sizes.allocate is not None:
        return Growth(sizes=_allocate_alone(sizes), size=None, rule=None, expected={})
    if sizes.size is None:
        raise InputError("how many? give --size N, or --allocate with a size for each split")
    return Growth(sizes=sizes.fix, size=sizes.size, rule=sizes.rule, expected=sizes.expected)


def _allocate_alone(sizes: Sizes) -> Mapping[str, int]:
    if sizes.size is not None or sizes.fix or sizes.rule or sizes.minimum or sizes.expected:
        raise InputError(
            "--allocate names the size of every split: "
            "leave out --size, --fix, --allocation, --minimum and --expected"
        )
    return sizes.allocate or {}


def _refuse_design(context: click.Context, flag: str, *, allowed: tuple[str, ...]) -> None:
    kept = {*allowed, "workspace", "as_json"}
    given = [written for option, written in options_given(context).items() if option not in kept]
    if given:
        raise InputError(f"{flag} keeps the sample's own design: leave out {', '.join(given)}")


def _refuse_drawers(context: click.Context) -> None:
    given = [written for name, written in options_given(context).items() if name in {"scheduler", "workers"}]
    if given:
        raise InputError(
            f"--risk auto needs everything that can be drawn in one place: leave out {', '.join(given)}"
        )


def _refuse_options_before(context: click.Context, subcommand: str) -> None:
    given = options_given(context).values()
    if given:
        raise InputError(f"{', '.join(given)} must stand after {subcommand!r}, or it would mean nothing")


def _said(result: "SampleResult", noted: Sequence[str] = ()) -> Outcome:
    remarks = [*result.remarks, *noted]
    done = [f"{result.n_new_units:,} units drawn"] if result.n_new_units else []
    if result.new_settings:
        done.append(f"masks of {', '.join(result.new_settings)} copied")
    if result.n_moved_images:
        done.append(f"{result.n_moved_images:,} images found in their new place")
    return Outcome(
        lines=[
            f"sample {result.sample.name}: {'; '.join(done) or 'there already, nothing to do'}",
            f"  {_strata_text(result.sample)}, seed {result.sample.seed}",
            *_goal_lines(result.sample),
            *remarks,
            "next: mask-audit review",
        ],
        content=_sample_json(result.sample)
        | {
            "n_new_units": result.n_new_units,
            "new_settings": list(result.new_settings),
            "remarks": remarks,
        },
    )


def _goal_lines(sample: "Sample") -> list[str]:
    figures = {"certify": f"at least {sample.target:g}"} if sample.target is not None else {}
    if sample.margin is not None:
        figures["estimate"] = f"to ±{sample.margin:g}"
    if sample.goal not in figures:
        return []
    order = "in waves by risk" if sample.waves else "in blocks"
    return [f"  goal: {sample.goal} {figures[sample.goal]}, {order}; `mask-audit status` says how far it is"]


def _strata_text(sample: "Sample") -> str:
    if sample.unit == "annotation":
        return ", ".join(
            f"{each.split} {each.n_units:,} of {each.n_annotations:,} annotations" for each in sample.strata
        )
    return ", ".join(
        f"{each.split} {each.n_units:,} units of {each.n_entities_drawn:,} of {each.n_entities:,} entities"
        for each in sample.strata
    )


def _sample_json(sample: "Sample") -> dict[str, Any]:
    return {
        "name": sample.name,
        "seed": sample.seed,
        "strata": [
            {"split": each.split, "n": each.n_units, "n_entities": each.n_entities} for each in sample.strata
        ],
    }
