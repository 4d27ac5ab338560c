"""Commands that keep a workspace safe: backup, restore."""

import shlex
from datetime import UTC, datetime
from pathlib import Path

import click

from audit.console import FILE, PROGRAM, Outcome, progress_bar, speaks, workspace_option


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--without-population", is_flag=True, help="Leave out the masks and features of ingested files."
)
@workspace_option
@speaks
def backup(file: Path, without_population: bool, workspace: Path | None) -> Outcome:
    """Copy a live workspace into one file.

    The settings, the database, the guideline, the rules and the population, each as it was at one moment,
    while people go on reviewing. The file may hold passwords and everybody's names: only you can read it.

    \b
    mask-audit backup audit-2026-11-23.zip
    mask-audit backup small.zip --without-population
    """
    from audit.jobs.backup import BackupRequest, PopulationPart, back_up

    part = PopulationPart.MANIFEST if without_population else PopulationPart.WHOLE
    request = BackupRequest(workspace=workspace, file=file, population=part)
    with progress_bar("copying") as progress:
        made = back_up(request, now=datetime.now(UTC), progress=progress)
    replaced = ", in place of an earlier backup" if made.has_replaced else ""
    return Outcome(
        lines=[
            f"{made.file}: {made.n_files:,} files, {made.n_bytes / 1e6:,.1f} MB{replaced}",
            f"it is private, as it may hold passwords ({', '.join(made.private)}): only you can read it",
            *(f"{each} lies outside the workspace and is not in it" for each in made.left_out),
            f"images are not in it; to have it back: {PROGRAM} restore {shlex.quote(str(made.file))} DIR",
        ],
        content={
            "file": str(made.file),
            "schema": made.schema,
            "n_files": made.n_files,
            "n_bytes": made.n_bytes,
            "population": part,
            "private": list(made.private),
            "left_out": list(made.left_out),
            "replaced": made.has_replaced,
        },
    )


@click.command()
@click.argument("file", type=FILE)
@click.argument("folder", metavar="DIR", type=FILE)
@click.option("--database", metavar="URL", help="An empty database, where the workspace was on PostgreSQL.")
@speaks
def restore(file: Path, folder: Path, database: str | None) -> Outcome:
    """Make a workspace of a backup.

    In a new or an empty folder; the workspace that was copied is left alone.

    \b
    mask-audit restore audit-2026-11-23.zip audit-again
    mask-audit restore audit.zip audit-again --database postgresql://auditor@localhost/again
    """
    from audit.jobs.restore import RestoreRequest, restore

    request = RestoreRequest(file=file, folder=folder.absolute(), database=database)
    with progress_bar("restoring") as progress:
        made = restore(request, progress=progress)
    place = shlex.quote(str(folder))
    lines = [f"workspace {folder} is as it was at {made.created_at}: {made.n_files:,} files"]
    if not made.has_masks:
        lines.append(
            "the masks of ingested files were not in the backup: ingest the files again where needed"
        )
    step = "upgrade" if made.needs_upgrade else "status"
    return Outcome(
        lines=[*lines, f"next: {PROGRAM} {step} -w {place}"],
        content={
            "workspace": str(made.folder),
            "created_at": made.created_at,
            "n_files": made.n_files,
            "needs_upgrade": made.needs_upgrade,
            "has_masks": made.has_masks,
        },
    )
