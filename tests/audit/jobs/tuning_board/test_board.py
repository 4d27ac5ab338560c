"""What a board offers, what it finds, and what it saves."""

import shlex
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from audit.errors import InputError
from audit.features.references import FeatureReference, parse_reference
from audit.jobs.progress import SILENT
from audit.jobs.sample_growth import carry_masks
from audit.jobs.tune import Tuned, TuneRequest, run_tune
from audit.jobs.tuning_board import words
from audit.jobs.tuning_board.board import Choices, load_board, load_choices, load_usual_features
from audit.jobs.tuning_board.conditions import Condition, kept_masks
from audit.jobs.tuning_board.finding import Found, find_thresholds
from audit.jobs.tuning_board.kept import Figures
from audit.jobs.tuning_board.saving import (
    filter_command,
    rules_by_eye,
    rules_text,
    save_board_rules,
)
from audit.jobs.tuning_data import TuningData
from audit.jobs.workspace import Workspace, make_workspace, open_workspace
from audit.rules.feature_threshold import Unknown
from audit.rules.rule_toml import read_rule_set, write_rule_set
from db.samples import load_sample, load_units
from sampling.estimation.estimands import Estimand
from sampling.thresholds.boxes import Direction
from sampling.thresholds.kept import Guarantee
from tests.audit.jobs.measuring import ingest, measured
from tests.audit.jobs.tuned_workspace import say
from tests.builders import SOME_DAY
from tests.datasets import an_annotation

FIGURES = Figures(estimand=Estimand.ANNOTATION, confidence=0.95)
TODAY = date(2026, 11, 23)


def condition(
    name: str, threshold: float, direction: Direction = Direction.AT_LEAST, unknown: Unknown = Unknown.DROP
) -> Condition:
    return Condition(
        reference=parse_reference(name), direction=direction, threshold=threshold, unknown=unknown
    )


def found_at(workspace: Workspace, data: TuningData, target: float) -> Found:
    request = TuneRequest(
        settings=("A",),
        guarantee=Guarantee(target=target),
        estimand=Estimand.ANNOTATION,
        references=data.masks.references,
        sample="main",
    )
    return find_thresholds(workspace, data, request, TODAY)


def test_features_that_compare_are_offered_where_there_is_another_setting() -> None:
    alone = Choices(samples=("main",), settings=("A",), stamp="", at=SOME_DAY)
    two = Choices(samples=("main",), settings=("A", "B"), stamp="", at=SOME_DAY)
    three = Choices(samples=("main",), settings=("A", "B", "C"), stamp="", at=SOME_DAY)

    compares = {FeatureReference(name="iou"), FeatureReference(name="consensus_iou")}
    assert not compares & set(alone.references("A"))
    assert compares <= set(two.references("A"))
    assert parse_reference("covers:C") in three.references("A")
    assert parse_reference("covers:A") not in three.references("A")


def test_a_board_begins_with_the_features_that_tune_tries_unasked(judged: Workspace) -> None:
    request = TuneRequest(
        settings=("A",),
        guarantee=Guarantee(target=0.8),
        estimand=Estimand.ANNOTATION,
        references=(),
        sample="main",
    )
    usual = load_usual_features(judged, "A")

    assert usual == run_tune(judged, request, today=TODAY, progress=SILENT).references
    assert set(usual) <= set(load_choices(judged, SOME_DAY).references("A"))


def test_where_no_feature_tells_masks_apart_none_is_chosen_at_first(tmp_path: Path) -> None:
    make_workspace(tmp_path / "audit", None)
    workspace = open_workspace(tmp_path / "audit")
    ingest(workspace.population, "A", [an_annotation(0)])
    measured(workspace.population)

    assert load_usual_features(workspace, "A") == ()
    workspace.store.close()


def test_a_new_verdict_changes_the_stamp(judged: Workspace, tmp_path: Path) -> None:
    shutil.copytree(judged.settings.folder, tmp_path / "audit")
    workspace = open_workspace(tmp_path / "audit")
    before = load_choices(workspace, SOME_DAY)

    with workspace.store.reading() as transaction:
        unit = load_units(transaction, load_sample(transaction, None).sample_id)[-1]
    say(workspace, tmp_path, [int(unit.annotation_id.rpartition("_")[2])])

    assert (before.samples, before.settings) == (("main",), ("A", "B"))
    assert load_choices(workspace, SOME_DAY).stamp != before.stamp
    assert load_choices(judged, SOME_DAY).stamp == load_choices(judged, SOME_DAY).stamp
    workspace.store.close()


def test_what_is_missing_is_said_in_order(tmp_path: Path) -> None:
    make_workspace(tmp_path / "audit", None)
    workspace = open_workspace(tmp_path / "audit")
    with pytest.raises(InputError, match="mask-audit ingest FILE"):
        load_choices(workspace, SOME_DAY)

    ingest(workspace.population, "A", [an_annotation(number) for number in range(12)])
    with pytest.raises(InputError, match="mask-audit measure"):
        load_choices(workspace, SOME_DAY)

    measured(workspace.population)
    with pytest.raises(InputError, match="mask-audit sample"):
        load_choices(workspace, SOME_DAY)
    workspace.store.close()


