"""Commands that give results: report, and the demo that walks all of them."""

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from audit.commands.parameters import PLACE_TO_WRITE, refuse_nan
from audit.console import (
    EXIT_GATE_FAILED,
    FILE,
    PROGRAM,
    Outcome,
    progress_bar,
    speaks,
    workspace_option,
)
from audit.errors import InputError

MOST_SHOWN = 100
"""Masks that a gallery may be asked to show."""

FORMATS = ("html", "md", "latex", "csv", "json")


class FormatsType(click.ParamType[tuple[str, ...]]):
    """Formats, written `html,json`."""

    name = "html,md,…"

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Give the formats, each once."""
        if not isinstance(value, str):
            return value
        asked = tuple(dict.fromkeys(each.strip() for each in value.split(",")))
        unknown = [each for each in asked if each not in FORMATS]
        if unknown:
            self.fail(f"{', '.join(unknown)} is not one of {', '.join(FORMATS)}", param, ctx)
        return asked


@click.command()
@click.option("--out", type=PLACE_TO_WRITE, required=True, metavar="DIR", help="Folder that the files go to.")
@click.option("--format", "formats", type=FormatsType(), default=FORMATS, help="By default all of them.")
@click.option(
    "--estimand",
    type=click.Choice(["mix", "entity", "annotation"]),
    default="mix",
    show_default=True,
    help="What the headline counts: mix (the sample as it was allocated), each entity once, or each "
    "annotation once. All three are in every report.",
)
@click.option(
    "--simultaneous",
    is_flag=True,
    help="Make all intervals of Table 1 hold at once (wider), not each on its own.",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 1),
    callback=refuse_nan,
    metavar="P",
    help="Exit 1 unless every setting reaches P, from 0 to 1.",
)
@click.option(
    "--bound",
    type=click.Choice(["estimate", "lower"]),
    help="What must reach P: the accuracy (unless said), or its interval's lower limit.",
)
@click.option(
    "--gallery",
    "n_shown",
    type=click.IntRange(0, MOST_SHOWN),
    default=6,
    show_default=True,
    metavar="N",
    help="Masks in each gallery at most; 0 for no pictures.",
)
@click.option("--sample", "name", metavar="NAME", help="By default the latest.")
@workspace_option
@speaks
def report(
    *,
    out: Path,
    formats: tuple[str, ...],
    estimand: str,
    simultaneous: bool,
    fail_under: float | None,
    bound: str | None,
    n_shown: int,
    name: str | None,
    workspace: Path | None,
) -> Outcome:
    """Write the accuracy tables.

    Table 1 with intervals, and everything behind it, as HTML, Markdown, LaTeX, CSV and JSON.

    \b
    mask-audit report --out report
    mask-audit report --out report --format json --fail-under 0.9 --bound lower
    """
    from audit.jobs.loaded_report import ReportQuestion
    from audit.jobs.report import (
        Bound,
        ReportRequest,
        formats_of,
        gate_failures,
        span_of,
        summary,
        write_report,
    )
    from audit.jobs.workspace import open_workspace
    from sampling.estimation.estimands import Estimand

    if bound is not None and fail_under is None:
        raise InputError(f"--bound {bound} says what must reach the limit of --fail-under: give that too")
    request = ReportRequest(
        question=ReportQuestion(
            sample=name,
            estimand=Estimand(estimand),
            span=span_of("table" if simultaneous else "each"),
        ),
        folder=out,
        formats=formats_of(formats),
        n_shown=n_shown,
    )
    with progress_bar("reading images", unit="image") as progress:
        written = write_report(open_workspace(workspace), request, now=datetime.now(UTC), progress=progress)
    failures = (
        [] if fail_under is None else gate_failures(written.content, fail_under, Bound(bound or "estimate"))
    )
    return Outcome(
        lines=[*summary(written), *failures],
        content={
            "files": [str(file) for file in written.files.files],
            "complete": written.content.is_complete,
            "not_in_sample": list(written.content.not_in_sample),
            "warnings": list(written.content.warnings),
            "failures": failures,
        },
        exit_status=EXIT_GATE_FAILED if failures else 0,
    )


@click.command()
@click.argument("folder", metavar="[DIR]", type=FILE, default=Path("demo-workspace"))
@click.option("--no-serve", is_flag=True, help="Stop before the reviewer's page is served.")
@click.option("--port", default=8501, show_default=True, metavar="P", help="Port of the page.")
def demo(*, folder: Path, no_serve: bool, port: int) -> None:
    """Audit real photographs.

    Makes a workspace of two annotators' masks from two kinds of box, sampled and ready for review, and serves
    the page. Run again, it says what it did before.

    \b
    mask-audit demo
    mask-audit demo elsewhere --no-serve
    """
    from audit.jobs.demo import make_demo
    from audit.jobs.serve import ServeRequest, check_port, serve_review

    request = ServeRequest(workspace=folder.absolute(), port=port)
    if not no_serve:
        check_port(request)
    for line in make_demo(folder.absolute(), datetime.now(UTC)):
        click.echo(line)
    program = _program()
    workspace = shlex.quote(str(folder))
    click.echo(f"next: {program} review -w {workspace}, then {program} report --out report -w {workspace}")
    if not no_serve:
        serve_review(
            request, on_ready=lambda address: click.echo(f"open {address} to review; Ctrl-C ends it")
        )


def _program() -> str:
    """How to call this program from here: by its name where the shell finds it, else by its path."""
    from shutil import which

    called = Path(sys.argv[0])
    if which(PROGRAM) or called.name != PROGRAM:
        return PROGRAM
    here = Path.cwd()
    return str(called.relative_to(here)) if called.is_relative_to(here) else str(called)
