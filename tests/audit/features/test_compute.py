"""Tables in, tables out: whatever the layout of the rows, the same bytes."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.features import compute
from audit.features.catalogue import CATALOGUE, Needs, features_of
from audit.features.compute import (
    AGREEMENT_COLUMNS,
    MASK_COLUMNS,
    MASK_FEATURES,
    PAIR_FEATURES,
    SETTING_FEATURES,
    measure_agreement,
    measure_masks,
)
from tests.audit.features.mask_rows import Row, a_row, drawn, mask_rows, table_of


@pytest.fixture
def rows() -> list[Row]:
    detected = {"boxes": [0.0, 0.0, 2.0, 2.0], "labels": ["a(0.5)"], "confidences": [0.5]}
    masks = [drawn("##.", "#.."), a_row(parts=None), a_row(), drawn("...", ".##", **detected), drawn("###")]
    return [
        row | {"mention_id": f"m{place // 2}", "setting": "ba"[place % 2]} for place, row in enumerate(masks)
    ]


def as_bytes(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def test_the_tables_have_a_column_for_each_feature_of_the_catalogue(rows: list[Row]) -> None:
    agreement = measure_agreement(table_of(rows))
    tables = (measure_masks(table_of(rows)), agreement.pairs, agreement.settings)
    assert [table.schema for table in tables] == [MASK_FEATURES, PAIR_FEATURES, SETTING_FEATURES]
    fields = {field.name: field.type for table in tables for field in table.schema}
    assert {feature.name: feature.kind for feature in CATALOGUE}.items() <= fields.items()


def test_features_are_named_once_and_say_what_they_are() -> None:
    names = [feature.name for feature in CATALOGUE]
    assert len(set(names)) == len(names)
    assert all(feature.means.endswith(".") for feature in CATALOGUE)
    assert set(features_of(*Needs)) == set(CATALOGUE)


def test_rows_keep_their_order(rows: list[Row]) -> None:
    found = measure_masks(table_of(rows)).to_pylist()
    assert [row["mention_id"] for row in found] == ["m0", "m0", "m1", "m1", "m2"]
    assert [row["area"] for row in found] == [3, None, 0, 2, 3]
    agreement = measure_agreement(table_of(rows))
    assert [(row["mention_id"], row["setting"]) for row in agreement.settings.to_pylist()] == [
        ("m0", "b"), ("m0", "a"), ("m1", "b"), ("m1", "a"), ("m2", "b"),
    ]  # fmt: skip
    assert [(row["mention_id"], row["setting_a"], row["state"]) for row in agreement.pairs.to_pylist()] == [
        ("m0", "a", "unreadable"),
        ("m1", "a", "sizes_differ"),
    ]


def test_some_features_are_those_columns_of_all(rows: list[Row]) -> None:
    wanted = [feature for feature in CATALOGUE if feature.name in ("solidity", "confidence_max", "area")]
    some = measure_masks(table_of(rows), wanted)
    assert some == measure_masks(table_of(rows)).select(["mention_id", *(it.name for it in wanted)])
    agreement = measure_agreement(table_of(rows), features_of(Needs.PAIR)[:1], ())
    assert agreement.pairs.schema.names == ["mention_id", "setting_a", "setting_b", "state", "iou"]
    assert agreement.settings.schema.names == ["mention_id", "setting"]


@pytest.mark.parametrize("layout", ["sliced", "chunked", "dictionaries", "more columns"])
def test_the_layout_of_the_rows_does_not_matter(rows: list[Row], layout: str) -> None:
    table = table_of(rows)
    again = {
        "sliced": lambda: table_of([drawn("#"), *rows, drawn("#")]).slice(1, len(rows)),
        "chunked": lambda: pa.concat_tables([table.slice(0, 2), table.slice(2, 0), table.slice(2)]),
        "dictionaries": lambda: table.set_column(1, "setting", table["setting"].dictionary_encode()),
        "more columns": lambda: table.append_column("question", pa.nulls(len(rows), pa.string())),
    }[layout]()
    assert as_bytes(measure_masks(again)) == as_bytes(measure_masks(table))
    once, twice = measure_agreement(table), measure_agreement(again)
    assert as_bytes(twice.pairs) == as_bytes(once.pairs)
    assert as_bytes(twice.settings) == as_bytes(once.settings)


def test_only_the_named_columns_are_read(rows: list[Row]) -> None:
    table = table_of(rows)
    assert measure_masks(table.select(MASK_COLUMNS)) == measure_masks(table)
    assert measure_agreement(table.select(AGREEMENT_COLUMNS)) == measure_agreement(table)


def test_no_rows_give_no_rows() -> None:
    assert measure_masks(table_of([])) == MASK_FEATURES.empty_table()


@pytest.mark.slow
@given(
    rows=st.lists(mask_rows(), min_size=1, max_size=9),
    at_once=st.integers(1, 60),
    seed=st.integers(0, 9),
)
@settings(deadline=None)
def test_how_many_are_measured_at_a_time_does_not_matter(rows: list[Row], at_once: int, seed: int) -> None:
    mentions = np.random.default_rng(seed).integers(0, 4, len(rows)).tolist()
    table = table_of(
        [row | {"mention_id": f"m{m}", "setting": f"s{place}"}
         for place, (row, m) in enumerate(zip(rows, mentions, strict=True))]
    )  # fmt: skip
    whole = measure_masks(table), measure_agreement(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compute, "COLUMNS_AT_ONCE", at_once)
        assert (measure_masks(table), measure_agreement(table)) == whole
