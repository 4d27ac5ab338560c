"""The command that compares two rounds of an audit."""

from datetime import UTC, datetime
from pathlib import Path

import click

from audit.commands.parameters import PLACE_TO_WRITE
from audit.console import FILE, Outcome, speaks


@click.command()
@click.argument("old", metavar="OLD.zip", type=FILE)
@click.argument("new", metavar="NEW.zip", type=FILE)
@click.option("--out", type=PLACE_TO_WRITE, metavar="DIR", help="Folder for the comparison as a document.")
@click.option(
    "--carried",
    type=FILE,
    metavar="FILE.csv",
    help="Write the verdicts that are carried over, for `verdicts import` into the new workspace.",
)
@speaks
def compare(old: Path, new: Path, out: Path | None, carried: Path | None) -> Outcome:
    """Compare two rounds of an audit.

    Two bundles of two versions of a dataset: what changed, accuracy old and new, and the difference with its
    interval. Where the mask is the same and nobody judged it anew, the old verdict counts.

    \b
    mask-audit compare v1.zip v2.zip
    mask-audit compare v1.zip v2.zip --out rounds --carried carried.csv
    """
    from audit.jobs.rounds.compare import RoundsRequest, compare_rounds
    from audit.jobs.rounds.words import as_json, summary

    request = RoundsRequest(old=old, new=new, folder=out, carried_file=carried)
    found = compare_rounds(request, now=datetime.now(UTC))
    return Outcome(lines=summary(found, request), content=as_json(found))
