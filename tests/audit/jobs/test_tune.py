"""Tuning: what is certified has the target in truth, what is not is refused, and what is written."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import InputError
from audit.features.references import parse_reference
from audit.jobs.progress import SILENT
from audit.jobs.sample_growth import Growth, extend_sample
from audit.jobs.tune import NotTuned, Tuned, TuneRequest, TuneResult, run_tune
from audit.jobs.tune_words import refusal, tune_lines
from audit.jobs.tuned_rules import refuse_foreign, save_rules
from audit.jobs.tuning_certificate import certify_path
from audit.jobs.tuning_data import TuningData, load_tuning_data
from audit.jobs.tuning_path import TuningPath
from audit.jobs.workspace import Workspace
from audit.rules.rule_toml import read_rule_set
from sampling.estimation.estimands import Estimand
from sampling.thresholds.boxes import Direction, NestedBoxes
from sampling.thresholds.certify import Certified, KeptTest
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.kept import Guarantee
from tests.audit.jobs.measuring import ingest
from tests.audit.jobs.tuned_workspace import (
    N_MENTIONS,
    a_copy,
    an_agreeing_annotation,
    by_truth,
    draw,
    drawn,
    is_right,
    make_measured,
    say,
    shift,
)
from tests.datasets import an_annotation, rectangle

IOU = parse_reference("iou")
EVERY = range(N_MENTIONS)


@pytest.fixture(scope="module")
def measured_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A measured workspace without a sample, to be copied."""
    folder = tmp_path_factory.mktemp("measured") / "audit"
    make_measured(folder).store.close()
    return folder


@pytest.fixture
def workspace(measured_folder: Path, tmp_path: Path) -> Iterator[Workspace]:
    yield from a_copy(measured_folder, tmp_path)


def tuned(workspace: Workspace, target: float, **changes: object) -> TuneResult:
    request = TuneRequest(
        settings=("A",),
        guarantee=Guarantee(target=target),
        estimand=Estimand.ANNOTATION,
        references=(IOU,),
        sample=None,
    )
    return run_tune(workspace, replace(request, **changes), today=date(2026, 11, 23), progress=SILENT)


def loaded(workspace: Workspace, *settings: str) -> TuningData:
    return load_tuning_data(workspace, settings, [IOU], sample=None, progress=SILENT)


def test_what_is_certified_is_that_accurate_over_the_whole_population(
    workspace: Workspace, tmp_path: Path
) -> None:
    draw(workspace, 450)
    say(workspace, tmp_path, drawn(workspace))
    found = tuned(workspace, 0.9)
    assert isinstance(found.outcome, Tuned)
    [threshold] = found.outcome.chosen.thresholds
    kept = [number for number in EVERY if (20 - shift(number)) / (20 + shift(number)) >= threshold.value]
    assert len(kept) == found.outcome.n_kept == round(found.outcome.chosen.tried.share_kept * N_MENTIONS)
    assert np.mean([is_right("A", number) for number in kept]) >= 0.9
    assert threshold.direction is Direction.AT_LEAST
    assert found.test is KeptTest.EXACT_BINOMIAL
    assert found.curve is not None
    assert refusal(found) == ""


def test_a_target_that_no_threshold_reaches_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    draw(workspace, 450)
    numbers = drawn(workspace)
    # Right or wrong by a coin that no feature knows.
    say(workspace, tmp_path, numbers, lambda _, number: "correct" if number * 31 % 7 < 4 else "incorrect")
    found = tuned(workspace, 0.9, references=())
    assert isinstance(found.outcome, NotTuned)
    assert found.outcome.needed is None
    assert "more verdicts alone will not do" in refusal(found)
    assert all(each.tried.p_value > 0.05 for each in found.outcome.candidates)


