"""How much of its image a mask covers: the union of its parts, measured before or not."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from audit.jobs.progress import SILENT
from audit.jobs.stats.area_shares import N_CLASSES, area_shares, count_area_shares
from db.mask_sizes import masks_with_parts
from db.population import Population
from tests.audit.jobs.measuring import ingest, measured, three_settings
from tests.datasets import an_annotation, rectangle, rle

PIXELS = st.lists(st.lists(st.booleans(), min_size=6, max_size=6), max_size=3)


@settings(deadline=None, max_examples=50)
@given(masks=st.lists(PIXELS, min_size=1, max_size=5))
def test_a_share_is_that_of_the_union_of_the_parts(masks: list[list[list[bool]]]) -> None:
    decoded = [[np.array(part, np.uint8).reshape(2, 3) for part in parts] for parts in masks]
    encoded = [[coco_mask.encode(np.asfortranarray(part))["counts"] for part in parts] for parts in decoded]
    table = pa.table(
        {
            "height": pa.array([2] * len(masks), pa.int32()),
            "width": pa.array([3] * len(masks), pa.int32()),
            "parts_area": pa.array([int(sum(map(np.sum, parts))) for parts in decoded], pa.int64()),
            "parts": pa.array(encoded, pa.list_(pa.binary())),
        }
    )
    unions = [np.logical_or.reduce(parts, axis=0) if parts else np.zeros((2, 3)) for parts in decoded]
    expected = [union.sum() / 6 for union in unions if union.any()]
    assert area_shares(table).tolist() == pytest.approx(expected)


def test_masks_that_were_measured_give_the_counts_that_run_lengths_give(tmp_path: Path) -> None:
    population = three_settings(tmp_path, n_mentions=22)
    settings = population.manifest().settings
    computed = [count_area_shares(population, setting, SILENT) for setting in settings]
    measured(population)
    assert [count_area_shares(population, setting, SILENT) for setting in settings] == computed
    assert sum(each.n_masks for each in computed) > 22


def test_a_share_on_a_border_belongs_to_the_class_above_and_all_of_the_image_to_the_last(
    tmp_path: Path,
) -> None:
    population = Population(tmp_path / "population")
    # 40 × 60 pixels: 3/20 of them, one pixel less, all of them, none.
    almost = rectangle(0, 0, 9, 40)
    almost[0, 0] = 0
    masks = [rectangle(0, 0, 9, 40), almost, rectangle(0, 0, 60, 40), rectangle(0, 0, 0, 0)]
    ingest(population, "A", [an_annotation(number, mask) for number, mask in enumerate(masks)])
    [setting] = population.manifest().settings
    counts = count_area_shares(population, setting, SILENT).counts
    assert {place: n for place, n in enumerate(counts) if n} == {2: 1, 3: 1, N_CLASSES - 1: 1}


def test_run_lengths_are_read_only_where_a_mask_has_several_parts(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    one = [an_annotation(0), an_annotation(1, rectangle(0, 0, 0, 0)), an_annotation(2, segmentation=7)]
    two = [rle(rectangle(0, 0, 9, 9)), rle(rectangle(5, 5, 9, 9))]
    ingest(population, "A", one)
    ingest(population, "B", [*one, an_annotation(3, segmentation=two)])
    read = [
        {name for table in masks_with_parts(population, setting) for name in table.column_names}
        for setting in population.manifest().settings
    ]
    assert ["parts" in names for names in read] == [False, True]
