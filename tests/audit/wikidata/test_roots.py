"""The tables of kinds: the program's own are sound, and a wrong one is refused with all its faults."""

import re
from pathlib import Path

import pytest

from audit.errors import InputError
from audit.wikidata.roots import Grouping, Kind, default_table, load_kinds

PUBLISHED_CATEGORIES = {"others", "animal", "plant", "food", "material", "location"} | {
    *("tools", "building", "vehicle", "sports", "person")
}
NON_VISUAL_TYPES = {"time", "location", "method", "event", "game", "technology", "chart reasoning"}


def test_the_program_s_categories_are_the_published_ones() -> None:
    kinds = load_kinds(None, Grouping.CATEGORY)
    assert {kind.name for kind in kinds} == PUBLISHED_CATEGORIES
    assert [kind.name for kind in kinds if not kind.roots] == ["others"]


def test_the_program_s_types_have_all_that_is_published_as_not_visual() -> None:
    assert {kind.name for kind in load_kinds(None, Grouping.TYPE)} >= NON_VISUAL_TYPES


@pytest.mark.parametrize("grouping", Grouping)
def test_every_root_is_documented_by_its_label(grouping: Grouping) -> None:
    text = default_table(grouping)
    roots = [root for kind in load_kinds(None, grouping) for root in kind.roots]
    assert [f"Q{root}" for root in roots] == re.findall(r'"(Q\d+)", +# \S', text)


def test_the_same_root_has_the_same_label_in_both_tables() -> None:
    labels = [dict(re.findall(r'"(Q\d+)", +# (.+)', default_table(grouping))) for grouping in Grouping]
    shared = labels[0].keys() & labels[1].keys()
    assert len(shared) > 10
    assert [labels[0][root] for root in shared] == [labels[1][root] for root in shared]


def test_a_table_that_was_written_out_and_edited_is_read(tmp_path: Path) -> None:
    file = tmp_path / "types.toml"
    file.write_text('[[type]]\nname = "cat"\nroots = ["Q146"]\n\n' + default_table(Grouping.TYPE))
    own = load_kinds(None, Grouping.TYPE)
    assert load_kinds(file, Grouping.TYPE) == (Kind(name="cat", roots=(146,)), *own)


def test_names_are_without_spaces_around_them_and_the_mark_of_an_editor_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "types.toml"
    file.write_text('[[type]]\nname = " cat "\nroots = ["Q146"]\n', encoding="utf-8-sig")
    assert load_kinds(file, Grouping.TYPE) == (Kind(name="cat", roots=(146,)),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[type]\n", "cannot be read as TOML"),
        ("", "must be a list of [[type]]"),
        ('[[category]]\nname = "a"\nroots = ["Q1"]', "must be a list of [[type]]"),
        ('[[type]]\nname = "a"', "entry 1 must have a name and roots, and nothing else"),
        (
            '[[type]]\nname = "a"\nroots = []\nroot = 1',
            "entry 1 must have a name and roots, and nothing else",
        ),
        ('[[type]]\nname = " "\nroots = ["Q1"]', "entry 1 has no name"),
        ('[[type]]\nname = 3\nroots = ["Q1"]', "entry 1 has a name that is no text (3)"),
        ('[[type]]\nname = "a"\nroots = "Q1"', "the roots of 'a' are no list"),
        (
            '[[type]]\nname = "a"\nroots = ["Q1", "P31", 5]',
            "root 'P31' of 'a' is no id of Wikidata such as Q146; root 5 of 'a' is no id",
        ),
        (
            '[[type]]\nname = "a"\nroots = ["Q1"]\n[[type]]\nname = "a"\nroots = ["Q2", "Q1"]',
            "'a' stands twice; root Q1 stands twice",
        ),
        ('[[type]]\nname = "a"\nroots = ["Q1"]\n[[type]]\nname = "a "\nroots = []', "'a' stands twice"),
        (
            '[[type]]\nname = "a"\nroots = []\n[[type]]\nname = "b"\nroots = []',
            "'a' and 'b' have no roots, which only one can have",
        ),
    ],
)
def test_a_wrong_table_is_refused_with_all_that_is_wrong(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "types.toml").write_text(text)
    with pytest.raises(InputError) as refused:
        load_kinds(tmp_path / "types.toml", Grouping.TYPE)
    assert said in str(refused.value)
    assert "types.toml" in str(refused.value)


def test_a_table_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there: name a TOML table"):
        load_kinds(tmp_path / "types.toml", Grouping.TYPE)
    (tmp_path / "types.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read as TOML in UTF-8"):
        load_kinds(tmp_path / "types.toml", Grouping.TYPE)
