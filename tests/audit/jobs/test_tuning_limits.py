"""What tuning does not certify: masks that the sample could not draw, or that no verdict speaks of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from audit.errors import InputError
from audit.features.references import parse_reference
from audit.jobs.drawing import Explicit
from audit.jobs.progress import SILENT
from audit.jobs.tune import NotTuned, Tuned, TuneRequest, TuneResult, run_tune
from audit.jobs.tune_words import refusal, tune_json, tune_lines
from audit.jobs.tuned_rules import save_rules
from audit.jobs.tuning_board.words import refusal_text
from audit.jobs.tuning_data import load_tuning_data
from audit.jobs.workspace import Workspace, make_workspace, open_workspace
from audit.rules.rule_toml import read_rule_set
from sampling.estimation.estimands import Estimand
from sampling.thresholds.kept import Guarantee
from tests.audit.jobs.measuring import ingest, measured
from tests.audit.jobs.tuned_workspace import (
    N_MENTIONS,
    a_copy,
    an_agreeing_annotation,
    by_truth,
    draw,
    drawn,
    make_measured,
    say,
    shift,
)

IOU = parse_reference("iou")
EVERY = range(N_MENTIONS)
IN_A = range(0, N_MENTIONS, 2)


@pytest.fixture(scope="module")
def whole_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "audit"
    make_measured(folder).store.close()
    return folder


@pytest.fixture(scope="module")
def halved_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace where A has every other mention, and B all of them."""
    folder = tmp_path_factory.mktemp("halved") / "audit"
    make_workspace(folder, None)
    workspace = open_workspace(folder)
    ingest(workspace.population, "A", [an_agreeing_annotation("A", number) for number in IN_A])
    ingest(workspace.population, "B", [an_agreeing_annotation("B", number) for number in EVERY])
    measured(workspace.population)
    workspace.store.close()
    return folder


@pytest.fixture
def whole(whole_folder: Path, tmp_path: Path) -> Iterator[Workspace]:
    yield from a_copy(whole_folder, tmp_path)


@pytest.fixture
def halved(halved_folder: Path, tmp_path: Path) -> Iterator[Workspace]:
    yield from a_copy(halved_folder, tmp_path)


def tuned(workspace: Workspace, target: float, **changes: object) -> TuneResult:
    request = TuneRequest(
        settings=("A",),
        guarantee=Guarantee(target=target),
        estimand=Estimand.ANNOTATION,
        references=(parse_reference("confidence_max"),),
        sample=None,
    )
    return run_tune(workspace, replace(request, **changes), today=date(2026, 11, 23), progress=SILENT)


