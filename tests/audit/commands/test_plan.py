"""plan: what each goal takes and what a budget buys, from the frame and the verdicts so far."""

from collections import Counter
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from tests.audit.commands.audited import (
    ALIKE_IN_A_AND_B,
    N_MENTIONS,
    WITHOUT_MASK_IN_B,
    exported_units,
    ingest_unequal,
    judge,
    number_of,
    unequal_entity,
)
from tests.datasets import Run

SPLITS = ("entity", "query", "wiki")
Z = NormalDist().inv_cdf(0.975)


@pytest.fixture
def population(run: Run, workspace: Path, tmp_path: Path) -> Path:
    ingest_unequal(run, workspace, tmp_path, "AB")
    return workspace


def plan_of(run: Run, workspace: Path, *words: object) -> dict[str, Any]:
    finished = run("plan", *words, "-w", workspace, "--json")
    assert finished.status == 0, finished.err
    return finished.json


def expected_entities() -> dict[str, float]:
    """E[M_h]: an entity falls into a split in proportion to its annotations there."""
    of_entity = Counter(unequal_entity(number) for number in range(N_MENTIONS))
    found = dict.fromkeys(SPLITS, 0.0)
    for number in range(N_MENTIONS):
        found[SPLITS[number % 3]] += 1 / of_entity[unequal_entity(number)]
    return found


def test_a_plan_knows_the_frame(run: Run, population: Path) -> None:
    found = plan_of(run, population)
    entities = expected_entities()
    assert [each["split"] for each in found["strata"]] == list(SPLITS)
    for stratum in found["strata"]:
        assert stratum["n_entities"] == pytest.approx(entities[stratum["split"]], rel=1e-9)
        assert stratum["n_available"] == round(entities[stratum["split"]])
        assert stratum["n_annotations"] == 50
    annotations = plan_of(run, population, "--unit", "annotation")
    assert [each["n_available"] for each in annotations["strata"]] == [50, 50, 50]


def test_nothing_is_drawn_and_the_same_plan_comes_again(run: Run, population: Path) -> None:
    words = ("--budget", "60", "--certify", "0.8")
    assert plan_of(run, population, *words) == plan_of(run, population, *words)
    assert run("sample", "list", "-w", population, "--json").json == {"samples": []}


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("--budget", "60"), None),
        (("--budget", "61", "--allocation", "equal"), None),
        (("--budget", "60", "--fix", "wiki=7", "--minimum", "9"), {"wiki": 7}),
        (("--allocate", "entity=20,query=11,wiki=9"), {"entity": 20, "query": 11, "wiki": 9}),
    ],
)
def test_every_allocation_spends_the_budget(
    run: Run, population: Path, words: tuple[str, ...], asked: dict[str, int] | None
) -> None:
    found = plan_of(run, population, *words)
    assert found["allocations"][0]["name"] == "asked"
    for allocation in found["allocations"]:
        assert sum(allocation["sizes"].values()) == found["budget"]
        assert allocation["hours"] == pytest.approx(found["budget"] * 2 * 3 / 3600)
    sizes = found["allocations"][0]["sizes"]
    assert {split: sizes[split] for split in asked or {}} == (asked or {})
    least = {"wiki": 7, "entity": 9, "query": 9} if "--minimum" in words else {}
    assert all(sizes[split] >= n for split, n in least.items())


def test_a_split_is_as_precise_as_wilson_s_interval_of_its_size(run: Run, population: Path) -> None:
    words = ("--allocate", "entity=20,query=16,wiki=9", "--expected", "entity=0.96,query=0.75,wiki=0.5")
    found = plan_of(run, population, *words)
    assert found["expected"] == {"entity": 0.96, "query": 0.75, "wiki": 0.5}
    asked = found["allocations"][0]
    for split, n in {"query": 16, "wiki": 9}.items():
        share = found["expected"][split]
        expected = asked["by_split"][split]
        assert expected["n_eff"] == pytest.approx(n)
        half = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
        assert expected["half_width"] == pytest.approx(half, rel=1e-9)
    mix = asked["estimands"]["mix"]
    assert mix["value"] == pytest.approx((20 * 0.96 + 16 * 0.75 + 9 * 0.5) / 45, rel=1e-12)
    variance = (20 * 0.96 * 0.04 + 16 * 0.75 * 0.25 + 9 * 0.5 * 0.5) / 45**2
    assert mix["standard_error"] == pytest.approx(sqrt(variance), rel=1e-9)
    assert mix["kish_n"] == pytest.approx(45)
    assert all(0 <= each["chance"] <= 1 for each in asked["estimands"].values())
    assert any("wiki has 9 units" in warning for warning in asked["warnings"])


