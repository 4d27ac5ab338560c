"""sample --risk auto: waves with known chances, figures by everything drawable, and what goes wrong."""

import csv
import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from sampling.estimation.estimate import Estimate
from sampling.risk.active import FrameKind, RiskEstimate, estimate_by_risk
from sampling.risk.frame import RiskFrame, Verdicts, Wave
from tests.audit.commands.audited import (
    N_MENTIONS,
    WITHOUT_MASK_IN_B,
    an_unequal_annotation,
    exported_units,
    ingest_unequal,
    judge,
    make_unequal_measured,
    number_of,
    report_of,
    status_of,
)
from tests.datasets import Run, a_dataset, write_json

FIRST = ("--goal", "estimate", "--margin", "0.1", "--risk", "auto", "--size", "60", "--seed", "5")


def is_right(annotation_id: str) -> bool:
    return number_of(annotation_id) % 3 == 0 or number_of(annotation_id) % 5 == 1


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_unequal_measured(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def workspace(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "audit")


def judge_all(run: Run, workspace: Path, tmp_path: Path, setting: str = "A") -> None:
    said = {
        (row["annotation_id"], setting): "correct" if is_right(row["annotation_id"]) else "incorrect"
        for row in exported_units(run, workspace, tmp_path)
        if setting == "A" or number_of(row["annotation_id"]) not in WITHOUT_MASK_IN_B
    }
    judge(run, workspace, tmp_path, said)


def frames(workspace: Path) -> list[Path]:
    return sorted((workspace / "population").glob("risk-*.parquet"))


def two_waves(run: Run, workspace: Path, tmp_path: Path, *words: str) -> None:
    assert run("sample", *FIRST, *words, "-w", workspace).status == 0
    judge_all(run, workspace, tmp_path)
    assert run("sample", "--extend", "--size", "90", "-w", workspace).status == 0
    judge_all(run, workspace, tmp_path)


def of_setting(report: dict[str, Any], setting: str) -> dict[str, Any]:
    return next(each for each in report["settings"] if each["setting"] == setting)


def test_the_same_request_again_changes_nothing(run: Run, workspace: Path, tmp_path: Path) -> None:
    first = run("sample", *FIRST, "-w", workspace)
    assert "60 units drawn" in first.out
    assert "in waves by risk" in first.out
    units, [frame] = exported_units(run, workspace, tmp_path), frames(workspace)
    again = run("sample", *FIRST, "-w", workspace)
    assert "there already, nothing to do" in again.out
    assert exported_units(run, workspace, tmp_path) == units
    assert frames(workspace) == [frame]
    other = run("sample", *FIRST[:-1], "6", "-w", workspace)
    assert other.status == 2
    assert "was drawn with another seed" in other.err


@pytest.mark.parametrize("unit", ["entity", "annotation"])
def test_chances_of_both_stages_multiply(run: Run, workspace: Path, tmp_path: Path, unit: str) -> None:
    two_waves(run, workspace, tmp_path, "--unit", unit, *(("--size", "30") if unit == "entity" else ()))
    units = exported_units(run, workspace, tmp_path)
    [frame] = frames(workspace)
    table = pq.read_table(frame).to_pydict()
    drawn = {
        annotation_id: (1 - (1 - first) * (1 - second), n)
        for annotation_id, first, second, n in zip(
            *(table[name] for name in ("annotation_id", "wave_0", "wave_1", "n_annotations")), strict=True
        )
    }
    for row in units:
        chance, n_annotations = drawn[row["annotation_id"]]
        picked = 1 / n_annotations if unit == "entity" else 1
        assert float(row["inclusion_probability"]) == pytest.approx(chance * picked, rel=1e-12)
        assert float(row["design_weight"]) == pytest.approx(1 / (chance * picked), rel=1e-12)
        parts = 1 if unit == "entity" else n_annotations
        assert float(row["entity_weight"]) == pytest.approx(1 / (chance * parts), rel=1e-12)
    assert len({row["inclusion_probability"] for row in units}) > 10


def test_a_second_wave_keeps_every_unit_and_goes_by_the_verdicts(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    run("sample", *FIRST, "--unit", "annotation", "-w", workspace)
    before = exported_units(run, workspace, tmp_path)
    early = run("sample", "--extend", "--size", "90", "-w", workspace)
    assert early.status == 2
    assert "no mask of setting 'A' is judged yet" in early.err
    some = {
        (row["annotation_id"], "A"): "correct" if is_right(row["annotation_id"]) else "incorrect"
        for row in before[:50]
    }
    judge(run, workspace, tmp_path, some)
    grown = run("sample", "--extend", "--size", "90", "-w", workspace)
    assert "30 units drawn" in grown.out
    assert "10 units of the earlier waves had no verdict yet" in grown.out
    after = exported_units(run, workspace, tmp_path)
    assert {row["annotation_id"] for row in before} < {row["annotation_id"] for row in after}
    assert len(after) == 90
    assert len(frames(workspace)) == 1
    chance = {row["annotation_id"]: float(row["inclusion_probability"]) for row in after}
    assert all(chance[row["annotation_id"]] > float(row["inclusion_probability"]) for row in before)
    assert "nothing to do" in run("sample", "--extend", "--size", "90", "-w", workspace).out
    [sample] = status_of(run, workspace)["samples"]
    assert sample["goal"]["margins"][0]["n_pending"] == 40


def test_the_report_is_the_estimate_by_risk_and_not_the_share_of_the_sample(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    two_waves(run, workspace, tmp_path, "--unit", "annotation")
    found = report_of(run, workspace, tmp_path)
    setting = of_setting(found, "A")
    expected = recomputed(run, workspace, tmp_path)
    assert setting["accuracy"] == pytest.approx(expected.estimate.value, rel=1e-9)
    assert setting["interval"]["low"] == pytest.approx(expected.estimate.interval.low, rel=1e-9)
    assert setting["interval"]["method"] == "difference"
    assert setting["risk_model"]["auc"] == pytest.approx(expected.auc)
    assert setting["accuracy"] != pytest.approx(setting["n_correct"] / setting["n_reviewed"], abs=1e-3)
    assert [wave["n"] for wave in found["sample"]["waves"]] == [60, 30]
    assert found["sample"]["waves"][1]["n_verdicts"] == 60
    assert found["sample"]["goal"]["planned_size_intervals_valid"]
    assert set(setting["estimands"]) == {"mix", "entity", "annotation"}
    assert all("accuracy" in each for each in setting["by_split"].values())
    run("report", "--out", tmp_path / "all", "-w", workspace)
    for text in ("report.md", "report.html", "report.tex"):
        assert "Drawn by risk" in (tmp_path / "all" / text).read_text()
    assert "Two waves are the plan" in (tmp_path / "all" / "report.md").read_text()
    with (tmp_path / "all" / "report.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    assert float(row["accuracy"]) == setting["accuracy"]
    assert row["method"] == "difference"


def recomputed(run: Run, workspace: Path, tmp_path: Path) -> RiskEstimate:
    """The estimate from the file of everything drawable and the units alone."""
    [frame] = frames(workspace)
    table = pq.read_table(frame)
    position = {each: place for place, each in enumerate(table["annotation_id"].to_pylist())}
    split = np.array(table["split"].to_pylist())
    names, strata = np.unique(split, return_inverse=True)
    assert names.tolist() == ["entity", "query", "wiki"]
    scores = [table[name].to_numpy() for name in table.column_names if name.startswith("score_")]
    units = [position[row["annotation_id"]] for row in exported_units(run, workspace, tmp_path)]
    verdicts = Verdicts(
        units=np.array(units),
        is_wrong=np.array([not is_right(table["annotation_id"][each].as_py()) for each in units]),
    )
    found = estimate_by_risk(
        RiskFrame(
            scores=np.column_stack(scores).astype(np.float64),
            target=np.full(len(split), 1 / len(split)),
            strata=strata,
            tickets=table["ticket"].to_numpy(),
        ),
        # Which wave drew what does not matter: only the chances of both do.
        (
            Wave(units=np.array(units), probabilities=table["wave_0"].to_numpy()),
            Wave(units=np.array([], dtype=np.intp), probabilities=table["wave_1"].to_numpy()),
        ),
        verdicts,
        kind=FrameKind.WHOLE,
    )
    assert isinstance(found, RiskEstimate)
    assert isinstance(found.estimate, Estimate)
    return found


def test_the_allocation_is_the_mix_and_not_the_number_of_units(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    words = FIRST[:6]
    shares = ("--allocate", "entity=30,query=20,wiki=10", "--unit", "annotation")
    assert run("sample", *words, *shares, "-w", workspace).status == 0
    judge_all(run, workspace, tmp_path)
    run("report", "--out", tmp_path / "report", "-w", workspace)
    said = (tmp_path / "report" / "report.md").read_text()
    assert "50.0 % entity, 33.3 % query, 16.7 % wiki" in said
    assert "One wave is drawn yet." in said
    refused = run("sample", *words, "--size", "2", "--name", "none", "-w", workspace)
    assert refused.status == 2
    assert "would count nothing in the mix" in refused.err


def test_status_says_how_far_the_margin_is_and_what_is_next(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    run("sample", *FIRST, "--unit", "annotation", "--margin", "0.04", "-w", workspace)
    fresh = status_of(run, workspace)
    assert fresh["next"] == "mask-audit review"
    assert fresh["samples"][0]["goal"]["margins"][0] == {"setting": "A", "reached": False, "n_pending": 60}
    judge_all(run, workspace, tmp_path)
    judge_all(run, workspace, tmp_path, "B")
    going_on = status_of(run, workspace)
    margins = going_on["samples"][0]["goal"]["margins"]
    assert [margin["reached"] for margin in margins] == [margin["n_more"] == 0 for margin in margins]
    n_more = max(margin["n_more"] for margin in margins)
    assert n_more > 0
    assert going_on["next"] == f"mask-audit sample --extend --size {min(60 + n_more, 150)} --name main"
    said = run("status", "-w", workspace).out
    assert f"about {n_more} verdicts more" in said


def test_where_all_is_judged_status_says_how_near_it_gets(run: Run, workspace: Path, tmp_path: Path) -> None:
    asked = ("--goal", "estimate", "--margin", "0.01", "--risk", "auto", "--unit", "annotation")
    run("sample", *asked, "--size", str(N_MENTIONS), "-w", workspace)
    names = sorted(row["annotation_id"] for row in exported_units(run, workspace, tmp_path))
    verdicts = ["unsure"] * 75 + ["correct"] * 38 + ["incorrect"] * 37
    mixed = np.random.default_rng(3).permutation(verdicts).tolist()
    judge(run, workspace, tmp_path, {(name, "A"): each for name, each in zip(names, mixed, strict=True)})
    margin = status_of(run, workspace)["samples"][0]["goal"]["margins"][0]
    assert (margin["reached"], margin["n_pending"]) == (False, 0)
    assert "n_more" not in margin
    # Half of them is judged, half of those right: as of a plain sample of 75 among 150.
    assert margin["half_width"] == pytest.approx(1.96 * 0.5 * (1 / 75 - 1 / 150) ** 0.5, rel=0.1)
    assert "everything that can be drawn is judged: ± " in run("status", "-w", workspace).out


def test_the_next_command_can_be_copied_whatever_the_sample_is_called(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    name = "the team's $(first) one"
    asked = ("--goal", "estimate", "--margin", "0.04", "--risk", "auto", "--size", "60")
    run("sample", *asked, "--unit", "annotation", "--name", name, "-w", workspace)
    judge_all(run, workspace, tmp_path)
    judge_all(run, workspace, tmp_path, "B")
    command = shlex.split(status_of(run, workspace)["next"])
    assert command[-2:] == ["--name", name]


def test_a_lost_frame_is_told_and_figures_go_by_chance(run: Run, workspace: Path, tmp_path: Path) -> None:
    two_waves(run, workspace, tmp_path, "--unit", "annotation")
    with_model = of_setting(report_of(run, workspace, tmp_path), "A")
    [frame] = frames(workspace)
    content = frame.read_bytes()
    frame.write_bytes(content[:-1] + b"?")
    report = run("report", "--out", tmp_path / "report", "-w", workspace)
    assert report.status == 0
    assert "is damaged: put it back from a backup" in (tmp_path / "report" / "report.md").read_text()
    by_chance = of_setting(json.loads((tmp_path / "report" / "report.json").read_text()), "A")
    assert by_chance["interval"]["method"] == "wilson-n_eff"
    assert by_chance["interval"]["low"] < with_model["accuracy"] < by_chance["interval"]["high"]
    assert "risk_model" not in by_chance
    assert run("status", "-w", workspace).status == 0
    refused = run("sample", "--extend", "--size", "120", "-w", workspace)
    assert refused.status == 3
    assert "is damaged" in refused.err
    frame.write_bytes(content)
    assert of_setting(report_of(run, workspace, tmp_path), "A") == with_model


def test_a_removed_sample_takes_its_frame_along_and_no_other(run: Run, workspace: Path) -> None:
    run("sample", *FIRST, "--name", "one", "-w", workspace)
    run("sample", *FIRST[:-1], "6", "--name", "two", "-w", workspace)
    of_both = frames(workspace)
    assert len(of_both) == 2
    assert run("sample", "remove", "one", "-w", workspace).status == 0
    assert len(frames(workspace)) == 1
    assert run("sample", "remove", "two", "-w", workspace).status == 0
    assert frames(workspace) == []


def test_other_settings_are_estimated_too_and_a_subset_without_the_model(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    two_waves(run, workspace, tmp_path, "--unit", "annotation")
    kept = [an_unequal_annotation("A", number) for number in range(150) if number % 4]
    file = write_json(tmp_path / "kept.json", a_dataset(kept))
    assert run("ingest", file, "--setting", "kept", "--subset-of", "A", "-w", workspace).status == 0
    carried = run("sample", "--carry", "-w", workspace)
    assert "masks of kept copied" in carried.out
    judge_all(run, workspace, tmp_path, "B")
    found = report_of(run, workspace, tmp_path)
    assert of_setting(found, "B")["interval"]["method"] == "difference"
    assert "risk_model" in of_setting(found, "B")
    subset = of_setting(found, "kept")
    assert subset["n_dropped"] > 0
    assert subset["n_pending"] == 0
    assert subset["interval"]["method"] == "difference"
    assert "risk_model" not in subset
    [comparison] = [each for each in found["comparisons"] if {each["a"], each["b"]} == {"A", "B"}]
    raw = (of_setting(found, "A")["n_correct"] - of_setting(found, "B")["n_correct"]) / 90
    assert comparison["difference"] != pytest.approx(raw, abs=1e-4)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--goal", "certify"), "--goal certify needs another draw"),
        (("--goal", "compare", "--contrast", "A", "B"), "--goal compare needs another draw"),
        (("--size-measure", "sqrt"), "leave out --across, --per-entity and --size-measure"),
        (("--per-entity", "2", "--goal", "describe"), "leave out --across, --per-entity and --size-measure"),
        (("--workers", "2"), "in one place: leave out --workers"),
        (("--size", "500", "--unit", "annotation"), "500"),
    ],
)
def test_what_does_not_go_with_risk_is_refused(
    run: Run, workspace: Path, words: tuple[str, ...], said: str
) -> None:
    refused = run("sample", "--risk", "auto", "--goal", "estimate", "--size", "40", *words, "-w", workspace)
    assert refused.status == 2
    assert said in refused.err
    assert frames(workspace) == []


def test_a_wave_is_given_as_one_size_and_only_grows(run: Run, workspace: Path, tmp_path: Path) -> None:
    run("sample", *FIRST, "--unit", "annotation", "-w", workspace)
    judge_all(run, workspace, tmp_path)
    for words, said in (
        (("--allocate", "entity=60"), "give --size N"),
        (("--size", "80", "--fix", "wiki=30"), "give --size N"),
        (("--size", "40"), "a sample only grows"),
        (("--size", "400"), "90 are left to draw"),
        (("--size", "80", "--workers", "2"), "leave out --scheduler and --workers"),
    ):
        refused = run("sample", "--extend", *words, "-w", workspace)
        assert refused.status == 2, words
        assert said in refused.err


def test_features_that_are_outdated_are_not_drawn_by(run: Run, workspace: Path, tmp_path: Path) -> None:
    ingest_unequal(run, workspace, tmp_path, "C")
    refused = run("sample", *FIRST, "-w", workspace)
    assert refused.status == 2
    assert "run mask-audit measure" in refused.err


def test_a_changed_frame_is_not_grown(run: Run, workspace: Path, tmp_path: Path) -> None:
    run("sample", *FIRST, "--unit", "annotation", "-w", workspace)
    judge_all(run, workspace, tmp_path)
    more = write_json(tmp_path / "more.json", a_dataset([an_unequal_annotation("A", 151)]))
    run("ingest", more, "--setting", "A", "-w", workspace)
    refused = run("sample", "--extend", "--size", "90", "-w", workspace)
    assert refused.status == 2
    assert "more.json was added or changed" in refused.err


def test_a_sample_that_only_describes_may_be_drawn_by_risk(run: Run, workspace: Path, tmp_path: Path) -> None:
    assert run("sample", "--size", "60", "--risk", "auto", "-w", workspace).status == 0
    judge_all(run, workspace, tmp_path)
    found = report_of(run, workspace, tmp_path)
    assert of_setting(found, "A")["interval"]["method"] == "difference"
    assert "margins" not in found["sample"]["goal"]
    assert status_of(run, workspace)["next"] == "mask-audit review"
