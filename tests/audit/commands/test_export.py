"""export: what is written for other tools, under which names, and what is refused."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from audit.jobs.review_state import load_review_state
from db.records import Purpose, Reading, Source, Verdict
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from db.store import Store
from sampling.reviewers.settlement import Settlement
from tests.audit.commands.exporting import judge_copy, make_drawn
from tests.builders import SOME_DAY
from tests.datasets import Run, a_dataset, an_annotation, write_json

FORMATS = {
    "card": "card.md",
    "coco": "coco",
    "parquet": "verdicts.parquet",
    "croissant": "croissant",
    "fiftyone": "labels.json",
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve mentions of three settings, none of them judged; only read."""
    return make_drawn(tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="module")
def judged(drawn: Path) -> Path:
    """The same, some of them judged; only read."""
    return judge_copy(drawn, drawn.with_name("judged"))


def export(run: Run, workspace: Path, out: Path, form: str, *words: object) -> dict[str, object]:
    finished = run("export", "--format", form, "--out", out, *words, "-w", workspace, "--json")
    assert finished.status == 0, finished.err
    return finished.json


def contents_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_coco_has_every_mask_with_its_verdict_and_the_audit_in_its_info(
    run: Run, judged: Path, tmp_path: Path
) -> None:
    files = export(run, judged, tmp_path / "coco", "coco")["files"]
    assert [Path(file).name for file in files] == ["A.json", "B.json", "C.json"]
    first, second, third = (json.loads(Path(file).read_text()) for file in files)

    found = {each["original_id"]: each["audit"] for each in first["annotations"]}
    assert len(found) == 12
    assert found["oven_0001"]["outcome"] == "incorrect"
    assert found["oven_0001"]["reasons"] == ["wrong_object", "spills_over", "part_missing"]
    assert found["oven_0001"]["n_readings"] == 2
    assert (found["oven_0002"]["verdict"], found["oven_0003"]["verdict"]) == ("unsure", None)
    assert found["oven_0003"]["outcome"] == "pending"
    assert found["oven_0011"]["outcome"] == "unjudgable"
    audit = first["info"]["audit"]
    assert (audit["setting"], audit["n_units"], audit["n_correct"]) == ("A", 12, 2)
    assert audit["interval"]["low"] < audit["accuracy"] < audit["interval"]["high"]
    assert audit["sample"]["seed"] is not None
    missing = second["info"]["audit"]["without_mask"]["missing"]
    assert sorted(missing) == ["oven_0007", "oven_0008"]
    assert not {each["original_id"] for each in second["annotations"]} & set(missing)
    assert third["info"]["audit"]["without_mask"]["dropped"] == ["oven_0010", "oven_0011"]
    by_unit = {each["original_id"]: each["id"] for each in first["annotations"]}
    assert all(by_unit[each["original_id"]] == each["id"] for each in second["annotations"])


def test_one_setting_alone_is_exported_where_it_is_named(run: Run, judged: Path, tmp_path: Path) -> None:
    files = export(run, judged, tmp_path / "coco", "coco", "--setting", "B")["files"]
    assert [Path(file).name for file in files] == ["B.json"]
    export(run, judged, tmp_path / "b.parquet", "parquet", "--setting", "B")
    assert set(pq.read_table(tmp_path / "b.parquet")["setting"].to_pylist()) == {"B"}
    export(run, judged, tmp_path / "b.md", "card", "--setting", "B")
    assert "model B" in (tmp_path / "b.md").read_text()
    assert "model A" not in (tmp_path / "b.md").read_text()


