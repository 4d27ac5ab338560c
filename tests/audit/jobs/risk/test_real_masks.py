"""Audits by risk of two real algorithms' masks, whose truth is known: the interval holds it."""

import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from audit.jobs.drawing import Shared
from audit.jobs.goals import Intent
from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from audit.jobs.review_state import load_review_state
from audit.jobs.risk.estimates import estimates_by_risk
from audit.jobs.risk.first_wave import draw_by_risk
from audit.jobs.risk.judged import load_drawn_by_risk
from audit.jobs.risk.next_wave import draw_next_wave
from audit.jobs.sample import SampleRequest
from audit.jobs.sample_growth import Growth
from audit.jobs.workspace import Workspace, make_workspace, open_workspace
from db.records import Reading, Source, Verdict
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from db.samples import load_sample, load_unit_masks, load_units
from sampling.design.frame import Across, DrawnUnit
from sampling.design.goals import Goal
from sampling.design.phase_one import SizeMeasure
from sampling.estimation.estimands import Estimand
from sampling.risk.active import RiskEstimate
from tests.audit.jobs.measuring import measured

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SETTINGS = ("gc", "ws")
SPLITS = ("train", "val")
SEEDS = range(1, 7)
Truth = Mapping[tuple[str, str], bool]


@pytest.fixture(scope="module")
def truth(shared_data: Path) -> Truth:
    """Whether a mask overlaps the people's one by half, by annotation and setting."""
    folder = shared_data / "coco_free"
    right = {}
    for setting in SETTINGS:
        for split in SPLITS:
            masks = json.loads((folder / "derived" / file_name(setting, split)).read_text())
            with (folder / f"truth_{split}" / f"truth_{setting}.csv").open(newline="") as file:
                for row in csv.DictReader(file):
                    annotation_id = str(masks[int(row["index"])]["source_ann_id"])
                    right[annotation_id, setting] = row["correct50"] == "1"
    return right


@pytest.fixture(scope="module")
def workspace(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("audit") / "audit"
    make_workspace(folder, None)
    opened = open_workspace(folder)
    for setting in SETTINGS:
        for split in SPLITS:
            file = shared_data / "coco_free" / "derived" / file_name(setting, split)
            request = IngestRequest(files=(file,), setting=setting, split=split, id_key="source_ann_id")
            run_ingest(opened.population, request, workers=1, progress=SILENT)
    measured(opened.population)
    return opened


def file_name(setting: str, split: str) -> str:
    return f"derived_{setting}_instances_{split}2017.json"


def judge_all(workspace: Workspace, name: str, truth: Truth) -> None:
    with workspace.store.transaction() as transaction:
        sample = load_sample(transaction, name)
        annotation_of = {
            unit.unit_id: unit.annotation_id for unit in load_units(transaction, sample.sample_id)
        }
        said = {
            made.mask_id: truth[annotation_of[made.unit_id], made.setting]
            for made in load_unit_masks(transaction, sample.sample_id)
            if made.mask_id is not None
        }
        reviewer = ensure_reviewer(transaction, "ann", NOW)
        readings = [
            Reading(
                mask_id=mask_id,
                verdict=Verdict.CORRECT if is_right else Verdict.INCORRECT,
                client_key=mask_id,
                decided_at=NOW,
            )
            for mask_id, is_right in said.items()
        ]
        add_readings(transaction, reviewer.reviewer_id, readings, source=Source.PAGE, now=NOW)


def test_the_truth_is_inside_the_interval_with_fewer_verdicts_than_a_plain_draw_takes(
    workspace: Workspace, truth: Truth
) -> None:
    found: dict[str, list[RiskEstimate]] = {setting: [] for setting in SETTINGS}
    for seed in SEEDS:
        name = f"seed {seed}"
        intent = Intent(
            goal=Goal.ESTIMATE,
            target=None,
            margin=0.03,
            contrast=None,
            unit=DrawnUnit.ANNOTATION,
            by_risk=True,
        )
        request = SampleRequest(
            name=name,
            seed=seed,
            frame="gc",
            across=Across.SPLITS,
            per_entity=1,
            size_measure=SizeMeasure.NONE,
            allocation=Shared(size=100),
            intent=intent,
        )
        draw_by_risk(workspace, request, now=NOW)
        judge_all(workspace, name, truth)
        draw_next_wave(workspace, name, Growth(sizes={}, size=200, rule=None, expected={}))
        judge_all(workspace, name, truth)
        state = load_review_state(workspace.store, name, workspace.settlement)
        drawn = load_drawn_by_risk(workspace.population, state)
        for setting in SETTINGS:
            estimate = estimates_by_risk(state, setting, drawn, confidence=0.95)[Estimand.ANNOTATION]
            assert isinstance(estimate, RiskEstimate)
            found[setting].append(estimate)

    for setting, estimates in found.items():
        share = np.mean([right for (_, of), right in truth.items() if of == setting])
        held = sum(each.estimate.interval.low <= share <= each.estimate.interval.high for each in estimates)
        assert binomtest(held, len(SEEDS), 0.95, alternative="less").pvalue > 1e-3, setting
    # 200 of 1,155 drawn plainly tell as much as 242 of an endless population.
    n_plain = 200 / (1 - 200 / len(truth) * len(SETTINGS))
    assert np.mean([each.estimate.n_eff for each in found["gc"]]) > 1.5 * n_plain
    # The other algorithm's errors are not where this one's are: nothing is won, and nothing lost.
    assert np.mean([each.estimate.n_eff for each in found["ws"]]) > 0.7 * n_plain
