"""Commands of the review: review, verdicts import, verdicts export."""

from datetime import UTC, datetime
from pathlib import Path

import click

from audit.console import FILE, Outcome, speaks, workspace_option
from audit.errors import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="Address of this machine.")
@click.option("--port", default=8501, show_default=True, metavar="P", help="Port to serve on.")
@click.option("--sample", "name", metavar="NAME", help="By default the latest.")
@workspace_option
def review(*, host: str, port: int, name: str | None, workspace: Path | None) -> None:
    """Judge masks in the browser.

    Serves the page to this machine until Ctrl-C; every verdict is kept as it is given.

    \b
    mask-audit review
    mask-audit review --port 8600 --sample main
    """
    from audit.jobs.serve import ServeRequest, serve_review
    from audit.jobs.workspace import check_sample, open_workspace

    if host not in LOOPBACK:
        raise InputError(
            f"--host {host} would open the page to others without a sign-in: serve on 127.0.0.1, "
            "and reach it from elsewhere through an SSH tunnel"
        )
    place = open_workspace(workspace)
    check_sample(place.store, name)
    request = ServeRequest(workspace=place.settings.folder, sample=name, host=host, port=port)
    serve_review(request, on_ready=lambda address: click.echo(f"open {address} to review; Ctrl-C ends it"))


@click.group()
def verdicts() -> None:
    """Bring verdicts in or out as CSV."""


@verdicts.command("import")
@click.argument("file", metavar="FILE.csv", type=FILE)
@click.option("--sample", "name", metavar="NAME", help="By default the latest.")
@workspace_option
@speaks
def import_file(*, file: Path, name: str | None, workspace: Path | None) -> Outcome:
    """Take in verdicts.

    Columns: annotation_id, setting, reviewer, verdict, reasons, comment, seconds, decided_at.

    `mask_id` may stand in place of the first two. A file with a bad row is refused whole, and says which.

    \b
    mask-audit verdicts import verdicts.csv
    """
    from audit.jobs.verdict_files import import_verdicts
    from audit.jobs.workspace import open_workspace

    result = import_verdicts(open_workspace(workspace).store, file, name, datetime.now(UTC))
    older = (
        [f"{result.n_older:,} masks were passed over: their reviewer has decided since"]
        if result.n_older
        else []
    )
    ignored = [f"columns ignored: {', '.join(result.ignored_columns)}"] if result.ignored_columns else []
    return Outcome(
        lines=[
            f"{result.n_rows:,} rows on {result.n_masks:,} masks: {result.n_new:,} verdicts are new",
            *older,
            *ignored,
        ],
        content={
            "file": str(file),
            "n_rows": result.n_rows,
            "n_masks": result.n_masks,
            "n_new": result.n_new,
            "n_older": result.n_older,
            "ignored_columns": list(result.ignored_columns),
        },
    )


@verdicts.command("export")
@click.argument("file", metavar="FILE.csv", type=FILE)
@click.option("--sample", "name", metavar="NAME", help="By default the latest.")
@workspace_option
@speaks
def export_file(*, file: Path, name: str | None, workspace: Path | None) -> Outcome:
    """Write verdicts out.

    Every verdict that stands, one row per setting of a shared mask.

    \b
    mask-audit verdicts export verdicts.csv
    """
    from audit.jobs.verdict_files import export_verdicts
    from audit.jobs.workspace import open_workspace

    n_rows = export_verdicts(open_workspace(workspace).store, file, name)
    return Outcome(
        lines=[f"{n_rows:,} rows written to {file}"], content={"file": str(file), "n_rows": n_rows}
    )
