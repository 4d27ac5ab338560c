"""How a command speaks: a short summary or one JSON object, one line for an error, the right exit status."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click

from audit.errors import AuditError
from audit.jobs.progress import Progress
from db.errors import StoreError, UnreachableError
from sampling.errors import DesignError, EstimateError

PROGRAM = "mask-audit"

EXIT_GATE_FAILED = 1
EXIT_USER = 2
EXIT_UNAVAILABLE = 3
EXIT_INTERRUPTED = 130

FILE = click.Path(path_type=Path)

Parameters = ParamSpec("Parameters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command has to say when it is done.

    Attributes:
        lines: for people.
        content: for `--json`.
        exit_status: 0, or 1 where a gate failed.
        error: what the user must change all the same, as one sentence, or nothing.
    """

    lines: Sequence[str]
    content: Mapping[str, Any]
    exit_status: int = field(default=0)
    error: str = field(default="")


def speaks(
    command: Callable[Parameters, Outcome | Iterator[Outcome] | None],
) -> Callable[Parameters, None]:
    """Print a command's outcome as it was asked for, and end with its exit status.

    A command that goes on until it is interrupted gives outcomes one by one, printed as they come.
    """

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a summary.")
    @wraps(command)
    def speaking(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        as_json = bool(kwargs.pop("as_json"))
        said = command(*args, **kwargs)
        for outcome in [said] if isinstance(said, Outcome) else said or ():
            _say(outcome, as_json=as_json)

    return speaking


def _say(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        error = {"error": {"kind": "input", "message": outcome.error}} if outcome.error else {}
        click.echo(json.dumps({**outcome.content, **error}, ensure_ascii=False))
    else:
        for line in outcome.lines:
            click.echo(line)
    if outcome.error:
        click.echo(f"{PROGRAM}: {' '.join(outcome.error.split())}", err=True)
        raise click.exceptions.Exit(EXIT_USER)
    if outcome.exit_status:
        raise click.exceptions.Exit(outcome.exit_status)


workspace_option = click.option(
    "-w", "--workspace", type=FILE, help="Folder with audit.toml; by default the nearest one upwards."
)


def run(group: click.Group) -> None:
    """Run the command line; every error that a user can meet becomes one line and an exit status."""
    try:
        status = _run_to_its_end(group)
    except (click.exceptions.Abort, KeyboardInterrupt):
        status = _fail("interrupted", "interrupted; what was there before is unchanged", EXIT_INTERRUPTED)
    except click.ClickException as error:
        status = _fail("usage", _usage_message(error), EXIT_USER)
    except AuditError as error:
        status = _fail(error.kind, str(error), error.exit_status)
    except UnreachableError as error:
        status = _fail("unavailable", str(error), EXIT_UNAVAILABLE)
    except (StoreError, DesignError, EstimateError) as error:
        status = _fail("input", str(error), EXIT_USER)
    except OSError as error:
        status = _fail("unavailable", _system_message(error), EXIT_UNAVAILABLE)
    sys.exit(status)


def _run_to_its_end(group: click.Group) -> int:
    try:
        # Not group.main: it prints an empty line of its own when it is interrupted.
        with group.make_context(PROGRAM, sys.argv[1:]) as context:
            group.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except BrokenPipeError:  # whoever reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


@contextmanager
def progress_bar(label: str, unit: str = "B") -> Iterator[Progress]:
    """Show progress on a terminal, and nothing in a pipe."""
    from tqdm import tqdm  # noqa: PLC0415

    with tqdm(desc=label, unit=unit, unit_scale=True, disable=None, leave=False) as bar:
        yield Progress(start=bar.reset, advance=bar.update)


def _usage_message(error: click.ClickException) -> str:
    command: click.Context | None = getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and isinstance(error.ctx.command, click.Group):
        names = ", ".join(error.ctx.command.list_commands(error.ctx))
        return f"`{error.ctx.command_path}` needs a command: {names} (see `{error.ctx.command_path} --help`)"
    hint = f" (see `{command.command_path} --help`)" if command is not None else ""
    return error.format_message() + hint


def _system_message(error: OSError) -> str:
    named = f"{error.filename}: " if error.filename else ""
    return f"{named}{error.strerror or error}"


def _fail(kind: str, message: str, status: int) -> int:
    one_line = " ".join(message.split())
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": {"kind": kind, "message": one_line}}, ensure_ascii=False))
    click.echo(f"{PROGRAM}: {one_line}", err=True)
    return status
