"""Takes in what a file says of entities: names, types, categories, sources."""

from dataclasses import dataclass
from pathlib import Path

from audit.jobs.entity_rows import read_entities
from db.entities import EntityCounts, put_entities
from db.population import Population


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitiesResult:
    """What a file did.

    Attributes:
        n_rows: entities of the file.
        counts: what became of them.
        ignored_columns: columns that mean nothing here.
    """

    n_rows: int
    counts: EntityCounts
    ignored_columns: tuple[str, ...]


def import_entities(population: Population, file: Path) -> EntitiesResult:
    """Keep what a CSV or JSON Lines file says of entities, in place of what was said of the same ones before.

    Columns that the file does not have stay as they are; an empty cell says that nothing is known.

    Raises:
        InputError: the file cannot be read or has bad rows, each of them named; nothing was written.
    """
    rows = read_entities(file)
    counts = put_entities(population, rows.entities, rows.columns)
    return EntitiesResult(n_rows=len(rows.entities), counts=counts, ignored_columns=rows.ignored_columns)