def test_every_goal_says_what_it_takes_or_why_it_is_out_of_reach(run: Run, population: Path) -> None:
    words = ("--unit", "annotation", "--margin", "0.1", "--certify", "0.6", "--expected", "0.9")
    goals = {goal["goal"]: goal for goal in plan_of(run, population, *words)["goals"]}
    assert list(goals) == ["describe", "certify", "estimate", "tune"]
    assert "out_of_reach" not in goals["describe"]
    assert sum(goals["describe"]["sizes"].values()) == goals["describe"]["n"] <= N_MENTIONS
    assert goals["certify"]["sequential"]["expected"]["share_reached"] > 0.5
    assert sum(goals["estimate"]["sequential"]["sizes"].values()) <= N_MENTIONS
    # The kept verdicts without an error that show 0.6: the first n with 0.6^n ≤ 0.05, half of the masks kept.
    assert goals["tune"]["n_kept"][0] == next(n for n in range(1, 99) if 0.6**n <= 0.05)
    assert goals["tune"]["n"][0] == 2 * goals["tune"]["n_kept"][0]
    narrow = {goal["goal"]: goal for goal in plan_of(run, population, "--margin", "0.001")["goals"]}
    assert "out_of_reach" in narrow["describe"]
    assert narrow["estimate"]["sequential"]["expected"]["share_reached"] == 0
    hopeless = plan_of(run, population, "--expected", "0.7", "--certify", "0.9")["goals"]
    assert "out_of_reach" in next(goal for goal in hopeless if goal["goal"] == "certify")
    said = run("plan", "--margin", "0.001", "-w", population)
    assert said.status == 0
    assert "out of reach" in said.out


def test_the_fewest_units_that_describe_are_the_fewest(run: Run, population: Path) -> None:
    words = ("--unit", "annotation", "--expected", "0.9")
    [found] = [
        goal
        for goal in plan_of(run, population, *words, "--margin", "0.08")["goals"]
        if goal["goal"] == "describe"
    ]
    widths = {
        n: plan_of(run, population, *words, "--budget", n)["allocations"][0]["estimands"]["mix"]["half_width"]
        for n in (found["n"] - 1, found["n"])
    }
    assert widths[found["n"]] <= 0.08 < widths[found["n"] - 1]


def test_two_settings_are_compared_at_the_cost_of_their_differing_masks(run: Run, population: Path) -> None:
    found = plan_of(run, population, "--contrast", "A", "B", "--margin", "0.1")
    # A mention of which one setting has no mask is told apart without eyes, and is not alike.
    alike = len(ALIKE_IN_A_AND_B - WITHOUT_MASK_IN_B)
    assert found["share_same"] == pytest.approx(alike / (N_MENTIONS - len(WITHOUT_MASK_IN_B)), rel=1e-12)
    [goal] = [goal for goal in found["goals"] if goal["goal"] == "compare"]
    assert goal["needed"]["differing"] < goal["needed"]["unpaired"]
    assert goal["hours"] == pytest.approx(goal["needed"]["differing"] * 3 / 3600)


def test_verdicts_tell_what_to_expect_from_thirty_on(run: Run, population: Path, tmp_path: Path) -> None:
    run("sample", "--unit", "annotation", "--allocate", "entity=20,query=12,wiki=6", "-w", population)
    rows = exported_units(run, population, tmp_path)
    order = [row["annotation_id"] for row in rows]
    said = {(each, "A"): "incorrect" if number_of(each) % 4 == 0 else "correct" for each in order}
    judge(run, population, tmp_path, dict(list(said.items())[:14]), seconds=4)
    before = plan_of(run, population)
    assert before["expected"] == dict.fromkeys(SPLITS, 0.95)
    assert "guess" in before["expected_from"]
    assert (before["pace_measured"], before["seconds_per_verdict"]) == (True, 4)
    judge(run, population, tmp_path, said, seconds=6)
    found = plan_of(run, population, "--budget", "40")
    # A verdict on an alike mask is one of both settings.
    outcomes = [
        (row["split"], said[row["annotation_id"], "A"] == "correct")
        for row in rows
        for setting in "AB"
        if setting == "A"
        or (
            number_of(row["annotation_id"]) in ALIKE_IN_A_AND_B
            and number_of(row["annotation_id"]) not in WITHOUT_MASK_IN_B
        )
    ]
    # A mask that is missing is wrong without a verdict.
    outcomes += [
        (row["split"], False) for row in rows if number_of(row["annotation_id"]) in WITHOUT_MASK_IN_B
    ]
    overall = (sum(right for _, right in outcomes) + 0.5) / (len(outcomes) + 1)
    for split in SPLITS:
        mine = [right for its, right in outcomes if its == split]
        assert found["expected"][split] == pytest.approx((sum(mine) + overall) / (len(mine) + 1), rel=1e-12)
    assert found["expected_from"] == f"from {len(outcomes)} masks of sample main"
    assert found["seconds_per_verdict"] == 6
    assert found["allocations"][0]["hours"] == pytest.approx(40 * 2 * 6 / 3600)


