"""The command that measures every mask."""

from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import click

from audit.commands.parameters import refuse_both_workers
from audit.console import Outcome, progress_bar, speaks, workspace_option


@click.command()
@click.option(
    "--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers measure (tcp://HOST:8786)."
)
@click.option("--workers", type=int, metavar="N", help="Processes that measure here; by default every core.")
@workspace_option
@speaks
def measure(workspace: Path | None, scheduler: str | None, workers: int | None) -> Outcome:
    """Compute the features of every mask.

    They are kept beside the population. What is there already is skipped; what is done stays when this is
    interrupted. Dask workers need the population's folder under the same path.

    \b
    mask-audit measure
    mask-audit measure --scheduler tcp://10.0.0.1:8786
    """
    from audit.jobs.measure import MeasureRequest, run_measure
    from audit.jobs.workspace import open_workspace

    refuse_both_workers(scheduler, workers)
    place = open_workspace(workspace)
    request = MeasureRequest(scheduler=scheduler, n_workers=place.workers if workers is None else workers)
    start = perf_counter()
    with (
        progress_bar("measuring", unit=" masks") as measuring,
        progress_bar("comparing", unit=" masks") as comparing,
    ):
        found = run_measure(place.population, request, measuring=measuring, comparing=comparing)
    seconds = perf_counter() - start
    return Outcome(
        lines=[
            *(each.as_line() for each in found.settings),
            f"{found.n_compared:,} masks compared with other settings'"
            f"{f' ({found.n_compared_before:,} of them before)' if found.n_compared_before else ''}; "
            f"{seconds:,.1f} s",
            *found.remarks(),
        ],
        content={
            "settings": [asdict(each) for each in found.settings],
            "n_compared": found.n_compared,
            "n_compared_before": found.n_compared_before,
            "seconds": round(seconds, 3),
        },
    )
