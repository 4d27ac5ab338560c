"""Confidences and boxes of the detector."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.features.catalogue import Needs, features_of
from audit.features.compute import measure_masks
from benchmarks.decoded_features import detections_of
from tests.audit.features.mask_rows import Row, a_row, near, table_of

DETECTED = features_of(Needs.CONFIDENCE, Needs.BOXES)
BOX = (0.0, 0.0, 2.0, 2.0)


def measured(*rows: Row) -> list[dict[str, float | int | None]]:
    return measure_masks(table_of(rows), DETECTED).drop("mention_id").to_pylist()


@st.composite
def detected_rows(draw: st.DrawFn) -> Row:
    sides = st.integers(-8, 60).map(lambda quarter: quarter / 4)
    boxes = draw(st.lists(st.tuples(sides, sides, sides, sides), max_size=6))
    labels = draw(
        st.lists(st.sampled_from(["a (b)(0.4)", "a (b) (0.5)", "c(0.4)", "c", ""]), max_size=6)
        | st.just(["a(1.0)"] * len(boxes))
    )
    confidence = st.none() | st.floats(0, 1)
    return a_row(
        boxes=[side for x1, y1, x2, y2 in boxes for side in sorted_box(x1, y1, x2, y2)],
        labels=labels,
        confidences=[draw(confidence) for _ in labels],
        score=draw(st.none() | st.floats(-5, 5)),
        height=draw(st.sampled_from([None, 1, 9])),
        width=draw(st.sampled_from([1, 12])),
    )


def sorted_box(x1: float, y1: float, x2: float, y2: float) -> tuple[float, float, float, float]:
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


@pytest.mark.slow
@given(rows=st.lists(detected_rows(), min_size=1, max_size=6))
@settings(deadline=None)
def test_what_was_detected_is_what_a_loop_over_the_boxes_gives(rows: list[Row]) -> None:
    for found, row in zip(measured(*rows), rows, strict=True):
        assert found == near(detections_of(row))


def test_the_score_counts_where_no_label_carries_a_confidence() -> None:
    labelled = a_row(labels=["a(0.2)", "b", "c(0.6)"], confidences=[0.2, None, 0.6], score=0.9)
    scored = a_row(labels=["a"], confidences=[None], score=0.9)
    for row, expected in ((labelled, (0.6, 0.4, 0.2)), (scored, (0.9,) * 3), (a_row(), (None,) * 3)):
        [found] = measured(row)
        assert (
            found["confidence_max"],
            found["confidence_mean"],
            found["confidence_min"],
        ) == pytest.approx(expected)


def test_boxes_of_the_most_frequent_label_are_counted_whatever_their_confidences() -> None:
    labels = ["a bird(0.91)", "a bird(0.40)", "a tree(0.50)"]
    [found] = measured(a_row(boxes=[*BOX, 1, 1, 3, 3, 0, 0, 8, 6], labels=labels, confidences=[0.5] * 3))
    assert found["n_boxes_same_type"] == 2
    assert found["same_type_cover"] == 7 / 48


def test_of_labels_that_are_equally_frequent_the_first_counts() -> None:
    [found] = measured(a_row(boxes=[*BOX, 0, 0, 8, 6], labels=["b", "a"], confidences=[None] * 2))
    assert (found["n_boxes_same_type"], found["same_type_cover"]) == (1, 4 / 48)


def test_boxes_without_a_label_each_are_of_one_type() -> None:
    [found] = measured(a_row(boxes=[*BOX, 4, 4, 6, 6], labels=["a"], confidences=[None]))
    assert (found["n_boxes_same_type"], found["same_type_cover"]) == (2, 8 / 48)


def test_a_box_beyond_the_image_covers_what_is_inside() -> None:
    [found] = measured(a_row(boxes=[-5.0, -5.0, 100.0, 3.0]))
    assert found["same_type_cover"] == 0.5


def test_the_cover_of_an_image_of_unknown_size_is_unknown() -> None:
    [found] = measured(a_row(boxes=list(BOX), height=None, width=None))
    assert (found["n_boxes_same_type"], found["same_type_cover"]) == (1, None)
