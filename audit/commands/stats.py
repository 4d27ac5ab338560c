"""The command that gives the dataset's own tables and figures."""

from datetime import UTC, datetime
from pathlib import Path

import click

from audit.commands.parameters import PLACE_TO_WRITE, is_text
from audit.commands.results import FORMATS, MOST_SHOWN, FormatsType
from audit.console import Outcome, progress_bar, speaks, workspace_option


class NamedPlaceType(click.ParamType[tuple[str, Path]]):
    """A dataset's name and where its numbers are, written `NAME=FILE` or `NAME=DIR`."""

    name = "NAME=FILE|DIR"

    def convert(
        self,
        value: str | tuple[str, Path],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, Path]:
        """Give the name and the place."""
        if not isinstance(value, str):
            return value
        if not is_text(value):
            self.fail(f"{value!r} is no UTF-8: give the dataset a name and a place that are", param, ctx)
        name, _, place = value.partition("=")
        if not (name.strip() and place):
            self.fail(f"{value!r} is not NAME=FILE or NAME=DIR, such as COCO=coco/stats.json", param, ctx)
        return name.strip(), Path(place)


@click.command()
@click.option("--out", type=PLACE_TO_WRITE, required=True, metavar="DIR", help="Folder that the files go to.")
@click.option("--setting", metavar="S", help="Whose annotations are counted; by default the first ingested.")
@click.option(
    "--against",
    type=NamedPlaceType(),
    multiple=True,
    help="Another dataset to stand beside this one: its stats.json, or its workspace. May be repeated.",
)
@click.option(
    "--examples",
    "n_examples",
    type=click.IntRange(0, MOST_SHOWN),
    default=12,
    show_default=True,
    metavar="N",
    help="Masks that are shown, drawn by the workspace's seed; 0 for no pictures.",
)
@click.option("--format", "formats", type=FormatsType(), default=FORMATS, help="By default all of them.")
@workspace_option
@speaks
def stats(
    *,
    out: Path,
    setting: str | None,
    against: tuple[tuple[str, Path], ...],
    n_examples: int,
    formats: tuple[str, ...],
    workspace: Path | None,
) -> Outcome:
    """Write the dataset's own tables and figures.

    Entities and examples by split, categories, source datasets, sizes of masks, and some masks to look at:
    counted over the whole population, whatever was sampled. Of several settings of the same mentions one is
    counted.

    \b
    mask-audit stats --out stats
    mask-audit stats --out stats --against COCO=../coco/stats/stats.json --against LVIS=../lvis
    """
    from audit.jobs.report import formats_of
    from audit.jobs.stats.written_stats import StatsRequest, as_json, others_of, summary, write_stats
    from audit.jobs.workspace import open_workspace

    request = StatsRequest(
        folder=out,
        setting=setting,
        against=others_of(against),
        n_examples=n_examples,
        formats=formats_of(formats),
    )
    place = open_workspace(workspace)
    with (
        progress_bar("counting", unit=" masks") as counting,
        progress_bar("drawing examples", unit="mask") as drawing,
    ):
        written = write_stats(place, request, now=datetime.now(UTC), counting=counting, drawing=drawing)
    return Outcome(lines=summary(written), content=as_json(written))
