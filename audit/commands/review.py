"""Commands of the review: review, verdicts import, verdicts export."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.console import FILE, Outcome, speaks, workspace_option

if TYPE_CHECKING:
    from audit.jobs.serve import ServeRequest


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="Address of this machine.")
@click.option("--port", default=8501, show_default=True, metavar="P", help="Port to serve on.")
@click.option("--sample", "name", metavar="NAME", help="By default the latest.")
@click.option(
    "--compare",
    "compared",
    nargs=2,
    metavar="A B",
    help="Ask which of two settings' masks is better, not whether each is right.",
)
@click.option(
    "--sign-in", "behind_proxy", is_flag=True, help="Ask for a sign-in on this machine too: behind a proxy."
)
@workspace_option
def review(
    *,
    host: str,
    port: int,
    name: str | None,
    compared: tuple[str, str] | None,
    behind_proxy: bool,
    workspace: Path | None,
) -> None:
    """Judge masks in the browser.

    Serves the page to this machine until Ctrl-C; every verdict is kept as it is given. With any other --host
    people sign in: by the personal links that `mask-audit reviewer add` prints, or where `sign_in` is oidc
    through the provider that the workspace's file names.

    \b
    mask-audit review
    mask-audit review --port 8600 --sample main
    mask-audit review --compare box-sam point-sam
    mask-audit review --host 0.0.0.0
    """
    from audit.jobs.people import check_somebody_may_sign_in
    from audit.jobs.review.compared_pairs import check_compared
    from audit.jobs.serve import ServeRequest, serve_review
    from audit.jobs.sign_in_provider import provider_file
    from audit.jobs.workspace import check_sample, open_workspace
    from audit.review.key_bindings import check_keys

    place = open_workspace(workspace)
    check_keys(hand=place.settings.hand, remaps=place.settings.keys)
    check_sample(place.store, name)
    if compared is not None:
        check_compared(place.store, name, compared)
    request = ServeRequest(
        workspace=place.settings.folder,
        sample=name,
        compared=compared,
        host=host,
        port=port,
        behind_proxy=behind_proxy,
    )
    if request.needs_sign_in:
        check_somebody_may_sign_in(place.store, place.settings, datetime.now(UTC))
        request = replace(request, provider_file=provider_file(place.settings))
    serve_review(request, on_ready=lambda address: _say_ready(request, address))


def _say_ready(request: "ServeRequest", address: str) -> None:
    if request.needs_sign_in:
        click.echo(
            f"people sign in on port {request.port} of this machine (from here: {address}); links and images "
            "travel unencrypted unless a proxy with TLS stands in front; Ctrl-C ends it"
        )
    else:
        click.echo(f"open {address} to review; Ctrl-C ends it")


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

    `mask_id` may stand in place of the first two, and `flagged` (yes or empty) beside the others. A file with
    a bad row is refused whole, and says which.

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

    Every reading that stands, one row per setting of a shared mask. What a lead settled stays in the
    workspace's database: read in again, it would be one vote among others.

    \b
    mask-audit verdicts export verdicts.csv
    """
    from audit.jobs.verdict_files import export_verdicts
    from audit.jobs.workspace import open_workspace

    n_rows = export_verdicts(open_workspace(workspace).store, file, name)
    return Outcome(
        lines=[f"{n_rows:,} rows written to {file}"], content={"file": str(file), "n_rows": n_rows}
    )