def test_a_setting_s_file_has_one_name_whatever_else_is_exported(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    file = write_json(tmp_path / "A.json", a_dataset([an_annotation(number) for number in range(4)]))
    for setting in ("x y", "x-y"):
        assert run("ingest", file, "--setting", setting, "-w", workspace).status == 0
    assert run("sample", "--unit", "annotation", "--size", "4", "-w", workspace).status == 0
    export(run, workspace, tmp_path / "coco", "coco")
    before = contents_of(tmp_path / "coco").count(b"Masks of setting x y")
    [file] = export(run, workspace, tmp_path / "coco", "coco", "--setting", "x-y")["files"]

    assert Path(file).name == "x-y-2.json"
    assert contents_of(tmp_path / "coco").count(b"Masks of setting x y") == before == 1


def test_what_is_said_of_one_setting_is_of_its_verdicts(run: Run, judged: Path, tmp_path: Path) -> None:
    said = {}
    for words in ((), ("--setting", "B"), ("--setting", "A")):
        export(run, judged, tmp_path / "croissant", "croissant", *words)
        said[words[-1:]] = json.loads((tmp_path / "croissant" / "croissant.json").read_text())
    everything, second, first = said.values()
    rows = pq.read_table(tmp_path / "croissant" / "verdicts.parquet").to_pylist()

    assert everything["rai:annotationsPerItem"].startswith("8 verdicts on 6 masks, of which 2 have more")
    assert second["rai:annotationsPerItem"] == "5 verdicts on 4 masks, of which 1 have more than one."
    assert second["rai:dataCollectionTimeframe"] == ["2026-11-01T09:00:00Z", "2026-11-03T12:01:00Z"]
    assert "5 verdicts on 4 masks through" in second["rai:dataAnnotationPlatform"][0]
    assert sum(row["verdict"] is not None for row in rows) == 7
    assert first["rai:annotationsPerItem"].startswith("7 verdicts on 5 masks")
    assert any("of 2 masks" in text for text in everything["rai:dataAnnotationAnalysis"])
    assert not any("of 2 masks" in text for text in second["rai:dataAnnotationAnalysis"])
    warnings = [text for text in second["rai:dataLimitations"] if "disagree" in text]
    assert warnings
    assert all(text.startswith("Over all settings of the sample: ") for text in warnings)
    assert "Over all settings" not in json.dumps(everything)


def test_a_row_is_a_verdict_and_no_unit_is_lost(run: Run, judged: Path, tmp_path: Path) -> None:
    export(run, judged, tmp_path / "verdicts.parquet", "parquet")
    rows = pq.read_table(tmp_path / "verdicts.parquet").to_pylist()

    units = {(row["setting"], row["annotation_id"]): row["outcome"] for row in rows}
    assert len(units) == 36
    assert units["B", "oven_0007"] == "missing"
    assert units["C", "oven_0010"] == "dropped"
    of_one = [row for row in rows if (row["setting"], row["annotation_id"]) == ("A", "oven_0001")]
    assert [row["verdict"] for row in of_one] == ["incorrect", "incorrect"]
    assert [row["reasons"] for row in of_one] == [["spills_over", "part_missing"], ["wrong_object"]]
    assert [row["seconds"] for row in of_one] == [2.5, None]
    assert of_one[0]["decided_at"].isoformat() == "2026-11-02T10:00:00+00:00"
    shared = [row for row in rows if row["annotation_id"] == "oven_0000"]
    assert [row["setting"] for row in shared] == ["A", "B", "C"]
    assert len({row["mask_id"] for row in shared}) == 1
    [pending] = [row for row in rows if (row["setting"], row["annotation_id"]) == ("A", "oven_0003")]
    assert (pending["reviewer"], pending["verdict"], pending["reasons"]) == (None, None, [])


def test_a_lead_s_verdict_stands_beside_the_readings_that_it_settles(
    run: Run, judged: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "settled"
    shutil.copytree(judged, workspace)
    store = Store(f"sqlite:///{workspace}/audit.sqlite")
    state = load_review_state(store, None, Settlement.MAJORITY)
    [disputed] = state.disputed
    adjudication = Reading(
        mask_id=disputed,
        verdict=Verdict.INCORRECT,
        purpose=Purpose.ADJUDICATION,
        client_key="lead",
        decided_at=SOME_DAY,
    )
    with store.transaction() as transaction:
        lead = ensure_reviewer(transaction, "Lea", SOME_DAY)
        add_readings(transaction, lead.reviewer_id, [adjudication], source=Source.PAGE, now=SOME_DAY)
    export(run, workspace, tmp_path / "verdicts.parquet", "parquet", "--setting", "A")
    rows = pq.read_table(tmp_path / "verdicts.parquet").to_pylist()

    of_mask = [row for row in rows if row["mask_id"] == disputed]
    assert [(row["purpose"], row["verdict"], row["outcome"]) for row in of_mask] == [
        ("reading", "correct", "incorrect"),
        ("reading", "incorrect", "incorrect"),
        ("adjudication", "incorrect", "incorrect"),
    ]
    assert len({row["reviewer"] for row in of_mask}) == 3


def test_each_field_of_the_parquet_says_what_it_means(run: Run, judged: Path, tmp_path: Path) -> None:
    export(run, judged, tmp_path / "verdicts.parquet", "parquet")
    schema = pq.read_schema(tmp_path / "verdicts.parquet")

    assert all(schema.field(name).metadata[b"description"] for name in schema.names)
    dictionary = (tmp_path / "verdicts.dictionary.md").read_text()
    assert schema.metadata[b"data_dictionary"].decode() == dictionary
    assert [name for name in schema.names if f"| `{name}` |" not in dictionary] == []


@pytest.mark.parametrize("form", FORMATS)
def test_reviewers_are_pseudonyms_and_what_they_wrote_stays_here(
    run: Run, judged: Path, tmp_path: Path, form: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    export(run, judged, out / FORMATS[form], form)

    for private in ("Zoë", "bob", "said in private", "cmd()"):
        assert private.encode() not in contents_of(out)


def test_names_stand_there_where_they_are_asked_for(run: Run, judged: Path, tmp_path: Path) -> None:
    export(run, judged, tmp_path / "hidden.parquet", "parquet")
    export(run, judged, tmp_path / "shown.parquet", "parquet", "--names")
    hidden, shown = (
        pq.read_table(tmp_path / f"{name}.parquet")["reviewer"].to_pylist() for name in ("hidden", "shown")
    )

    assert set(shown) == {"Zoë Müller", "bob", None}
    assert set(hidden) == {"reviewer-1", "reviewer-2", None}
    assert len(set(zip(hidden, shown, strict=True))) == 3


@pytest.mark.parametrize("form", FORMATS)
def test_before_any_verdict_there_is_an_export_without_a_figure(
    run: Run, drawn: Path, tmp_path: Path, form: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    [first, *_] = export(run, drawn, out / FORMATS[form], form)["remarks"]

    assert first.startswith("INCOMPLETE")
    assert b"NaN" not in contents_of(out)


@pytest.mark.parametrize("form", FORMATS)
def test_exporting_again_gives_the_same_files(run: Run, judged: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    first = export(run, judged, out / FORMATS[form], form)
    names = sorted(out.rglob("*"))
    again = export(run, judged, out / FORMATS[form], form)

    assert first["files"] == again["files"]
    assert sorted(out.rglob("*")) == names


@pytest.mark.parametrize(
    ("form", "taken"),
    [
        ("parquet", "out/v.dictionary.md"),
        ("croissant", "out/croissant.json"),
        ("coco", "out/C.json"),
        ("card", "out/v.md"),
    ],
)
def test_a_folder_in_the_place_of_a_file_is_said_before_any_is_written(
    run: Run, judged: Path, tmp_path: Path, form: str, taken: str
) -> None:
    (tmp_path / taken).mkdir(parents=True)
    out = {"parquet": "out/v.parquet", "card": "out/v.md"}.get(form, "out")
    refused = run("export", "--format", form, "--out", tmp_path / out, "-w", judged)

    assert refused.status == 2
    assert "is a folder: " in refused.err
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--format", "coco", "--out", "coco", "--setting", "D"), "--setting D is not in sample"),
        (("--format", "card", "--out", "card.txt"), "ends in .md"),
        (("--format", "parquet", "--out", "verdicts"), "ends in .parquet"),
        (("--format", "fiftyone", "--out", "nowhere/labels.json"), "is no folder"),
        (("--format", "coco", "--out", "coco", "--sample", "other"), "other"),
        (("--format", "yolo", "--out", "yolo"), "yolo"),
        (("--format", "croissant", "--out", "file/out"), "is a file"),
        (("--format", "coco", "--out", ""), "it is empty: name a place"),
        (("--format", "parquet", "--out", "\udcff.parquet"), "is no UTF-8"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    run: Run, judged: Path, words: tuple[str, ...], message: str
) -> None:
    Path("file").write_text("")
    before = sorted(Path().rglob("*"))
    refused = run("export", *words, "-w", judged)

    assert refused.status == 2
    assert refused.err.count("\n") == 1
    assert message in refused.err
    assert sorted(Path().rglob("*")) == before


def test_no_export_takes_the_place_of_what_was_audited(run: Run, judged: Path) -> None:
    file = judged.with_name("A.json")
    before = file.read_bytes()
    for form, out in (("coco", file.parent), ("fiftyone", file)):
        refused = run("export", "--format", form, "--out", out, "-w", judged)
        assert refused.status == 2
        assert "was ingested" in refused.err
    refused = run("export", "--format", "coco", "--out", judged / "population" / "coco", "-w", judged)
    assert "lies in the population" in refused.err

    assert file.read_bytes() == before


def test_photographs_without_a_file_are_said_and_named_nothing(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    content = a_dataset([an_annotation(number) for number in range(4)])
    for image in content["images"][:2]:
        del image["file_name"]
    file = write_json(tmp_path / "A.json", content)
    assert run("ingest", file, "--setting", "A", "-w", workspace).status == 0
    assert run("sample", "--unit", "annotation", "--size", "4", "-w", workspace).status == 0
    said = export(run, workspace, tmp_path / "coco", "coco")
    assert said["remarks"][1] == "Photographs whose file nobody knows: 2; their file_name is null."
    names = [image["file_name"] for image in json.loads((tmp_path / "coco" / "A.json").read_text())["images"]]
    assert names.count(None) == 2

    said = export(run, workspace, tmp_path / "labels.json", "fiftyone")
    assert said["remarks"][1].startswith("Photographs that are in no folder of this machine: 4;")
    assert json.loads((tmp_path / "labels.json").read_text())["images"] == []