def test_too_few_verdicts_are_refused_with_how_many_more_it_takes(
    workspace: Workspace, tmp_path: Path
) -> None:
    draw(workspace, 60)
    say(workspace, tmp_path, drawn(workspace))
    few = tuned(workspace, 0.9)
    assert isinstance(few.outcome, NotTuned)
    assert few.outcome.n_more_units is not None
    assert f"about {few.outcome.n_more_units} more units" in refusal(few)
    size = min(2 * (60 + few.outcome.n_more_units), N_MENTIONS)
    growth = Growth(sizes={}, size=size, rule=None, expected={})
    extend_sample(workspace, None, growth, progress=SILENT)
    say(workspace, tmp_path, drawn(workspace))
    assert isinstance(tuned(workspace, 0.9).outcome, Tuned)


def test_a_verdict_keeps_its_part_when_the_sample_grows(workspace: Workspace, tmp_path: Path) -> None:
    def parts() -> dict[int, tuple[bool, bool]]:
        data = loaded(workspace, "A", "B")
        verdicts = data.verdicts
        flags = zip(verdicts.learns.tolist(), verdicts.speaks_alone.tolist(), strict=True)
        return dict(zip(verdicts.position.tolist(), flags, strict=True))

    draw(workspace, 200)
    say(workspace, tmp_path, drawn(workspace))
    before = parts()
    extend_sample(workspace, None, Growth(sizes={}, size=400, rule=None, expected={}), progress=SILENT)
    say(workspace, tmp_path, drawn(workspace))
    after = parts()
    assert len(before) == 400
    assert len(after) == 800
    assert before.items() <= after.items()
    assert 0.14 < np.mean([learns for learns, _ in after.values()]) < 0.27


def test_of_a_mention_under_several_settings_one_verdict_certifies(
    workspace: Workspace, tmp_path: Path
) -> None:
    draw(workspace, 300)
    say(workspace, tmp_path, drawn(workspace))
    data = loaded(workspace, "A", "B")
    verdicts = data.verdicts
    assert sorted(verdicts.unit[verdicts.speaks_alone].tolist()) == list(range(300))
    # All settings' verdicts on a mention learn, or none.
    units_that_learn = set(verdicts.unit[verdicts.learns].tolist())
    assert units_that_learn.isdisjoint(verdicts.unit[~verdicts.learns].tolist())
    of_a = data.masks.settings.codes[verdicts.position[verdicts.speaks_alone]] == 0
    assert 0.35 < of_a.mean() < 0.65
    found = tuned(workspace, 0.9, settings=("A", "B"))
    assert isinstance(found.outcome, Tuned)
    assert found.n_masks == 2 * N_MENTIONS
    assert found.n_certifying == 300 - len(units_that_learn)
    assert found.outcome.rule_set is not None
    assert found.outcome.rule_set.setting is None


def test_what_says_nothing_is_left_out_and_an_empty_mask_counts_as_wrong(
    workspace: Workspace, tmp_path: Path
) -> None:
    nothing, other = rectangle(0, 0, 0, 0), rectangle(30, 20, 9, 9)
    of_c = [an_annotation(number, nothing if number < 100 else other) for number in range(0, N_MENTIONS, 2)]
    ingest(workspace.population, "C", of_c)
    draw(workspace, N_MENTIONS)
    say(workspace, tmp_path, EVERY, lambda setting, number: _spoken(number) if setting == "A" else None)
    data = load_tuning_data(workspace, ["A"], [], sample=None, progress=SILENT)
    assert (data.left_out.n_unsure, data.left_out.n_pending) == (100, 100)
    assert data.verdicts.position.size == N_MENTIONS - 200
    data = load_tuning_data(workspace, ["C"], [], sample=None, progress=SILENT)
    assert data.left_out.n_absent == N_MENTIONS // 2
    # Nobody judged C: only of its empty masks it is known what they are.
    assert data.verdicts.position.size == 50
    assert not data.verdicts.correct.any()


def _spoken(number: int) -> str | None:
    return {0: "unsure", 1: None}.get(number % 6, by_truth("A", number))


