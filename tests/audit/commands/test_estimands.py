"""report: every figure is what the exported weights and verdicts give, for each of the three estimands."""

import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.audit.commands.audited import (
    WITHOUT_MASK_IN_B,
    exported_units,
    exported_verdicts,
    ingest_unequal,
    judge,
    mask_of,
    number_of,
    report_of,
    status_of,
    unequal_entity,
)
from tests.datasets import Finished, Run, a_dataset, an_annotation, write_json

Row = Mapping[str, str]

WEIGHTS: Mapping[str, Callable[[Row], float]] = {
    "mix": lambda _: 1.0,
    "entity": lambda row: float(row["entity_weight"]),
    "annotation": lambda row: float(row["design_weight"]),
}
Z = NormalDist().inv_cdf(0.975)


def verdict_on(setting: str, number: int) -> str | None:
    """A verdict for most masks: some wrong, some unsure, some left pending; alike masks get the same."""
    if setting == "A" or number % 3 == 0:
        return {1: "incorrect", 6: "unsure", 9: None}.get(number % 11, "correct")
    return {2: "incorrect", 3: "incorrect", 5: "unsure", 7: None}.get(number % 13, "correct")


def is_empty(setting: str, number: int) -> bool:
    return setting == "B" and number in WITHOUT_MASK_IN_B


@pytest.fixture(
    params=[
        ("--size", "40"),
        ("--size", "40", "--across", "within-split"),
        ("--size", "40", "--size-measure", "sqrt"),
        ("--allocate", "entity=10,query=15,wiki=9", "--per-entity", "2"),
        ("--allocate", "entity=10,query=35,wiki=5", "--unit", "annotation"),
    ],
    ids=" ".join,
)
def audited(request: pytest.FixtureRequest, run: Run, workspace: Path, tmp_path: Path) -> Path:
    """Settings A and B, a sample by one of the designs, and verdicts on most of its masks."""
    ingest_unequal(run, workspace, tmp_path, "AB")
    assert run("sample", *request.param, "-w", workspace).status == 0
    verdicts = {
        (row["annotation_id"], setting): said
        for row in exported_units(run, workspace, tmp_path)
        for setting in "AB"
        if not is_empty(setting, number := number_of(row["annotation_id"]))
        and (said := verdict_on(setting, number))
    }
    judge(run, workspace, tmp_path, verdicts)
    return workspace


def hajek(rows: list[Row], said: Mapping[tuple[str, str], str], setting: str, estimand: str) -> float:
    """Σwy/Σw over units that are correct, incorrect or missing."""
    total = right = 0.0
    for row in rows:
        verdict = said.get((row["annotation_id"], setting))
        if is_empty(setting, number_of(row["annotation_id"])):
            verdict = "incorrect"
        if verdict in ("correct", "incorrect"):
            total += WEIGHTS[estimand](row)
            right += WEIGHTS[estimand](row) * (verdict == "correct")
    return right / total


def test_every_estimand_is_the_weighted_share_of_what_counts(run: Run, audited: Path, tmp_path: Path) -> None:
    rows, said = exported_units(run, audited, tmp_path), exported_verdicts(run, audited, tmp_path)
    for setting in report_of(run, audited, tmp_path)["settings"]:
        for estimand, found in setting["estimands"].items():
            assert found["estimate"] == pytest.approx(
                hajek(rows, said, setting["setting"], estimand), rel=1e-12
            )
            assert found["interval"]["low"] <= found["estimate"] <= found["interval"]["high"]
            assert found["n"] == setting["n_correct"] + setting["n_incorrect"] + setting["n_missing"]
            assert found["deff"] == pytest.approx(found["n"] / found["n_eff"], rel=1e-9)
        assert set(setting["estimands"]) == set(WEIGHTS)
        assert setting["accuracy"] == setting["estimands"]["mix"]["estimate"]
        assert setting["interval"] == setting["estimands"]["mix"]["interval"]


