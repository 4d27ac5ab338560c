"""How commands come to a Label Studio server: options that they share, what is refused beside them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.commands.parameters import options_given
from audit.console import FILE
from audit.errors import InputError

if TYPE_CHECKING:
    from audit.jobs.workspace import Workspace
    from audit.review.label_studio.server import LabelStudioServer

_FOR_A_SERVER = {"url", "key_file", "project", "full", "watch", "every"}

url_option = click.option(
    "--url",
    metavar="U",
    help="Address of the server; by default LABEL_STUDIO_URL, else where the sample was pushed to last.",
)
key_file_option = click.option(
    "--key-file",
    type=FILE,
    metavar="FILE",
    help="Holds the token, and nobody but you may read it; by default LABEL_STUDIO_API_KEY.",
)
project_option = click.option(
    "--project", type=click.IntRange(min=1), metavar="ID", help="By default the one that was pushed to last."
)
sample_option = click.option("--sample", "name", metavar="NAME", help="By default the latest.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """What the command line says of the server, as it was given."""

    url: str | None
    key_file: Path | None


@contextmanager
def connection(
    place: "Workspace", options: ServerOptions, sample: str | None
) -> Iterator["LabelStudioServer"]:
    """Give the server that a sample's masks go to, or come from."""
    from audit.jobs.label_studio.connection import connected, find_server

    address = find_server(
        place.store, url=options.url, key_file=options.key_file, sample=sample, environment=os.environ
    )
    with connected(address) as server:
        yield server


def check_client_installed() -> None:
    """Raise InputError unless Label Studio's own client is installed."""
    if find_spec("label_studio_sdk") is None:
        raise InputError("this needs Label Studio's own client: install mask-audit[label-studio]")


def refuse_server_options(context: click.Context, flag: str) -> None:
    """Raise InputError where options that are for a server stand beside one that needs none."""
    given = [written for option, written in options_given(context).items() if option in _FOR_A_SERVER]
    if given:
        raise InputError(f"{flag} speaks to no server: leave out {', '.join(given)}")