@pytest.mark.slow
def test_entities_of_unequal_size_are_certified_by_weight(tmp_path: Path) -> None:
    workspace = make_measured(tmp_path / "audit", lambda n: f"Q{n if n > 200 else n % 40}")
    draw(workspace, 400, unit="entity")
    say(workspace, tmp_path, drawn(workspace))
    found = tuned(workspace, 0.7)
    assert found.test is not KeptTest.EXACT_BINOMIAL
    assert isinstance(found.outcome, Tuned)
    assert found.outcome.chosen.tried.n_effective < found.outcome.chosen.tried.n_kept
    assert "of equal weight" in "\n".join(tune_lines(found))
    assert "the weighted test keeps its confidence for targets of 90 % and more" in "\n".join(
        tune_lines(found)
    )
    assert found.outcome.rule_set is not None
    assert found.outcome.rule_set.evidence is not None
    assert found.outcome.rule_set.evidence.n_effective is not None
    # Per entity the same draw is nearly self-weighting.
    assert tuned(workspace, 0.7, estimand=Estimand.MIX).test is KeptTest.EXACT_BINOMIAL


@given(
    st.lists(st.tuples(st.floats(1, 1.05), st.booleans()), min_size=30, max_size=200),
    st.floats(0.6, 0.95),
)
def test_weights_that_are_nearly_equal_are_paid_for_by_a_stricter_target(
    judged: list[tuple[float, bool]], target: float
) -> None:
    weights = np.array([weight for weight, _ in judged])
    correct = np.array([right for _, right in judged], np.bool_)
    everything = TuningPath(
        references=(IOU,),
        region=(),
        boxes=NestedBoxes(directions=(Direction.AT_LEAST,), lower=np.array([[-np.inf]])),
        scores=np.ones(1000),
    )
    masks = JudgedMasks(position=np.arange(correct.size), correct=correct, weight=weights)
    found = certify_path(everything, masks, Guarantee(target=target))
    assert found.test is KeptTest.EXACT_BINOMIAL
    # A plain share of errors at the limit that is tested is, weighted in any way, within what was asked.
    most_of_weight = weights.max() / weights.min() * (1 - found.guarantee.target)
    assert most_of_weight <= (1 - target) * (1 + 1e-9)
    if isinstance(found, Certified):
        assert np.average(correct, weights=weights) >= target


BASE = """
format = 1
[[rule]]
kind = "disagreement"
agreement = "iou"
agreement_below = 0.2
[[rule]]
kind = "threshold"
name = "tuned iou"
feature = "iou"
at_least = 0.25
"""


@pytest.mark.slow
def test_rules_before_the_thresholds_drop_and_correct_first(workspace: Workspace, tmp_path: Path) -> None:
    base = tmp_path / "base.toml"
    base.write_text(BASE)
    draw(workspace, 450)
    numbers = drawn(workspace)
    say(workspace, tmp_path, numbers, lambda setting, n: by_truth(setting, n) if setting == "B" else None)
    data = load_tuning_data(workspace, ["B"], [IOU], sample=None, progress=SILENT, base=base)
    iou = data.masks.features[:, 0]
    assert data.base.corrected.any()
    assert (iou[data.base.corrected] < 0.2).all()
    assert (iou[data.base.dropped] < 0.25).all()
    assert data.base.dropped.any()
    # Nobody judged what the masks were corrected to.
    corrected = data.base.corrected[data.verdicts.position]
    assert 0 < corrected.sum() == len(data.to_queue)
    assert not data.verdicts.correct[corrected].any()
    waiting = tuned(workspace, 0.9, settings=("B",), base=base)
    assert isinstance(waiting.outcome, NotTuned)
    assert f"{len(data.to_queue)} corrected masks of the sample without a verdict" in refusal(waiting)
    # They were corrected to A's masks: verdicts on these are verdicts on them.
    say(workspace, tmp_path, numbers, lambda setting, _: "correct" if setting == "A" else None)
    after = load_tuning_data(workspace, ["B"], [IOU], sample=None, progress=SILENT, base=base)
    assert after.to_queue == ()
    assert after.verdicts.correct[corrected].all()
    found = tuned(workspace, 0.9, settings=("B",), base=base)
    assert isinstance(found.outcome, Tuned)
    [threshold] = found.outcome.chosen.thresholds
    open_ones = ~(data.base.dropped | data.base.corrected)
    expected = data.base.corrected | (open_ones & (iou >= threshold.value))
    assert found.outcome.n_kept == expected.sum()
    assert found.outcome.rule_set is not None
    names = [rule.name for rule in found.outcome.rule_set.rules]
    assert names == ["disagreement", "tuned iou", "tuned iou 2"]


