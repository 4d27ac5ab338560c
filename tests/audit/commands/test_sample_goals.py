"""sample: goals with a stored order, rules that share out a size, sizes that count, contrasts."""

import csv
import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from tests.datasets import Run, a_dataset, an_annotation, rectangle, write_json


@pytest.fixture
def many(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """Setting A of 120 mentions of 60 entities, and B, which differs on every third entity's mentions."""
    first = [an_annotation(number, rectangle(number % 30, 5, 20, 10)) for number in range(120)]
    second = [
        an_annotation(number, rectangle(number % 30, 20, 9, 9)) if number // 2 % 3 == 0 else first[number]
        for number in range(120)
    ]
    for name, annotations in (("A", first), ("B", second)):
        file = write_json(tmp_path / f"{name}.json", a_dataset(annotations))
        assert run("ingest", file, "--setting", name, "-w", workspace).status == 0
    return workspace


def exported(run: Run, workspace: Path, tmp_path: Path, name: str) -> list[dict[str, str]]:
    assert run("sample-export", tmp_path / "s.csv", "--sample", name, "-w", workspace).status == 0
    with (tmp_path / "s.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def blocks(workspace: Path) -> dict[str, tuple[str, int]]:
    with sqlite3.connect(workspace / "audit.sqlite") as connection:
        rows = connection.execute("SELECT annotation_id, stratum, block FROM units").fetchall()
    connection.close()
    return {annotation_id: (stratum, block) for annotation_id, stratum, block in rows}


def judge(run: Run, workspace: Path, tmp_path: Path, verdicts: dict[tuple[str, str], str]) -> None:
    file = tmp_path / "verdicts.csv"
    lines = [f"{annotation_id},{setting},ann,{said}" for (annotation_id, setting), said in verdicts.items()]
    file.write_text("\n".join(("annotation_id,setting,reviewer,verdict", *lines)))
    assert run("verdicts", "import", file, "-w", workspace).status == 0


def report_of(run: Run, workspace: Path, tmp_path: Path) -> dict:
    assert run("report", "--out", tmp_path / "report", "-w", workspace).status == 0
    return json.loads((tmp_path / "report" / "report.json").read_text())


def test_a_goal_with_an_end_stores_blocks_that_hold_every_split(run: Run, many: Path) -> None:
    words = ("--unit", "annotation", "--allocate", "entity=14,query=8,wiki=4")
    assert run("sample", *words, "--goal", "certify", "-w", many).status == 0
    found = Counter((block, stratum) for stratum, block in blocks(many).values())
    assert {block for block, _ in found} == {0, 1}
    assert {found[block, split] for block in (0, 1) for split in ("entity",)} == {7}
    assert {found[block, split] for block in (0, 1) for split in ("query",)} == {4}
    assert {found[block, split] for block in (0, 1) for split in ("wiki",)} == {2}


def test_a_sample_with_blocks_grows_by_further_blocks(run: Run, many: Path) -> None:
    run("sample", "--unit", "annotation", "--size", "30", "--certify", "0.8", "-w", many)
    before = blocks(many)
    assert run("sample", "--extend", "--size", "60", "-w", many).status == 0
    after = blocks(many)
    assert {annotation_id: after[annotation_id] for annotation_id in before} == before
    last = max(block for _, block in before.values())
    added = [block for annotation_id, (_, block) in after.items() if annotation_id not in before]
    assert (len(added), min(added)) == (30, last + 1)
    refused = run("sample", "--extend", "--allocate", "entity=30", "-w", many)
    assert refused.status == 2
    assert "'query'" in refused.err


def test_a_plain_sample_has_no_stored_order(run: Run, many: Path) -> None:
    run("sample", "--size", "12", "-w", many)
    assert {block for _, block in blocks(many).values()} == {None}


def test_a_claim_is_certified_by_complete_blocks_alone(run: Run, many: Path, tmp_path: Path) -> None:
    run("sample", "--unit", "annotation", "--size", "120", "--certify", "0.5", "-w", many)
    order = blocks(many)
    correct = {(annotation_id, "A"): "correct" for annotation_id, (_, block) in order.items() if block}
    judge(run, many, tmp_path, correct)
    [claim, _] = report_of(run, many, tmp_path)["sample"]["goal"]["claims"]
    assert (claim["setting"], claim["holds"]) == ("A", False)
    assert claim["n_blocks_read"] == 0
    first = {(annotation_id, "A"): "correct" for annotation_id, (_, block) in order.items() if block == 0}
    judge(run, many, tmp_path, correct | first)
    report = report_of(run, many, tmp_path)
    [claim, other] = report["sample"]["goal"]["claims"]
    assert (claim["holds"], other["holds"]) == (True, False)
    assert claim["n_blocks_read"] == claim["n_blocks"] == 12
    status = run("status", "-w", many, "--json").json
    assert status["samples"][0]["goal"]["claims"][0]["holds"] is True
    assert status["samples"][0]["done"] is False


def test_the_default_figures_of_a_goal_come_from_the_settings(run: Run, many: Path) -> None:
    for words, goal in (
        (("--goal", "certify"), {"goal": "certify", "target": 0.9}),
        (("--goal", "estimate"), {"goal": "estimate", "margin": 0.03}),
        (("--margin", "0.1"), {"goal": "estimate", "margin": 0.1}),
    ):
        assert run("sample", *words, "--name", "-".join(words)[2:], "-w", many).status == 0
        said = run("status", "--sample", "-".join(words)[2:], "-w", many, "--json").json
        found = said["samples"][0]["goal"]
        assert {key: found[key] for key in goal} == goal
        assert said["samples"][0]["n_units"] == 60


def test_tuning_draws_annotations_so_that_every_mask_weighs_the_same(
    run: Run, many: Path, tmp_path: Path
) -> None:
    run("sample", "--goal", "tune", "--size", "30", "--name", "t", "-w", many)
    rows = exported(run, many, tmp_path, "t")
    assert {row["design_weight"] for row in rows} == {"4.0"}


@pytest.mark.parametrize(
    ("words", "sizes"),
    [
        (("--allocation", "equal"), {"entity": 10, "query": 10, "wiki": 10}),
        (("--allocation", "proportional", "--minimum", "9"), {"entity": 10, "query": 10, "wiki": 10}),
        (("--allocation", "power:0.5", "--fix", "wiki=2"), {"entity": 14, "query": 14, "wiki": 2}),
        (
            ("--allocation", "neyman", "--expected", "entity=0.5,query=0.98,wiki=0.98"),
            {"entity": 19, "query": 6, "wiki": 5},
        ),
    ],
)
def test_a_size_is_shared_out_by_the_rule_that_is_named(
    run: Run, many: Path, words: tuple[str, ...], sizes: dict[str, int]
) -> None:
    drawn = run("sample", "--unit", "annotation", "--size", "30", *words, "-w", many, "--json").json
    assert {each["split"]: each["n"] for each in drawn["strata"]} == sizes


def test_a_sample_grows_by_its_own_rule(run: Run, many: Path) -> None:
    run(
        "sample",
        "--unit",
        "annotation",
        "--size",
        "6",
        "--fix",
        "wiki=4",
        "--allocation",
        "equal",
        "-w",
        many,
    )
    grown = run("sample", "--extend", "--size", "34", "-w", many, "--json").json
    assert {each["split"]: each["n"] for each in grown["strata"]} == {"entity": 15, "query": 15, "wiki": 4}


def test_larger_entities_are_drawn_more_often_where_asked(run: Run, workspace: Path, tmp_path: Path) -> None:
    annotations = [an_annotation(number, category_id=f"Q{number}") for number in range(40)]
    annotations += [an_annotation(number, category_id="Q0") for number in range(40, 80)]
    for each in annotations:
        each["data_split"] = "wiki_val"
    file = write_json(tmp_path / "A.json", a_dataset(annotations))
    run("ingest", file, "--setting", "A", "-w", workspace)
    words = ("--size", "5", "--size-measure", "sqrt", "--name", "s", "-w", workspace)
    assert run("sample", *words).status == 0
    rows = {row["entity_id"]: row for row in exported(run, workspace, tmp_path, "s")}
    large = rows["Q0"]
    assert float(large["inclusion_probability"]) * 41 == pytest.approx(1 / float(large["entity_weight"]))
    small = next(row for entity_id, row in rows.items() if entity_id != "Q0")
    assert float(large["entity_weight"]) < float(small["entity_weight"])
    chances = [1 / float(row["entity_weight"]) for row in rows.values()]
    assert all(0 < chance <= 1 for chance in chances)
    run("sample", "--extend", "--size", "12", "--name", "s", "-w", workspace)
    assert rows.keys() < {row["entity_id"] for row in exported(run, workspace, tmp_path, "s")}


def test_a_contrast_draws_only_where_masks_differ_and_grows(run: Run, many: Path, tmp_path: Path) -> None:
    drawn = run("sample", "--contrast", "A", "B", "--size", "9", "--name", "c", "-w", many, "--json").json
    assert sum(each["n_entities"] for each in drawn["strata"]) == 20
    rows = exported(run, many, tmp_path, "c")
    assert {int(row["entity_id"][1:]) % 3 for row in rows} == {0}
    assert {row["n_annotations_of_entity"] for row in rows} == {"2"}
    before = {row["annotation_id"] for row in rows}
    assert run("sample", "--extend", "--size", "15", "--name", "c", "-w", many).status == 0
    assert before < {row["annotation_id"] for row in exported(run, many, tmp_path, "c")}


def test_a_contrast_of_every_differing_entity_is_the_difference_itself(
    run: Run, many: Path, tmp_path: Path
) -> None:
    run("sample", "--contrast", "A", "B", "--size", "20", "--name", "c", "-w", many)
    rows = exported(run, many, tmp_path, "c")
    verdicts = {(row["annotation_id"], "A"): "correct" for row in rows}
    verdicts |= {(row["annotation_id"], "B"): "incorrect" for row in rows}
    judge(run, many, tmp_path, verdicts)
    found = {each["estimand"]: each for each in report_of(run, many, tmp_path)["contrasts"]}
    for estimand in ("annotation", "entity"):
        assert found[estimand]["difference"] == pytest.approx(1 / 3, abs=1e-12)
        assert found[estimand]["interval"]["high"] == pytest.approx(1 / 3, abs=1e-12)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--goal", "describe", "--certify", "0.9", "--size", "9"), "--certify"),
        (("--goal", "certify", "--margin", "0.1", "--size", "9"), "--margin"),
        (("--goal", "certify", "--per-entity", "2", "--size", "9"), "--per-entity"),
        (("--goal", "certify", "--size-measure", "sqrt", "--size", "9"), "--size-measure"),
        (("--goal", "certify", "--across", "within-split", "--size", "9"), "--across"),
        (("--certify", "nan", "--size", "9"), "--certify"),
        (("--margin", "nan", "--size", "9"), "--margin"),
        (("--margin", "0.2", "--size", "9"), "--margin"),
        (("--expected", "0.9", "--size", "9"), "--expected"),
        (("--allocate", f"entity={'9' * 5000}"), "SPLIT=N"),
        (("--size", "9", "--name", ""), "--name"),
        (("--goal", "tune", "--contrast", "A", "B", "--size", "9"), "--contrast"),
        (("--contrast", "A", "A", "--size", "9"), "two settings"),
        (("--contrast", "A", "nobody", "--size", "9"), "nobody"),
        (("--contrast", "A", "B", "--size", "9", "--unit", "annotation"), "--unit"),
        (("--contrast", "A", "B", "--size", "9", "--across", "within-split"), "--across"),
        (("--certify", "1", "--size", "9"), "--certify"),
        (("--margin", "0.7", "--size", "9"), "--margin"),
        (("--allocation", "neyman", "--size", "9"), "--expected"),
        (("--allocation", "power:2", "--size", "9"), "power"),
        (("--allocation", "fair", "--size", "9"), "fair"),
        (("--allocate", "entity=1", "--allocation", "equal"), "--allocation"),
        (("--size-measure", "sqrt", "--unit", "annotation", "--size", "9"), "--size-measure"),
    ],
)
def test_contradicting_wishes_are_refused_in_one_line(
    run: Run, many: Path, words: tuple[str, ...], message: str
) -> None:
    refused = run("sample", *words, "-w", many)
    assert refused.status == 2
    assert message in refused.err
    assert refused.err.count("\n") == 1
    assert run("sample", "list", "-w", many, "--json").json == {"samples": []}


