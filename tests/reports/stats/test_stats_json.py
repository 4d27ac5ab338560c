"""stats.json: what is written is read back as it was; anything else is refused with the reason."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.stats.content import ComparedDataset
from reports.stats.json_document import numbers_json, read_numbers, render_stats_json
from reports.stats.numbers import (
    AreaShares,
    Counts,
    DatasetNumbers,
    NamedNumbers,
    PartNumbers,
    SizeClass,
    SplitNumbers,
)
from tests.reports.stats.test_stats_document import ONE, content_of

COUNT = st.integers(0, 10**9)
COUNTS = st.builds(Counts, n_annotations=COUNT, n_entities=COUNT)
NAME = st.none() | st.text(max_size=5)
BY_NAME = st.dictionaries(NAME, COUNTS, max_size=3)
PARTS = st.builds(PartNumbers, part=NAME, total=COUNTS, by_visibility=BY_NAME)
SPLITS = st.builds(
    SplitNumbers,
    split=st.text(max_size=5),
    total=COUNTS,
    by_visibility=BY_NAME,
    parts=st.lists(PARTS, max_size=2).map(tuple),
)
NAMED = st.lists(
    st.builds(
        NamedNumbers,
        name=NAME,
        total=COUNTS,
        by_split=st.dictionaries(st.text(max_size=5), COUNTS, max_size=2),
    ),
    max_size=2,
).map(tuple)
NUMBERS = st.builds(
    DatasetNumbers,
    setting=st.text(max_size=5),
    total=COUNTS,
    by_visibility=BY_NAME,
    n_images=COUNT,
    n_without_entity=COUNT,
    n_without_image=COUNT,
    n_empty=COUNT,
    n_unreadable=COUNT,
    median_size=st.none() | st.tuples(COUNT, COUNT),
    splits=st.lists(SPLITS, max_size=2).map(tuple),
    sources=NAMED,
    categories=NAMED,
    entity_sizes=st.lists(
        st.builds(SizeClass, lowest=COUNT, highest=st.none() | COUNT, n_entities=COUNT), max_size=2
    ).map(tuple),
    area=st.builds(AreaShares, counts=st.lists(COUNT, min_size=1, max_size=3).map(tuple)),
)


@given(numbers=NUMBERS)
def test_what_is_written_is_read_back_as_it_was(numbers: DatasetNumbers) -> None:
    assert read_numbers(json.loads(render_stats_json(content_of(numbers)))) == numbers


def test_the_file_holds_the_numbers_of_other_datasets_too() -> None:
    other = replace(ONE, setting="other")
    written = json.loads(render_stats_json(content_of(ONE, ComparedDataset(name="COCO", numbers=other))))
    assert written["format"] == 1
    assert written["against"] == [{"name": "COCO", "numbers": numbers_json(other)}]
    assert written["settings_not_counted"] == [
        {"setting": "B", "n_annotations": 2, "n_elsewhere": 0, "subset_of": "A"}
    ]


def without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda written: written["numbers"].pop(key)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda written: written.clear(), "not what `mask-audit stats` writes"),
        (lambda written: written.update(format=2), "format 2, and format 1 was needed"),
        (without("splits"), "incomplete or damaged"),
        (lambda written: written["numbers"].update(n_images="7"), "'7' is no count"),
        (lambda written: written["numbers"].update(n_images=-1), "-1 is no count"),
        (lambda written: written["numbers"].update(n_images=True), "True is no count"),
        (lambda written: written["numbers"].update(median_size=[1]), "is no size"),
        (lambda written: written["numbers"]["sources"][0].update(name=7), "7 is no name"),
        (lambda written: written.update(numbers=[]), "incomplete or damaged"),
        (lambda written: written["numbers"]["area"].update(counts=[]), "there are no classes of areas"),
        (lambda written: written["numbers"].update(n_images=10**400), "is no count"),
        (lambda written: written["numbers"]["sources"][0].update(name="\ud800"), "is no text"),
        (lambda written: written["numbers"]["splits"][0].update(split="\udfff"), "is no text"),
        (lambda written: written["numbers"].update(setting="\ud800"), "is no text"),
    ],
)
def test_any_other_document_is_refused_with_the_reason(
    change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    written = json.loads(render_stats_json(content_of(ONE)))
    change(written)
    with pytest.raises(ValueError, match=reason):
        read_numbers(written)


@pytest.mark.parametrize("document", [None, [], 7, "text"])
def test_what_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match="not what"):
        read_numbers(document)