def test_a_rule_set_is_written_with_its_evidence_and_replaces_only_what_was_tuned(
    workspace: Workspace, tmp_path: Path
) -> None:
    draw(workspace, 450)
    say(workspace, tmp_path, drawn(workspace))
    found = tuned(workspace, 0.9)
    assert isinstance(found.outcome, Tuned)
    assert found.outcome.rule_set is not None
    out = tmp_path / "rules.toml"
    save_rules(found.outcome.rule_set, out)
    again = read_rule_set(out.read_text(), source="rules.toml")
    assert again == found.outcome.rule_set
    assert again.evidence is not None
    assert again.evidence.n_certifying == found.n_certifying
    assert again.evidence.share_kept == found.outcome.n_kept / N_MENTIONS
    save_rules(found.outcome.rule_set, out)
    for text in (BASE, "no TOML [", ""):
        out.write_text(text)
        with pytest.raises(InputError, match="was not tuned, so it is not replaced"):
            save_rules(found.outcome.rule_set, out)
        assert out.read_text() == text
    with pytest.raises(InputError, match="is a folder"):
        refuse_foreign(tmp_path)


def test_losses_are_of_the_population_and_add_up(workspace: Workspace, tmp_path: Path) -> None:
    draw(workspace, 450)
    say(workspace, tmp_path, drawn(workspace))
    found = tuned(workspace, 0.9)
    assert isinstance(found.outcome, Tuned)
    losses = found.outcome.losses
    assert losses.overall.n_dropped == N_MENTIONS - found.outcome.n_kept
    for slices in (losses.by_split, losses.by_category):
        assert sum(each.n_masks for each in slices.values()) == N_MENTIONS
        assert sum(each.n_dropped for each in slices.values()) == losses.overall.n_dropped
    assert losses.overall.lost is not None
    [threshold] = found.outcome.chosen.thresholds
    lost = sum(
        is_right("A", number) and (20 - shift(number)) / (20 + shift(number)) < threshold.value
        for number in EVERY
    )
    assert losses.overall.lost.low <= lost <= losses.overall.lost.high


def test_a_sample_that_does_not_hold_the_setting_as_it_is_is_refused(
    workspace: Workspace, tmp_path: Path
) -> None:
    draw(workspace, 60)
    with pytest.raises(InputError, match=r"0 masks of A in sample 'main' are judged .* \(60 pending\)"):
        tuned(workspace, 0.9)
    ingest(workspace.population, "C", [an_agreeing_annotation("C", number) for number in EVERY])
    with pytest.raises(InputError, match="has no masks of setting 'C' .*sample --carry"):
        tuned(workspace, 0.9, settings=("C",))
    more = [an_agreeing_annotation("B", number) for number in range(N_MENTIONS, N_MENTIONS + 9)]
    ingest(workspace.population, "B", more, "more.json")
    with pytest.raises(InputError, match="'B' has changed since sample 'main' took its masks: .*--carry"):
        tuned(workspace, 0.9, settings=("B",))
    ingest(workspace.population, "A", more, "more.json")
    with pytest.raises(InputError, match="'A' has changed since .*: draw a new sample"):
        tuned(workspace, 0.9)


def test_features_that_do_not_tell_masks_apart_are_not_tried_unasked(
    workspace: Workspace, tmp_path: Path
) -> None:
    draw(workspace, 450)
    say(workspace, tmp_path, drawn(workspace))
    # consensus_iou is iou with one other setting; area and pieces are the same for all.
    assert list(map(str, tuned(workspace, 0.9, references=()).references)) == ["iou", "confidence_max"]


def test_outdated_features_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    draw(workspace, 60)
    say(workspace, tmp_path, drawn(workspace))
    ingest(workspace.population, "C", [an_agreeing_annotation("C", number) for number in range(9)])
    with pytest.raises(InputError, match="mask-audit measure again"):
        tuned(workspace, 0.9)
