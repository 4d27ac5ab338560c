"""The command that writes a setting's files again as rules have them: filter."""

from pathlib import Path

import click

from audit.commands.parameters import refuse_both_workers
from audit.console import FILE, Outcome, progress_bar, speaks, workspace_option


@click.command("filter")
@click.option("--setting", required=True, metavar="S", help="The setting whose files are filtered.")
@click.option("--rules", required=True, type=FILE, metavar="FILE", help="Rules as TOML; see `rules list`.")
@click.option("--out", required=True, type=FILE, metavar="DIR", help="Folder for the filtered files.")
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers decide (tcp://HOST:8786).")
@click.option("--workers", type=int, metavar="N", help="Processes that decide here; by default every core.")
@workspace_option
@speaks
def filter_command(
    *,
    workspace: Path | None,
    setting: str,
    rules: Path,
    out: Path,
    scheduler: str | None,
    workers: int | None,
) -> Outcome:
    """Drop and correct masks by rules.

    Reads the setting's source files again and writes each of them anew, in the form that it came in: without
    the annotations that a rule drops, with a new mask where one corrects, and every other byte as it was.
    Beside them lie decisions.csv (what was dropped or corrected, by which rule and why), summary.json and the
    rules. Run again, it replaces what it wrote. It prints the command that ingests the result.

    \b
    mask-audit filter --setting A --rules rules.toml --out filtered
    mask-audit filter --setting A --rules rules.toml --out filtered --workers 4 --json
    """
    from audit.jobs.filter import FilterRequest, run_filter
    from audit.jobs.workspace import open_workspace

    refuse_both_workers(scheduler, workers)
    place = open_workspace(workspace)
    request = FilterRequest(
        setting=setting,
        rules=rules,
        out=out,
        workspace=workspace,
        scheduler=scheduler,
        n_workers=place.workers if workers is None else workers,
    )
    with (
        progress_bar("checking") as checking,
        progress_bar("deciding", unit=" masks") as deciding,
        progress_bar("writing") as writing,
    ):
        result = run_filter(place.population, request, checking=checking, deciding=deciding, writing=writing)
    return Outcome(lines=result.as_lines(), content=result.summary.as_json())