def test_risk_falls_back_to_the_plain_draw_where_nothing_is_measured(
    run: Run, many: Path, tmp_path: Path
) -> None:
    said = run("sample", "--size", "9", "--risk", "auto", "--name", "r", "-w", many)
    assert "drawn without risk" in said.out
    run("sample", "--size", "9", "--name", "p", "-w", many)
    with_risk, plain = (exported(run, many, tmp_path, name) for name in "rp")
    assert [row["annotation_id"] for row in with_risk] == [row["annotation_id"] for row in plain]


def test_a_disputed_mask_is_pending_for_the_goal_until_it_is_settled(
    run: Run, many: Path, tmp_path: Path
) -> None:
    run("sample", "--unit", "annotation", "--size", "120", "--certify", "0.5", "-w", many)
    order = blocks(many)
    judge(run, many, tmp_path, {(annotation_id, "A"): "correct" for annotation_id in order})
    disputed = next(annotation_id for annotation_id, (_, block) in order.items() if block == 2)
    file = tmp_path / "second.csv"
    for reviewer, n_blocks, n_disputed in (("bob", 2, 1), ("cyd", 12, 0)):
        file.write_text(f"annotation_id,setting,reviewer,verdict\n{disputed},A,{reviewer},incorrect\n")
        assert run("verdicts", "import", file, "-w", many).status == 0
        [sample] = run("status", "-w", many, "--json").json["samples"]
        assert sample["goal"]["claims"][0]["n_blocks_read"] == n_blocks
        assert sample["n_disputed"] == n_disputed


