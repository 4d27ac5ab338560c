"""A sample for tuning grows where its verdicts let hope for a certificate, and these units certify."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from audit.errors import InputError
from audit.features.references import parse_reference
from audit.jobs.progress import SILENT
from audit.jobs.sample_extension import extend
from audit.jobs.sample_growth import Growth
from audit.jobs.sampled_units import SampleResult
from audit.jobs.tune import NotTuned, Tuned, TuneRequest, TuneResult, run_tune
from audit.jobs.tune_words import refusal
from audit.jobs.tuning_data import load_tuning_data
from audit.jobs.workspace import Workspace, open_workspace
from db.records import Sample, Unit
from db.samples import load_sample, load_units
from sampling.errors import DesignError
from sampling.estimation.estimands import Estimand
from sampling.thresholds.kept import Guarantee
from tests.audit.jobs.tuned_workspace import (
    N_MENTIONS,
    draw,
    is_right,
    make_measured,
    say,
    shift,
)

IOU = parse_reference("iou")


@pytest.fixture(scope="module")
def measured_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A measured workspace without a sample, to be copied."""
    folder = tmp_path_factory.mktemp("measured") / "audit"
    make_measured(folder).store.close()
    return folder


@pytest.fixture
def workspace(measured_folder: Path, tmp_path: Path) -> Iterator[Workspace]:
    """One with 150 judged units, the masks of the sample that follows being right as A and B agree."""
    shutil.copytree(measured_folder, tmp_path / "audit")
    opened = open_workspace(tmp_path / "audit")
    draw(opened, 150)
    judge_all(opened, tmp_path)
    yield opened
    opened.store.close()


def stored(workspace: Workspace) -> tuple[Sample, list[Unit]]:
    with workspace.store.reading() as transaction:
        sample = load_sample(transaction, None)
        return sample, load_units(transaction, sample.sample_id)


def number_of(unit: Unit) -> int:
    return int(unit.annotation_id.removeprefix("oven_"))


def judge_all(workspace: Workspace, folder: Path) -> None:
    say(workspace, folder, map(number_of, stored(workspace)[1]))


def grown(workspace: Workspace, size: int) -> SampleResult:
    growth = Growth(sizes={}, size=size, rule=None, expected={})
    return extend(workspace, None, growth, progress=SILENT)


def tuned(workspace: Workspace, *settings: str) -> TuneResult:
    request = TuneRequest(
        settings=settings,
        guarantee=Guarantee(target=0.9),
        estimand=Estimand.ANNOTATION,
        references=(IOU,),
        sample=None,
    )
    return run_tune(workspace, request, today=date(2026, 11, 23), progress=SILENT)


def overlap(unit: Unit) -> float:
    return (20 - shift(number_of(unit))) / (20 + shift(number_of(unit)))


@pytest.mark.slow
def test_the_new_units_are_inside_and_the_old_ones_stay(workspace: Workspace) -> None:
    _, before = stored(workspace)
    result = grown(workspace, 290)
    sample, units = stored(workspace)
    assert result.n_new_units == 140
    assert [wave.n for wave in sample.waves] == [150, 140]
    assert {unit.annotation_id for unit in before} == {unit.annotation_id for unit in units if unit.wave == 0}
    [least] = sample.waves[1].bounds.values()
    assert all(overlap(unit) >= least for unit in units if unit.wave == 1)
    assert any(overlap(unit) < least for unit in units if unit.wave == 0)
    [remark] = result.remarks
    assert f"masks of A with iou at_least {least:.4g}" in remark


def test_the_weights_of_every_split_add_up_to_its_masks(workspace: Workspace) -> None:
    grown(workspace, 290)
    sample, units = stored(workspace)
    for stratum in sample.strata:
        of_split = [unit for unit in units if unit.stratum == stratum.split]
        assert stratum.n_units == len(of_split)
        assert sum(unit.design_weight for unit in of_split) == pytest.approx(stratum.n_annotations)
        [least] = sample.waves[1].bounds.values()
        inside = {unit.design_weight for unit in of_split if overlap(unit) >= least}
        assert len(inside) == 1
    assert sum(unit.entity_weight for unit in units) == pytest.approx(N_MENTIONS)


def test_inside_a_split_the_smallest_tickets_are_drawn(workspace: Workspace) -> None:
    grown(workspace, 200)
    few = {unit.annotation_id for unit in stored(workspace)[1]}
    result = grown(workspace, 290)
    sample, units = stored(workspace)
    assert few < {unit.annotation_id for unit in units}
    assert [wave.bounds for wave in sample.waves[1:]] == 2 * [result.sample.waves[1].bounds]
    assert Counter(unit.wave for unit in units) == {0: 150, 1: 50, 2: 90}


@pytest.mark.slow
def test_the_first_wave_learns_and_the_others_certify(workspace: Workspace, tmp_path: Path) -> None:
    assert isinstance(tuned(workspace, "A").outcome, NotTuned)
    grown(workspace, 290)
    judge_all(workspace, tmp_path)
    found = tuned(workspace, "A")
    assert (found.n_learning, found.n_certifying) == (150, 140)
    assert isinstance(found.outcome, Tuned)
    [threshold] = found.outcome.chosen.thresholds
    kept = [n for n in range(N_MENTIONS) if (20 - shift(n)) / (20 + shift(n)) >= threshold.value]
    assert len(kept) == found.outcome.n_kept
    assert np.mean([is_right("A", n) for n in kept]) >= 0.9
    lost = found.outcome.losses.overall.lost
    n_lost = sum(is_right("A", n) for n in range(N_MENTIONS)) - sum(is_right("A", n) for n in kept)
    assert lost is not None
    assert lost.low <= n_lost <= lost.high


@pytest.mark.slow
def test_of_other_masks_only_the_first_wave_speaks(workspace: Workspace, tmp_path: Path) -> None:
    grown(workspace, 290)
    judge_all(workspace, tmp_path)
    data = load_tuning_data(workspace, ["B"], [IOU], sample=None, progress=SILENT)
    assert data.left_out.n_elsewhere == 140
    assert data.verdicts.position.size == 150
    assert not data.region.thresholds
    assert "only the first wave of the sample speaks of these masks" in refusal(tuned(workspace, "A", "B"))


def test_a_region_without_enough_masks_is_refused(workspace: Workspace) -> None:
    before = stored(workspace)
    with pytest.raises(DesignError, match="masks of the region are not in the sample yet, and 450 more"):
        grown(workspace, 600)
    with pytest.raises(InputError, match="a sample only grows"):
        grown(workspace, 100)
    assert stored(workspace) == before


@pytest.mark.slow
def test_without_verdicts_a_sample_grows_as_it_was_drawn(measured_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(measured_folder, tmp_path / "plain")
    workspace = open_workspace(tmp_path / "plain")
    draw(workspace, 100)
    grown(workspace, 200)
    sample, units = stored(workspace)
    assert sample.waves == ()
    assert len(units) == 200
    assert {unit.wave for unit in units} == {None}
    workspace.store.close()
