"""The charts say what the figures say, and text from data is never markup in them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from plotly.io import to_json

from audit.features.references import FeatureReference, parse_reference
from audit.jobs.tuning_board.calibration import feature_calibration
from audit.jobs.tuning_board.charts import Marks, calibration_chart, curve_chart, kept_chart
from audit.jobs.tuning_board.conditions import Condition, kept_masks
from audit.jobs.tuning_board.curve import feature_curve
from audit.jobs.tuning_board.kept import Figures, what_is_kept_by
from audit.jobs.tuning_board.words import kept_rows
from audit.jobs.tuning_data import TuningData
from audit.jobs.tuning_masks import Codes
from audit.rules.feature_threshold import Unknown
from sampling.estimation.estimands import Estimand
from sampling.thresholds.boxes import Direction

HOSTILE = "<a href='javascript:alert(1)'>crow</a>"
FIGURES = Figures(estimand=Estimand.ANNOTATION, confidence=0.95)
IOU = parse_reference("iou")


def kept_at_half(data: TuningData) -> np.ndarray:
    condition = Condition(reference=IOU, direction=Direction.AT_LEAST, threshold=0.5, unknown=Unknown.DROP)
    return kept_masks(data.masks, [condition])


@pytest.mark.slow
def test_names_of_slices_are_escaped_in_charts_and_left_alone_in_tables(data: TuningData) -> None:
    slices = Codes(names=(HOSTILE,), codes=np.zeros(data.masks.n_masks, np.int32))
    parts = what_is_kept_by(data, kept_at_half(data), slices, FIGURES)

    assert "<a" not in json.loads(to_json(kept_chart(parts)))["data"][0]["y"][0]
    assert kept_rows(parts, "split")[0]["split"] == HOSTILE


def test_names_of_settings_are_escaped_in_axes(data: TuningData) -> None:
    curve = feature_curve(data, IOU, Direction.AT_LEAST, confidence=0.95)
    assert curve is not None

    charts = (
        curve_chart(curve, f"iou:{HOSTILE}", Marks(threshold=0.5, target=0.9)),
        calibration_chart(
            feature_calibration(data, IOU, FIGURES), FeatureReference(name="iou", other=HOSTILE)
        ),
    )

    for chart in charts:
        assert chart.layout.xaxis.title.text.startswith("iou:&lt;a href")


def test_the_curve_shows_band_accuracy_and_coverage_at_the_same_thresholds(data: TuningData) -> None:
    curve = feature_curve(data, IOU, Direction.AT_LEAST, confidence=0.95)
    assert curve is not None

    band, coverage, accuracy, target = curve_chart(curve, "iou", Marks(threshold=0.5, target=0.9)).data

    n = len(curve.points)
    assert len(band.x) == 2 * n
    assert list(coverage.x) == list(accuracy.x) == sorted(point.threshold for point in curve.points)
    assert coverage.y[0] == 1.0
    assert set(target.y) == {0.9}
    assert accuracy.hovertext[-1].startswith("≥ 1 keeps ")


def test_values_over_several_powers_of_ten_get_a_logarithmic_axis(data: TuningData) -> None:
    wide = data.masks.with_features([0])
    wide.features[:, 0] = np.geomspace(1e-5, 1, wide.n_masks)
    bins = feature_calibration(replace(data, masks=wide), IOU, FIGURES)

    assert calibration_chart(bins, IOU).layout.xaxis.type == "log"


def test_only_a_confidence_is_held_against_what_it_claims(data: TuningData) -> None:
    confidence = parse_reference("confidence_max")

    claimed = calibration_chart(feature_calibration(data, confidence, FIGURES), confidence)
    agreement = calibration_chart(feature_calibration(data, IOU, FIGURES), IOU)

    assert [trace.name for trace in claimed.data] == ["Were it a probability", "Accuracy"]
    assert [trace.name for trace in agreement.data] == ["Accuracy"]