def test_a_grown_sample_keeps_its_rule_and_its_fixed_sizes(run: Run, many: Path) -> None:
    words = ("--unit", "annotation", "--size", "12", "--fix", "wiki=2", "--allocation", "equal")
    run("sample", *words, "-w", many)
    run("sample", "--extend", "--allocate", "query=9", "-w", many)
    grown = run("sample", "--extend", "--size", "32", "-w", many, "--json").json
    assert {each["split"]: each["n"] for each in grown["strata"]} == {"entity": 15, "query": 15, "wiki": 2}


def test_a_contrast_keeps_the_masks_it_was_drawn_by(run: Run, many: Path, tmp_path: Path) -> None:
    run("sample", "--contrast", "A", "B", "--size", "9", "--name", "c", "-w", many)
    alike = [an_annotation(number, rectangle(number % 30, 5, 20, 10)) for number in range(120)]
    file = write_json(tmp_path / "B.json", a_dataset(alike))
    run("ingest", file, "--setting", "B", "-w", many)
    assert "nothing to do" in run("sample", "--carry", "--name", "c", "-w", many).out
    refused = run("sample", "--extend", "--size", "12", "--name", "c", "-w", many)
    assert refused.status == 2
    assert "B.json" in refused.err


def test_a_sample_drawn_whole_knows_only_what_was_judged(run: Run, workspace: Path, tmp_path: Path) -> None:
    annotations = [
        an_annotation(number, rectangle(number % 30, 5, 20, 10), category_id=f"Q{number}")
        for number in range(60)
    ]
    run("ingest", write_json(tmp_path / "A.json", a_dataset(annotations)), "--setting", "A", "-w", workspace)
    run("sample", "--size", "60", "-w", workspace)
    ids = [f"oven_{number:04}" for number in range(60)]
    judge(run, workspace, tmp_path, {(annotation_id, "A"): "correct" for annotation_id in ids[:20]})
    [some] = report_of(run, workspace, tmp_path)["settings"]
    assert some["interval"]["low"] < 0.9
    judge(run, workspace, tmp_path, {(annotation_id, "A"): "correct" for annotation_id in ids})
    [all_of_them] = report_of(run, workspace, tmp_path)["settings"]
    assert all_of_them["interval"]["low"] > 0.99


def test_a_split_that_gets_no_unit_is_named(run: Run, many: Path) -> None:
    said = run("sample", "--unit", "annotation", "--size", "8", "--fix", "wiki=0", "-w", many, "--json").json
    assert said["remarks"] == ["wiki gets no unit: no figure speaks of it"]


def test_few_blocks_are_told_before_the_review(run: Run, many: Path) -> None:
    words = ("--unit", "annotation", "--allocate", "entity=38,query=35,wiki=1", "--certify", "0.9")
    said = run("sample", *words, "-w", many, "--json").json
    assert "after blocks of 74 units only" in said["remarks"][0]
