"""The command that writes a sample out."""

from pathlib import Path

import click

from audit.console import FILE, Outcome, speaks, workspace_option


@click.command("sample-export")
@click.argument("file", metavar="FILE.csv", type=FILE)
@click.option("--sample", "name", metavar="NAME", help="By default the latest.")
@workspace_option
@speaks
def sample_export(file: Path, name: str | None, workspace: Path | None) -> Outcome:
    """Write a sample as CSV.

    One row per unit, with tickets, probabilities and weights.

    \b
    mask-audit sample-export sample.csv
    """
    from audit.jobs.sample_export import export_sample
    from audit.jobs.workspace import open_workspace

    n_rows = export_sample(open_workspace(workspace), file, name)
    return Outcome(
        lines=[f"{n_rows:,} units written to {file}"], content={"file": str(file), "n_rows": n_rows}
    )