def test_the_slices_of_a_sample_are_figures_of_their_own_units(
    run: Run, audited: Path, tmp_path: Path
) -> None:
    rows, said = exported_units(run, audited, tmp_path), exported_verdicts(run, audited, tmp_path)
    slices: dict[str, Callable[[Row], str]] = {
        "by_split": lambda row: row["split"],
        "by_category": lambda row: row["category"],
        "by_size": lambda row: "medium" if number_of(row["annotation_id"]) % 2 else "small",
    }
    for setting in report_of(run, audited, tmp_path)["settings"]:
        for part, slice_of in slices.items():
            for name, found in setting[part].items():
                mine = [row for row in rows if slice_of(row) == name]
                assert found["accuracy"] == pytest.approx(
                    hajek_of_masks(mine, said, setting["setting"], part), rel=1e-12
                )
        for split, found in setting["by_split"].items():
            mine = [row for row in rows if row["split"] == split]
            for estimand, figure in found["estimands"].items():
                assert figure["estimate"] == pytest.approx(
                    hajek(mine, said, setting["setting"], estimand), rel=1e-12
                )


def hajek_of_masks(rows: list[Row], said: Mapping[tuple[str, str], str], setting: str, part: str) -> float:
    """The share of the sample; a unit without a mask has no size."""
    if part == "by_size":
        rows = [row for row in rows if not is_empty(setting, number_of(row["annotation_id"]))]
    return hajek(rows, said, setting, "mix")


def test_the_counts_of_the_slices_add_up_to_those_of_the_whole(
    run: Run, audited: Path, tmp_path: Path
) -> None:
    for setting in report_of(run, audited, tmp_path)["settings"]:
        counts = counts_in(setting)
        assert counts["n_units"] == (
            counts["n_reviewed"]
            + counts["n_missing"]
            + counts["n_unjudgable"]
            + counts["n_pending"]
            + counts["n_dropped"]
        )
        assert counts["n_reviewed"] == counts["n_correct"] + counts["n_incorrect"] + counts["n_unsure"]
        for part in ("by_split", "by_category"):
            assert summed(setting[part]) == counts
        with_mask = counts | {"n_missing": 0, "n_units": counts["n_units"] - counts["n_missing"]}
        assert summed(setting["by_size"]) == with_mask


def counts_in(result: Mapping[str, Any]) -> Counter[str]:
    return Counter({key: value for key, value in result.items() if key.startswith("n_")})


