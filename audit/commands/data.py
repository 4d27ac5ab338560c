"""Commands that bring data in: init, upgrade, ingest, doctor."""

import shlex
from pathlib import Path

import click

from audit.console import FILE, Outcome, progress_bar, speaks, workspace_option


@click.command()
@click.argument("folder", metavar="DIR", type=FILE)
@click.option("--database", metavar="URL", help="sqlite:///FILE or postgresql://USER@HOST/NAME.")
@speaks
def init(folder: Path, database: str | None) -> Outcome:
    """Make a workspace.

    It gets audit.toml with every setting, the guideline for reviewers, and the database.

    \b
    mask-audit init audit
    mask-audit init audit --database postgresql://auditor@localhost/audit
    """
    from audit.jobs.workspace import make_workspace

    made = make_workspace(folder.absolute(), database)
    done = "made" if made.is_new else "is there already"
    return Outcome(
        lines=[
            f"workspace {folder} {done}",
            f"next: mask-audit ingest FILE --setting NAME -w {shlex.quote(str(folder))}",
        ],
        content={"workspace": str(made.folder), "created": made.is_new},
    )


@click.command()
@workspace_option
@speaks
def upgrade(workspace: Path | None) -> Outcome:
    """Bring an older workspace to this version.

    Samples and verdicts stay as they are. It is done whole or not at all; run again, it changes nothing.

    \b
    mask-audit upgrade -w audit
    """
    from audit.jobs.workspace import upgrade_workspace

    before, after = upgrade_workspace(workspace)
    is_new = before == after
    return Outcome(
        lines=[
            f"schema {after} is the newest, nothing to do" if is_new else f"schema {before} is now {after}"
        ],
        content={"before": before, "after": after},
    )


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--setting", required=True, metavar="NAME", help="The way in which these masks were made.")
@click.option("--reference", metavar="R", help="Text reference of the setting; a row of Table 1.")
@click.option("--model", metavar="M", help="Segmentation model of the setting; a column of Table 1.")
@click.option("--split", metavar="S", help="Split of every annotation; by default its data_split.")
@click.option("--images", metavar="ROOT", help="Folder or URL of the images (also zip://FILE, tar://FILE).")
@click.option("--base", type=FILE, metavar="JSON", help="COCO file with the images and categories.")
@click.option("--id-key", metavar="KEY", help="Field that holds the id where `id` is absent.")
@click.option("--match", metavar="SETTING", help="Take the ids of this setting's masks that overlap most.")
@click.option("--match-iou", type=float, default=0.5, show_default=True, help="Least overlap of a match.")
@click.option("--subset-of", metavar="SETTING", help="These masks are a filtered part of that setting's.")
@click.option("--strict", is_flag=True, help="Refuse files in which anything is wrong.")
@workspace_option
@speaks
def ingest(
    *,
    workspace: Path | None,
    files: tuple[Path, ...],
    setting: str,
    reference: str | None,
    model: str | None,
    split: str | None,
    images: str | None,
    base: Path | None,
    id_key: str | None,
    match: str | None,
    match_iou: float,
    subset_of: str | None,
    strict: bool,
) -> Outcome:
    """Read the masks of one setting.

    COCO, LVIS, results lists, Mask-OVEN-Wiki, also gzipped, and folders of PNG masks, told by their shape.

    \b
    mask-audit ingest query_val.json --setting "intension × G-SAM" --reference intension --model G-SAM \\
        --images photos
    mask-audit ingest results.json.gz --setting B --base instances.json --match A
    """
    from audit.jobs.ingest import IngestRequest, Strictness, run_ingest
    from audit.jobs.workspace import open_workspace

    request = IngestRequest(
        files=files,
        setting=setting,
        reference=reference,
        model=model,
        split=split,
        images=images,
        base=base,
        id_key=id_key,
        match=match,
        match_iou=match_iou,
        subset_of=subset_of,
        strictness=Strictness.STRICT if strict else Strictness.TOLERANT,
    )
    place = open_workspace(workspace)
    with progress_bar("reading") as progress:
        result = run_ingest(place.population, request, workers=place.workers, progress=progress)
    return Outcome(
        lines=[
            *(line for account in result.accounts for line in account.as_lines()),
            *result.remarks,
            f"setting {result.setting}: {result.n_annotations:,} masks; "
            f"the population takes {result.n_bytes_on_disk / 1e6:,.1f} MB on disk",
        ],
        content={
            "setting": result.setting,
            "files": [account.as_json() for account in result.accounts],
            "remarks": list(result.remarks),
            "n_bytes_on_disk": result.n_bytes_on_disk,
        },
    )


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--base", type=FILE, metavar="JSON", help="COCO file with the images and categories.")
@click.option("--id-key", metavar="KEY", help="Field that holds the id where `id` is absent.")
@click.option("--split", metavar="S", help="Split of every annotation; by default its data_split.")
@speaks
def doctor(files: tuple[Path, ...], base: Path | None, id_key: str | None, split: str | None) -> Outcome:
    """Say what is wrong in files.

    Gives the account that ingest would give, without ingesting; needs no workspace.

    \b
    mask-audit doctor instances_val2017.json
    """
    from audit.jobs.examine import examine
    from audit.jobs.workspace import n_cores

    with progress_bar("reading") as progress:
        found = examine(files, base=base, id_key=id_key, split=split, workers=n_cores(), progress=progress)
    return Outcome(
        lines=[line for account in found.accounts for line in account.as_lines()],
        content={
            "setting": None,
            "files": [account.as_json() for account in found.accounts],
            "refusals": list(found.refusals),
        },
        error="; ".join(found.refusals),
    )
