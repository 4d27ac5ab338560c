"""report: what second readings say of the reviewers, and of the accuracy once their errors are corrected."""

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.audit.commands.audited import exported_units, ingest_unequal, judge, number_of, report_of
from tests.datasets import Run

FIRST_AT, SECOND_AT, THIRD_AT = (f"2026-11-0{day}T10:00:00Z" for day in (1, 2, 3))

# First and last verdict, and how many units: all incorrect and unsure ones were read again.
READ_AGAIN = {
    ("incorrect", "incorrect"): 6,
    ("incorrect", "correct"): 2,
    ("incorrect", "unsure"): 1,
    ("unsure", "correct"): 1,
    ("unsure", "incorrect"): 1,
    ("correct", "correct"): 8,
    ("correct", "incorrect"): 2,
}
N_CORRECT_FIRST = 29
N_UNITS = 40


def story(ids: list[str]) -> dict[str, tuple[str, str | None]]:
    """The first verdict of every unit, and the second where there is one."""
    said: list[tuple[str, str | None]] = [pair for pair, n in READ_AGAIN.items() for _ in range(n)]
    said += [("correct", None)] * (N_CORRECT_FIRST - 10)
    return dict(zip(ids, said, strict=True))


@pytest.fixture
def sampled(run: Run, workspace: Path, tmp_path: Path) -> Path:
    ingest_unequal(run, workspace, tmp_path, "A")
    assert run("sample", "--size", N_UNITS, "-w", workspace).status == 0
    return workspace


def read_twice(run: Run, workspace: Path, tmp_path: Path, read: Mapping[str, tuple[str, str | None]]) -> None:
    """The first reader's verdicts, then the second one's, who settles: a third reader agrees with them."""
    first = {(each, "A"): said for each, (said, _) in read.items()}
    again = {(each, "A"): said for each, (_, said) in read.items() if said is not None}
    judge(run, workspace, tmp_path, first, reviewer="zoe", at=FIRST_AT)
    judge(run, workspace, tmp_path, again, reviewer="ann", at=SECOND_AT)
    judge(run, workspace, tmp_path, again, reviewer="bob", at=THIRD_AT)


def corrected_by_hand(
    rows: list[dict[str, str]], read: Mapping[str, tuple[str, str | None]], column: str | None
) -> float:
    """The difference estimator: each correct first reading was read again with chance 10/29."""
    right = decided = 0.0
    for row in rows:
        weight = float(row[column]) if column else 1.0
        first, last = read[row["annotation_id"]]
        chance = 10 / N_CORRECT_FIRST if first == "correct" else 1.0
        of_right, of_decided = float(first == "correct"), float(first != "unsure")
        if last is not None:
            of_right += ((last == "correct") - (first == "correct")) / chance
            of_decided += ((last != "unsure") - (first != "unsure")) / chance
        right += weight * of_right
        decided += weight * of_decided
    return right / decided


@pytest.mark.slow
@pytest.mark.parametrize(
    ("estimand", "column"), [("mix", None), ("entity", "entity_weight"), ("annotation", "design_weight")]
)
def test_second_readings_correct_the_accuracy(
    run: Run, sampled: Path, tmp_path: Path, estimand: str, column: str | None
) -> None:
    rows = exported_units(run, sampled, tmp_path)
    read = story([row["annotation_id"] for row in rows])
    read_twice(run, sampled, tmp_path, read)
    [setting] = report_of(run, sampled, tmp_path, "--estimand", estimand)["settings"]
    found = setting["corrected"]
    assert found["corrected"]["estimate"] == pytest.approx(corrected_by_hand(rows, read, column), rel=1e-12)
    by_weight = {row["annotation_id"]: float(row[column]) if column else 1.0 for row in rows}
    of_first = {
        verdict: sum(weight for each, weight in by_weight.items() if read[each][0] == verdict)
        for verdict in ("correct", "incorrect")
    }
    assert found["raw"]["estimate"] == pytest.approx(of_first["correct"] / sum(of_first.values()), rel=1e-12)
    counts = (found["n_second"], found["n_overturned"], found["n_restored"], found["n_undecided"])
    assert counts == (21, 2, 2, 1)
    interval = found["corrected"]["interval"]
    assert interval["low"] < found["corrected"]["estimate"] < interval["high"]


def test_agreement_speaks_of_all_units_where_the_doubtful_ones_were_read_again(
    run: Run, sampled: Path, tmp_path: Path
) -> None:
    rows = exported_units(run, sampled, tmp_path)
    read = story([row["annotation_id"] for row in rows])
    first = {(each, "A"): said for each, (said, _) in read.items()}
    again = {(each, "A"): said for each, (_, said) in read.items() if said is not None}
    judge(run, sampled, tmp_path, first, reviewer="zoe", at=FIRST_AT)
    judge(run, sampled, tmp_path, again, reviewer="ann", at=SECOND_AT)
    found = report_of(run, sampled, tmp_path)["agreement"]
    # Unsure readings are gaps. A correct first reading stands for 29/10 units, every other for itself.
    pairs = [pair for pair, n in READ_AGAIN.items() for _ in range(n) if "unsure" not in pair]
    weights = [N_CORRECT_FIRST / 10 if first_said == "correct" else 1.0 for first_said, _ in pairs]
    total = sum(weights)
    agreeing = sum(weight for (a, b), weight in zip(pairs, weights, strict=True) if a == b)
    assert (found["n_units"], found["n_pairs"], found["n_reviewers"]) == (18, 18, 2)
    assert found["observed"]["estimate"] == pytest.approx(agreeing / total, rel=1e-12)
    of_incorrect = [(a == "incorrect") + (b == "incorrect") for a, b in pairs]
    both = sum(w * 2 for w, n in zip(weights, of_incorrect, strict=True) if n == 2)
    named = sum(w * n for w, n in zip(weights, of_incorrect, strict=True))
    assert found["incorrect"]["estimate"] == pytest.approx(both / named, rel=1e-12)
    share = named / (2 * total)
    by_chance = 2 * share * (1 - share)
    assert found["gwet_ac1"]["estimate"] == pytest.approx(
        (agreeing / total - by_chance) / (1 - by_chance), rel=1e-12
    )
    first_wrong = sum(w for (a, _), w in zip(pairs, weights, strict=True) if a == "incorrect") / total
    last_wrong = sum(w for (_, b), w in zip(pairs, weights, strict=True) if b == "incorrect") / total
    by_chance = first_wrong * last_wrong + (1 - first_wrong) * (1 - last_wrong)
    assert found["kappa"]["which"] == "cohen"
    assert found["kappa"]["estimate"] == pytest.approx(
        (agreeing / total - by_chance) / (1 - by_chance), rel=1e-12
    )


