"""The command line, `mask-audit`: gathers the commands and runs them."""

from importlib.metadata import version

import click

from audit.commands.backup import backup, restore
from audit.commands.compare import compare
from audit.commands.data import doctor, ingest, init, upgrade
from audit.commands.entities import entities
from audit.commands.evidence import bundle, verify
from audit.commands.export import export
from audit.commands.filtering import filter_command
from audit.commands.label_studio import label_studio
from audit.commands.measure import measure
from audit.commands.plan import plan
from audit.commands.results import demo, report
from audit.commands.review import review, verdicts
from audit.commands.review_pack import review_pack
from audit.commands.reviewer import reviewer
from audit.commands.rules import rules
from audit.commands.sample import sample
from audit.commands.sample_export import sample_export
from audit.commands.stats import stats
from audit.commands.status import status
from audit.commands.tune import tune
from audit.console import PROGRAM, run


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(version(PROGRAM), prog_name=PROGRAM)
def cli() -> None:
    """How accurate are these machine-made segmentation masks?

    Draws a sample of masks, shows them to people, and turns what they say into accuracy with intervals:
    init → ingest → sample → review → report. `mask-audit demo` shows all of it on real photographs.
    """


for command in (
    init,
    upgrade,
    backup,
    restore,
    ingest,
    doctor,
    entities,
    measure,
    plan,
    sample,
    sample_export,
    review,
    reviewer,
    review_pack,
    verdicts,
    label_studio,
    filter_command,
    rules,
    report,
    bundle,
    verify,
    stats,
    export,
    compare,
    tune,
    status,
    demo,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line of this process."""
    run(cli)
