"""entities: what a file says of them reaches samples and reports, or is refused whole."""

import json
from pathlib import Path

import pytest

from db.entities import Entity
from tests.audit.commands.audited import exported_units, judge, report_of
from tests.audit.commands.entities_said import held, said_file
from tests.datasets import Run, a_dataset, an_annotation, write_json


@pytest.fixture
def bare(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """A workspace with twelve mentions of Q0 to Q5, of which no file says more than the id."""
    content = a_dataset([an_annotation(number) for number in range(12)])
    content["categories"] = [{"id": each["id"]} for each in content["categories"]]
    assert (
        run("ingest", write_json(tmp_path / "A.json", content), "--setting", "A", "-w", workspace).status == 0
    )
    return workspace


def drawn(run: Run, workspace: Path, tmp_path: Path, name: str) -> dict[str, dict[str, str]]:
    """All mentions as a new sample has them, one of each entity."""
    words = ("--unit", "annotation", "--size", "12", "--name", name)
    assert run("sample", *words, "-w", workspace).status == 0
    return {row["entity_id"]: row for row in exported_units(run, workspace, tmp_path, "--sample", name)}


def test_what_a_file_says_reaches_the_sample_and_the_report(run: Run, bare: Path, tmp_path: Path) -> None:
    file = said_file(
        tmp_path,
        "entity_id,name,type,category,source,note,,",
        "Q0,Crow,living thing,animal,inat,seen,,",
        "Q1,Oak,living thing,plant,inat,",
        'Q2,"Tea, green",,food,,',
        "Q99,Nobody's,,,,",
    )
    said = run("entities", file, "-w", bare, "--json").json
    assert said == {
        "file": str(file),
        "n_rows": 4,
        "n_new": 4,
        "n_replaced": 0,
        "n_unknown": 1,
        "n_entities": 6,
        "n_without_type": 4,
        "n_without_category": 3,
        "ignored_columns": ["note"],
    }
    units = drawn(run, bare, tmp_path, "main")
    assert {each: (units[each]["entity_name"], units[each]["category"]) for each in sorted(units)} == {
        "Q0": ("Crow", "animal"),
        "Q1": ("Oak", "plant"),
        "Q2": ("Tea, green", "food"),
        "Q3": ("", ""),
        "Q4": ("", ""),
        "Q5": ("", ""),
    }
    verdicts = {(f"oven_{number:04}", "A"): "correct" if number < 3 else "incorrect" for number in range(6)}
    judge(run, bare, tmp_path, verdicts)
    by_category = report_of(run, bare, tmp_path)["settings"][0]["by_category"]
    assert {name: (each["n_correct"], each["n_incorrect"]) for name, each in by_category.items()} == {
        "animal": (2, 0),
        "plant": (1, 1),
        "food": (0, 2),
    }


def test_the_summary_says_what_is_new_unknown_and_lacking(run: Run, bare: Path, tmp_path: Path) -> None:
    file = said_file(tmp_path, "entity_id,type,x", "Q0,time,", "Q7,event,")
    assert run("entities", file, "-w", bare).out.splitlines() == [
        "2 entities read: 2 are new, 0 replaced; no annotation has 1 of them",
        "columns ignored: x",
        "of the population's 6 entities 5 have no type and 6 no category",
    ]
    assert "0 are new, 2 replaced" in run("entities", file, "-w", bare).out


def test_json_lines_say_the_same_as_csv(run: Run, bare: Path, tmp_path: Path) -> None:
    file = said_file(
        tmp_path,
        json.dumps({"entity_id": "Q0", "name": " Crow ", "type": None, "category": "animal", "more": [1]}),
        "",
        json.dumps({"entity_id": 17, "category": ""}),
        name="entities.jsonl",
    )
    assert run("entities", file, "-w", bare, "--json").json["ignored_columns"] == ["more"]
    assert held(bare) == [
        Entity(entity_id="17"),
        Entity(entity_id="Q0", name="Crow", category="animal"),
    ]


def test_the_annotation_file_s_name_stays_and_the_category_that_was_said_wins(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    """The mask was made for the name of the file; a supercategory is what some tool put there."""
    content = a_dataset([an_annotation(number) for number in range(12)])
    run("ingest", write_json(tmp_path / "A.json", content), "--setting", "A", "-w", workspace)
    before = drawn(run, workspace, tmp_path, "before")
    run(
        "entities", said_file(tmp_path, "entity_id,name,category", "Q0,Crow,bird", "Q1,Oak,"), "-w", workspace
    )
    after = drawn(run, workspace, tmp_path, "after")
    names = [(each["entity_name"], each["category"]) for each in (after["Q0"], after["Q1"], after["Q2"])]
    assert names == [("thing Q0", "bird"), ("thing Q1", "animal"), ("thing Q2", "animal")]
    kept = {row["entity_id"]: row for row in exported_units(run, workspace, tmp_path, "--sample", "before")}
    assert kept == before


def test_a_sample_that_is_extended_to_the_size_it_has_takes_what_was_said_since(
    run: Run, bare: Path, tmp_path: Path
) -> None:
    assert drawn(run, bare, tmp_path, "main")["Q0"]["category"] == ""
    run("entities", said_file(tmp_path, "entity_id,name,category", "Q0,Crow,animal"), "-w", bare)
    assert run("sample", "--extend", "--size", "12", "--name", "main", "-w", bare).status == 0
    units = exported_units(run, bare, tmp_path, "--sample", "main")
    said = {(row["entity_name"], row["category"]) for row in units if row["entity_id"] == "Q0"}
    assert (len(units), said) == (12, {("Crow", "animal")})


def test_every_bad_row_is_named_and_nothing_is_taken_in(run: Run, bare: Path, tmp_path: Path) -> None:
    run("entities", said_file(tmp_path, "entity_id,type", "Q0,time"), "-w", bare)
    file = said_file(
        tmp_path,
        "entity_id,type,category",
        "Q1,event,animal",
        ",event,animal",
        "Q2,event,animal,more",
        "Q1,time,",
        f"Q3,{'x' * 300},",
        '"Q4","two\nlines",',
        name="bad.csv",
    )
    finished = run("entities", file, "-w", bare)
    assert finished.status == 2
    assert finished.err == (
        f"mask-audit: {file} was not taken in, correct 5 rows: line 3: it has no entity_id; line 4: it has "
        "more cells than the first line has columns ('more'); line 5: entity 'Q1' stands on line 2 too; "
        "line 6: its type has a name of 300 characters: give at most 200; line 8: its type has control "
        "characters in its name 'two\\nlines': give printable ones\n"
    )
    assert held(bare) == [Entity(entity_id="Q0", type="time")]


def test_bad_lines_of_json_are_named_too(run: Run, bare: Path, tmp_path: Path) -> None:
    file = said_file(
        tmp_path,
        '{"entity_id": "Q0", "type": "time"}',
        '["Q1"]',
        '{"entity_id": "Q2", "type": 5}',
        '{"entity_id": true}',
        '{"entity_id": "Q3", "name": "a\\u0000b"}',
        '{"entity_id": "Q4"',
        name="bad.jsonl",
    )
    finished = run("entities", file, "-w", bare)
    assert finished.status == 2
    for fault in (
        "correct 5 rows",
        "line 2: it is no JSON object ('[\"Q1\"]')",
        "line 3: its type is no text (5)",
        "line 4: its entity_id is no text (True)",
        "line 5: its name holds what is no text ('a\\x00b')",
        'line 6: it is no JSON object (\'{"entity_id": "Q4"\')',
    ):
        assert fault in finished.err
    assert held(bare) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no column entity_id"),
        (
            b"id,type\nQ1,time\n",
            "has no column entity_id: its first line must name the columns entity_id, name",
        ),
        (b"entity_id,label\nQ1,x\n", "says nothing of its entities: give it one of the columns name, type"),
        (b"entity_id,type\n", "has no rows"),
        (b"entity_id,type,type\n", "has the column type twice"),
        (b"entity_id,type\nQ1,\xff\n", "cannot be read as CSV in UTF-8"),
        (b"entity_id;type\nQ1;time\n", "separates its columns by semicolons: save it with commas"),
        (b'{"entity_id": "\xff"}\n', "cannot be read as JSON Lines in UTF-8"),
        (b'[{"entity_id": "Q1"}]', "is a JSON list: write JSON Lines, one object on each line"),
        (None, "is not there: name a CSV or JSON Lines file of entities"),
    ],
)
def test_a_file_of_something_else_is_refused(
    content: bytes | None, said: str, run: Run, bare: Path, tmp_path: Path
) -> None:
    file = tmp_path / "entities.csv"
    if content is not None:
        file.write_bytes(content)
    finished = run("entities", file, "-w", bare)
    assert finished.status == 2
    assert said in finished.err
    assert finished.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name either a FILE of entities, --from-wikidata DUMP, or --write-tables DIR"),
        (("a.csv", "--from-wikidata", "b.json"), "name either a FILE"),
        (("a.csv", "--types", "types.toml"), "are the tables of --from-wikidata"),
    ],
)
def test_options_that_contradict_are_refused(words: tuple[str, ...], said: str, run: Run, bare: Path) -> None:
    finished = run("entities", *words, "-w", bare)
    assert finished.status == 2
    assert said in finished.err
