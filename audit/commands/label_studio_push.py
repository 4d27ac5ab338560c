"""The command that hands masks to a Label Studio server: label-studio push."""

from pathlib import Path

import click

from audit.commands.label_studio_server import (
    ServerOptions,
    check_client_installed,
    connection,
    key_file_option,
    refuse_server_options,
    sample_option,
    url_option,
)
from audit.commands.label_studio_words import file_outcome, push_outcome
from audit.console import FILE, Outcome, progress_bar, speaks, workspace_option


@click.command()
@url_option
@key_file_option
@click.option(
    "--project",
    type=click.IntRange(min=1),
    metavar="ID",
    help="By default the sample's own, made if need be.",
)
@click.option(
    "--mask-mode",
    type=click.Choice(["brush", "overlay"]),
    default="brush",
    show_default=True,
    help="How masks are shown: as a brush that reviewers can hide, or drawn into the picture.",
)
@click.option(
    "--image-mode",
    type=click.Choice(["upload", "local", "url"]),
    default="upload",
    show_default=True,
    help="How images get there: uploaded; or written to a folder that the server reads (local), or that is "
    "served at an address (url).",
)
@click.option("--image-folder", type=FILE, metavar="DIR", help="Where images are written, for local and url.")
@click.option(
    "--server-folder", metavar="DIR", help="The same folder as the server sees it, where that differs."
)
@click.option("--document-root", metavar="DIR", help="LOCAL_FILES_DOCUMENT_ROOT of the server, for local.")
@click.option("--image-url", metavar="URL", help="Where that folder is served, for url.")
@click.option(
    "--to-file",
    type=FILE,
    metavar="FILE.json",
    help="Write what a server would be given, and speak to none.",
)
@sample_option
@workspace_option
@speaks
@click.pass_context
def push(
    context: click.Context,
    *,
    url: str | None,
    key_file: Path | None,
    project: int | None,
    mask_mode: str,
    image_mode: str,
    image_folder: Path | None,
    server_folder: str | None,
    document_root: str | None,
    image_url: str | None,
    to_file: Path | None,
    name: str | None,
    workspace: Path | None,
) -> Outcome:
    """Hand a sample's masks to a server.

    Makes a project with one task for each mask, blind and in random order, or adds what is missing there.
    Run it again after whatever went wrong: there will be one task for each mask. With --to-file it writes
    files, for a server that cannot be reached from here.

    \b
    mask-audit label-studio push --url https://label.example.org
    mask-audit label-studio push --project 12 --mask-mode overlay
    mask-audit label-studio push --to-file tasks.json
    """
    check_client_installed()
    from audit.jobs.label_studio.image_places import ImageMode, ImagePlacing
    from audit.jobs.workspace import open_workspace
    from audit.review.label_studio.tasks import MaskMode

    look = MaskMode(mask_mode)
    images = ImagePlacing(
        mode=ImageMode(image_mode),
        folder=image_folder,
        server_folder=server_folder,
        document_root=document_root,
        url=image_url,
    )
    if to_file is not None:
        refuse_server_options(context, "--to-file")
        from audit.jobs.label_studio.task_files import TaskFilesRequest, write_task_files

        files = TaskFilesRequest(file=to_file, sample=name, mask_mode=look, images=images)
        with progress_bar("writing", unit="mask") as progress:
            return file_outcome(write_task_files(open_workspace(workspace), files, progress=progress))
    from audit.jobs.label_studio.push import PushRequest, push_masks

    place = open_workspace(workspace)
    request = PushRequest(sample=name, project=project, mask_mode=look, images=images)
    with (
        connection(place, ServerOptions(url=url, key_file=key_file), name) as server,
        progress_bar("pushing", unit="mask") as progress,
    ):
        return push_outcome(push_masks(place, request, server, progress=progress))
