"""Masks of known answer: what they say of the reviewers is reported, and nothing else knows of them."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import beta

from audit.jobs.gold_results import load_gold_review, rates_by_reviewer
from audit.jobs.synthetic_masks import make_synthetic_masks
from audit.settings import load_settings
from db.gold import load_gold
from db.records import Known, Purpose, Sample, Verdict
from db.samples import load_sample, load_unit_masks
from db.store import Store
from sampling.estimation.estimate import NoEstimate
from tests.audit.commands.audited import (
    exported_units,
    ingest_unequal,
    judge,
    number_of,
    report_of,
    status_of,
)
from tests.audit.jobs.gold_review import say
from tests.datasets import Run

N_UNITS = 40
N_RIGHT, N_NATURAL = 12, 8


@pytest.fixture
def sampled(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """A sample with two settings, read by one reviewer; some of it by another."""
    ingest_unequal(run, workspace, tmp_path, ["A", "B"])
    assert run("sample", "--size", N_UNITS, "--goal", "certify", "-w", workspace).status == 0
    ids = [row["annotation_id"] for row in exported_units(run, workspace, tmp_path)]
    said = {
        (each, setting): "incorrect" if number_of(each) % 7 == 0 else "correct"
        for each in ids
        for setting in ("A", "B")
        if setting == "A" or number_of(each) % 10 != 4
    }
    judge(run, workspace, tmp_path, said, reviewer="zoe")
    return workspace


@pytest.fixture
def store(sampled: Path) -> Store:
    return Store(load_settings(sampled).database_url)


@pytest.fixture
def known(store: Store) -> dict[Known, list[str]]:
    """Masks that a lead settled, and those made wrong out of the correct ones."""
    with store.reading() as transaction:
        sample = load_sample(transaction, None)
        made = load_unit_masks(transaction, sample.sample_id)
    masks = sorted({each.mask_id for each in made if each.mask_id})
    say(store, "lea", masks[:N_RIGHT], Verdict.CORRECT, Purpose.ADJUDICATION)
    say(store, "lea", masks[N_RIGHT : N_RIGHT + N_NATURAL], Verdict.INCORRECT, Purpose.ADJUDICATION)
    assert make_synthetic_masks(store, sample) + make_synthetic_masks(store, sample) == N_RIGHT
    return by_kind(store, sample)


def by_kind(store: Store, sample: Sample) -> dict[Known, list[str]]:
    with store.reading() as transaction:
        gold = load_gold(transaction, sample.sample_id)
    return {kind: [each.mask_id for each in gold if each.known is kind] for kind in Known}


def judge_gold(store: Store, known: dict[Known, list[str]], reviewer: str = "ann") -> None:
    """Accept 11 of 12 correct ones, reject 6 of 8 natural and 10 of 11 synthetic ones, leave one open."""
    for kind, n_right, verdict, other in (
        (Known.RIGHT, 11, Verdict.CORRECT, Verdict.INCORRECT),
        (Known.NATURAL, 6, Verdict.INCORRECT, Verdict.CORRECT),
        (Known.SYNTHETIC, 10, Verdict.INCORRECT, Verdict.CORRECT),
    ):
        say(store, reviewer, known[kind][:n_right], verdict, Purpose.GOLD)
        say(store, reviewer, known[kind][n_right:], other, Purpose.GOLD)
    say(store, reviewer, known[Known.SYNTHETIC][-1:], Verdict.UNSURE, Purpose.GOLD)


def practise(store: Store, known: dict[Known, list[str]]) -> None:
    for masks in known.values():
        say(store, "new", masks, Verdict.UNSURE, Purpose.PRACTICE)


def everything_said(run: Run, workspace: Path, tmp_path: Path) -> dict[str, Any]:
    """All that commands say of a workspace but for what gold masks add to it."""
    report = report_of(run, workspace, tmp_path)
    report.pop("gold", None)
    report.pop("created_at")
    status = status_of(run, workspace)
    for sample in status["samples"]:
        sample.pop("gold")
    file = tmp_path / "exported.csv"
    file.unlink(missing_ok=True)
    assert run("verdicts", "export", file, "-w", workspace).status == 0
    return {"report": report, "status": status, "verdicts": file.read_text()}


def interval_of(n_right: int, n: int) -> tuple[float, float]:
    """Clopper and Pearson's, by SciPy's beta distribution."""
    low = beta.ppf(0.025, n_right, n - n_right + 1) if n_right else 0.0
    return low, beta.ppf(0.975, n_right + 1, n - n_right) if n_right < n else 1.0


def test_gold_and_practice_change_no_figure_no_goal_and_no_export(
    run: Run, sampled: Path, tmp_path: Path, store: Store, known: dict[Known, list[str]]
) -> None:
    before = everything_said(run, sampled, tmp_path)

    judge_gold(store, known)
    judge_gold(store, known, "bob")
    practise(store, known)

    after = everything_said(run, sampled, tmp_path)
    assert json.dumps(after) == json.dumps(before)


def test_masks_made_wrong_change_nothing_either(
    run: Run, sampled: Path, tmp_path: Path, store: Store
) -> None:
    with store.reading() as transaction:
        sample = load_sample(transaction, None)
        masks = sorted({each.mask_id for each in load_unit_masks(transaction, 1) if each.mask_id})
    say(store, "lea", masks[:5], Verdict.CORRECT, Purpose.ADJUDICATION)
    before = everything_said(run, sampled, tmp_path)

    assert make_synthetic_masks(store, sample) == 5

    assert everything_said(run, sampled, tmp_path) == before


def test_the_report_tells_how_all_reviewers_judged_masks_of_known_answer(
    run: Run, sampled: Path, tmp_path: Path, store: Store, known: dict[Known, list[str]]
) -> None:
    assert "gold" not in report_of(run, sampled, tmp_path)
    judge_gold(store, known)

    found = report_of(run, sampled, tmp_path)["gold"]

    for figure, n_right, n in (
        (found["sensitivity"], 11, 12),
        (found["specificity"]["natural"], 6, 8),
        (found["specificity"]["synthetic"], 10, 11),
    ):
        assert (figure["estimate"], figure["n"]) == (n_right / n, n)
        low, high = interval_of(n_right, n)
        assert figure["interval"]["low"] == pytest.approx(low, abs=1e-9)
        assert figure["interval"]["high"] == pytest.approx(high, abs=1e-9)
        assert figure["interval"]["method"] == "clopper-pearson"
    assert found["n_unsure"] == 1
    assert "ann" not in json.dumps(found)


def test_correct_and_natural_masks_correct_what_was_judged_and_missing_masks_stay_out(
    run: Run, sampled: Path, tmp_path: Path, store: Store, known: dict[Known, list[str]]
) -> None:
    judge_gold(store, known)
    report = report_of(run, sampled, tmp_path)

    corrected = {each["setting"]: each for each in report["gold"]["corrected"]}

    assert list(corrected) == ["A", "B"]
    for setting in report["settings"]:
        n_correct, n_judged = setting["n_correct"], setting["n_correct"] + setting["n_incorrect"]
        found = corrected[setting["setting"]]
        assert found["raw"]["n"] == n_judged
        assert found["raw"]["estimate"] == pytest.approx(n_correct / n_judged, rel=1e-12)
        by_hand = (n_correct / n_judged + 6 / 8 - 1) / (11 / 12 + 6 / 8 - 1)
        assert found["corrected"]["estimate"] == pytest.approx(min(by_hand, 1.0), rel=1e-12)
        assert found["corrected"]["interval"]["method"] == "lang-reiczigel"
    assert report["settings"][1]["n_missing"] > 0


def test_second_readings_take_the_place_of_the_correction_by_gold(
    run: Run, sampled: Path, tmp_path: Path, store: Store, known: dict[Known, list[str]]
) -> None:
    ids = [row["annotation_id"] for row in exported_units(run, sampled, tmp_path)]
    judge(run, sampled, tmp_path, {(each, "A"): "correct" for each in ids}, reviewer="ida")
    judge(run, sampled, tmp_path, {(each, "A"): "correct" for each in ids}, reviewer="jan")
    judge_gold(store, known)

    report = report_of(run, sampled, tmp_path)

    by_second = {each["setting"] for each in report["settings"] if "corrected" in each}
    assert "A" in by_second
    assert not by_second & {each["setting"] for each in report["gold"].get("corrected", [])}


def test_a_report_without_gold_says_why(
    run: Run, sampled: Path, tmp_path: Path, store: Store, request: pytest.FixtureRequest
) -> None:
    def section() -> str:
        folder = tmp_path / "written"
        assert run("report", "--out", folder, "--format", "md", "-w", sampled).status == 0
        _, text = (folder / "report.md").read_text().split("## Reviewers on masks of known answer")
        return text.split("##")[0].strip()

    off = "No figure: masks of known answer are off, and no practice round, as no mask is known to be correct"
    assert section().removeprefix("- ").startswith(off)
    request.getfixturevalue("known")
    assert section().removeprefix("- ") == "No figure: no mask of known answer has been judged yet."


@pytest.mark.parametrize("lacking", [Known.RIGHT, Known.NATURAL])
def test_synthetic_masks_alone_correct_nothing(
    run: Run, sampled: Path, tmp_path: Path, store: Store, known: dict[Known, list[str]], lacking: Known
) -> None:
    judge_gold(store, known | {lacking: []})

    found = report_of(run, sampled, tmp_path)["gold"]

    assert "corrected" not in found
    assert "synthetic" in found["specificity"]
    assert ("sensitivity" in found, "natural" in found["specificity"]) == (
        lacking is not Known.RIGHT,
        lacking is not Known.NATURAL,
    )


def test_a_lead_sees_each_reviewer_apart(store: Store, known: dict[Known, list[str]]) -> None:
    judge_gold(store, known, "ann")
    say(store, "bob", known[Known.NATURAL][:2], Verdict.CORRECT, Purpose.GOLD)

    rates = rates_by_reviewer(load_gold_review(store, 1, share=0.03).verdicts, confidence=0.95)

    assert list(rates) == ["ann", "bob"]
    assert rates["ann"].rejected_natural.value == 6 / 8
    assert rates["bob"].rejected_natural.value == 0.0
    assert isinstance(rates["bob"].accepted, NoEstimate)
    assert (rates["ann"].n_unsure, rates["bob"].n_unsure) == (1, 0)


def test_an_answer_that_a_lead_takes_back_takes_its_verdicts_along(
    store: Store, known: dict[Known, list[str]]
) -> None:
    judge_gold(store, known)
    before = Counter(each.known for each in load_gold_review(store, 1, share=0.03).verdicts)

    say(store, "lea", known[Known.RIGHT][:1], Verdict.INCORRECT, Purpose.ADJUDICATION)
    after = Counter(each.known for each in load_gold_review(store, 1, share=0.03).verdicts)

    assert before == {Known.RIGHT: 12, Known.NATURAL: 8, Known.SYNTHETIC: 12}
    assert after == {Known.RIGHT: 11, Known.NATURAL: 9, Known.SYNTHETIC: 11}


def test_status_says_whether_gold_is_mixed_in(run: Run, sampled: Path, known: dict[Known, list[str]]) -> None:
    (sample,) = status_of(run, sampled)["samples"]
    assert sample["gold"]["on"] is True
    assert "found correct by a lead: 12, found incorrect: 8" in run("status", "-w", sampled).out

    (sampled / "audit.toml").write_text("gold_share = 0.0\n")
    (sample,) = status_of(run, sampled)["samples"]
    assert sample["gold"] == {"on": False, "state": "off, as gold_share is 0 in audit.toml"}
