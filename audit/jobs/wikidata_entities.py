"""Gives the entities of the population names, types and categories by what Wikidata says of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audit.errors import InputError
from audit.jobs.files import write_text
from audit.jobs.progress import Progress
from audit.wikidata.gathering import Gathered, gather
from audit.wikidata.item import item_number
from audit.wikidata.roots import Grouping, Kind, default_table, load_kinds
from audit.wikidata.walk import NO_KIND, NearestKinds, n_on_cycles, nearest_kinds
from db.entities import Entity, EntityColumn, EntityCounts, load_entity_ids, put_entities
from db.population import Population

N_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """Some entities: how many, and the first few ids."""

    n: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupingAccount:
    """How the entities fell into types, or categories.

    Attributes:
        n_of_kind: entities of each kind that has any, the largest first.
        unreached: found, but under no root; a kind without roots took them, where there is one.
        n_tied: to which roots of several kinds are equally near.
    """

    n_of_kind: Mapping[str, int]
    unreached: Some
    n_tied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WikidataResult:
    """What a walk did.

    Attributes:
        n_found: entities of the population that the file has.
        not_found: entities with an id of Wikidata that it does not have.
        without_id: entities whose ids are none of Wikidata's.
        without_classes: found, but neither an instance nor a subclass of anything.
        n_only_subclass: found, and a subclass of something but an instance of nothing.
        n_redirected: found under the id that they were merged into.
        n_deprecated: statements left out as marked wrong.
        n_on_cycles: classes of the whole tree that are under themselves.
        groupings: of types and of categories.
    """

    counts: EntityCounts
    n_found: int
    not_found: Some
    without_id: Some
    without_classes: Some
    n_only_subclass: int
    n_redirected: int
    n_deprecated: int
    n_on_cycles: int
    groupings: Mapping[Grouping, GroupingAccount]


def entities_from_wikidata(
    population: Population, file: Path, tables: Mapping[Grouping, Path], *, progress: Progress
) -> WikidataResult:
    """Name and group the entities of the population by a dump of Wikidata, or a CSV file of its statements.

    Args:
        population: only its entities are looked at.
        file: dump or CSV.
        tables: of types and categories; the program's own where one is left out.
        progress: of bytes.

    Raises:
        InputError: the file or a table is wrong, or no entity has an id of Wikidata; nothing was written.
    """
    kinds = {grouping: load_kinds(tables.get(grouping), grouping) for grouping in Grouping}
    entity_ids = load_entity_ids(population)
    numbers = {
        entity_id: number for entity_id in entity_ids if (number := item_number(entity_id)) is not None
    }
    _refuse_without_ids(entity_ids, numbers)
    said = gather(file, set(numbers.values()), start=progress.start, advance=progress.advance)
    items = {
        entity_id: item
        for entity_id, number in numbers.items()
        if (item := said.redirects.get(number, number)) in said.found
    }
    if not items:
        raise InputError(
            f"{file} has none of the population's {len(numbers):,} entities ({', '.join(list(numbers)[:3])}, "
            "…), so nothing was written: name a dump that holds them"
        )
    of_items = np.array(list(items.values()), dtype=np.uint32)
    found = {grouping: nearest_kinds(of_items, said.graph, kinds[grouping]) for grouping in Grouping}
    columns = (EntityColumn.NAME, EntityColumn.TYPE, EntityColumn.CATEGORY)
    counts = put_entities(population, _entities(items, said, found, kinds), columns)
    has_class, has_parent = (
        np.isin(of_items, steps[:, 0]) for steps in (said.graph.instance_of, said.graph.subclass_of)
    )
    return WikidataResult(
        counts=counts,
        n_found=len(items),
        not_found=_some(entity_id for entity_id in numbers if entity_id not in items),
        without_id=_some(entity_id for entity_id in entity_ids if entity_id not in numbers),
        without_classes=_chosen(items, ~has_class & ~has_parent),
        n_only_subclass=int((~has_class & has_parent).sum()),
        n_redirected=sum(numbers[entity_id] != item for entity_id, item in items.items()),
        n_deprecated=said.n_deprecated,
        n_on_cycles=n_on_cycles(said.graph),
        groupings={grouping: _account(items, found[grouping], kinds[grouping]) for grouping in Grouping},
    )


def write_tables(folder: Path) -> tuple[Path, ...]:
    """Write the program's tables of types and categories into a folder, to be edited; give their paths.

    Raises:
        InputError: the folder is not there, or has one already.
    """
    tables = {folder / grouping.file_name: default_table(grouping) for grouping in Grouping}
    there = [str(file) for file in tables if file.exists()]
    if there:
        raise InputError(
            f"{' and '.join(there)} would be written over: move what is there away, or name another folder"
        )
    for file, text in tables.items():
        write_text(file, text)
    return tuple(tables)


def _refuse_without_ids(entity_ids: Sequence[str], numbers: Mapping[str, int]) -> None:
    if not entity_ids:
        raise InputError("the population has no entities yet: ingest annotations with categories first")
    if not numbers:
        raise InputError(
            f"none of the population's {len(entity_ids):,} entities has an id of Wikidata such as Q146 (the "
            f"first is {entity_ids[0]!r}): describe them in a file, `mask-audit entities FILE`"
        )


def _entities(
    items: Mapping[str, int],
    said: Gathered,
    found: Mapping[Grouping, NearestKinds],
    kinds: Mapping[Grouping, Sequence[Kind]],
) -> list[Entity]:
    types, categories = (
        [
            None if place == NO_KIND else kinds[grouping][place].name
            for place in found[grouping].kinds.tolist()
        ]
        for grouping in (Grouping.TYPE, Grouping.CATEGORY)
    )
    return [
        Entity(entity_id=entity_id, name=said.names.get(item), type=type_, category=category)
        for (entity_id, item), type_, category in zip(items.items(), types, categories, strict=True)
    ]


def _account(items: Mapping[str, int], found: NearestKinds, kinds: Sequence[Kind]) -> GroupingAccount:
    n_of_place = Counter(found.kinds.tolist())
    return GroupingAccount(
        n_of_kind={kinds[place].name: n for place, n in n_of_place.most_common() if place != NO_KIND},
        unreached=_chosen(items, ~found.is_reached),
        n_tied=int(found.is_tied.sum()),
    )


def _chosen(items: Mapping[str, int], is_chosen: NDArray[np.bool_]) -> Some:
    return _some(entity_id for entity_id, chosen in zip(items, is_chosen.tolist(), strict=True) if chosen)


def _some(entity_ids: Iterable[str]) -> Some:
    listed = list(entity_ids)
    return Some(n=len(listed), examples=tuple(listed[:N_EXAMPLES]))
