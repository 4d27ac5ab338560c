"""What of a mask and its mention a page shows."""

import json
from pathlib import Path

import numpy as np
from sqlalchemy import text

from audit.coco.rle import encode_runs, runs_of_mask
from audit.jobs.review.items import MAX_PARTS
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