def test_a_setting_that_the_sample_does_not_carry_is_refused(judged: Workspace, tmp_path: Path) -> None:
    shutil.copytree(judged.settings.folder, tmp_path / "audit")
    workspace = open_workspace(tmp_path / "audit")
    ingest(workspace.population, "C", [an_annotation(number) for number in range(12)])
    measured(workspace.population)

    with pytest.raises(InputError, match="mask-audit sample --carry"):
        load_board(workspace, "main", "C", ["iou"])
    workspace.store.close()


def test_the_sliders_of_found_thresholds_keep_what_is_certified(judged: Workspace, data: TuningData) -> None:
    found = found_at(judged, data, target=0.8)

    outcome = found.result.outcome
    assert isinstance(outcome, Tuned)
    assert [each.reference for each in found.conditions] == list(data.masks.references)
    assert int(kept_masks(data.masks, found.conditions).sum()) == outcome.n_kept < data.masks.n_masks
    assert found.rule_set_at(found.conditions) == outcome.rule_set
    assert found.rule_set_at(found.conditions[:1]) is None
    told = words.guarantee_text(found.result)
    assert told.startswith("Certified with 95 % confidence: at least 80 % of the kept masks are right; ")
    assert words.refusal_text(found.result) == ""


def test_what_cannot_be_certified_is_said_with_what_would_help(judged: Workspace, data: TuningData) -> None:
    found = found_at(judged, data, target=0.995)

    assert found.conditions == ()
    assert found.rule_set_at(()) is None
    assert words.guarantee_text(found.result) == ""
    assert words.refusal_text(found.result).startswith(
        "Nothing is certified: no thresholds on these features"
    )


def test_rules_put_by_eye_say_that_nothing_certifies_them(judged: Workspace, data: TuningData) -> None:
    conditions = (
        condition("iou", 0.5),
        condition("confidence_max", 0.0, unknown=Unknown.KEEP),
        condition("area_share", 0.9, Direction.AT_MOST),
    )

    rule_set = rules_by_eye(data, conditions, 0.9, FIGURES, TODAY)

    assert rule_set is not None
    assert [rule.name for rule in rule_set.rules] == ["iou"], "what drops nothing is no rule"
    assert rule_set.evidence is not None
    assert (rule_set.evidence.n_certifying, rule_set.evidence.p_value) == (0, 1.0)
    text = rules_text(rule_set)
    assert text.startswith("# Put by eye: nothing certifies these thresholds, and they carry no guarantee.")
    assert read_rule_set(text, source="rules.toml") == rule_set


def test_sliders_that_drop_nothing_are_no_rules(data: TuningData) -> None:
    assert rules_by_eye(data, (condition("iou", 0.0),), 0.9, FIGURES, TODAY) is None


def test_certified_rules_are_written_as_tune_writes_them(judged: Workspace, data: TuningData) -> None:
    found = found_at(judged, data, target=0.8)
    rule_set = found.rule_set_at(found.conditions)
    assert rule_set is not None

    assert rules_text(rule_set) == write_rule_set(rule_set)


def test_rules_are_saved_again_over_those_of_a_board_and_never_over_a_persons(
    judged: Workspace, data: TuningData, tmp_path: Path
) -> None:
    workspace = replace(judged, settings=replace(judged.settings, folder=tmp_path))
    first = rules_by_eye(data, (condition("iou", 0.5),), 0.9, FIGURES, TODAY)
    second = rules_by_eye(data, (condition("iou", 0.6),), 0.9, FIGURES, TODAY)
    assert first is not None
    assert second is not None

    save_board_rules(workspace, first)
    place = save_board_rules(workspace, second)

    assert read_rule_set(place.read_text(), source=str(place)) == second
    place.write_text(write_rule_set(replace(second, evidence=None)))
    with pytest.raises(InputError, match="move it away, or download these"):
        save_board_rules(workspace, first)
    assert read_rule_set(place.read_text(), source=str(place)).evidence is None


def test_rules_put_by_eye_do_not_replace_certified_ones(
    judged: Workspace, data: TuningData, tmp_path: Path
) -> None:
    workspace = replace(judged, settings=replace(judged.settings, folder=tmp_path))
    found = found_at(judged, data, target=0.8)
    certified = found.rule_set_at(found.conditions)
    by_eye = rules_by_eye(data, (condition("iou", 0.5),), 0.9, FIGURES, TODAY)
    assert certified is not None
    assert by_eye is not None

    place, beside = save_board_rules(workspace, certified), save_board_rules(workspace, by_eye)

    assert (place.name, beside.name) == ("rules.toml", "rules-by-eye.toml")
    assert place.read_text() == write_rule_set(certified)
    assert read_rule_set(beside.read_text(), source=str(beside)) == by_eye


def test_the_command_is_safe_to_paste(judged: Workspace) -> None:
    rules = judged.settings.folder / "rules; x.toml"
    command = filter_command(judged, "a b; rm -rf /", rules)

    words_of_it = shlex.split(command)
    assert words_of_it[:4] == ["mask-audit", "filter", "--setting", "a b; rm -rf /"]
    assert words_of_it[5] == str(rules)


def test_a_setting_without_a_mask_is_refused(judged: Workspace, tmp_path: Path) -> None:
    shutil.copytree(judged.settings.folder, tmp_path / "audit")
    workspace = open_workspace(tmp_path / "audit")
    ingest(workspace.population, "C", [])
    measured(workspace.population)
    carry_masks(workspace.store, workspace.population, None)

    with pytest.raises(InputError, match="setting 'C' has no masks"):
        load_board(workspace, "main", "C", ["iou"])
    workspace.store.close()
