"""The command that says how far an audit is."""

from datetime import UTC, datetime
from pathlib import Path

import click

from audit.console import Outcome, speaks, workspace_option


@click.command()
@click.option("--sample", "name", metavar="NAME", help="By default all samples.")
@workspace_option
@speaks
def status(name: str | None, workspace: Path | None) -> Outcome:
    """Say what is there and what is next.

    Settings, samples, how far each sample's goal is, and the command that brings the audit further.

    \b
    mask-audit status
    mask-audit status --sample main --json
    """
    from audit.jobs.status import workspace_status
    from audit.jobs.status_words import status_json, status_lines
    from audit.jobs.workspace import open_workspace

    found = workspace_status(open_workspace(workspace), name, datetime.now(UTC))
    return Outcome(lines=status_lines(found), content=status_json(found))
