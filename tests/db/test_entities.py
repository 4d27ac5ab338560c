"""What is said of entities is kept beside the population, replaced in one step, and reaches mentions."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.entities import (
    ENTITIES_FILE,
    Entity,
    EntityColumn,
    EntityCounts,
    load_entities,
    load_entity_ids,
    put_entities,
)
from db.errors import ConflictError
from db.population import Population

ALL = frozenset(EntityColumn)


@pytest.fixture
def population(tmp_path: Path) -> Population:
    return Population(tmp_path / "population")


def test_what_was_put_is_given_back_in_order_of_id(population: Population) -> None:
    crow = Entity(entity_id="Q388450", name="Crow", type="living thing", category="animal", source="inat")
    cat = Entity(entity_id="Q146", name="🐈 cat")
    counts = put_entities(population, [crow, cat], ALL)
    assert load_entities(population) == [cat, crow]
    assert counts == EntityCounts(
        n_new=2, n_replaced=0, n_unknown=2, n_entities=0, n_without_type=0, n_without_category=0
    )


def test_nothing_was_said_before_the_first_time(population: Population) -> None:
    assert load_entities(population) == []
    assert load_entity_ids(population) == []


def test_columns_that_are_not_spoken_of_stay_and_others_are_replaced_even_by_nothing(
    population: Population,
) -> None:
    put_entities(population, [Entity(entity_id="Q1", name="one", type="time", category="a")], ALL)
    said = [Entity(entity_id="Q1", type="event"), Entity(entity_id="Q2")]
    counts = put_entities(population, said, {EntityColumn.TYPE, EntityColumn.CATEGORY})
    assert (counts.n_new, counts.n_replaced) == (1, 1)
    assert load_entities(population) == [
        Entity(entity_id="Q1", name="one", type="event"),
        Entity(entity_id="Q2"),
    ]


def test_the_same_again_changes_no_byte(population: Population) -> None:
    said = [Entity(entity_id=f"Q{number}", name=f"thing {number}") for number in range(2000)]
    put_entities(population, said, ALL)
    before = (population.folder / ENTITIES_FILE).read_bytes()
    counts = put_entities(population, list(reversed(said)), ALL)
    assert (counts.n_new, counts.n_replaced) == (0, 2000)
    assert (population.folder / ENTITIES_FILE).read_bytes() == before


def test_while_another_command_writes_nothing_is_put(population: Population) -> None:
    with population.staging(), pytest.raises(ConflictError, match="another command is writing"):
        put_entities(Population(population.folder), [Entity(entity_id="Q1")], ALL)
    assert load_entities(population) == []


TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
SAID = st.dictionaries(st.sampled_from("abcd"), st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), max_size=4)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(rounds=st.lists(st.tuples(SAID, st.sets(st.sampled_from(EntityColumn))), max_size=4))
def test_any_rounds_leave_what_was_last_said_of_each_column(
    rounds: list[tuple[dict[str, tuple[str | None, ...]], set[EntityColumn]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    population = Population(tmp_path_factory.mktemp("rounds") / "population")
    expected: dict[str, dict[str, str | None]] = {}
    for said, columns in rounds:
        entities = [
            Entity(entity_id=entity_id, **dict(zip(map(str, EntityColumn), values, strict=True)))
            for entity_id, values in said.items()
        ]
        put_entities(population, entities, columns)
        for entity in entities:
            known = expected.setdefault(entity.entity_id, dict.fromkeys(map(str, EntityColumn)))
            known |= {str(column): getattr(entity, column) for column in columns}
    assert load_entities(population) == [
        Entity(entity_id=entity_id, **values) for entity_id, values in sorted(expected.items())
    ]
