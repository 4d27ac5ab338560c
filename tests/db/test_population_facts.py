"""Facts of a population are kept in one file, which tells when it is damaged."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import UnreachableError
from db.population_facts import FACTS_FILE, CategorySize, PopulationFacts, load_facts, save_facts

SIZES = st.builds(
    CategorySize, name=st.none() | st.text(), n_annotations=st.integers(0), n_entities=st.integers(0)
)


@given(st.builds(PopulationFacts, setting=st.text(), categories=st.lists(SIZES).map(tuple)))
def test_facts_come_back_as_they_were_kept(
    tmp_path_factory: pytest.TempPathFactory, facts: PopulationFacts
) -> None:
    folder = tmp_path_factory.mktemp("population")

    save_facts(folder, facts)

    assert load_facts(folder) == facts


def test_where_nothing_was_kept_there_is_nothing(tmp_path: Path) -> None:
    assert load_facts(tmp_path) is None


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", "{}", '{"categories": [1]}', '{"categories": [{"name": 1}]}']
)
def test_damaged_facts_are_told_as_such(tmp_path: Path, damaged: str) -> None:
    (tmp_path / FACTS_FILE).write_text(damaged)

    with pytest.raises(UnreachableError, match=rf"{FACTS_FILE} is damaged"):
        load_facts(tmp_path)