def test_masks_of_splits_that_the_sample_leaves_out_are_not_certified(
    whole: Workspace, tmp_path: Path
) -> None:
    draw(whole, 0, allocation=Explicit(sizes={"entity": 150}))
    numbers = drawn(whole)
    assert {number % 3 for number in numbers} == {0}
    # Right in the split that was drawn from; of the others nobody knows.
    say(whole, tmp_path, numbers, lambda *_: "correct")
    found = tuned(whole, 0.9)
    assert isinstance(found.outcome, Tuned)
    assert found.drawn_from.splits == ("entity",)
    assert found.drawn_from.n_outside == {"A": N_MENTIONS * 2 // 3}
    assert found.n_masks == found.outcome.n_kept == N_MENTIONS // 3
    assert list(found.outcome.losses.by_split) == ["entity"]
    assert found.outcome.losses.overall.n_masks == N_MENTIONS // 3
    assert found.outcome.rule_set.evidence is not None
    assert found.outcome.rule_set.evidence.n_outside == N_MENTIONS * 2 // 3
    told = "\n".join(tune_lines(found))
    assert "400 masks of A have no mention in what the sample was drawn from (A, split entity)" in told
    assert "certified to keep masks of A in what the sample was drawn from that are" in told
    assert tune_json(found, written=None)["n_outside"] == N_MENTIONS * 2 // 3


@pytest.mark.slow
@pytest.mark.parametrize("settings", [("B",), ("A", "B"), ("B", "A")])
def test_masks_of_mentions_that_the_frame_lacks_are_not_certified(
    halved: Workspace, tmp_path: Path, settings: tuple[str, ...]
) -> None:
    base = tmp_path / "base.toml"
    base.write_text('format = 1\n[[rule]]\nkind = "threshold"\nfeature = "iou"\nat_least = 0.25\n')
    draw(halved, 250)
    numbers = drawn(halved)
    say(halved, tmp_path, numbers)
    data = load_tuning_data(halved, settings, [IOU], sample=None, progress=SILENT, base=base)
    assert data.drawn_from.n_outside == {"B": N_MENTIONS - len(IN_A)}
    assert data.masks.n_masks == len(settings) * len(IN_A)
    # Verdicts and what the base rules do are still those of the same masks.
    iou = data.masks.features[:, 0]
    expected = [(20 - shift(number)) / (20 + shift(number)) for number in numbers]
    np.testing.assert_allclose(iou[data.verdicts.position], np.take(expected, data.verdicts.unit), rtol=1e-12)
    np.testing.assert_array_equal(data.base.dropped, iou < 0.25)
    found = tuned(halved, 0.9, settings=settings, references=(IOU,))
    assert isinstance(found.outcome, Tuned)
    assert found.n_masks == len(settings) * len(IN_A)


def test_a_setting_of_which_the_frame_has_every_mention_is_certified_whole(
    halved: Workspace, tmp_path: Path
) -> None:
    draw(halved, 450, frame="B")
    in_both = [number for number in drawn(halved) if number in IN_A]
    say(halved, tmp_path, in_both, lambda setting, n: by_truth(setting, n) if setting == "A" else None)
    found = tuned(halved, 0.3)
    assert isinstance(found.outcome, Tuned)
    assert found.drawn_from.n == 0
    assert found.n_masks == len(IN_A)


def test_a_frame_that_has_changed_since_the_draw_is_refused(halved: Workspace, tmp_path: Path) -> None:
    draw(halved, 250)
    say(halved, tmp_path, drawn(halved))
    ingest(halved.population, "A", [an_agreeing_annotation("A", number) for number in (1, 3)], "more.json")
    measured(halved.population)
    with pytest.raises(InputError, match=r"what sample 'main' was drawn from \(A\) has changed"):
        tuned(halved, 0.9, settings=("B",))


def test_several_settings_are_not_certified_by_verdicts_on_one(whole: Workspace, tmp_path: Path) -> None:
    draw(whole, 400)
    numbers = drawn(whole)
    # A verdict on a mask that is the same under both settings is on both.
    say(whole, tmp_path, numbers, lambda setting, n: "correct" if setting == "A" and shift(n) else None)
    with pytest.raises(InputError, match="few or no verdicts are on masks of B itself, .*tune each setting"):
        tuned(whole, 0.9, settings=("A", "B"))
    say(whole, tmp_path, numbers[:200], lambda *_: "correct")
    found = tuned(whole, 0.9, settings=("A", "B"))
    assert sum(found.n_certifying_of.values()) == found.n_certifying
    assert all(found.n_certifying_of.values())
    assert isinstance(found.outcome, Tuned)
    assert found.outcome.rule_set.evidence is not None
    assert found.outcome.rule_set.evidence.n_pending == found.left_out.n_pending > 0
    of_b = found.n_certifying_of["B"]
    assert f": A {found.n_certifying - of_b}, B {of_b}" in "\n".join(tune_lines(found))


def test_where_all_masks_may_be_kept_that_is_written_with_its_evidence(
    whole: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / "rules.toml"
    draw(whole, 450)
    say(whole, tmp_path, drawn(whole))
    before = tuned(whole, 0.9, references=(IOU,)).outcome
    assert isinstance(before, Tuned)
    save_rules(before.rule_set, out)
    say(whole, tmp_path, drawn(whole), lambda *_: "correct")
    found = tuned(whole, 0.3).outcome
    assert isinstance(found, Tuned)
    assert found.chosen.thresholds == found.rule_set.rules == ()
    save_rules(found.rule_set, out)
    assert read_rule_set(out.read_text(), source="rules.toml") == found.rule_set


def test_pending_verdicts_come_before_more_units(whole: Workspace, tmp_path: Path) -> None:
    draw(whole, 400)
    numbers = drawn(whole)
    say(whole, tmp_path, numbers[:30], lambda *_: "correct")
    found = tuned(whole, 0.9)
    assert isinstance(found.outcome, NotTuned)
    assert found.outcome.n_more_units == 0
    assert refusal(found).endswith(": review the 370 that are pending first")
    assert refusal_text(found).endswith("Review the 370 that are pending first.")
    assert tune_json(found, written=None)["n_more_units"] == 0
    # For this target they do not suffice, and it takes as many more as judged ones promise.
    found = tuned(whole, 0.99)
    assert isinstance(found.outcome, NotTuned)
    wanted = found.outcome.fewest if found.outcome.needed is None else found.outcome.needed.n_verdicts
    assert found.outcome.n_more_units == np.ceil(wanted * 30 / found.n_certifying) - 400 > 0
    assert "review the 370 that are pending, and draw about" in refusal(replace(found, n_units_left=10_000))


def test_verdicts_that_chose_the_rules_before_are_named(whole: Workspace, tmp_path: Path) -> None:
    base = tmp_path / "base.toml"
    draw(whole, 450)
    say(whole, tmp_path, drawn(whole))
    first = tuned(whole, 0.9, references=(IOU,)).outcome
    assert isinstance(first, Tuned)
    assert first.rule_set.evidence is not None
    assert first.rule_set.evidence.base_sample is None
    save_rules(first.rule_set, base)
    found = tuned(whole, 0.8, base=base)
    assert "warning: verdicts of sample main chose the rules of" in "\n".join(tune_lines(found))
    assert tune_json(found, written=None)["base_sample"] == "main"
    assert isinstance(found.outcome, Tuned)
    assert found.outcome.rule_set.evidence is not None
    assert found.outcome.rule_set.evidence.base_sample == "main"


def test_unsure_verdicts_are_not_called_pending(whole: Workspace, tmp_path: Path) -> None:
    draw(whole, 60)
    say(whole, tmp_path, drawn(whole), lambda *_: "unsure")
    with pytest.raises(InputError, match=r"are judged right or wrong \(60 unsure\); .*sample --extend"):
        tuned(whole, 0.9)
