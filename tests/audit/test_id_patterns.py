"""Patterns of ids: Python and DuckDB tell the same name, in the order that is written down."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.errors import InputError
from audit.id_patterns import IdPatterns
from audit.settings import TEMPLATE, load_settings
from db.named_ids import named_by
from db.population import query_engine

LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
SPECIAL = st.sampled_from("*?%_\\'[]\n.aä🐦")
IDS = st.text(st.one_of(SPECIAL, LETTERS), max_size=8)
PATTERNS = st.dictionaries(st.text(LETTERS, min_size=1, max_size=4), IDS.filter(bool), max_size=4)


Ids = tuple[str | None, str | None]


@pytest.fixture(scope="module")
def told_by_duckdb() -> Iterator[Callable[[IdPatterns, Ids], str | None]]:
    with query_engine() as connection:

        def name_of(patterns: IdPatterns, ids: Ids) -> str | None:
            named = named_by(patterns.like, "first", "second")
            asked = f"SELECT {named} FROM (SELECT $1 AS first, $2 AS second)"
            [(name,)] = connection.execute(asked, ids).fetchall()
            return None if name is None else str(name)

        yield name_of


@settings(deadline=None)
@given(patterns=PATTERNS, ids=st.tuples(st.none() | IDS, st.none() | IDS))
def test_duckdb_gives_the_name_that_python_gives(
    told_by_duckdb: Callable[[IdPatterns, Ids], str | None], patterns: dict[str, str], ids: Ids
) -> None:
    told = IdPatterns.of(patterns)
    assert told_by_duckdb(told, ids) == told.name_of(*ids)


@given(text=st.text(st.one_of(SPECIAL, LETTERS), min_size=1, max_size=8))
def test_a_pattern_without_signs_is_its_own_text_alone(text: str) -> None:
    plain = text.replace("*", "+").replace("?", "!")
    told = IdPatterns.of({"it": plain})
    assert told.name_of(plain) == "it"
    assert told.name_of(f"{plain}x") is None
    assert told.name_of(f"x{plain}") is None


def test_the_first_id_counts_before_the_first_pattern() -> None:
    told = IdPatterns.of({"entity": "Q*", "image": "img_*"})
    assert told.name_of("a7", "img_1", "Q5") == "image"
    assert told.name_of("a7", None, "Q5") == "entity"
    assert told.name_of("a7") is None


def test_of_two_patterns_the_one_written_first_counts() -> None:
    assert IdPatterns.of({"all": "*", "birds": "bird_*"}).name_of("bird_1") == "all"
    assert IdPatterns.of({"birds": "bird_*", "all": "*"}).name_of("bird_1") == "birds"


def settings_of(folder: Path, text: str) -> IdPatterns:
    (folder / "audit.toml").write_text(text, encoding="utf-8")
    return IdPatterns.of(load_settings(folder, {}).sources)


def test_tables_of_audit_toml_keep_their_order(tmp_path: Path) -> None:
    told = settings_of(tmp_path, '[sources]\n"Stanford Cars" = "car_*"\nA = "?"\n')
    assert told.patterns == (("Stanford Cars", "car_*"), ("A", "?"))


def test_every_fault_of_patterns_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        settings_of(
            tmp_path,
            '[sources]\n"" = "x*"\nA = ""\nB = "y*"\nC = "y*"\n[categories]\nbird = 7\nplant = ["p*"]\n',
        )
    for fault in (
        "sources gives the pattern 'x*' an empty name",
        "sources.A is an empty pattern",
        "sources.C = 'y*' is the pattern of 'B', which counts",
        "categories.bird = 7 is not text",
        "categories.plant = ['p*'] is not text",
    ):
        assert fault in str(refused.value)


def test_the_settings_file_says_how_to_write_the_tables() -> None:
    assert "[sources] and [categories]" in TEMPLATE
