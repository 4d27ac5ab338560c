"""report: settings are compared on the mentions that were judged under both, all pairs as one family."""

from collections.abc import Mapping
from itertools import combinations
from math import comb, sqrt
from pathlib import Path
from statistics import NormalDist

import pytest

from tests.audit.commands.audited import (
    WITHOUT_MASK_IN_B,
    exported_units,
    exported_verdicts,
    ingest_unequal,
    judge,
    mask_of,
    number_of,
    report_of,
)
from tests.datasets import Run, a_dataset, an_annotation, write_json

NORMAL = NormalDist()
Z = NORMAL.inv_cdf(0.975)
PAIRS = list(combinations("ABC", 2))


def verdict_on(setting: str, number: int) -> str | None:
    if setting == "A" or (setting == "B" and number % 3 == 0):
        return {2: "incorrect", 5: None}.get(number % 20, "correct")
    if setting == "B":
        return {1: "incorrect", 4: "unsure"}.get(number % 5, "correct")
    return {3: "incorrect", 5: "incorrect", 0: None}.get(number % 7, "correct")


@pytest.fixture
def compared(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """Three settings on 70 of 150 mentions, with gaps in the verdicts of each."""
    ingest_unequal(run, workspace, tmp_path, "ABC")
    run("sample", "--allocate", "entity=30,query=20,wiki=20", "--unit", "annotation", "-w", workspace)
    judge(
        run,
        workspace,
        tmp_path,
        {
            (row["annotation_id"], setting): said
            for row in exported_units(run, workspace, tmp_path)
            for setting in "ABC"
            if not (setting == "B" and number_of(row["annotation_id"]) in WITHOUT_MASK_IN_B)
            and (said := verdict_on(setting, number_of(row["annotation_id"])))
        },
    )
    return workspace


def is_right(said: Mapping[tuple[str, str], str], annotation_id: str, setting: str) -> bool | None:
    """None where the mention is not known to be right or wrong; a missing mask is wrong."""
    if setting == "B" and number_of(annotation_id) in WITHOUT_MASK_IN_B:
        return False
    return {"correct": True, "incorrect": False}.get(said.get((annotation_id, setting), ""))


def judged_pairs(
    rows: list[dict[str, str]], said: Mapping[tuple[str, str], str], a: str, b: str
) -> list[tuple[dict[str, str], bool, bool]]:
    found = []
    for row in rows:
        of_a, of_b = (is_right(said, row["annotation_id"], setting) for setting in (a, b))
        if of_a is not None and of_b is not None:
            found.append((row, of_a, of_b))
    return found


def two_sided_mcnemar(n_only_a: int, n_only_b: int) -> float:
    n = n_only_a + n_only_b
    return min(1.0, 2 * sum(comb(n, k) for k in range(min(n_only_a, n_only_b) + 1)) / 2**n)


def holm(p_values: list[float]) -> list[float]:
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, greatest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        greatest = max(greatest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = greatest
    return adjusted


def test_every_pair_has_its_difference_interval_and_p_value(run: Run, compared: Path, tmp_path: Path) -> None:
    rows, said = exported_units(run, compared, tmp_path), exported_verdicts(run, compared, tmp_path)
    found = report_of(run, compared, tmp_path)["comparisons"]
    assert [(each["a"], each["b"]) for each in found] == PAIRS
    p_values = []
    for each in found:
        pairs = judged_pairs(rows, said, each["a"], each["b"])
        n = len(pairs)
        only_a = sum(of_a and not of_b for _, of_a, of_b in pairs)
        only_b = sum(of_b and not of_a for _, of_a, of_b in pairs)
        p_a, p_b = (only_a + 1) / (n + 2), (only_b + 1) / (n + 2)
        half = Z * sqrt((p_a + p_b - (p_a - p_b) ** 2) / (n + 2))
        assert each["n_pairs"] == n
        assert each["difference"] == pytest.approx((only_a - only_b) / n, abs=1e-12)
        assert each["interval"]["low"] == pytest.approx(p_a - p_b - half, rel=1e-9)
        assert each["interval"]["high"] == pytest.approx(p_a - p_b + half, rel=1e-9)
        p_values.append(two_sided_mcnemar(only_a, only_b))
    assert [each["p_value"] for each in found] == pytest.approx(p_values, rel=1e-9)
    assert [each["p_adjusted"] for each in found] == pytest.approx(holm(p_values), rel=1e-9)


def test_a_mention_without_a_mask_is_a_loss_of_that_setting(run: Run, compared: Path, tmp_path: Path) -> None:
    rows, said = exported_units(run, compared, tmp_path), exported_verdicts(run, compared, tmp_path)
    missing = [row for row in rows if number_of(row["annotation_id"]) in WITHOUT_MASK_IN_B]
    pairs = judged_pairs(missing, said, "A", "B")
    assert pairs
    assert not any(of_b for _, _, of_b in pairs)
    judged = judged_pairs(rows, said, "A", "B")
    first = report_of(run, compared, tmp_path)["comparisons"][0]
    assert first["n_pairs"] == len(judged)


@pytest.mark.parametrize(
    ("estimand", "column"), [("entity", "entity_weight"), ("annotation", "design_weight")]
)
def test_per_entity_or_annotation_a_pair_weighs_what_its_mention_stands_for(
    run: Run, compared: Path, tmp_path: Path, estimand: str, column: str
) -> None:
    rows, said = exported_units(run, compared, tmp_path), exported_verdicts(run, compared, tmp_path)
    report = report_of(run, compared, tmp_path, "--estimand", estimand)
    assert [(each["a"], each["b"]) for each in report["comparisons"]] == PAIRS
    for each in report["comparisons"]:
        pairs = judged_pairs(rows, said, each["a"], each["b"])
        won = sum(float(row[column]) * (of_a - of_b) for row, of_a, of_b in pairs)
        assert each["difference"] == pytest.approx(won / sum(float(row[column]) for row, _, _ in pairs))
        assert each["interval"]["low"] <= each["difference"] <= each["interval"]["high"]
        assert each["n_pairs"] == len(pairs)
    assert [each["p_adjusted"] for each in report["comparisons"]] == pytest.approx(
        holm([each["p_value"] for each in report["comparisons"]]), rel=1e-9
    )


ENTITIES, ANNOTATIONS, CLUSTERS = (
    ("--size", "60"),
    ("--size", "60", "--unit", "annotation"),
    ("--size", "40", "--per-entity", "3"),
)


@pytest.mark.parametrize("estimand", ["mix", "entity", "annotation"])
@pytest.mark.parametrize("design", [ENTITIES, ANNOTATIONS, CLUSTERS], ids=" ".join)
def test_where_all_is_judged_the_difference_is_that_of_the_accuracies(
    run: Run, workspace: Path, tmp_path: Path, design: tuple[str, ...], estimand: str
) -> None:
    ingest_unequal(run, workspace, tmp_path, "AC")
    run("sample", *design, "-w", workspace)
    ids = [row["annotation_id"] for row in exported_units(run, workspace, tmp_path)]
    judge(
        run,
        workspace,
        tmp_path,
        {
            (each, setting): "incorrect" if number_of(each) % (7 if setting == "A" else 4) == 0 else "correct"
            for each in ids
            for setting in "AC"
        },
    )
    report = report_of(run, workspace, tmp_path, "--estimand", estimand)
    a, c = (setting["estimands"][estimand]["estimate"] for setting in report["settings"])
    [found] = report["comparisons"]
    assert found["difference"] == pytest.approx(a - c, abs=1e-12)


def test_settings_with_nothing_judged_under_both_are_not_compared(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    ingest_unequal(run, workspace, tmp_path, "AC")
    run("sample", "--size", "20", "-w", workspace)
    ids = [row["annotation_id"] for row in exported_units(run, workspace, tmp_path)]
    said = {(each, "AC"[rank % 2]): "correct" for rank, each in enumerate(ids)}
    judge(run, workspace, tmp_path, said)
    assert "comparisons" not in report_of(run, workspace, tmp_path)


def test_all_annotations_drawn_give_the_difference_per_entity_of_the_frame(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    # Q0 has one annotation in split entity and eleven in wiki; ten other entities have one each.
    entities = ["Q0"] * 12 + [f"Q{number}" for number in range(1, 11)]
    splits = ["entity_val"] + ["wiki_val"] * 11 + ["entity_val"] * 9 + ["wiki_val"]
    for setting in "AC":
        content = a_dataset(
            [
                an_annotation(number, mask_of(setting, number), category_id=entity_id, data_split=split)
                for number, (entity_id, split) in enumerate(zip(entities, splits, strict=True))
            ]
        )
        run(
            "ingest", write_json(tmp_path / f"{setting}.json", content), "--setting", setting, "-w", workspace
        )
    run("sample", "--unit", "annotation", "--size", len(entities), "-w", workspace)
    said = {(f"oven_{number:04}", "A"): "correct" for number in range(len(entities))}
    said |= {
        (f"oven_{number:04}", "C"): "incorrect" if entity_id == "Q0" else "correct"
        for number, entity_id in enumerate(entities)
    }
    judge(run, workspace, tmp_path, said)
    report = report_of(run, workspace, tmp_path, "--estimand", "entity")
    assert report["settings"][1]["estimands"]["entity"]["estimate"] == pytest.approx(10 / 11)
    assert report["comparisons"][0]["difference"] == pytest.approx(1 / 11)


def test_further_annotations_of_the_same_entities_that_add_nothing_narrow_no_difference(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    widths = []
    for setting in "AC":
        content = a_dataset(
            [
                an_annotation(
                    number, mask_of(setting, number), category_id=f"Q{number // 3}", data_split="wiki_val"
                )
                for number in range(90)
            ]
        )
        run(
            "ingest", write_json(tmp_path / f"{setting}.json", content), "--setting", setting, "-w", workspace
        )
    for per_entity in (1, 3):
        name = f"of-{per_entity}"
        run("sample", "--size", "30", "--per-entity", per_entity, "--name", name, "-w", workspace)
        ids = [row["annotation_id"] for row in exported_units(run, workspace, tmp_path, "--sample", name)]
        said = {(each, "A"): "correct" for each in ids}
        # A whole entity is right or wrong.
        said |= {(each, "C"): "incorrect" if number_of(each) // 3 < 9 else "correct" for each in ids}
        judge(run, workspace, tmp_path, said)
        [found] = report_of(run, workspace, tmp_path, "--sample", name)["comparisons"]
        widths.append(found["interval"]["high"] - found["interval"]["low"])
    assert widths[1] == pytest.approx(widths[0], rel=0.2)
