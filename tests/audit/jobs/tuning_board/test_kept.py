"""What is kept: exact shares of the population, and accuracies that equal plain counts where weights do."""

from dataclasses import replace

import numpy as np
import pytest

from audit.features.references import FeatureReference, parse_reference
from audit.jobs.mask_thumbnails import load_thumbnail
from audit.jobs.review_state import Outcome
from audit.jobs.tuning_board.calibration import feature_calibration
from audit.jobs.tuning_board.conditions import Condition, kept_masks
from audit.jobs.tuning_board.curve import feature_curve
from audit.jobs.tuning_board.gallery import PAGE_SIZE, Fate, gallery_page, judged_masks
from audit.jobs.tuning_board.kept import Figures, what_is_kept, what_is_kept_by
from audit.jobs.tuning_data import TuningData
from audit.jobs.workspace import Workspace
from audit.rules.feature_threshold import Unknown
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate
from sampling.thresholds.boxes import Direction
from tests.audit.jobs.tuned_workspace import N_MENTIONS, is_right, shift

IOU = parse_reference("iou")
FIGURES = Figures(estimand=Estimand.ANNOTATION, confidence=0.95)


def at_least(reference: FeatureReference, threshold: float, unknown: Unknown = Unknown.DROP) -> Condition:
    return Condition(reference=reference, direction=Direction.AT_LEAST, threshold=threshold, unknown=unknown)


def judged_numbers(data: TuningData) -> list[int]:
    units = [data.state.units[unit] for unit in data.verdicts.unit.tolist()]
    return [int(unit.annotation_id.rpartition("_")[2]) for unit in units]


def test_the_kept_share_is_that_of_the_population(data: TuningData) -> None:
    kept = kept_masks(data.masks, [at_least(IOU, 0.4)])

    part = what_is_kept(data, kept, FIGURES)

    expected = sum((20 - shift(number)) / (20 + shift(number)) >= 0.4 for number in range(N_MENTIONS))
    assert (part.n_kept, part.n_masks) == (expected, N_MENTIONS)


def test_accuracies_and_losses_equal_plain_counts_where_units_weigh_the_same(data: TuningData) -> None:
    numbers = judged_numbers(data)
    kept = kept_masks(data.masks, [at_least(IOU, 0.4)])
    is_kept = [(20 - shift(number)) / (20 + shift(number)) >= 0.4 for number in numbers]
    right = [is_right("A", number) for number in numbers]

    part = what_is_kept(data, kept, FIGURES)

    n_right_kept = sum(a and b for a, b in zip(is_kept, right, strict=True))
    assert (part.accuracy.n_correct, part.accuracy.n) == (n_right_kept, sum(is_kept))
    assert part.accuracy_of_dropped.n == len(numbers) - sum(is_kept) == 280 - sum(is_kept)
    assert (part.good_lost.n_correct, part.good_lost.n) == (sum(right) - n_right_kept, sum(right))
    assert isinstance(part.accuracy.estimate, Estimate)
    assert part.accuracy.estimate.value == pytest.approx(n_right_kept / sum(is_kept), abs=0.01)
    assert part.accuracy.estimate.interval.low < part.accuracy.estimate.value


def test_slices_add_up_to_all(data: TuningData) -> None:
    kept = kept_masks(data.masks, [at_least(IOU, 0.4)])

    every = what_is_kept(data, kept, FIGURES)
    by_split = what_is_kept_by(data, kept, data.masks.splits, FIGURES)

    assert [part.name for part in by_split] == ["entity", "query", "wiki"]
    for count in ("n_masks", "n_kept"):
        assert sum(getattr(part, count) for part in by_split) == getattr(every, count)
    for figure in ("accuracy", "accuracy_of_dropped", "good_lost"):
        assert sum(getattr(part, figure).n for part in by_split) == getattr(every, figure).n


