"""The nearest root wins: on cycles, by several ways, in whatever order the steps are read."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from audit.wikidata.roots import Kind
from audit.wikidata.walk import NO_KIND, ClassGraph, Numbers, n_on_cycles, nearest_kinds

Steps = list[tuple[int, int]]

ITEMS = st.integers(1, 12)
STEPS = st.lists(st.tuples(ITEMS, ITEMS), max_size=25)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Kind, ...]:
    roots = draw(st.lists(ITEMS, unique=True, min_size=1, max_size=6))
    places = draw(st.lists(st.integers(0, 3), min_size=len(roots), max_size=len(roots)))
    kinds = [tuple(root for root, at in zip(roots, places, strict=True) if at == place) for place in range(4)]
    return tuple(Kind(name=f"kind {place}", roots=each) for place, each in enumerate(kinds) if each)


def numbers(steps: Sequence[object]) -> Numbers:
    return np.array(steps, dtype=np.uint32).reshape(-1, 2)


def a_graph(instance_of: Steps, subclass_of: Steps) -> ClassGraph:
    return ClassGraph(instance_of=numbers(instance_of), subclass_of=numbers(subclass_of))


def distances(entity: int, instance_of: Steps, subclass_of: Steps) -> dict[int, int]:
    """The fewest steps to everything above an entity, by walking up from it alone."""
    reached = {entity: 0}
    now, n_steps = {entity}, 0
    while now:
        n_steps += 1
        ways = subclass_of + (instance_of if n_steps == 1 else [])
        now = {above for below, above in ways if below in now} - reached.keys()
        reached |= dict.fromkeys(now, n_steps)
    return reached


def naive_kind(
    entity: int, instance_of: Steps, subclass_of: Steps, kinds: Sequence[Kind]
) -> tuple[int, bool]:
    reached = distances(entity, instance_of, subclass_of)
    nearest = sorted(
        (reached[root], place) for place, kind in enumerate(kinds) for root in kind.roots if root in reached
    )
    if not nearest:
        return NO_KIND, False
    n_steps, first = nearest[0]
    return first, any(place != first for far, place in nearest if far == n_steps)


@given(instance_of=STEPS, subclass_of=STEPS, kinds=tables())
def test_every_entity_gets_the_kind_that_walking_up_from_it_alone_finds(
    instance_of: Steps, subclass_of: Steps, kinds: tuple[Kind, ...]
) -> None:
    entities = list(range(1, 13))
    found = nearest_kinds(np.array(entities, dtype=np.uint32), a_graph(instance_of, subclass_of), kinds)
    expected = [naive_kind(entity, instance_of, subclass_of, kinds) for entity in entities]
    assert found.kinds.tolist() == [kind for kind, _ in expected]
    assert found.is_tied.tolist() == [is_tied for _, is_tied in expected]
    assert found.is_reached.tolist() == [kind != NO_KIND for kind, _ in expected]


@given(instance_of=STEPS, subclass_of=STEPS, kinds=tables(), random=st.randoms())
def test_the_order_of_steps_and_of_entities_does_not_matter(
    instance_of: Steps, subclass_of: Steps, kinds: tuple[Kind, ...], random: np.random.Generator
) -> None:
    entities = list(range(1, 13))
    before = nearest_kinds(np.array(entities, dtype=np.uint32), a_graph(instance_of, subclass_of), kinds)
    for each in (entities, instance_of, subclass_of):
        random.shuffle(each)
    after = nearest_kinds(np.array(entities, dtype=np.uint32), a_graph(instance_of, subclass_of), kinds)
    assert after.kinds.tolist() == [before.kinds[entity - 1] for entity in entities]


def kind_of(entity: int, graph: ClassGraph, *roots: tuple[int, ...]) -> int:
    kinds = tuple(Kind(name=f"kind {place}", roots=each) for place, each in enumerate(roots))
    return int(nearest_kinds(np.array([entity], dtype=np.uint32), graph, kinds).kinds[0])


def test_a_short_way_wins_over_a_long_one_whatever_the_order_of_the_table() -> None:
    graph = a_graph([(1, 2), (1, 5)], [(2, 3), (3, 4), (5, 6)])
    assert kind_of(1, graph, (4,), (6,)) == 1
    assert kind_of(1, graph, (6,), (4,)) == 0


def test_of_roots_that_are_as_near_the_first_of_the_table_wins() -> None:
    graph = a_graph([(1, 2), (1, 3)], [])
    assert kind_of(1, graph, (3,), (2,)) == 0
    assert kind_of(1, graph, (2,), (3,)) == 0


def test_a_root_is_its_own_kind() -> None:
    assert kind_of(2, a_graph([(2, 1)], [(2, 1)]), (1,), (2,)) == 1


def test_what_the_class_of_an_entity_is_an_instance_of_says_nothing_of_the_entity() -> None:
    """A dog breed is an instance of "dog breed"; Labradors of that breed are no breeds."""
    assert kind_of(1, a_graph([(1, 2), (2, 9)], []), (9,)) == NO_KIND
    assert kind_of(2, a_graph([(1, 2), (2, 9)], []), (9,)) == 0


def test_a_kind_without_roots_takes_what_no_root_reaches() -> None:
    graph = a_graph([(1, 2)], [])
    assert kind_of(1, graph, (2,), ()) == 0
    assert kind_of(1, graph, (), (3,)) == 0
    assert kind_of(1, graph, (3,)) == NO_KIND


def test_classes_on_cycles_are_counted() -> None:
    assert n_on_cycles(a_graph([], [])) == 0
    assert n_on_cycles(a_graph([], [(1, 2), (2, 3)])) == 0
    assert n_on_cycles(a_graph([], [(1, 2), (2, 3), (3, 2), (4, 4), (5, 4)])) == 3
