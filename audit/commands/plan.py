"""The command that plans a sample, and how it tells its plan."""

from collections.abc import Mapping
from pathlib import Path

import click

from audit.commands.parameters import SharesType, SizesType, refuse_nan
from audit.console import Outcome, progress_bar, speaks, workspace_option
from audit.errors import InputError


@click.command()
@click.option(
    "--margin",
    type=click.FloatRange(0, 0.5, min_open=True, max_open=True),
    callback=refuse_nan,
    metavar="W",
    help="Half width that is wanted; by default audit.toml's.",
)
@click.option(
    "--expected",
    type=SharesType(),
    default=dict,
    help="Accuracy that you expect: 0.95, or entity=0.96,query=0.88. By default from the verdicts so far.",
)
@click.option(
    "--certify",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    callback=refuse_nan,
    metavar="P",
    help="Accuracy that is to be shown; by default audit.toml's target.",
)
@click.option("--budget", type=click.IntRange(min=1), metavar="N", help="Units; by default 2,000.")
@click.option(
    "--estimand",
    type=click.Choice(["mix", "entity", "annotation"]),
    default="mix",
    show_default=True,
    help="Whose interval is to be that narrow.",
)
@click.option("--allocate", type=SizesType(), help="A size for each split, in place of --budget.")
@click.option(
    "--allocation",
    default="proportional",
    metavar="RULE",
    help="proportional (unless said), equal, neyman or power:Q.",
)
@click.option("--fix", type=SizesType(), default=dict, help="Splits whose size is given: wiki=200.")
@click.option("--minimum", type=click.IntRange(min=0), default=0, metavar="N", help="Least size of a split.")
@click.option(
    "--unit",
    type=click.Choice(["entity", "annotation"]),
    default="entity",
    show_default=True,
    help="What would be drawn.",
)
@click.option(
    "--size-measure",
    type=click.Choice(["none", "sqrt"]),
    default="none",
    show_default=True,
    help="sqrt: large entities more often.",
)
@click.option("--contrast", nargs=2, metavar="A B", help="Two settings to compare.")
@click.option("--frame", metavar="SETTING", help="Setting to draw from; by default the first ingested.")
@workspace_option
@speaks
def plan(
    *,
    margin: float | None,
    expected: Mapping[str, float],
    certify: float | None,
    budget: int | None,
    estimand: str,
    allocate: Mapping[str, int] | None,
    allocation: str,
    fix: Mapping[str, int],
    minimum: int,
    unit: str,
    size_measure: str,
    contrast: tuple[str, str] | None,
    frame: str | None,
    workspace: Path | None,
) -> Outcome:
    """Choose a sample: what each goal takes, and what a budget buys.

    Nothing is drawn. Half widths are at audit.toml's confidence, hours at the pace measured so far.

    \b
    mask-audit plan
    mask-audit plan --margin 0.01 --expected 0.95 --certify 0.9
    mask-audit plan --budget 2000 --fix wiki=200 --estimand annotation
    """
    from audit.jobs.plan import PlanRequest, make_plan
    from audit.jobs.plan_words import plan_json, plan_lines
    from audit.jobs.workspace import open_workspace
    from sampling.design.frame import DrawnUnit
    from sampling.design.phase_one import SizeMeasure
    from sampling.estimation.estimands import Estimand

    if allocate is not None and (budget is not None or fix or minimum or allocation != "proportional"):
        raise InputError(
            "--allocate names the size of every split: leave out --budget, --allocation, --fix and --minimum"
        )
    request = PlanRequest(
        frame=frame,
        unit=DrawnUnit(unit),
        size_measure=SizeMeasure(size_measure),
        rule=allocation,
        fixed=fix,
        minimum=minimum,
        sizes=allocate,
        budget=budget,
        expected=expected,
        margin=margin,
        target=certify,
        estimand=Estimand(estimand),
        contrast=contrast,
    )
    with progress_bar("telling masks apart", unit="mask") as progress:
        made = make_plan(open_workspace(workspace), request, progress=progress)
    return Outcome(lines=plan_lines(made), content=plan_json(made))
