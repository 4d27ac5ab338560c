"""Values as YAML: what a reader of YAML 1.1 reads back is what was written."""

import string

import yaml
from hypothesis import given
from hypothesis import strategies as st

from reports.exports.yaml_text import quoted, yaml_lines

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.one_of(TEXTS, st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
KEYS = st.text(string.ascii_lowercase, min_size=2).filter(lambda key: isinstance(yaml.safe_load(key), str))
MAPPINGS = st.dictionaries(KEYS, SCALARS, min_size=1)
VALUES = st.dictionaries(
    KEYS, st.one_of(SCALARS, MAPPINGS, st.lists(SCALARS), st.lists(MAPPINGS)), min_size=1
)


@given(VALUES)
def test_what_is_written_is_read_back(values: dict[str, object]) -> None:
    assert yaml.safe_load("\n".join(yaml_lines(values))) == values


@given(TEXTS)
def test_a_text_stays_on_its_line_and_inside_its_quotes(text: str) -> None:
    line = quoted(text)

    assert len(line.splitlines()) == 1
    assert yaml.safe_load(f"- {line} # end") == [text]


def test_what_nobody_knows_is_left_out() -> None:
    assert list(yaml_lines({"model": None, "n": 0})) == ["n: 0"]
