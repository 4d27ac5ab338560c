"""entities --from-wikidata: what a dump or its statements say reaches samples, or is refused whole."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from db.entities import Entity
from tests.audit.commands.audited import exported_units
from tests.audit.commands.entities_said import held, said_file
from tests.audit.wikidata.dumps import an_item, write_dump
from tests.datasets import Run, a_dataset, an_annotation, write_json

WIKIDATA = [
    an_item("Q1", {"en": "Killdeer"}, P31=["Q16521"], P171=["Q10"]),  # a species, by its genus …
    an_item("Q10", P31=["Q16521"], P171=["Q11"]),
    an_item("Q11", P31=["Q16521"], P171=["Q10", "Q729"]),  # … on a cycle
    an_item("Q729", {"en": "animal"}, P279=["Q7239"]),
    an_item("Q2", {"en": "Paris", "de": "Paris!"}, P31=["Q515", "!Q5"]),
    an_item("Q515", P279=["Q486972"]),
    an_item("Q3", {"mul": "Chess"}, P279=["Q131436"]),
    an_item("Q131436", P279=["Q11410"]),
    an_item("Q4", P31=["Q20"]),
    an_item("Q20", P279=["Q41176", "Q42889"]),  # a building, and a vehicle
    an_item("Q9", {"fr": "rien"}),
    {"entity": "Q6", "redirect": "Q7"},
    an_item("Q7", {"en": "sledge"}, P31=["Q42889"]),
]

FROM_WIKIDATA = [
    Entity(entity_id="Q1", name="Killdeer", type="living thing", category="animal"),
    Entity(entity_id="Q2", name="Paris", type="location", category="location"),
    Entity(entity_id="Q3", name="Chess", type="game", category="others"),
    Entity(entity_id="Q4", name="thing Q4", type="building", category="building"),
    Entity(entity_id="Q6", name="sledge", type="vehicle", category="vehicle"),
    Entity(entity_id="Q9", name="rien", category="others"),
]

ENTITY_IDS = ("Q1", "Q2", "Q3", "Q4", "Q6", "Q8", "Q9", "crow")


@pytest.fixture
def known(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """A workspace with a mention of each of `ENTITY_IDS`, of which no file says more than the id."""
    mentions = [an_annotation(number, category_id=each) for number, each in enumerate(ENTITY_IDS)]
    content = a_dataset(mentions) | {"categories": [{"id": each} for each in ENTITY_IDS]}
    assert (
        run("ingest", write_json(tmp_path / "A.json", content), "--setting", "A", "-w", workspace).status == 0
    )
    return workspace


def test_a_dump_gives_names_types_and_categories_by_the_nearest_root(
    run: Run, known: Path, tmp_path: Path
) -> None:
    file = write_dump(tmp_path / "dump.json.gz", WIKIDATA)
    said = run("entities", "--from-wikidata", file, "-w", known, "--json").json
    assert held(known) == FROM_WIKIDATA
    assert said == {
        "file": str(file),
        "n_rows": 6,
        "n_new": 6,
        "n_replaced": 0,
        "n_unknown": 0,
        "n_entities": 8,
        "n_without_type": 3,
        "n_without_category": 2,
        "wikidata": {
            "not_found": {"n": 1, "example_ids": ["Q8"]},
            "without_id": {"n": 1, "example_ids": ["crow"]},
            "without_classes": {"n": 1, "example_ids": ["Q9"]},
            "n_only_subclass": 1,
            "n_redirected": 1,
            "n_deprecated": 1,
            "n_on_cycles": 2,
            "type": {
                "n_of_kind": {"living thing": 1, "location": 1, "game": 1, "building": 1, "vehicle": 1},
                "under_no_root": {"n": 1, "example_ids": ["Q9"]},
                "n_tied": 1,
            },
            "category": {
                "n_of_kind": {"others": 2, "animal": 1, "location": 1, "building": 1, "vehicle": 1},
                "under_no_root": {"n": 2, "example_ids": ["Q3", "Q9"]},
                "n_tied": 1,
            },
        },
    }


def test_what_wikidata_says_reaches_the_sample_and_the_summary_says_all(
    run: Run, known: Path, tmp_path: Path
) -> None:
    file = write_dump(tmp_path / "dump.json.bz2", WIKIDATA)
    assert run("entities", "--from-wikidata", file, "-w", known).out.splitlines() == [
        "6 of the population's entities are in the file: 6 are new, 0 replaced",
        "not there: 1 (Q8)",
        "without an id of Wikidata: 1 (crow)",
        "there, but neither instance nor subclass of anything: 1 (Q9)",
        "type: living thing 1, location 1, game 1, building 1, vehicle 1",
        "  under no root: 1 (Q9)",
        "  as near to roots of several, so that the order of the table decided: 1",
        "category: others 2, animal 1, location 1, building 1, vehicle 1",
        "  under no root: 2 (Q3, Q9)",
        "  as near to roots of several, so that the order of the table decided: 1",
        "subclass of something, but instance of nothing: 1",
        "merged into another item: 1",
        "statements on them that are marked as wrong, left out: 1",
        "classes that are under themselves: 2",
        "of the population's 8 entities 3 have no type and 2 no category",
    ]
    words = ("--unit", "annotation", "--size", "8")
    assert run("sample", *words, "-w", known).status == 0
    units = exported_units(run, known, tmp_path)
    said = [(each.entity_id, each.name, each.category) for each in FROM_WIKIDATA]
    of_sample = sorted((row["entity_id"], row["entity_name"], row["category"]) for row in units)
    assert of_sample == sorted([*said, ("Q8", "", ""), ("crow", "", "")])


def test_a_csv_of_statements_gives_the_same_as_a_dump(run: Run, known: Path, tmp_path: Path) -> None:
    file = said_file(
        tmp_path,
        "entity_id,name,instance_of,subclass_of",
        "Q1,Killdeer,Q16521,Q10",
        "Q10,,,Q11",
        "Q11,,,Q10;Q729",
        "Q2,Paris,Q515,",
        "Q515,,,Q486972",
        "Q3,Chess,,Q131436",
        "Q4,thing Q4,Q20,",
        "Q20,,,Q41176;Q42889",
        "Q9,rien,,",
        "Q6,sledge,Q42889,",
    )
    assert run("entities", "--from-wikidata", file, "-w", known).status == 0
    assert held(known) == FROM_WIKIDATA


def test_tables_are_written_out_edited_and_used(run: Run, known: Path, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    assert run("entities", "--write-tables", tables).status == 0
    assert sorted(file.name for file in tables.iterdir()) == ["categories.toml", "types.toml"]
    refused = run("entities", "--write-tables", tables)
    assert refused.status == 2
    assert f"{tables / 'types.toml'} and {tables / 'categories.toml'} would be written over" in refused.err
    dump = write_dump(tmp_path / "dump.json", WIKIDATA)
    words = ("entities", "--from-wikidata", dump, "--types", tables / "types.toml", "-w", known)
    assert run(*words).status == 0
    assert held(known) == FROM_WIKIDATA
    (tables / "types.toml").write_text('[[type]]\nname = "bird"\nroots = ["Q10"]\n')
    assert run(*words).status == 0
    assert [entity.type for entity in held(known)] == ["bird", None, None, None, None, None]
    assert [entity.category for entity in held(known)] == [entity.category for entity in FROM_WIKIDATA]


def test_what_wikidata_does_not_speak_of_stays(run: Run, known: Path, tmp_path: Path) -> None:
    file = said_file(tmp_path, "entity_id,name,type,source", "Q1,my bird,mine,inat", "Q8,eight,mine,")
    run("entities", file, "-w", known)
    run("entities", "--from-wikidata", write_dump(tmp_path / "dump.json", WIKIDATA), "-w", known)
    assert held(known)[0] == Entity(
        entity_id="Q1", name="Killdeer", type="living thing", category="animal", source="inat"
    )
    assert held(known)[-2] == Entity(entity_id="Q8", name="eight", type="mine")


def wrong_dumps() -> dict[str, tuple[bytes, str]]:
    whole = gzip.compress(json.dumps(an_item("Q1")).encode() * 50)
    return {
        "coco.json": (b'{"images": [], "categories": [{"id": 1}]}', "has no column entity_id"),
        "photo.json.gz": (gzip.compress(b"JFIF"), "holds no Wikidata dump"),
        "cut.json.gz": (whole[: len(whole) // 2], "is cut off or damaged"),
        "other.json": (write_lines(an_item("Q900", P31=["Q5"])), "has none of the population's 7 entities"),
        "open.json": (write_lines(an_item("Q1"))[:-2], "is cut off: its list is not closed"),
        "table.csv": (b"entity_id,name\nQ1,x\n", "has no column instance_of, subclass_of"),
        "bytes.csv": (b"entity_id,instance_of,subclass_of\nQ1,\xff,\n", "cannot be read as CSV in UTF-8"),
    }


def write_lines(*entities: dict[str, Any]) -> bytes:
    return b"[\n" + b",\n".join(json.dumps(each).encode() for each in entities) + b"\n]"


@pytest.mark.parametrize("name", wrong_dumps())
def test_what_is_no_sound_dump_is_refused_and_nothing_is_written(
    name: str, run: Run, known: Path, tmp_path: Path
) -> None:
    content, said = wrong_dumps()[name]
    (tmp_path / name).write_bytes(content)
    finished = run("entities", "--from-wikidata", tmp_path / name, "-w", known)
    assert finished.status == 2
    assert finished.err.startswith(f"mask-audit: {tmp_path / name}")
    assert said in finished.err
    assert finished.err.count("\n") == 1
    assert not (known / "population" / "entities.parquet").exists()


def test_a_dump_that_is_not_there_is_refused(run: Run, known: Path, tmp_path: Path) -> None:
    finished = run("entities", "--from-wikidata", tmp_path / "dump.json.gz", "-w", known)
    assert finished.status == 2
    assert "dump.json.gz is not there: name a Wikidata dump" in finished.err


def test_a_population_without_ids_of_wikidata_is_told_so(run: Run, workspace: Path, tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "dump.json", WIKIDATA)
    finished = run("entities", "--from-wikidata", dump, "-w", workspace)
    assert (finished.status, "has no entities yet: ingest" in finished.err) == (2, True)
    content = a_dataset([an_annotation(0, category_id="crow")])
    run("ingest", write_json(tmp_path / "A.json", content), "--setting", "A", "-w", workspace)
    finished = run("entities", "--from-wikidata", dump, "-w", workspace)
    assert finished.status == 2
    assert "none of the population's 1 entities has an id of Wikidata such as Q146 (the first is 'crow')" in (
        finished.err
    )


def test_entities_survive_another_ingest(run: Run, known: Path, tmp_path: Path) -> None:
    run("entities", "--from-wikidata", write_dump(tmp_path / "dump.json", WIKIDATA), "-w", known)
    content = a_dataset([an_annotation(0, category_id="Q1")])
    assert run("ingest", write_json(tmp_path / "B.json", content), "--setting", "B", "-w", known).status == 0
    assert held(known) == FROM_WIKIDATA


@pytest.mark.real_data
def test_the_real_entities_of_oven_find_their_categories(
    run: Run, workspace: Path, shared_data: Path, tmp_path: Path
) -> None:
    """811 entities with their true ids and names; the tree above them is made up."""
    text = (shared_data / "oven" / "oven_query_val.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    mentions = [
        an_annotation(number, id=row["data_id"], category_id=row["entity_id"], data_split=row["data_split"])
        for number, row in enumerate(rows)
    ]
    assert (
        run(
            "ingest", write_json(tmp_path / "A.json", a_dataset(mentions)), "--setting", "A", "-w", workspace
        ).status
        == 0
    )
    names = {row["entity_id"]: row["entity_text"] for row in rows}
    classes = ("Q729", "Q756", "Q2095")
    items = [
        an_item(each, {"en": name}, P31=[classes[number % 3]])
        for number, (each, name) in enumerate(names.items())
    ]
    dump = write_dump(tmp_path / "dump.json.gz", items)
    said = run("entities", "--from-wikidata", dump, "-w", workspace, "--json").json
    assert (said["n_entities"], said["n_new"], said["n_without_category"]) == (len(names), len(names), 0)
    assert sum(said["wikidata"]["category"]["n_of_kind"].values()) == len(names)
