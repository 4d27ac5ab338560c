"""What a sample by risk is drawn from: kept to the last bit, counted by estimand, refused where ids clash."""

import numpy as np
import pyarrow as pa
import pytest

from audit.errors import InputError
from audit.jobs.risk.drawable import drawable, drawable_of, kind_of, target_of
from audit.jobs.risk.units import start_of
from sampling.design.frame import DrawnUnit
from sampling.estimation.estimands import Estimand
from sampling.risk.active import FrameKind
from sampling.risk.frame import Verdicts
from sampling.risk.waves import first_wave, next_wave
from tests.audit.jobs.risk.simulated import a_population, everything, with_shares

POPULATION = a_population({"entity": [1, 5, 2, 3], "wiki": [1, 1, 1]}, seed=3)
SHARES = {"entity": 3, "wiki": 1}


def test_a_table_gives_it_back_to_the_last_bit() -> None:
    found, strata = everything(POPULATION, DrawnUnit.ANNOTATION, 7)
    strata = with_shares(strata, SHARES)
    frame = found.frame(target_of(found, Estimand.MIX, DrawnUnit.ANNOTATION, strata))
    wave = first_wave(frame, 4, start=0.3, prior=found.prior)
    verdicts = Verdicts(units=wave.units, is_wrong=np.array([True, False, False, False]))
    later = next_wave(frame, (wave,), verdicts, 3, start=0.6, prior=found.prior)
    found = found.with_wave(wave).with_wave(later)

    again = drawable_of(found.table())

    assert again.annotation_ids.equals(found.annotation_ids)
    assert again.splits == found.splits
    assert again.table().equals(found.table())
    for name in ("strata", "n_annotations", "tickets", "scores", "prior"):
        assert np.array_equal(getattr(again, name), getattr(found, name)), name
    assert [each.tolist() for each in again.probabilities] == [each.tolist() for each in found.probabilities]
    assert np.array_equal(again.chances(), 1 - (1 - wave.probabilities) * (1 - later.probabilities))


def test_what_is_known_of_a_mask_is_the_same_whatever_the_order_of_the_files() -> None:
    found, _ = everything(POPULATION, DrawnUnit.ENTITY, 7)
    n = POPULATION.features.num_rows
    turned = POPULATION.features.take(list(reversed(range(n))))
    things = pa.table(
        {
            "annotation_id": found.annotation_ids,
            "split": found.table()["split"],
            "n_annotations": found.n_annotations,
            "first_bytes": pa.array((found.tickets * 2.0**64).astype(np.uint64)),
        }
    )
    again = drawable(things, turned)
    assert np.array_equal(again.scores, found.scores)
    assert np.array_equal(again.prior, found.prior)


def test_a_feature_that_is_known_of_no_mask_tells_nothing() -> None:
    found, _ = everything(POPULATION, DrawnUnit.ANNOTATION, 7)
    # Agreement twice and where it is unknown, confidence; the area is unknown everywhere.
    assert found.scores.shape[1] == 5
    features = POPULATION.features.select(["annotation_id"])
    for name in ("consensus_iou", "iou", "confidence_max", "area_share"):
        features = features.append_column(name, pa.nulls(len(features), pa.float64()))
    things = found.table().append_column("first_bytes", pa.array(np.arange(found.n_units), pa.uint64()))
    nothing = drawable(things, features)
    assert nothing.scores.shape == (found.n_units, 0)
    assert nothing.prior is None


def test_what_counts_how_much() -> None:
    entities, strata = everything(POPULATION, DrawnUnit.ENTITY, 7)
    strata = with_shares(strata, SHARES)
    by_entity = {each: target_of(entities, each, DrawnUnit.ENTITY, strata) for each in Estimand}
    assert by_entity[Estimand.ENTITY].tolist() == [1] * 7
    assert sorted(by_entity[Estimand.ANNOTATION].tolist()) == [1, 1, 1, 1, 2, 3, 5]
    assert np.bincount(entities.strata, by_entity[Estimand.MIX]).tolist() == pytest.approx([3, 1])
    annotations, strata = everything(POPULATION, DrawnUnit.ANNOTATION, 7)
    by_annotation = {
        each: target_of(annotations, each, DrawnUnit.ANNOTATION, with_shares(strata, SHARES))
        for each in Estimand
    }
    assert by_annotation[Estimand.ANNOTATION].tolist() == [1] * 14
    assert by_annotation[Estimand.ENTITY].sum() == pytest.approx(7)
    assert np.bincount(annotations.strata, by_annotation[Estimand.MIX]).tolist() == pytest.approx([3, 1])


def test_only_what_was_not_picked_among_others_is_whole() -> None:
    assert kind_of(everything(POPULATION, DrawnUnit.ENTITY, 7)[0], DrawnUnit.ENTITY) is FrameKind.PICKED
    assert (
        kind_of(everything(POPULATION, DrawnUnit.ANNOTATION, 7)[0], DrawnUnit.ANNOTATION) is FrameKind.WHOLE
    )
    alone = a_population({"wiki": [1, 1, 1]}, seed=2)
    assert kind_of(everything(alone, DrawnUnit.ENTITY, 7)[0], DrawnUnit.ENTITY) is FrameKind.WHOLE


def test_one_id_for_two_annotations_is_refused() -> None:
    found, _ = everything(POPULATION, DrawnUnit.ANNOTATION, 7)
    twice = pa.concat_tables([POPULATION.features, POPULATION.features.slice(0, 1)])
    with pytest.raises(InputError, match="have one id"):
        drawable(found.table(), twice)


def test_a_unit_that_could_not_be_drawn_is_refused() -> None:
    found, _ = everything(POPULATION, DrawnUnit.ANNOTATION, 7)
    with pytest.raises(InputError, match="1 units are not in what the sample was drawn from"):
        found.positions(["wiki0-0", "elsewhere"])


def test_a_wave_begins_where_its_ticket_says() -> None:
    # printf 'mask-audit/1\nwave\n7\n1' | sha256sum, its first 16 digits as a number, over 2^64
    assert start_of(7, 1) == 0.5290591720403927
    assert len({start_of(7, 0), start_of(7, 1), start_of(8, 0)}) == 3
