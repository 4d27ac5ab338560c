"""Dumps are read as Wikidata writes them, and refused where they are damaged."""

import bz2
import gzip
import json
from collections.abc import Collection
from pathlib import Path

import pytest

from audit.errors import InputError
from audit.wikidata.dump import is_dump, read_dump
from audit.wikidata.item import Item
from tests.audit.wikidata.dumps import a_property, a_statement, an_item, dump_text, write_dump

ENTITIES = [
    an_item("Q31", P31=["Q3624078"], P47=["Q142"]),
    an_item("Q146", P31=["Q55983715"], P279=["Q39201", "!Q729", "Q622852"]),
    a_property("P31"),
    an_item("Q140", P31=["Q16521"], P171=["Q127960"]),
    an_item("Q5"),
    an_item("Q42", P31=["Q5"]),
]


def read(file: Path, wanted: Collection[int]) -> list[Item]:
    return list(read_dump(file, wanted, advance=int))


@pytest.mark.parametrize("name", ["all.json", "all.json.gz", "all.json.bz2"])
def test_wanted_items_and_classes_are_given_however_the_dump_is_packed(name: str, tmp_path: Path) -> None:
    file = write_dump(tmp_path / name, ENTITIES)
    assert is_dump(file)
    assert read(file, {31}) == [
        Item(number=31, name="thing Q31", instance_of=(3624078,)),
        Item(
            number=146,
            name="thing Q146",
            instance_of=(55983715,),
            subclass_of=(39201, 622852),
            n_deprecated=1,
        ),
        Item(number=140, name="thing Q140", instance_of=(16521,), subclass_of=(127960,)),
    ]


def test_lines_that_cannot_matter_are_not_parsed(tmp_path: Path) -> None:
    lines = dump_text(ENTITIES).splitlines(keepends=True)
    lines[6] = b'{"type":"item","id":"Q42","labels":{"en":{"langu\n'
    (tmp_path / "all.json").write_bytes(b"".join(lines))
    assert [item.number for item in read(tmp_path / "all.json", {5})] == [146, 140, 5]
    with pytest.raises(InputError, match=r"all\.json, line 7: it is no entity of Wikidata"):
        read(tmp_path / "all.json", {42})


def test_progress_adds_up_to_the_bytes_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.wikidata.dump._STEP_BYTES", 1 << 12)
    for name in ("all.json", "all.json.gz"):
        file = write_dump(tmp_path / name, [an_item(f"Q{number}") for number in range(1, 200)])
        steps: list[int] = []
        list(read_dump(file, {7}, steps.append))
        assert sum(steps) == file.stat().st_size
        assert len(steps) >= 2


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ({"de": "Katze", "en": " cat "}, "cat"),
        ({"de": "Katze", "mul": "Felis"}, "Felis"),
        ({"fr": "chat", "de": "Katze"}, "Katze"),
        ({"en": " ", "fr": "chat"}, "chat"),
        ({"en": "\ud83d half"}, "? half"),
        ({}, None),
    ],
)
def test_the_name_is_the_english_label_else_that_for_all_languages_else_any(
    labels: dict[str, str], name: str | None, tmp_path: Path
) -> None:
    file = write_dump(tmp_path / "all.json", [an_item("Q1", labels)])
    assert read(file, {1})[0].name == name


def test_statements_that_name_no_item_are_passed_over(tmp_path: Path) -> None:
    item = an_item("Q1", P31=["Q5"])
    item["claims"]["P31"] += [
        {"mainsnak": {"snaktype": kind, "property": "P31"}, "type": "statement", "rank": "normal"}
        for kind in ("somevalue", "novalue")
    ]
    assert read(write_dump(tmp_path / "all.json", [item]), {1})[0].instance_of == (5,)


def test_keys_in_another_order_and_ids_as_numbers_alone_are_read(tmp_path: Path) -> None:
    """Dumps before 2016, and what other tools write."""
    statement = a_statement("Q1", "P279", "Q5")
    del statement["mainsnak"]["datavalue"]["value"]["id"]
    item = {"labels": {}, "claims": {"P279": [statement]}, "sitelinks": {}, "id": "Q1", "type": "item"}
    (tmp_path / "old.json").write_text(f"[\n{json.dumps(item)},\n{json.dumps(an_item('Q2'))}\n]")
    assert read(tmp_path / "old.json", {2}) == [
        Item(number=1, subclass_of=(5,)),
        Item(number=2, name="thing Q2"),
    ]


def test_a_list_of_lines_without_brackets_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "some.ndjson").write_bytes(b"\n".join(dump_text(ENTITIES).splitlines()[1:-1]))
    assert is_dump(tmp_path / "some.ndjson")
    assert [item.number for item in read(tmp_path / "some.ndjson", {42})] == [146, 140, 42]


def test_a_merged_item_names_the_one_it_was_merged_into(tmp_path: Path) -> None:
    file = write_dump(tmp_path / "all.json", [{"entity": "Q7", "redirect": "Q8"}, an_item("Q8")])
    assert is_dump(file)
    assert read(file, ()) == [Item(number=7, redirects_to=8)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_a_dump_that_is_cut_off_is_refused(pack, tmp_path: Path) -> None:
    whole = pack(dump_text([an_item(f"Q{number}") for number in range(1, 3000)]))
    file = tmp_path / "cut"
    file.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(InputError, match="cut is cut off"):
        read(file, ())


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_packed_file_that_is_damaged_is_refused(pack, tmp_path: Path) -> None:
    whole = bytearray(pack(dump_text(ENTITIES)))
    whole[len(whole) // 2 : len(whole) // 2 + 20] = bytes(20)
    (tmp_path / "bad").write_bytes(whole)
    with pytest.raises(InputError, match="bad is .*damaged"):
        read(tmp_path / "bad", ())


@pytest.mark.parametrize(
    "content", [b"entity_id,instance_of\nQ1,Q2\n", b'{"images": [], "annotations": []}', b"", b"\x00\x01"]
)
def test_what_begins_otherwise_is_no_dump(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(content)
    assert not is_dump(tmp_path / "plain")
    (tmp_path / "packed").write_bytes(gzip.compress(content))
    with pytest.raises(InputError, match="holds no Wikidata dump"):
        is_dump(tmp_path / "packed")
