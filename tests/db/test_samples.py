"""A sample keeps its design, its units and its own copy of the masks."""

from dataclasses import replace

import pytest

from db.errors import ConflictError, NotFoundError
from db.records import MaskState, Reading, SampleWave, Source, Stratum, Verdict, WaveKind
from db.reviewers import ensure_reviewer
from db.reviews import add_readings, load_standing
from db.samples import (
    add_masks,
    add_sample,
    load_mask_units,
    load_masks,
    load_sample,
    load_samples,
    load_settings,
    load_unit_masks,
    load_units,
    load_unjudgable,
    mark_unjudgable,
    put_settings,
    put_units,
    remove_sample,
    update_design,
)
from db.store import Store, Transaction
from tests.builders import SOME_DAY, a_mask, a_sample, a_setting, a_unit, made_by


def stored(transaction: Transaction, name: str = "main") -> tuple[int, dict[str, int]]:
    sample = add_sample(transaction, a_sample(name=name))
    return sample.sample_id, put_units(transaction, sample.sample_id, [a_unit("1"), a_unit("2")])


def test_a_sample_comes_back_as_it_was_stored(store: Store) -> None:
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample())
        put_settings(
            transaction,
            sample.sample_id,
            [a_setting("B", reference="r", model="m"), a_setting("A", is_subset=True)],
        )
    with store.reading() as transaction:
        assert load_sample(transaction, "main") == replace(a_sample(), sample_id=sample.sample_id)
        assert [each.setting for each in load_settings(transaction, sample.sample_id)] == ["B", "A"]


def test_waves_come_back_as_they_were_stored(store: Store) -> None:
    first = SampleWave(kind=WaveKind.RISK, n=1, features=("iou", "iou:box"), start=0.1, frame="f" * 64)
    second = SampleWave(kind=WaveKind.REGION, n=1, n_verdicts=1, auc=0.75, bounds={"iou": 0.5})
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample(waves=(first,)))
        put_units(transaction, sample.sample_id, [a_unit("1", wave=0)])
        update_design(transaction, replace(sample, waves=(first, second)))
        put_units(transaction, sample.sample_id, [a_unit("1", wave=0), a_unit("2", wave=1)])
    with store.reading() as transaction:
        assert load_sample(transaction, "main").waves == (first, second)
        waves = {each.annotation_id: each.wave for each in load_units(transaction, sample.sample_id)}
    assert waves == {"1": 0, "2": 1}


def test_a_name_is_taken_once(store: Store) -> None:
    with pytest.raises(ConflictError, match="main.*there already"), store.transaction() as transaction:
        add_sample(transaction, a_sample())
        add_sample(transaction, a_sample())


def test_the_latest_sample_is_the_default_and_an_unknown_one_is_named_with_those_there_are(
    store: Store,
) -> None:
    with store.transaction() as transaction:
        with pytest.raises(NotFoundError, match="no sample yet"):
            load_sample(transaction, None)
        add_sample(transaction, a_sample(name="zebra"))
        add_sample(transaction, a_sample(name="ant"))
        assert load_sample(transaction, None).name == "ant"
        with pytest.raises(NotFoundError, match="'bee'.*zebra, ant"):
            load_sample(transaction, "bee")


def test_units_that_are_there_keep_their_id_and_take_the_new_probabilities(store: Store) -> None:
    with store.transaction() as transaction:
        sample_id, before = stored(transaction)
        grown = [a_unit("1", inclusion_probability=0.5, design_weight=2.0), a_unit("2"), a_unit("3")]
        after = put_units(transaction, sample_id, grown)
        units = {unit.annotation_id: unit for unit in load_units(transaction, sample_id)}
    assert before.items() <= after.items()
    assert set(after) == {"1", "2", "3"}
    assert (units["1"].inclusion_probability, units["1"].design_weight) == (0.5, 2.0)


