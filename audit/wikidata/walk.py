"""Finds the kind of every entity: the one with the nearest root above it in the tree of classes.

The tree is none: an item has several classes, a class several above it, and some lie on cycles. So the walk
goes down from all roots at once, one step at a time, and every class keeps the first root that reaches it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from audit.wikidata.roots import Kind

Numbers = NDArray[np.uint32]
"""Numbers of items; a list of steps has two columns, from and to."""

NO_KIND = -1

_FAR = np.iinfo(np.int64).max // 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassGraph:
    """The steps that lead upwards.

    Attributes:
        instance_of: entity and class, shape [n, 2]; only entities' own, as the class of a class says what
            kind of class it is, not what its members are.
        subclass_of: class and class above it, shape [n, 2].
    """

    instance_of: Numbers
    subclass_of: Numbers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NearestKinds:
    """The kinds of some entities, as arrays of one length.

    Attributes:
        kinds: position of each entity's kind, int64, or `NO_KIND`.
        is_reached: whether any root was found above it; a kind without roots takes those without.
        is_tied: whether roots of several kinds are nearest, so that the order of the table decided.
    """

    kinds: NDArray[np.int64]
    is_reached: NDArray[np.bool_]
    is_tied: NDArray[np.bool_]


def nearest_kinds(entities: Numbers, graph: ClassGraph, kinds: Sequence[Kind]) -> NearestKinds:
    """Give the kind of each entity whose root takes the fewest steps; among equals the first of the table.

    A root is its own kind, in no step. From an entity one step leads to what it is an instance or a subclass
    of, and from there only to what that is a subclass of.

    Args:
        entities: their numbers, in any order.
        graph: the steps.
        kinds: in order of precedence; at least one.
    """
    places = _places(entities, graph, kinds)
    precedence = np.array([order for order, kind in enumerate(kinds) for _ in kind.roots], dtype=np.int64)
    first = _nearest(places, precedence, len(kinds))
    last = len(kinds) - 1 - _nearest(places, len(kinds) - 1 - precedence, len(kinds))
    is_reached = first != NO_KIND
    rest = next((place for place, kind in enumerate(kinds) if not kind.roots), NO_KIND)
    return NearestKinds(
        kinds=np.where(is_reached, first, rest), is_reached=is_reached, is_tied=is_reached & (first != last)
    )


def n_on_cycles(graph: ClassGraph) -> int:
    """Count the classes from which a way up leads back to themselves."""
    if not len(graph.subclass_of):
        return 0
    ids, steps = np.unique(graph.subclass_of, return_inverse=True)
    below, above = steps.reshape(-1, 2).T
    matrix = coo_array((np.ones(len(below), np.int8), (below, above)), shape=(len(ids), len(ids)))
    _, component = connected_components(matrix, connection="strong")
    is_cyclic = np.bincount(component)[component] > 1
    is_cyclic[below[below == above]] = True
    return int(is_cyclic.sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Places:
    """Everything that is walked on, by its place among all items instead of its number."""

    n_items: int
    entities: NDArray[np.intp]
    instance_of: NDArray[np.intp]
    subclass_of: NDArray[np.intp]
    roots: NDArray[np.intp]


def _places(entities: Numbers, graph: ClassGraph, kinds: Sequence[Kind]) -> _Places:
    roots = np.array([root for kind in kinds for root in kind.roots], dtype=np.uint32)
    numbers = (entities, graph.instance_of.ravel(), graph.subclass_of.ravel(), roots)
    ids, places = np.unique(np.concatenate(numbers), return_inverse=True)
    of_entities, examples, steps, of_roots = np.split(places, np.cumsum([len(each) for each in numbers[:-1]]))
    return _Places(
        n_items=len(ids),
        entities=of_entities,
        instance_of=examples.reshape(-1, 2),
        subclass_of=steps.reshape(-1, 2),
        roots=of_roots,
    )


def _nearest(places: _Places, precedence: NDArray[np.int64], n_kinds: int) -> NDArray[np.int64]:
    """The least precedence among the nearest roots of each entity, or NO_KIND.

    Distance and precedence are one number, a key, that is to be least.
    """
    keys = np.full(places.n_items, _FAR)
    keys[places.roots] = precedence
    below, above = places.subclass_of.T
    _descend(keys, below, above, step=n_kinds)
    of_entities = keys.copy()
    example, its_class = places.instance_of.T
    np.minimum.at(of_entities, example, keys[its_class] + n_kinds)
    found = of_entities[places.entities]
    return np.where(found < _FAR, found % n_kinds, NO_KIND)


def _descend(keys: NDArray[np.int64], below: NDArray[np.intp], above: NDArray[np.intp], step: int) -> None:
    """Give every class below a root its key, in place: those that are one step away first."""
    while len(below):
        is_open = keys[below] == _FAR
        below, above = below[is_open], above[is_open]
        is_next = keys[above] < _FAR
        if not is_next.any():
            return
        np.minimum.at(keys, below[is_next], keys[above[is_next]] + step)
