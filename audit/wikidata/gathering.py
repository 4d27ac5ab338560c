"""Gathers what the walk needs of Wikidata: the entities' own statements, and all steps between classes."""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audit.wikidata.dump import is_dump, read_dump
from audit.wikidata.item import Item
from audit.wikidata.listing import read_listing
from audit.wikidata.walk import ClassGraph, Numbers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gathered:
    """What a file says.

    Attributes:
        names: of the wanted items that have one, also of those that others redirect to.
        found: the wanted items that are there, and those that they redirect to.
        redirects: wanted items that were merged into another one, which is there.
        n_deprecated: statements of wanted items that are marked as wrong, and left out.
    """

    names: Mapping[int, str]
    found: frozenset[int]
    redirects: Mapping[int, int]
    graph: ClassGraph
    n_deprecated: int


class _Gathering:
    """Takes items in; numbers lie in arrays, of which four bytes a step are kept."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.found: set[int] = set()
        self.redirects: dict[int, int] = {}
        self.n_deprecated = 0
        self._instance_of = array("I")
        self._subclass_of = array("I")

    def take(self, items: Iterable[Item], wanted: Collection[int]) -> None:
        for item in items:
            if item.number in wanted:
                self._take_wanted(item)
            above = item.subclass_of if item.redirects_to is None else (item.redirects_to,)
            for number in above:
                self._subclass_of.extend((item.number, number))

    def _take_wanted(self, item: Item) -> None:
        if item.redirects_to is not None:
            self.redirects[item.number] = item.redirects_to
            return
        self.found.add(item.number)
        self.n_deprecated += item.n_deprecated
        if item.name is not None:
            self.names.setdefault(item.number, item.name)
        for number in item.instance_of:
            self._instance_of.extend((item.number, number))

    def graph(self) -> ClassGraph:
        return ClassGraph(instance_of=_steps(self._instance_of), subclass_of=_steps(self._subclass_of))


def gather(
    file: Path,
    wanted: Collection[int],
    *,
    start: Callable[[int], object],
    advance: Callable[[int], object],
) -> Gathered:
    """Read a dump or a CSV file, told by how it begins.

    Dumps leave merged items out. Where one is there all the same, and what it was merged into was not wanted,
    the file is read once more.

    Args:
        file: a dump or a CSV file.
        wanted: numbers of items.
        start: is told how many bytes there are, once for each time the file is read.
        advance: is told how many more are read.

    Raises:
        InputError: the file is neither, or is damaged.
    """
    read = read_dump if is_dump(file) else _read_as_listing
    n_bytes = file.stat().st_size
    gathering = _Gathering()
    start(n_bytes)
    gathering.take(read(file, wanted, advance), wanted)
    late = set(gathering.redirects.values()) - set(wanted)
    if late:
        start(n_bytes)
        gathering.take((item for item in read(file, late, advance) if item.number in late), late)
    redirects = {old: new for old, new in gathering.redirects.items() if new in gathering.found}
    return Gathered(
        names=gathering.names,
        found=frozenset(gathering.found),
        redirects=redirects,
        graph=gathering.graph(),
        n_deprecated=gathering.n_deprecated,
    )


def _read_as_listing(file: Path, wanted: Collection[int], advance: Callable[[int], object]) -> Iterator[Item]:
    del wanted  # classes and entities stand on the same lines
    return read_listing(file, advance)


def _steps(numbers: "array[int]") -> Numbers:
    return np.array(numbers, dtype=np.uint32).reshape(-1, 2)
