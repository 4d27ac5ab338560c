"""Commands that let people judge on a Label Studio server: label-studio push, pull, status."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.commands.label_studio_push import push
from audit.commands.label_studio_server import (
    ServerOptions,
    check_client_installed,
    connection,
    key_file_option,
    project_option,
    refuse_server_options,
    sample_option,
    url_option,
)
from audit.commands.label_studio_words import pull_outcome, status_outcome
from audit.commands.parameters import options_given, refuse_nan
from audit.console import FILE, PROGRAM, Outcome, progress_bar, speaks, workspace_option
from audit.errors import InputError

if TYPE_CHECKING:
    from audit.jobs.label_studio.pull import PullRequest
    from audit.jobs.workspace import Workspace

LONGEST_PAUSE = 300.0
"""Seconds between two pulls while a server that is watched does not answer."""


@click.group("label-studio")
def label_studio() -> None:
    """Let people judge on a Label Studio server.

    The token of one of its users is taken from LABEL_STUDIO_API_KEY or --key-file, and is kept nowhere.
    """


label_studio.add_command(push)


@label_studio.command()
@url_option
@key_file_option
@project_option
@click.option("--full", is_flag=True, help="Read every task again, not only what has changed.")
@click.option("--watch", is_flag=True, help="Go on pulling what changes, until Ctrl-C.")
@click.option(
    "--every",
    type=click.FloatRange(min=1, max=86_400),
    callback=refuse_nan,
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="How often --watch asks.",
)
@click.option(
    "--from-file",
    type=FILE,
    metavar="FILE.json",
    help="Read an export of the project, and speak to no server.",
)
@sample_option
@workspace_option
@speaks
@click.pass_context
def pull(
    context: click.Context,
    *,
    url: str | None,
    key_file: Path | None,
    project: int | None,
    full: bool,
    watch: bool,
    every: float,
    from_file: Path | None,
    name: str | None,
    workspace: Path | None,
) -> Outcome | Iterator[Outcome]:
    """Bring verdicts back from a server.

    The journal then says what the server holds: edits supersede, what was deleted or skipped is taken back,
    and what cannot be taken is refused by name. --watch with --json prints one object for each change.

    \b
    mask-audit label-studio pull
    mask-audit label-studio pull --watch --every 60
    mask-audit label-studio pull --from-file export.json
    """
    check_client_installed()
    from audit.jobs.workspace import open_workspace

    if from_file is not None:
        refuse_server_options(context, "--from-file")
        from audit.jobs.label_studio.export_file import FileRequest, pull_from_file

        file = FileRequest(sample=name, file=from_file)
        return pull_outcome(pull_from_file(open_workspace(workspace), file, _now()))
    if "every" in options_given(context) and not watch:
        raise InputError("--every says how often --watch asks: give that too, or leave it out")
    from audit.jobs.label_studio.pull import PullRequest, pull_verdicts

    place = open_workspace(workspace)
    options = ServerOptions(url=url, key_file=key_file)
    request = PullRequest(sample=name, project=project, is_full=full)
    if watch:
        return _watch(place, options, request, every)
    with connection(place, options, name) as server, progress_bar("pulling", unit="task") as progress:
        return pull_outcome(pull_verdicts(place, request, server, _now(), progress))


@label_studio.command()
@url_option
@key_file_option
@project_option
@sample_option
@workspace_option
@speaks
def status(
    *, url: str | None, key_file: Path | None, project: int | None, name: str | None, workspace: Path | None
) -> Outcome:
    """Say how far a server is.

    Masks pushed, judged, skipped, missing and refused, and whatever was changed there by hand.

    \b
    mask-audit label-studio status
    mask-audit label-studio status --json
    """
    check_client_installed()
    from audit.jobs.label_studio.status import StatusRequest, project_status
    from audit.jobs.workspace import open_workspace

    place = open_workspace(workspace)
    with connection(place, ServerOptions(url=url, key_file=key_file), name) as server:
        return status_outcome(project_status(place, StatusRequest(sample=name, project=project), server))


def _watch(
    place: "Workspace", options: ServerOptions, request: "PullRequest", every: float
) -> Iterator[Outcome]:
    from audit.jobs.label_studio.pulled import PullResult
    from audit.jobs.label_studio.watch import Rhythm, watch_verdicts

    rhythm = Rhythm(seconds=every, longest=max(every, LONGEST_PAUSE))
    was_there = False
    with connection(place, options, request.sample) as server:
        for each in watch_verdicts(place, request, server, rhythm, now=_now, pause=time.sleep):
            if isinstance(each, PullResult):
                was_there = True
                yield pull_outcome(each)
            elif was_there:
                click.echo(f"{PROGRAM}: {' '.join(str(each).split())}; still trying", err=True)
            else:
                raise each
    raise click.Abort


def _now() -> datetime:
    return datetime.now(UTC)
