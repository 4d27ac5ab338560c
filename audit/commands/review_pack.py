"""The command that writes what somebody still has to judge as a page that works without a network."""

from datetime import UTC, datetime
from pathlib import Path

import click

from audit.console import FILE, Outcome, progress_bar, speaks, workspace_option


@click.command("review-pack")
@click.argument("file", metavar="FILE.html", type=FILE)
@click.option("--reviewer", default="local", show_default=True, metavar="NAME", help="Who will judge.")
@click.option("--size", type=click.IntRange(min=1), metavar="N", help="At most so many masks.")
@click.option(
    "--days",
    type=int,
    default=7,
    show_default=True,
    metavar="D",
    help="For so long nobody else is given these masks.",
)
@click.option("--sample", "name", metavar="NAME", help="By default the latest.")
@workspace_option
@speaks
def review_pack(
    *, file: Path, reviewer: str, size: int | None, days: int, name: str | None, workspace: Path | None
) -> Outcome:
    """Write the masks that a reviewer still owes as an offline page.

    It holds images, masks and the guideline, opens from the file without any network, keeps the verdicts in
    the browser and exports them for `verdicts import`. A page has at most 100 MB; what does not fit goes to
    FILE-2.html and so on. A new pack replaces files of the same name.

    \b
    mask-audit review-pack ann.html --reviewer ann --size 500
    mask-audit verdicts import verdicts-ann-1f2e3d.csv
    """
    from audit.jobs.review_pack import PackRequest, write_pack
    from audit.jobs.workspace import open_workspace

    request = PackRequest(file=file, reviewer=reviewer, sample=name, size=size, days=days)
    with progress_bar("packing", unit="mask") as progress:
        written = write_pack(open_workspace(workspace), request, now=datetime.now(UTC), progress=progress)
    notes = {
        "masks cannot be shown and are noted as unjudgable": written.n_unjudgable,
        "masks were left out: their images are out of reach now, or too large": written.n_left_out,
    }
    return Outcome(
        lines=[
            f"{written.n_masks:,} masks for {reviewer}, {written.n_bytes / 1e6:,.1f} MB, in",
            *(f"  {each}" for each in written.files),
            *(f"{n:,} {note}" for note, n in notes.items() if n),
            *(f"{each} is of an earlier pack and was left as it is" for each in written.older_files),
            f"nobody else is given these masks for {days} days; bring the verdicts back with",
            "  mask-audit verdicts import FILE.csv",
        ],
        content={
            "files": [str(each) for each in written.files],
            "n_masks": written.n_masks,
            "n_unjudgable": written.n_unjudgable,
            "n_left_out": written.n_left_out,
            "reviewer": reviewer,
            "bytes": written.n_bytes,
        },
    )
