"""The command that writes verdicts and results for other tools."""

from datetime import UTC, datetime
from pathlib import Path

import click

from audit.commands.parameters import PLACE_TO_WRITE
from audit.console import Outcome, progress_bar, speaks, workspace_option


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["coco", "parquet", "croissant", "card", "fiftyone"]),
    required=True,
    help="What it is for; see above.",
)
@click.option("--out", type=PLACE_TO_WRITE, required=True, metavar="PATH", help="File or folder; see above.")
@click.option("--sample", "name", metavar="NAME", help="By default the latest.")
@click.option("--setting", metavar="S", help="Only this one; by default all of the sample.")
@click.option("--names", is_flag=True, help="Reviewers by their names, not as reviewer-1 and so on.")
@workspace_option
@speaks
def export(
    *, form: str, out: Path, name: str | None, setting: str | None, names: bool, workspace: Path | None
) -> Outcome:
    """Write verdicts and results for other tools.

    \b
    card       FILE.md       a section for a dataset card, with its YAML; in a
                             file with the lines <!-- mask-audit:start --> and
                             <!-- mask-audit:end --> only what is between them
    coco       DIR           a COCO file per setting: the sampled masks, each
                             with its verdict
    parquet    FILE.parquet  a row per verdict, and a data dictionary beside it
    croissant  DIR           croissant.json, and the Parquet that it describes
    fiftyone   FILE.json     a COCODetectionDataset of all settings, with tags

    \b
    mask-audit export --format card --out README.md
    mask-audit export --format coco --out coco --setting gc
    """
    from audit.jobs.exports.export import ExportFormat, ExportRequest, write_export
    from audit.jobs.pseudonyms import ReviewerNames
    from audit.jobs.workspace import open_workspace

    request = ExportRequest(
        format=ExportFormat(form),
        out=out,
        sample=name,
        setting=setting,
        names=ReviewerNames.REAL if names else ReviewerNames.PSEUDONYMS,
    )
    with progress_bar("checking images", unit="image") as progress:
        exported = write_export(open_workspace(workspace), request, now=datetime.now(UTC), progress=progress)
    files = [str(file) for file in exported.files]
    return Outcome(
        lines=[*exported.remarks, f"written: {', '.join(files)}"],
        content={"files": files, "remarks": list(exported.remarks)},
    )