def test_where_nothing_is_dropped_nothing_is_lost(data: TuningData) -> None:
    part = what_is_kept(data, kept_masks(data.masks, []), FIGURES)

    assert part.share_kept == 1
    assert part.accuracy_of_dropped.n == 0
    assert not isinstance(part.accuracy_of_dropped.estimate, Estimate)
    assert part.good_lost.n_correct == 0


def test_unknown_masks_are_kept_or_dropped_as_asked(data: TuningData) -> None:
    masks = data.masks.with_features([0])
    masks.features[:100] = np.nan

    dropped = kept_masks(masks, [at_least(IOU, 0.0)])
    kept = kept_masks(masks, [at_least(IOU, 0.0, Unknown.KEEP)])

    assert dropped.tolist() == [False] * 100 + [True] * (N_MENTIONS - 100)
    assert kept.all()


def test_a_rule_keeps_what_its_condition_keeps(data: TuningData) -> None:
    condition = Condition(reference=IOU, direction=Direction.AT_MOST, threshold=0.5, unknown=Unknown.KEEP)

    assert str(condition.rule().passes) == "iou is at most 0.5 or unknown"


def test_the_gallery_holds_every_judged_mask_once_with_its_verdict(data: TuningData) -> None:
    masks = judged_masks(data, kept_masks(data.masks, [at_least(IOU, 0.4)]))

    numbers = [int(mask.unit.annotation_id.rpartition("_")[2]) for mask in masks]
    assert sorted(numbers) == sorted(judged_numbers(data))
    for number, mask in zip(numbers, masks, strict=True):
        iou = (20 - shift(number)) / (20 + shift(number))
        assert mask.values[IOU] == pytest.approx(iou)
        assert mask.fate is (Fate.KEPT if iou >= 0.4 else Fate.DROPPED)
        assert mask.outcome is (Outcome.CORRECT if is_right("A", number) else Outcome.INCORRECT)


def test_pages_hold_every_mask_once_and_no_number_is_out_of_range(data: TuningData) -> None:
    masks = judged_masks(data, kept_masks(data.masks, []))

    pages = [gallery_page(masks, number) for number in range(1, gallery_page(masks, 1).n_pages + 1)]

    assert [mask for page in pages for mask in page.masks] == list(masks)
    assert all(len(page.masks) <= PAGE_SIZE for page in pages)
    assert gallery_page(masks, 999) == pages[-1]
    assert gallery_page([], 3).n_pages == gallery_page([], 3).number == 1


def test_a_mask_without_a_photo_is_shown_on_grey_with_the_reason(judged: Workspace, data: TuningData) -> None:
    [mask, *_] = judged_masks(data, kept_masks(data.masks, []))

    thumbnail = load_thumbnail(judged.store, str(mask.mask_id), mask.unit)

    assert thumbnail.jpeg is not None
    assert thumbnail.lacks == "the dataset was ingested without its images"


def test_the_curve_ends_where_every_mask_is_kept(data: TuningData) -> None:
    curve = feature_curve(data, IOU, Direction.AT_LEAST, confidence=0.95)

    assert curve is not None
    assert curve.points[-1].coverage == 1
    assert curve.points[-1].n_kept == len(data.verdicts.position)


def test_a_feature_that_is_never_known_has_no_curve_and_no_calibration(data: TuningData) -> None:
    masks = data.masks.with_features([0])
    masks.features[:] = np.nan
    unknown = replace(data, masks=masks)

    assert feature_curve(unknown, IOU, Direction.AT_LEAST, confidence=0.95) is None
    assert feature_calibration(unknown, IOU, FIGURES) == ()


def test_calibration_rises_with_a_feature_that_tells_right_from_wrong(data: TuningData) -> None:
    bins = feature_calibration(data, IOU, FIGURES)

    accuracies = [each.accuracy.n_correct / each.accuracy.n for each in bins]
    assert sum(each.accuracy.n for each in bins) == 280
    assert accuracies[-1] > 0.9
    assert accuracies[0] < 0.1