def summed(slices: Mapping[str, Mapping[str, Any]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in slices.values():
        found.update(counts_in(each))
    return found


def test_one_split_of_equal_weights_has_the_interval_of_a_simple_random_sample(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    ids = judged_sample(run, workspace, tmp_path, "--allocate", "query=28", n_wrong=3)
    [setting] = report_of(run, workspace, tmp_path)["settings"]
    low, high = wilson(25, 28)
    for estimand in ("mix", "entity"):
        found = setting["estimands"][estimand]
        assert (found["n"], found["n_eff"]) == (28, pytest.approx(28))
        assert found["interval"]["low"] == pytest.approx(low, rel=1e-9)
        assert found["interval"]["high"] == pytest.approx(high, rel=1e-9)
        assert found["interval"]["confidence"] == 0.95
    # Q0 has annotations of other splits too, which are outside of this frame.
    in_split = Counter(unequal_entity(number) for number in range(150) if number % 3 == 1)
    sizes = [in_split[unequal_entity(number_of(each))] for each in ids]
    assert setting["estimands"]["annotation"]["estimate"] == pytest.approx(
        sum(sizes[3:]) / sum(sizes), rel=1e-12
    )


def judged_sample(run: Run, workspace: Path, tmp_path: Path, *words: str, n_wrong: int) -> list[str]:
    """Draw from one setting and judge all that is drawn, the first ones incorrect; the ids in that order."""
    ingest_unequal(run, workspace, tmp_path, "A")
    assert run("sample", *words, "-w", workspace).status == 0
    ids = [row["annotation_id"] for row in exported_units(run, workspace, tmp_path)]
    judge_in_order(run, workspace, tmp_path, ids, n_wrong=n_wrong)
    return ids


def judge_in_order(run: Run, workspace: Path, tmp_path: Path, ids: list[str], *, n_wrong: int) -> None:
    said = {(each, "A"): "incorrect" if rank < n_wrong else "correct" for rank, each in enumerate(ids)}
    judge(run, workspace, tmp_path, said)


@pytest.mark.parametrize("unit", ["entity", "annotation"])
def test_a_large_part_of_single_annotations_leaves_little_to_chance(
    run: Run, workspace: Path, tmp_path: Path, unit: str
) -> None:
    content = a_dataset(
        [an_annotation(number, mask_of("A", number), category_id=f"Q{number}") for number in range(150)]
    )
    run("ingest", write_json(tmp_path / "A.json", content), "--setting", "A", "-w", workspace)
    run("sample", "--unit", unit, "--allocate", "query=40", "-w", workspace)
    ids = [row["annotation_id"] for row in exported_units(run, workspace, tmp_path)]
    judge_in_order(run, workspace, tmp_path, ids, n_wrong=3)
    [setting] = report_of(run, workspace, tmp_path)["settings"]
    # 40 of the 50 annotations of the split: a fifth of the variance is left.
    low, high = wilson(37 / 40 * 200, 200)
    for found in setting["estimands"].values():
        assert (found["n"], found["n_eff"]) == (40, pytest.approx(40 / (1 - 40 / 50)))
        assert found["interval"]["low"] == pytest.approx(low, rel=1e-9)
        assert found["interval"]["high"] == pytest.approx(high, rel=1e-9)


def wilson(n_correct: float, n: int) -> tuple[float, float]:
    share = n_correct / n
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return centre - half, centre + half


def test_where_nothing_is_wrong_the_rule_of_three_bounds_the_errors(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    judged_sample(run, workspace, tmp_path, "--allocate", "query=28", n_wrong=0)
    [setting] = report_of(run, workspace, tmp_path)["settings"]
    assert setting["accuracy"] == 1
    assert setting["greatest_error"] == pytest.approx(1 - 0.05 ** (1 / 28), rel=1e-9)
    assert setting["interval"]["high"] == 1
    assert setting["interval"]["low"] == pytest.approx(wilson(28, 28)[0], rel=1e-9)


def test_figures_that_hold_at_once_are_wider_by_bonferroni(run: Run, workspace: Path, tmp_path: Path) -> None:
    ingest_unequal(run, workspace, tmp_path, "B")
    judged_sample(run, workspace, tmp_path, "--frame", "A", "--allocate", "query=28", n_wrong=0)
    [_, setting] = report_of(run, workspace, tmp_path, "--simultaneous")["settings"]
    assert setting["setting"] == "A"
    assert setting["interval"]["confidence"] == pytest.approx(0.975)
    z = NormalDist().inv_cdf(1 - 0.05 / 4)
    assert setting["interval"]["low"] == pytest.approx(1 / (1 + z**2 / 28), rel=1e-9)


def test_another_headline_leaves_every_figure_as_it_is(run: Run, audited: Path, tmp_path: Path) -> None:
    reports = [report_of(run, audited, tmp_path, "--estimand", name) for name in WEIGHTS]
    assert [report["estimand"] for report in reports] == list(WEIGHTS)
    for report in reports[1:]:
        for one, other in zip(report["settings"], reports[0]["settings"], strict=True):
            assert one["estimands"] == other["estimands"]
            assert one["accuracy"] == other["accuracy"]


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"audit_{uuid.uuid4().hex}"
    server = postgresql_url.replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgresql_url.replace("/postgres?", f"/{name}?")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def run_in_its_own_process(*words: object) -> Finished:
    """A command that ends closes its connections; within this process they would stay open."""
    command = [sys.executable, "-c", "from audit.cli import main; main()", *map(str, words)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return Finished(ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "words",
    [
        ("--size", "40", "--size-measure", "sqrt"),
        ("--size", "40", "--unit", "annotation", "--certify", "0.6"),
    ],
    ids=" ".join,
)
def test_postgresql_tells_the_same_as_sqlite(
    run: Run, workspace: Path, tmp_path: Path, postgresql_database: str, words: tuple[str, ...]
) -> None:
    elsewhere = tmp_path / "on-postgresql"
    assert run_in_its_own_process("init", elsewhere, "--database", postgresql_database).status == 0
    told = []
    for do, place in ((run, workspace), (run_in_its_own_process, elsewhere)):
        judged_sample(do, place, tmp_path, *words, n_wrong=7)
        report = report_of(do, place, tmp_path)
        assert report.pop("created_at")
        assert report["sample"].pop("drawn_at")
        told.append((report, status_of(do, place)))
    assert told[0] == told[1]