def test_missing_masks_lower_what_is_expected(run: Run, workspace: Path, tmp_path: Path) -> None:
    ingest_unequal(run, workspace, tmp_path, "B")
    run("sample", "--unit", "annotation", "--size", N_MENTIONS, "-w", workspace)
    said = {
        (f"oven_{number:04}", "B"): "correct"
        for number in range(N_MENTIONS)
        if number not in WITHOUT_MASK_IN_B
    }
    judge(run, workspace, tmp_path, said)
    expected = plan_of(run, workspace)["expected"]
    assert sum(expected.values()) / 3 == pytest.approx(0.9, abs=0.01)


def test_a_sample_of_differing_masks_tells_nothing_of_what_to_expect(
    run: Run, population: Path, tmp_path: Path
) -> None:
    run("sample", "--contrast", "A", "B", "--size", "40", "--name", "differing", "-w", population)
    ids = [row["annotation_id"] for row in exported_units(run, population, tmp_path)]
    judge(run, population, tmp_path, {(each, "A"): "incorrect" for each in ids})
    assert plan_of(run, population)["expected"] == dict.fromkeys(SPLITS, 0.95)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--margin", "0"), "--margin"),
        (("--certify", "1"), "--certify"),
        (("--expected", "1"), "--expected"),
        (("--expected", "entity=0.9"), "--expected"),
        (("--budget", "999"), "999"),
        (("--allocate", "entity=999"), "999"),
        (("--allocate", "nobody=9"), "nobody"),
        (("--allocate", "entity=9", "--budget", "9"), "--allocate"),
        (("--allocate", "entity=0"), "0"),
        (("--allocation", "fair"), "fair"),
        (("--fix", "nobody=9"), "nobody"),
        (("--frame", "nobody"), "nobody"),
        (("--contrast", "A", "nobody"), "nobody"),
        (("--contrast", "A", "A"), "two settings"),
        (("--unit", "annotation", "--size-measure", "sqrt"), "--size-measure"),
        (("--expected", "entity=0.9,query=0.9,wiki=0.9,wkii=0.5"), "wkii"),
    ],
)
def test_a_plan_that_cannot_be_made_is_refused_in_one_line(
    run: Run, population: Path, words: tuple[str, ...], message: str
) -> None:
    refused = run("plan", *words, "-w", population)
    assert refused.status == 2
    assert message in refused.err
    assert refused.err.count("\n") == 1


@pytest.mark.parametrize(("margin", "confidence"), [("0.2", "0.95"), ("0.03", "0.8")])
def test_a_width_that_no_review_stops_at_leaves_the_other_goals_planned(
    run: Run, population: Path, monkeypatch: pytest.MonkeyPatch, margin: str, confidence: str
) -> None:
    monkeypatch.setenv("MASK_AUDIT_CONFIDENCE", confidence)
    found = run("plan", "--margin", margin, "-w", population, "--json")
    assert found.status == 0
    assert {"describe", "certify", "tune"} <= {goal["goal"] for goal in found.json["goals"]}


def test_a_plan_in_words_names_every_goal_and_what_each_split_gets(run: Run, population: Path) -> None:
    said = run(
        "plan", "--allocate", "entity=20,query=16,wiki=9", "--expected", "0.9", "--contrast", "A", "B",
        "--margin", "0.1", "-w", population,
    )  # fmt: skip
    assert said.status == 0
    lines = said.out.splitlines()
    for goal in ("describe", "certify", "estimate", "tune", "compare"):
        assert sum(line.lstrip().startswith(goal) for line in lines) == 1
    [header] = [line for line in lines if line.lstrip().startswith("allocation")]
    assert header.split() == ["allocation", *SPLITS, "mix", "entity", "annotation", "hours"]
    [asked] = [line for line in lines if line.lstrip().startswith("asked")]
    assert asked.split()[1::2][:3] == ["20", "16", "9"]
    assert "what 45 units buy" in said.out
    assert "3.0 s a verdict, 2 settings on each unit" in said.out
    assert "warning: wiki has 9 units" in said.out


def test_an_empty_population_has_no_plan(run: Run, workspace: Path) -> None:
    refused = run("plan", "-w", workspace)
    assert refused.status == 2
    assert "mask-audit ingest" in refused.err
