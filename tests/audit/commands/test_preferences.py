"""review --compare and the report: a team compares two settings, and no accuracy knows of it."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.workspace import open_workspace
from db.samples import load_sample, load_unit_masks, load_units
from db.store import Store
from tests.audit.commands.audited import (
    ALIKE_IN_A_AND_B,
    WITHOUT_MASK_IN_B,
    exported_units,
    ingest_unequal,
    judge,
    number_of,
    report_of,
)
from tests.audit.jobs.review.comparing import Comparer, always, comparer
from tests.datasets import Run

PEOPLE = ("ann", "bob", "eve")


@pytest.fixture
def sampled(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """Three settings on 60 of 150 mentions: A and B alike on a third, B without a mask on a tenth."""
    ingest_unequal(run, workspace, tmp_path, "ABC")
    words = ("--allocate", "entity=30,query=20,wiki=10", "--unit", "annotation")
    assert run("sample", *words, "-w", workspace).status == 0
    return workspace


@pytest.fixture
def store(sampled: Path) -> Store:
    return open_workspace(sampled).store


def opinion(number: int, who: str) -> str:
    """Whose mask of a mention somebody finds better: A's, B's or neither; bob has an opinion of his own."""
    if who == "bob" and number % 7 == 0:
        return "B"
    return {0: "A", 1: "A", 2: "B", 3: "same"}[number % 4]


def side_of(store: Store) -> Any:
    """What a person presses of a pair, by where they have which mask."""
    with store.reading() as transaction:
        sample = load_sample(transaction, None)
        number = {
            unit.unit_id: number_of(unit.annotation_id) for unit in load_units(transaction, sample.sample_id)
        }
        mask_of = {
            (made.unit_id, made.setting): made.mask_id
            for made in load_unit_masks(transaction, sample.sample_id)
        }

    def press(person: Comparer, pair_id: str) -> str:
        unit_id = person.tasks.pairs[pair_id].unit_id
        better = opinion(number[unit_id], person.desk.reviewer.name)
        return "same" if better == "same" else person.side_of(pair_id, mask_of[unit_id, better])

    return press


def compare_all(workspace: Path, store: Store, n_people: int, n_readings: int) -> None:
    file = workspace / "audit.toml"
    others = [line for line in file.read_text().splitlines() if not line.startswith("first_readings")]
    file.write_text("\n".join([f"first_readings = {n_readings}", *others]))
    press = side_of(store)
    team = [comparer(store, workspace, ("B", "A"), name) for name in PEOPLE[:n_people]]
    while sum(len(person.judge_all(press)) for person in team):
        pass


def expected_counts(numbers: list[int], people: tuple[str, ...]) -> Counter[str]:
    found: Counter[str] = Counter()
    for number in numbers:
        if number in WITHOUT_MASK_IN_B:
            found["n_not_compared"] += 1
        elif number in ALIKE_IN_A_AND_B:
            found["n_identical"] += 1
        else:
            ranked = Counter(opinion(number, who) for who in people).most_common()
            is_tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
            found[{"A": "n_a", "B": "n_b", "same": "n_same"}["same" if is_tied else ranked[0][0]]] += 1
    return found


@pytest.mark.slow
@pytest.mark.parametrize("n_people", [1, 2, 3])
def test_a_team_compares_and_the_report_counts_what_its_majority_prefers(
    run: Run, sampled: Path, store: Store, tmp_path: Path, n_people: int
) -> None:
    """Everybody sees every pair; where two disagree, neither mask is better."""
    compare_all(sampled, store, n_people, n_people)
    numbers = [number_of(row["annotation_id"]) for row in exported_units(run, sampled, tmp_path)]
    expected = expected_counts(numbers, PEOPLE[:n_people])
    [found] = report_of(run, sampled, tmp_path)["preferences"]

    assert (found["a"], found["b"]) == ("A", "B")
    assert {name: found[name] for name in expected} == expected
    assert (found["n_pending"], found["n_unjudgable"]) == (0, 0)
    assert found["n_pairs"] == 60 - expected["n_not_compared"]
    assert found["net"] == pytest.approx((expected["n_a"] - expected["n_b"]) / found["n_pairs"])
    decided = expected["n_a"] + expected["n_b"]
    assert found["a_of_decided"]["estimate"] == pytest.approx(expected["n_a"] / decided)
    assert found["interval"]["low"] < found["net"] < found["interval"]["high"]
    assert set(found["estimands"]) == {"mix", "entity", "annotation"}


@pytest.mark.slow
def test_the_weighted_figures_are_those_of_the_weights_that_a_sample_exports(
    run: Run, sampled: Path, store: Store, tmp_path: Path
) -> None:
    compare_all(sampled, store, 1, 1)
    rows = exported_units(run, sampled, tmp_path)
    weighted: Counter[str] = Counter()
    total = 0.0
    for row in rows:
        number, weight = number_of(row["annotation_id"]), float(row["design_weight"])
        if number in WITHOUT_MASK_IN_B:
            continue
        total += weight
        weighted["same" if number in ALIKE_IN_A_AND_B else opinion(number, "ann")] += weight
    found = report_of(run, sampled, tmp_path, "--estimand", "annotation")["preferences"][0]

    assert found["net"] == found["estimands"]["annotation"]["net"]
    assert found["net"] == pytest.approx((weighted["A"] - weighted["B"]) / total)
    assert found["same"]["estimate"] == pytest.approx(weighted["same"] / total)


@pytest.mark.slow
def test_no_number_of_the_verdicts_knows_of_a_preference_nor_the_other_way_round(
    run: Run, sampled: Path, store: Store, tmp_path: Path
) -> None:
    """The whole report without its preferences is the same before and after; so is the status."""
    said = {
        (row["annotation_id"], setting): "incorrect" if number_of(row["annotation_id"]) % 5 else "correct"
        for row in exported_units(run, sampled, tmp_path)[:20]
        for setting in "AC"
    }
    judge(run, sampled, tmp_path, said)
    before, status = report_of(run, sampled, tmp_path), run("status", "-w", sampled, "--json").json
    compare_all(sampled, store, 2, 1)
    after = report_of(run, sampled, tmp_path)
    preferences = after.pop("preferences")

    assert "preferences" not in before
    assert _timeless(after) == _timeless(before)
    assert run("status", "-w", sampled, "--json").json == status
    everything = {
        (row["annotation_id"], setting): "correct"
        for row in exported_units(run, sampled, tmp_path)
        for setting in "AC"
    }
    judge(run, sampled, tmp_path, everything, reviewer="joe")
    assert report_of(run, sampled, tmp_path)["preferences"] == preferences


def _timeless(report: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name != "created_at"}


@pytest.mark.slow
def test_an_unfinished_comparison_counts_what_is_open_and_keeps_identical_masks_in_proportion(
    run: Run, sampled: Path, store: Store, tmp_path: Path
) -> None:
    ann = comparer(store, sampled, ("A", "B"))
    press = side_of(store)
    held = list(ann.tasks.pairs)  # there are no photos, and a pair without one would be unjudgable
    for _ in range(15):
        pair = ann.ask(held=held)["coming"][0]
        ann.ask(ann.says(pair, press(ann, pair)), held=held)
    [found] = report_of(run, sampled, tmp_path)["preferences"]
    n_decided = found["n_a"] + found["n_b"] + found["n_same"]
    n_all = n_decided + found["n_pending"] + found["n_identical"]

    assert n_decided == 15
    assert found["n_pending"] == len(ann.tasks.pairs) - 15
    # Without the pairs that stand for the open ones it would be n_identical/n_pairs at the least.
    assert found["same"]["estimate"] < (found["n_identical"] + found["n_same"]) / found["n_pairs"]
    assert found["same"]["estimate"] >= found["n_identical"] / n_all - 1e-9


@pytest.mark.slow
def test_only_what_somebody_was_asked_to_compare_is_reported(
    run: Run, sampled: Path, store: Store, tmp_path: Path
) -> None:
    """B's mask is A's on a third of the mentions, so that A against C says something of B against C too."""
    ann = comparer(store, sampled, ("A", "C"))
    ann.judge_all(always("left"))
    pairs = [(found["a"], found["b"]) for found in report_of(run, sampled, tmp_path)["preferences"]]

    assert pairs == [("A", "C")]
    bob = comparer(store, sampled, ("B", "C"), "bob")
    opened = bob.ask(held=list(bob.tasks.pairs))
    assert opened["n_settled"] > 0  # ann's, of masks that A and B share
    bob.ask(bob.says(opened["coming"][0], "same"), held=list(bob.tasks.pairs))
    assert len(report_of(run, sampled, tmp_path)["preferences"]) == 2


@pytest.mark.slow
def test_what_follows_whole_from_another_comparison_is_reported_too(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    """C is B under another name: whoever compared A with B has compared A with C."""
    ingest_unequal(run, workspace, tmp_path, "AB")
    assert run("ingest", tmp_path / "B.json", "--setting", "C", "-w", workspace).status == 0
    assert run("sample", "--size", 60, "--unit", "annotation", "-w", workspace).status == 0
    comparer(open_workspace(workspace).store, workspace, ("A", "B")).judge_all(always("left"))
    first, second = report_of(run, workspace, tmp_path)["preferences"]

    assert [(each["a"], each["b"]) for each in (first, second)] == [("A", "B"), ("A", "C")]
    assert {**first, "b": "C"} == second


@pytest.mark.slow
def test_who_only_opened_the_page_has_compared_nothing(
    run: Run, sampled: Path, store: Store, tmp_path: Path
) -> None:
    comparer(store, sampled, ("A", "B")).ask()

    assert "preferences" not in report_of(run, sampled, tmp_path)


@pytest.mark.slow
def test_every_format_of_the_report_tells_the_preference(
    run: Run, sampled: Path, store: Store, tmp_path: Path
) -> None:
    compare_all(sampled, store, 1, 1)
    folder = tmp_path / "all"
    assert run("report", "--out", folder, "-w", sampled).status == 0
    [found] = json.loads((folder / "report.json").read_text())["preferences"]
    with (folder / "report.csv").open(newline="") as file:
        [row] = [row for row in csv.DictReader(file) if row["slice"] == "preference"]

    assert (row["setting"], row["name"], float(row["net"])) == ("A", "B", found["net"])
    assert (int(row["n_better"]), int(row["n_worse"])) == (found["n_a"], found["n_b"])
    for name in ("report.html", "report.md", "report.tex"):
        assert "Preferences" in (folder / name).read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("A", "A"), "--compare names A twice: name two settings of sample"),
        (("A", "oops"), "holds no setting oops: name two of A, B, C"),
    ],
)
def test_a_comparison_that_cannot_be_is_refused_before_anything_is_served(
    run: Run, sampled: Path, words: tuple[str, str], message: str
) -> None:
    finished = run("review", "--compare", *words, "-w", sampled)

    assert finished.status == 2
    assert message in finished.err
    assert finished.err.count("\n") == 1