def test_three_readers_of_everything_agree_as_pairs_do(run: Run, sampled: Path, tmp_path: Path) -> None:
    ids = [row["annotation_id"] for row in exported_units(run, sampled, tmp_path)]
    wrong_for = {"ann": {0, 1, 2, 3}, "bob": {0, 1, 2, 9}, "zoe": {0, 1, 7, 8}}
    for reviewer, wrong in wrong_for.items():
        said = {(each, "A"): "incorrect" if rank in wrong else "correct" for rank, each in enumerate(ids)}
        judge(run, sampled, tmp_path, said, reviewer=reviewer, at=FIRST_AT)
    report = report_of(run, sampled, tmp_path)
    found = report["agreement"]
    disagreeing = sum(len(a ^ b) for a, b in combinations(wrong_for.values(), 2))
    assert (found["n_units"], found["n_pairs"], found["n_reviewers"]) == (N_UNITS, 3 * N_UNITS, 3)
    assert found["observed"]["estimate"] == pytest.approx(1 - disagreeing / (3 * N_UNITS), rel=1e-12)
    assert found["kappa"]["which"] == "fleiss"
    n_wrong = sum(map(len, wrong_for.values()))
    # Krippendorff's α with nominal classes: 1 − observed over expected disagreement.
    n_readings = 3 * N_UNITS
    expected = 2 * n_wrong * (n_readings - n_wrong) / (n_readings * (n_readings - 1))
    assert found["krippendorff_alpha"]["estimate"] == pytest.approx(
        1 - disagreeing / (3 * N_UNITS) / expected, rel=1e-9
    )
    # Two of three settle a unit: 0, 1 and 2 are incorrect.
    [setting] = report["settings"]
    assert (setting["n_correct"], setting["n_incorrect"]) == (N_UNITS - 3, 3)


@pytest.mark.slow
def test_nothing_is_corrected_until_every_doubtful_unit_is_read_again(
    run: Run, sampled: Path, tmp_path: Path
) -> None:
    read = story([row["annotation_id"] for row in exported_units(run, sampled, tmp_path)])
    awaiting = next(each for each, (first, _) in read.items() if first == "incorrect")
    read_twice(run, sampled, tmp_path, {**read, awaiting: ("incorrect", None)})
    [setting] = report_of(run, sampled, tmp_path)["settings"]
    assert "corrected" not in setting
    read_twice(run, sampled, tmp_path, read)
    [setting] = report_of(run, sampled, tmp_path)["settings"]
    assert setting["corrected"]["n_second"] == 21


def test_the_second_reading_decides_until_there_is_a_third(run: Run, sampled: Path, tmp_path: Path) -> None:
    ids = [row["annotation_id"] for row in exported_units(run, sampled, tmp_path)]
    # All were correct at first, and a quarter of those that were read again are wrong.
    judge(run, sampled, tmp_path, {(each, "A"): "correct" for each in ids}, reviewer="zoe", at=FIRST_AT)
    again = {
        (each, "A"): "incorrect" if rank % 4 == 0 else "correct" for rank, each in enumerate(ids) if rank < 20
    }
    judge(run, sampled, tmp_path, again, reviewer="ann", at=SECOND_AT)
    [setting] = report_of(run, sampled, tmp_path)["settings"]
    assert setting["corrected"]["n_overturned"] == 5
    assert setting["corrected"]["corrected"]["estimate"] == pytest.approx(0.75)


def test_one_reader_has_nobody_to_agree_with(run: Run, sampled: Path, tmp_path: Path) -> None:
    ids = [row["annotation_id"] for row in exported_units(run, sampled, tmp_path)]
    judge(run, sampled, tmp_path, {(each, "A"): "correct" for each in ids})
    report = report_of(run, sampled, tmp_path)
    assert "agreement" not in report
    assert "corrected" not in report["settings"][0]


@pytest.mark.slow
def test_a_mask_that_two_settings_share_is_one_mask_to_agree_on(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    ingest_unequal(run, workspace, tmp_path, "AB")
    run("sample", "--size", N_UNITS, "-w", workspace)
    ids = [row["annotation_id"] for row in exported_units(run, workspace, tmp_path)]
    alike = [each for each in ids if number_of(each) % 3 == 0 and number_of(each) % 10 != 4]
    for reviewer in ("ann", "bob"):
        said = {(each, "A"): "correct" for each in alike}
        judge(run, workspace, tmp_path, said, reviewer=reviewer, at=FIRST_AT)
    report = report_of(run, workspace, tmp_path)
    assert report["agreement"]["n_units"] == len(alike) > 0
    judged = [counted(setting) for setting in report["settings"]]
    assert judged == [len(alike), len(alike)]


def counted(setting: Mapping[str, Any]) -> int:
    return int(Counter(setting)["n_correct"])
