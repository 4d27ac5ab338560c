"""What of a mask and its mention a page shows."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from audit.coco.rle import encode_runs, runs_of_mask
from audit.jobs.review.items import MAX_PARTS, shown_name
from db.records import Unit
from db.store import Store
from tests.audit.jobs.review.driving import add_plain_sample, ask, open_for


def test_the_parts_of_an_annotation_come_with_its_mask(store: Store, tmp_path: Path) -> None:
    add_plain_sample(store, tmp_path, 1)
    left, right = np.zeros((6, 8), bool), np.zeros((6, 8), bool)
    left[1:3, 0:2] = True
    right[4:6, 5:8] = True
    parts = [encode_runs(runs_of_mask(each)).decode() for each in (left, right, np.zeros((6, 8), bool))]
    with store.transaction() as transaction:
        transaction.connection.execute(text("UPDATE masks SET parts = :parts"), {"parts": json.dumps(parts)})

    (item,) = ask(store, open_for(store, tmp_path))["items"]

    assert item["box"] == [0, 1, 8, 5]
    assert [part["box"] for part in item["parts"]] == [[0, 1, 2, 2], [5, 4, 3, 2]]


def test_of_very_many_parts_the_first_are_stepped_through_and_the_rest_is_one(
    store: Store, tmp_path: Path
) -> None:
    add_plain_sample(store, tmp_path, 1)
    pixels = np.eye(48, dtype=bool).reshape(48, 6, 8)
    parts = [encode_runs(runs_of_mask(each)).decode() for each in (*pixels, *pixels[-4:])]
    with store.transaction() as transaction:
        transaction.connection.execute(text("UPDATE masks SET parts = :parts"), {"parts": json.dumps(parts)})

    (item,) = ask(store, open_for(store, tmp_path))["items"]

    assert len(item["parts"]) == MAX_PARTS == 50
    assert item["rest"]["n"] == 2
    assert item["rest"]["box"] == [6, 5, 2, 1]


@pytest.mark.parametrize("name", ["", " ", "\u200b\u2060", "\u00ad\ufeff\u3164", "\u2800", None])
def test_a_mention_whose_name_shows_nothing_goes_by_its_id(name: str | None) -> None:
    unit = Unit(
        unit_id=1,
        annotation_id="1",
        mention_id="m1",
        entity_id="e7",
        entity_name=name,
        stratum="test",
        category=None,
        image_id="1",
        images_root=None,
        file_name=None,
        question=None,
        n_annotations_of_entity=1,
        n_entities_in_stratum=1,
        inclusion_probability=1.0,
        design_weight=1.0,
        entity_weight=1.0,
        annotation_ticket=0.5,
        entity_ticket=0.5,
        block=None,
    )

    assert shown_name(unit) == "e7"
    assert shown_name(replace(unit, entity_name=f"{name or ''}é")) == f"{name or ''}é"
