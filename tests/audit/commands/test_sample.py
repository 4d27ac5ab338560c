"""sample and sample-export: draws that anyone can recompute, grow, and carry to later settings."""

import csv
import hashlib
import json
from pathlib import Path

import pytest

from tests.datasets import Run, a_dataset, an_annotation, write_json


def exported(run: Run, workspace: Path, tmp_path: Path, *words: str) -> list[dict[str, str]]:
    assert run("sample-export", tmp_path / "sample.csv", *words, "-w", workspace).status == 0
    with (tmp_path / "sample.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def ticket(kind: str, seed: int, identifier: str) -> str:
    return hashlib.sha256(f"mask-audit/1\n{kind}\n{seed}\n{identifier}".encode()).hexdigest()


def test_the_draw_is_the_published_one_to_the_byte(run: Run, two_settings: Path, tmp_path: Path) -> None:
    drawn = run("sample", "--allocate", "entity=2,query=1", "--seed", 11, "-w", two_settings, "--json").json
    rows = exported(run, two_settings, tmp_path)
    entity_of = {f"oven_{n:04}": f"Q{n // 2}" for n in range(12) if n % 3 != 2}
    split_of = {f"oven_{n:04}": ("entity", "query")[n % 3] for n in range(12) if n % 3 != 2}
    first: dict[str, str] = {}
    for annotation_id in sorted(entity_of, key=lambda each: ticket("annotation", 11, each)):
        first.setdefault(entity_of[annotation_id], annotation_id)
    by_split: dict[str, list[str]] = {"entity": [], "query": []}
    for entity_id in sorted(first, key=lambda each: ticket("entity", 11, each)):
        by_split[split_of[first[entity_id]]].append(first[entity_id])
    assert {row["annotation_id"] for row in rows} == {*by_split["entity"][:2], *by_split["query"][:1]}
    assert drawn["strata"] == [
        {"split": "entity", "n": 2, "n_entities": len(by_split["entity"])},
        {"split": "query", "n": 1, "n_entities": len(by_split["query"])},
    ]
    for row in rows:
        n_h, m_h = (2 if row["split"] == "entity" else 1), len(by_split[row["split"]])
        n_e = sum(entity == row["entity_id"] for entity in entity_of.values())
        assert float(row["inclusion_probability"]) == pytest.approx(n_h / (m_h * n_e), rel=1e-12)
        assert float(row["design_weight"]) == pytest.approx(m_h * n_e / n_h, rel=1e-12)
        assert float(row["entity_weight"]) == pytest.approx(m_h / n_h, rel=1e-12)
        assert row["annotation_ticket"] == ticket("annotation", 11, row["annotation_id"])
        assert row["entity_ticket"] == ticket("entity", 11, row["entity_id"])
        assert (int(row["n_annotations_of_entity"]), int(row["n_entities_in_stratum"])) == (n_e, m_h)
        assert row["entity_name"] == f"thing {row['entity_id']}"
        assert row["category"] == "animal"
        assert row["file_name"] == f"04/{row['image_id']}.jpg"


def test_the_same_draw_again_changes_nothing_and_another_needs_a_name(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    words = ("sample", "--size", "4", "-w", two_settings)
    run(*words)
    before = exported(run, two_settings, tmp_path)
    assert "nothing to do" in run(*words).out
    refused = run("sample", "--size", "4", "--seed", "2", "-w", two_settings)
    assert refused.status == 2
    assert "seed" in refused.err
    assert run("sample", "--size", "4", "--seed", "2", "--name", "second", "-w", two_settings).status == 0
    assert exported(run, two_settings, tmp_path, "--sample", "main") == before


def test_a_longer_draw_extends_a_shorter_one(run: Run, two_settings: Path, tmp_path: Path) -> None:
    run("sample", "--size", "3", "-w", two_settings)
    before = exported(run, two_settings, tmp_path)
    assert run("sample", "--extend", "--size", "5", "-w", two_settings).status == 0
    after = exported(run, two_settings, tmp_path)
    assert {row["annotation_id"] for row in before} < {row["annotation_id"] for row in after}
    run("sample", "--size", "5", "--name", "afresh", "-w", two_settings)
    afresh = exported(run, two_settings, tmp_path, "--sample", "afresh")
    strip = [{k: v for k, v in row.items() if k != "sample"} for row in after]
    assert strip == [{k: v for k, v in row.items() if k != "sample"} for row in afresh]


def test_a_sample_only_grows_and_only_from_its_frame(run: Run, two_settings: Path, tmp_path: Path) -> None:
    run("sample", "--allocate", "entity=2", "-w", two_settings)
    assert "only grows" in run("sample", "--extend", "--allocate", "entity=1", "-w", two_settings).err
    assert "'wiki'" in run("sample", "--extend", "--allocate", "wiki=1", "-w", two_settings).err
    more = write_json(tmp_path / "more.json", a_dataset([an_annotation(30)]))
    run("ingest", more, "--setting", "A", "-w", two_settings)
    refused = run("sample", "--extend", "--allocate", "entity=3", "-w", two_settings)
    assert refused.status == 2
    assert "more.json" in refused.err


def test_a_setting_ingested_later_joins_when_it_is_carried(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    run("sample", "--size", "6", "-w", two_settings)
    file = write_json(tmp_path / "C.json", a_dataset([an_annotation(number) for number in range(4)]))
    run("ingest", file, "--setting", "C", "--subset-of", "A", "-w", two_settings)
    said = run("report", "--out", tmp_path / "report", "-w", two_settings)
    assert "C is not in this sample" in said.out
    assert "masks of C copied" in run("sample", "--carry", "-w", two_settings).out
    assert "nothing to do" in run("sample", "--carry", "-w", two_settings).out
    run("report", "--out", tmp_path / "report", "-w", two_settings)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    carried = next(each for each in report["settings"] if each["setting"] == "C")
    sampled = {row["annotation_id"] for row in exported(run, two_settings, tmp_path)}
    n_kept = len(sampled & {f"oven_{number:04}" for number in range(4)})
    assert (carried["n_pending"], carried["n_dropped"]) == (n_kept, 6 - n_kept)


def test_asking_for_more_than_there_is_is_refused_with_the_numbers(run: Run, two_settings: Path) -> None:
    refused = run("sample", "--allocate", "entity=99,nowhere=1", "-w", two_settings)
    assert refused.status == 2
    assert "99" in refused.err
    assert "'nowhere'" in refused.err
    assert run("sample", "list", "-w", two_settings, "--json").json == {"samples": []}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "--size N"),
        (("--size", "2", "--allocate", "entity=1"), "leave out --size"),
        (("--allocate", "entity"), "SPLIT=N"),
        (("--allocate", "entity=1,entity=2"), "twice"),
        (("--size", "0"), "--size"),
        (("--unit", "annotation", "--size", "2", "--per-entity", "2"), "--per-entity"),
        (("--size", "2", "--frame", "nobody"), "nobody"),
        (("--carry", "--size", "2"), "leave out --size"),
        (("--extend", "--size", "2", "--seed", "3"), "leave out --seed"),
        (("--size", "2", "--seed", str(2**63)), "--seed"),
        (("--size", "2", "--per-entity", "1000000"), "--per-entity"),
        (("--size", "2", "--name", "a\nb"), "--name"),
        (("--unit", "annotation", "--size", "2", "--across", "within-split"), "--across"),
    ],
)
def test_a_wrong_request_is_refused_in_one_line(
    run: Run, two_settings: Path, words: tuple[str, ...], message: str
) -> None:
    refused = run("sample", *words, "-w", two_settings)
    assert refused.status == 2
    assert message in refused.err
    assert refused.err.count("\n") == 1


