"""The command that says what is known of entities: entities."""

from pathlib import Path

import click

from audit.console import FILE, Outcome, progress_bar, speaks, workspace_option
from audit.errors import InputError


@click.command()
@click.argument("file", metavar="[FILE]", required=False, type=FILE)
@click.option(
    "--from-wikidata",
    "dump",
    type=FILE,
    metavar="DUMP|CSV",
    help="A dump (.json, .json.gz, .json.bz2), or CSV: entity_id, name, instance_of, subclass_of.",
)
@click.option(
    "--types", type=FILE, metavar="TOML", help="Types and their roots in Wikidata, in place of the usual."
)
@click.option(
    "--categories", type=FILE, metavar="TOML", help="Categories and their roots, in place of the usual."
)
@click.option(
    "--write-tables",
    "folder",
    type=FILE,
    metavar="DIR",
    help="Write types.toml and categories.toml there, to edit.",
)
@workspace_option
@speaks
def entities(
    *,
    file: Path | None,
    dump: Path | None,
    types: Path | None,
    categories: Path | None,
    folder: Path | None,
    workspace: Path | None,
) -> Outcome:
    """Say what entities are: their names, types and categories.

    FILE is CSV or JSON Lines with entity_id and any of name, type, category, source. It replaces what was
    said of the same entities before; columns that it does not have stay. A bad row refuses the file.

    From Wikidata, an entity is of the type and category whose root is the fewest steps of "instance of",
    "subclass of" and "parent taxon" above it. Nothing is downloaded.

    \b
    mask-audit entities entities.csv
    mask-audit entities --from-wikidata latest-all.json.gz
    mask-audit entities --write-tables .
    mask-audit entities --from-wikidata latest-all.json.gz --types types.toml
    """
    if sum(each is not None for each in (file, dump, folder)) != 1:
        raise InputError("name either a FILE of entities, --from-wikidata DUMP, or --write-tables DIR")
    if dump is None and (types or categories):
        raise InputError("--types and --categories are the tables of --from-wikidata: name its DUMP too")
    if folder is not None:
        return _tables_written(folder)
    if dump is not None:
        return _walked(dump, types, categories, workspace)
    return _taken_in(Path(str(file)), workspace)


def _tables_written(folder: Path) -> Outcome:
    from audit.jobs.wikidata_entities import write_tables

    files = write_tables(folder)
    return Outcome(
        lines=[f"written: {', '.join(map(str, files))}"], content={"files": [str(file) for file in files]}
    )


def _taken_in(file: Path, workspace: Path | None) -> Outcome:
    from audit.jobs.entities import import_entities
    from audit.jobs.entities_words import import_json, import_lines
    from audit.jobs.workspace import open_workspace

    result = import_entities(open_workspace(workspace).population, file)
    return Outcome(lines=import_lines(result), content={"file": str(file), **import_json(result)})


def _walked(dump: Path, types: Path | None, categories: Path | None, workspace: Path | None) -> Outcome:
    from audit.jobs.entities_words import walk_json, walk_lines
    from audit.jobs.wikidata_entities import entities_from_wikidata
    from audit.jobs.workspace import open_workspace
    from audit.wikidata.roots import Grouping

    given = {Grouping.TYPE: types, Grouping.CATEGORY: categories}
    tables = {grouping: table for grouping, table in given.items() if table is not None}
    place = open_workspace(workspace)
    with progress_bar("reading") as progress:
        result = entities_from_wikidata(place.population, dump, tables, progress=progress)
    return Outcome(lines=walk_lines(result), content={"file": str(dump), **walk_json(result)})