def test_a_larger_draw_replaces_the_design(store: Store) -> None:
    larger = (
        Stratum(split="query", n_units=3, n_entities_drawn=3, n_entities=4, n_annotations=9, n_first=2),
    )
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample())
        update_design(transaction, replace(sample, allocation="query=3", strata=larger))
        assert load_sample(transaction, "main") == replace(sample, allocation="query=3", strata=larger)


def test_masks_shared_by_settings_are_stored_once_and_only_present_ones_need_eyes(store: Store) -> None:
    with store.transaction() as transaction:
        sample_id, unit_ids = stored(transaction)
        shared = a_mask("m1", parts=(b"132", b"42"))
        add_masks(
            transaction,
            [shared],
            [
                made_by("A", unit_ids["1"], "m1"),
                made_by("B", unit_ids["1"], "m1"),
                made_by("A", unit_ids["2"], None, MaskState.MISSING),
                made_by("B", unit_ids["2"], None, MaskState.DROPPED),
            ],
        )
        assert load_masks(transaction, ["m1", "unknown"]) == [shared]
        assert load_mask_units(transaction, sample_id) == {"m1": unit_ids["1"]}
        assert len(load_unit_masks(transaction, sample_id)) == 4


def test_why_a_mask_cannot_be_shown_is_noted_and_taken_back(store: Store) -> None:
    with store.transaction() as transaction:
        sample_id, unit_ids = stored(transaction)
        add_masks(transaction, [a_mask("m1")], [made_by("A", unit_ids["1"], "m1")])
        mark_unjudgable(transaction, "m1", "the image is missing")
        assert load_unjudgable(transaction, sample_id) == {"m1": "the image is missing"}
        mark_unjudgable(transaction, "m1", None)
        assert load_unjudgable(transaction, sample_id) == {}


def test_a_removed_sample_leaves_verdicts_that_count_in_the_next(store: Store) -> None:
    with store.transaction() as transaction:
        _, unit_ids = stored(transaction)
        masks = [a_mask("m1"), a_mask("m2")]
        add_masks(transaction, masks, [made_by("A", unit_ids["1"], "m1"), made_by("A", unit_ids["2"], "m2")])
        reviewer = ensure_reviewer(transaction, "ann", SOME_DAY)
        reading = Reading(mask_id="m1", verdict=Verdict.CORRECT, client_key="k", decided_at=SOME_DAY)
        add_readings(transaction, reviewer.reviewer_id, [reading], source=Source.PAGE, now=SOME_DAY)
        assert remove_sample(transaction, "main") == 2
        assert load_samples(transaction) == []
        assert [mask.mask_id for mask in load_masks(transaction, ["m1", "m2"])] == ["m1"]
    with store.transaction() as transaction:
        sample_id, unit_ids = stored(transaction, "again")
        add_masks(transaction, masks, [made_by("A", unit_ids["1"], "m1")])
        assert [each.mask_id for each in load_standing(transaction, sample_id)] == ["m1"]


def test_what_a_sample_held_of_a_setting_is_forgotten_when_it_is_put_again(store: Store) -> None:
    with store.transaction() as transaction:
        sample_id, unit_ids = stored(transaction)
        put_settings(transaction, sample_id, [a_setting("A"), a_setting("B")])
        add_masks(
            transaction,
            [a_mask("m1"), a_mask("m2")],
            [made_by("A", unit_ids["1"], "m1"), made_by("B", unit_ids["1"], None, MaskState.MISSING)],
        )
        put_settings(transaction, sample_id, [a_setting("C"), a_setting("B", fingerprint="1" * 64)])
        add_masks(transaction, [], [made_by("B", unit_ids["1"], "m2")])
        assert [each.setting for each in load_settings(transaction, sample_id)] == ["A", "B", "C"]
        assert {(each.setting, each.mask_id) for each in load_unit_masks(transaction, sample_id)} == {
            ("A", "m1"),
            ("B", "m2"),
        }