def test_samples_are_listed_and_removed(run: Run, two_settings: Path) -> None:
    run("sample", "--size", "2", "--name", "small", "-w", two_settings)
    assert "small" in run("sample", "list", "-w", two_settings).out
    assert run("sample", "remove", "small", "-w", two_settings).status == 0
    assert run("sample", "remove", "small", "-w", two_settings).status == 2


def test_annotations_can_be_drawn_directly(run: Run, two_settings: Path, tmp_path: Path) -> None:
    run("sample", "--unit", "annotation", "--size", "12", "-w", two_settings)
    rows = exported(run, two_settings, tmp_path)
    assert {row["annotation_id"] for row in rows} == {f"oven_{number:04}" for number in range(12)}
    assert {float(row["inclusion_probability"]) for row in rows} == {1.0}
    assert sum(float(row["entity_weight"]) for row in rows) == pytest.approx(6)


def test_options_before_a_subcommand_are_refused_rather_than_ignored(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    run("sample", "--size", "2", "-w", two_settings)
    for words in (("-w", two_settings, "remove", "main"), ("--size", "3", "list", "-w", two_settings)):
        refused = run("sample", *words)
        assert refused.status == 2
        assert words[0] in refused.err
    assert "main" in run("sample", "list", "-w", two_settings).out


def test_a_setting_that_grew_after_the_draw_is_named_and_carried(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    half = write_json(tmp_path / "C1.json", a_dataset([an_annotation(number) for number in range(6)]))
    rest = write_json(tmp_path / "C2.json", a_dataset([an_annotation(number) for number in range(6, 12)]))
    run("ingest", half, "--setting", "C", "-w", two_settings)
    run("sample", "--unit", "annotation", "--size", "12", "-w", two_settings)
    run("ingest", rest, "--setting", "C", "-w", two_settings)
    words = ("report", "--out", tmp_path / "report", "-w", two_settings, "--json")
    assert "C has been ingested again" in run(*words).json["warnings"][0]
    assert "masks of C copied" in run("sample", "--carry", "-w", two_settings).out
    assert run(*words).json["warnings"] == []
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert [(each["setting"], each["n_missing"]) for each in report["settings"]] == [
        ("A", 0),
        ("B", 2),
        ("C", 0),
    ]


def test_a_frame_ingested_smaller_still_carries_other_settings(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    run("sample", "--unit", "annotation", "--size", "12", "-w", two_settings)
    write_json(tmp_path / "A.json", a_dataset([an_annotation(number) for number in range(3)]))
    run("ingest", tmp_path / "A.json", "--setting", "A", "-w", two_settings)
    file = write_json(tmp_path / "C.json", a_dataset([an_annotation(number) for number in range(12)]))
    run("ingest", file, "--setting", "C", "-w", two_settings)
    assert run("sample", "--carry", "-w", two_settings).status == 0
    said = run("report", "--out", tmp_path / "report", "-w", two_settings, "--json")
    assert said.status == 0
    assert "drawn from" in said.json["warnings"][0]
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert [each["n_pending"] for each in report["settings"]] == [12, 10, 12]


def test_images_given_after_the_draw_are_carried_to_the_units(
    run: Run, workspace: Path, tmp_path: Path, images: Path
) -> None:
    file = write_json(tmp_path / "A.json", a_dataset([an_annotation(0), an_annotation(2)]))
    run("ingest", file, "--setting", "A", "-w", workspace)
    run("sample", "--size", "2", "-w", workspace)
    run("ingest", file, "--setting", "A", "--images", images, "-w", workspace)
    assert "2 images found in their new place" in run("sample", "--carry", "-w", workspace).out


def test_a_fixed_split_stays_fixed_when_the_sample_grows(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    drawn = run("sample", "--size", "3", "--fix", "wiki=1", "-w", two_settings, "--json").json
    grown = run("sample", "--extend", "--size", "5", "-w", two_settings, "--json").json
    sizes = [{each["split"]: each["n"] for each in said["strata"]} for said in (drawn, grown)]
    assert [each["wiki"] for each in sizes] == [1, 1]
    assert [sum(each.values()) for each in sizes] == [3, 5]


def test_mentions_of_made_up_ids_share_no_verdict(run: Run, workspace: Path, tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        nameless = {k: v for k, v in an_annotation(0).items() if k != "id"}
        file = write_json(tmp_path / name / "results.json", [nameless | {"image_id": name}])
        run("ingest", file, "--setting", name, "-w", workspace)
        run("sample", "--frame", name, "--name", name, "--size", "1", "-w", workspace)
    verdicts = tmp_path / "verdicts.csv"
    verdicts.write_text("annotation_id,setting,reviewer,verdict\nresults#0,x,ann,correct\n")
    assert run("verdicts", "import", verdicts, "--sample", "x", "-w", workspace).status == 0
    said = run("report", "--out", tmp_path / "report", "--sample", "y", "-w", workspace).out
    assert "y: no estimate" in said


def test_hostile_text_of_a_dataset_is_kept_as_text(run: Run, workspace: Path, tmp_path: Path) -> None:
    dataset = a_dataset([an_annotation(0)])
    dataset["categories"][0]["name"] = "a\x00b\rc"
    dataset["categories"][0]["supercategory"] = "  "
    file = write_json(tmp_path / "A.json", dataset)
    run("ingest", file, "--setting", "A", "-w", workspace)
    assert run("sample", "--size", "1", "-w", workspace).status == 0
    [row] = exported(run, workspace, tmp_path)
    assert (row["entity_name"], row["category"]) == ("a\ufffdb\rc", "")


@pytest.mark.parametrize(
    "design",
    [
        ("--size", 4),
        ("--allocate", "entity=2,query=2", "--per-entity", 2),
        ("--size", 5, "--across", "within-split"),
        ("--size", 6, "--unit", "annotation"),
        ("--goal", "certify", "--certify", 0.9),
    ],
)
def test_processes_draw_the_sample_that_one_process_draws(
    run: Run, two_settings: Path, tmp_path: Path, design: tuple[object, ...]
) -> None:
    drawn = run("sample", *design, "--workers", 1, "-w", two_settings)
    assert drawn.status == 0
    of_parts = exported(run, two_settings, tmp_path)
    again = run("sample", *design, "-w", two_settings)
    assert "there already, nothing to do" in again.out
    run("sample", *design, "--name", "whole", "-w", two_settings)
    whole = exported(run, two_settings, tmp_path, "--sample", "whole")
    assert [row | {"sample": "whole"} for row in of_parts] == whole


def test_a_sample_grows_by_whoever_draws(run: Run, two_settings: Path, tmp_path: Path) -> None:
    run("sample", "--size", "3", "-w", two_settings)
    assert run("sample", "--extend", "--size", "5", "--workers", 1, "-w", two_settings).status == 0
    grown = exported(run, two_settings, tmp_path)
    run("sample", "--size", "5", "--name", "afresh", "-w", two_settings)
    afresh = exported(run, two_settings, tmp_path, "--sample", "afresh")
    assert [row | {"sample": "afresh"} for row in grown] == afresh


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--workers", 0), 2, "--workers 0: at least one worker is needed"),
        (("--workers", 2, "--scheduler", "tcp://127.0.0.1:1"), 2, "give one of them"),
        (("--scheduler", "nowhere"), 2, "'nowhere' is no address"),
        (("--scheduler", "tcp://127.0.0.1:1"), 3, "tcp://127.0.0.1:1 does not answer"),
        (("--workers", 2, "--size-measure", "sqrt"), 2, "--size-measure weighs every entity"),
        (("--workers", 2, "--contrast", "A", "B"), 2, "--contrast draws from the mentions"),
        (("--workers", 2, "--carry"), 2, "--carry keeps the sample's own design"),
    ],
)
def test_drawers_that_cannot_draw_are_refused_in_one_line(
    run: Run,
    two_settings: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[object, ...],
    status: int,
    message: str,
) -> None:
    monkeypatch.setattr("audit.executors.dask_workers._SECONDS_TO_ANSWER", 1)
    size = () if "--carry" in words else ("--size", 4)
    refused = run("sample", *size, *words, "-w", two_settings)
    assert refused.status == status
    assert message in refused.err
    assert refused.err.count("\n") == 1
    assert "no sample yet" in run("sample", "list", "-w", two_settings).out


def test_a_contrast_grows_in_one_process_alone(run: Run, two_settings: Path) -> None:
    drawn = run("sample", "--contrast", "A", "B", "--size", 2, "-w", two_settings)
    assert drawn.status == 0
    refused = run("sample", "--extend", "--size", 3, "--workers", 2, "-w", two_settings)
    assert refused.status == 2
    assert "leave out --scheduler and --workers" in refused.err
