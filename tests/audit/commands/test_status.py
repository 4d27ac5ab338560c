"""status: how far a goal is at every moment of its review, by the blocks of its stored order alone."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from math import log, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from tests.audit.commands.audited import ingest_unequal, judge, number_of, report_of, status_of
from tests.datasets import Run

Verdicts = dict[tuple[str, str], str]


def blocks_of(workspace: Path, sample: str = "main") -> dict[int, list[tuple[str, str]]]:
    """The annotations of every block with their splits, in the stored order."""
    query = (
        "SELECT block, stratum, annotation_id FROM units JOIN samples USING (sample_id) WHERE name = ? "
        "ORDER BY block, stratum, annotation_id"
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    connection = sqlite3.connect(workspace / "audit.sqlite")
    for block, split, annotation_id in connection.execute(query, (sample,)):
        found[block].append((annotation_id, split))
    connection.close()
    return dict(found)


def is_correct(annotation_id: str) -> bool:
    return number_of(annotation_id) % 29 != 3


def verdicts_of(
    blocks: Iterable[list[tuple[str, str]]],
    setting: str = "A",
    correct: Callable[[str], bool] = is_correct,
) -> Verdicts:
    return {
        (annotation_id, setting): "correct" if correct(annotation_id) else "incorrect"
        for block in blocks
        for annotation_id, _ in block
    }


def goal_of(run: Run, workspace: Path) -> dict[str, Any]:
    [sample] = status_of(run, workspace)["samples"]
    return sample["goal"]


def anytime_p_value(
    blocks: Iterable[list[tuple[str, str]]], target: float, weights: dict[str, float]
) -> float:
    """Shrink-trunc ALPHA, block by block: η₀ = max(0.95, (1 + t)/2), d = 200."""
    hoped, patience = max(0.95, (1 + target) / 2), 200.0
    wealth = greatest = seen = in_the_mix = 0.0
    share = {split: weight / sum(weights.values()) for split, weight in weights.items()}
    for block in blocks:
        of_split = {split: [each for each, its in block if its == split] for split in share}
        factor = {split: share[split] * len(block) / len(mine) for split, mine in of_split.items()}
        margin = (hoped - target) / 2 / sqrt(patience + seen)
        expected = (patience * hoped + in_the_mix) / (patience + seen)
        stake = (min(1 - margin, max(expected, target + margin)) - target) / (1 - target)
        variance = sum(share[split] * factor[split] for split in share)
        bet = stake / (variance + stake * (max(factor.values()) - variance)) / target
        for split, mine in of_split.items():
            for annotation_id in mine:
                wealth += log(1 + bet * factor[split] * (is_correct(annotation_id) - target))
            in_the_mix += factor[split] * sum(map(is_correct, mine))
        seen += len(block)
        greatest = max(greatest, wealth)
    return float(2.718281828459045**-greatest)


@pytest.fixture
def certified(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """A sample to certify 0.85, of 100 annotations in 10 blocks, of setting A."""
    ingest_unequal(run, workspace, tmp_path, "A")
    words = ("--unit", "annotation", "--allocate", "entity=50,query=30,wiki=20", "--certify", "0.85")
    assert run("sample", *words, "-w", workspace).status == 0
    return workspace


WEIGHTS = {"entity": 50.0, "query": 30.0, "wiki": 20.0}


def test_before_any_verdict_nothing_is_read_and_reviewing_is_next(run: Run, certified: Path) -> None:
    said = status_of(run, certified)
    [sample] = said["samples"]
    assert (sample["n_units"], sample["n_masks"], sample["n_judged"], sample["n_pending"]) == (
        100,
        100,
        0,
        100,
    )
    assert sample["done"] is False
    assert "seconds_per_verdict" not in sample
    assert said["next"] == "mask-audit review"
    assert sample["goal"]["claims"] == [
        {
            "setting": "A",
            "state": "going-on",
            "p_value": 1.0,
            "p_adjusted": 1.0,
            "holds": False,
            "n_counted": 0,
            "n_blocks_read": 0,
            "n_blocks": 10,
        }
    ]


def test_every_complete_block_moves_the_claim_and_a_later_one_waits(
    run: Run, certified: Path, tmp_path: Path
) -> None:
    blocks = blocks_of(certified)
    judge(run, certified, tmp_path, verdicts_of([blocks[0], blocks[1], blocks[4]]))
    [claim] = goal_of(run, certified)["claims"]
    assert (claim["n_blocks_read"], claim["n_counted"]) == (2, 20)
    two = anytime_p_value([blocks[0], blocks[1]], 0.85, WEIGHTS)
    assert claim["p_value"] == pytest.approx(two, rel=1e-9)
    # A block with one verdict lacking is not read, whatever comes behind it.
    judge(run, certified, tmp_path, verdicts_of([blocks[2][1:], blocks[3]]))
    [claim] = goal_of(run, certified)["claims"]
    assert (claim["n_blocks_read"], claim["p_value"]) == (2, pytest.approx(two, rel=1e-9))
    judge(run, certified, tmp_path, verdicts_of([blocks[2][:1]]))
    [claim] = goal_of(run, certified)["claims"]
    five = anytime_p_value([blocks[number] for number in range(5)], 0.85, WEIGHTS)
    assert (claim["n_blocks_read"], claim["p_value"]) == (5, pytest.approx(five, rel=1e-9))


def test_a_reached_goal_is_done_though_verdicts_are_pending(
    run: Run, certified: Path, tmp_path: Path
) -> None:
    blocks = blocks_of(certified)
    p_values = [
        anytime_p_value([blocks[number] for number in range(n)], 0.85, WEIGHTS)
        for n in range(len(blocks) + 1)
    ]
    n_needed = next(n for n, p in enumerate(p_values) if p <= 0.05)
    assert 1 < n_needed < 10
    judge(run, certified, tmp_path, verdicts_of(blocks[number] for number in range(n_needed - 1)))
    assert status_of(run, certified)["samples"][0]["done"] is False
    judge(run, certified, tmp_path, verdicts_of([blocks[n_needed - 1]]))
    said = status_of(run, certified)
    [sample] = said["samples"]
    [claim] = sample["goal"]["claims"]
    assert (claim["state"], claim["holds"]) == ("reached", True)
    assert (claim["certified_at_block"], claim["n_counted_when_certified"]) == (n_needed - 1, 10 * n_needed)
    assert (sample["done"], sample["n_pending"] > 0) == (True, True)
    assert said["next"].startswith("mask-audit report")
    assert sample["goal"]["planned_size_intervals_valid"] is False


def test_a_certified_claim_stays_whatever_comes_after(run: Run, certified: Path, tmp_path: Path) -> None:
    blocks = blocks_of(certified)
    judge(run, certified, tmp_path, verdicts_of(blocks[number] for number in range(8)))
    [before] = goal_of(run, certified)["claims"]
    assert before["holds"]
    rest = [blocks[number] for number in (8, 9)]
    judge(run, certified, tmp_path, verdicts_of(rest, correct=lambda _: False))
    [after] = goal_of(run, certified)["claims"]
    assert (after["holds"], after["p_value"]) == (True, before["p_value"])
    assert after["n_blocks_read"] == 10


def test_a_used_up_sample_grows_by_blocks_and_goes_on_from_where_it_was(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    ingest_unequal(run, workspace, tmp_path, "A")
    words = ("--unit", "annotation", "--allocate", "entity=15,query=9,wiki=6", "--certify", "0.9")
    run("sample", *words, "-w", workspace)
    first = blocks_of(workspace)
    weights = {"entity": 15.0, "query": 9.0, "wiki": 6.0}
    judge(run, workspace, tmp_path, verdicts_of(first.values()))
    [claim] = goal_of(run, workspace)["claims"]
    assert (claim["state"], claim["holds"]) == ("exhausted", False)
    assert claim["p_value"] == pytest.approx(anytime_p_value(first.values(), 0.9, weights), rel=1e-9)
    # It grows in other shares than it was drawn in; the mix stays that of the first draw.
    grown = ("--extend", "--allocate", "entity=40,query=40,wiki=30")
    assert run("sample", *grown, "-w", workspace).status == 0
    [sample] = status_of(run, workspace)["samples"]
    [going_on] = sample["goal"]["claims"]
    assert (going_on["state"], going_on["n_blocks_read"]) == ("going-on", len(first))
    assert going_on["p_value"] == claim["p_value"]
    assert (sample["done"], sample["n_pending"]) == (False, 80)
    after = blocks_of(workspace)
    assert {number: after[number] for number in first} == first
    judge(run, workspace, tmp_path, verdicts_of(after.values()))
    [claim] = goal_of(run, workspace)["claims"]
    assert claim["n_blocks_read"] == len(after)
    assert claim["p_value"] == pytest.approx(anytime_p_value(after.values(), 0.9, weights), rel=1e-9)


def test_claims_of_several_settings_share_their_error(run: Run, workspace: Path, tmp_path: Path) -> None:
    ingest_unequal(run, workspace, tmp_path, "AC")
    words = ("--unit", "annotation", "--allocate", "entity=50,query=30,wiki=20", "--certify", "0.6")
    run("sample", *words, "-w", workspace)
    blocks = blocks_of(workspace)
    read = [blocks[number] for number in range(4)]
    judge(run, workspace, tmp_path, verdicts_of(read, "A"))
    a, c = goal_of(run, workspace)["claims"]
    p_value = anytime_p_value(read, 0.6, WEIGHTS)
    assert (a["p_value"], c["p_value"]) == (pytest.approx(p_value, rel=1e-9), 1.0)
    assert a["p_adjusted"] == pytest.approx(min(1.0, 2 * p_value), rel=1e-9)
    judge(run, workspace, tmp_path, verdicts_of(blocks.values(), "A"))
    [sample] = status_of(run, workspace)["samples"]
    a, c = sample["goal"]["claims"]
    assert (a["holds"], c["holds"], sample["done"]) == (True, False, False)


def agresti_coull_half_width(n_correct: int, n: int) -> float:
    """With the error rate 0.035 that stopping at a width takes for 0.05; cut at 0 and 1."""
    z = NormalDist().inv_cdf(1 - 0.035 / 2)
    share, added = (n_correct + z**2 / 2) / (n + z**2), n + z**2
    half = z * sqrt(share * (1 - share) / added)
    return (min(1.0, share + half) - max(0.0, share - half)) / 2


def test_the_review_of_a_width_ends_at_the_first_block_that_is_narrow_enough(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    ingest_unequal(run, workspace, tmp_path, "A")
    run("sample", "--unit", "annotation", "--allocate", "wiki=50", "--margin", "0.1", "-w", workspace)
    blocks = blocks_of(workspace)
    course = []
    for n_blocks in range(1, len(blocks) + 1):
        ids = [each for number in range(n_blocks) for each, _ in blocks[number]]
        course.append(agresti_coull_half_width(sum(map(is_correct, ids)), len(ids)))
    n_needed = next(n for n, width in enumerate(course, 1) if width <= 0.1)
    assert n_needed > 1
    judge(run, workspace, tmp_path, verdicts_of(blocks[number] for number in range(n_needed - 1)))
    [width] = goal_of(run, workspace)["widths"]
    assert (width["state"], "estimate" in width) == ("going-on", False)
    assert width["half_width"] == pytest.approx(course[n_needed - 2], rel=1e-9)
    judge(run, workspace, tmp_path, verdicts_of(blocks.values()))
    said = status_of(run, workspace)
    [sample] = said["samples"]
    [width] = sample["goal"]["widths"]
    assert (width["state"], width["reached_at_block"]) == ("reached", n_needed - 1)
    assert width["half_width"] == pytest.approx(course[n_needed - 1], rel=1e-9)
    ids = [each for number in range(n_needed) for each, _ in blocks[number]]
    assert width["estimate"]["estimate"] == pytest.approx(sum(map(is_correct, ids)) / len(ids), rel=1e-12)
    assert width["estimate"]["n"] == len(ids)
    assert width["running"]["n"] == 50
    assert sample["done"] is True


def test_the_pace_is_the_median_of_the_verdicts_that_were_timed(
    run: Run, certified: Path, tmp_path: Path
) -> None:
    blocks = blocks_of(certified)
    judge(run, certified, tmp_path, verdicts_of([blocks[0]]))
    assert "seconds_per_verdict" not in status_of(run, certified)["samples"][0]
    judge(run, certified, tmp_path, verdicts_of([blocks[1]]), reviewer="bob", seconds=2.5)
    judge(run, certified, tmp_path, verdicts_of([blocks[2][:3]]), reviewer="cyd", seconds=90)
    assert status_of(run, certified)["samples"][0]["seconds_per_verdict"] == 2.5
    assert "about 3 min left" in run("status", "-w", certified).out


def test_a_shared_mask_is_one_mask_to_judge(run: Run, workspace: Path, tmp_path: Path) -> None:
    ingest_unequal(run, workspace, tmp_path, "AB")
    run("sample", "--unit", "annotation", "--size", "150", "-w", workspace)
    [sample] = status_of(run, workspace)["samples"]
    # 50 masks are alike, of which the 5 of mentions 24, 54, … are missing in B, as 10 others are.
    assert (sample["n_units"], sample["n_masks"]) == (150, 150 + 150 - 45 - 15)
    said = {(f"oven_{number:04}", "B"): "correct" for number in (0, 3, 6)}
    judge(run, workspace, tmp_path, said)
    assert status_of(run, workspace)["samples"][0]["n_judged"] == 3
    assert [s["n_correct"] for s in report_of(run, workspace, tmp_path)["settings"]] == [3, 3]


def test_the_next_step_follows_the_audit(run: Run, workspace: Path, tmp_path: Path) -> None:
    assert status_of(run, workspace) == {
        "settings": [],
        "samples": [],
        "next": "mask-audit ingest FILE --setting NAME",
    }
    ingest_unequal(run, workspace, tmp_path, "A")
    said = status_of(run, workspace)
    assert said["settings"] == [{"setting": "A", "n_annotations": 150}]
    assert said["next"] == "mask-audit plan, then mask-audit sample"
    run("sample", "--size", "10", "-w", workspace)
    assert status_of(run, workspace)["next"] == "mask-audit review"
    refused = run("status", "--sample", "nobody", "-w", workspace)
    assert refused.status == 2
    assert "nobody" in refused.err


@pytest.mark.parametrize(
    ("margin", "confidence"), [("0.2", None), ("0.05", "0.8")], ids=["a wide margin", "another confidence"]
)
def test_a_width_that_can_be_drawn_for_can_be_followed(
    run: Run,
    workspace: Path,
    tmp_path: Path,
    margin: str,
    confidence: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if confidence:
        monkeypatch.setenv("MASK_AUDIT_CONFIDENCE", confidence)
    ingest_unequal(run, workspace, tmp_path, "A")
    drawn = run("sample", "--unit", "annotation", "--size", "30", "--margin", margin, "-w", workspace)
    if drawn.status == 0:
        assert run("status", "-w", workspace).status == 0
        assert run("report", "--out", tmp_path / "report", "-w", workspace).status == 0


def test_a_report_with_simultaneous_intervals_follows_a_width_all_the_same(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    ingest_unequal(run, workspace, tmp_path, "AC")
    run("sample", "--unit", "annotation", "--size", "30", "--margin", "0.1", "-w", workspace)
    assert run("report", "--out", tmp_path / "report", "--simultaneous", "-w", workspace).status == 0


def test_a_claim_does_not_depend_on_the_intervals_that_a_report_prints(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    ingest_unequal(run, workspace, tmp_path, "AC")
    words = ("--unit", "annotation", "--allocate", "entity=50,query=30,wiki=20", "--certify", "0.6")
    run("sample", *words, "-w", workspace)
    judge(run, workspace, tmp_path, verdicts_of(blocks_of(workspace).values(), "A"))
    plain = report_of(run, workspace, tmp_path)["sample"]["goal"]
    assert report_of(run, workspace, tmp_path, "--simultaneous")["sample"]["goal"] == plain
