"""What takes long to load is kept ready for the next drawing, for all visits, until something changes."""

import streamlit as st

from audit.features.references import FeatureReference, parse_reference
from audit.jobs.mask_thumbnails import Thumbnail, load_thumbnail
from audit.jobs.tuning_board.board import Choices, load_board, load_usual_features, open_board
from audit.jobs.tuning_board.conditions import values_of
from audit.jobs.tuning_board.curve import feature_curve
from audit.jobs.tuning_board.gallery import GalleryMask
from audit.jobs.tuning_board.scales import Scale, make_scale
from audit.jobs.tuning_data import TuningData
from audit.pages.tune.choosing import Chosen
from audit.pages.visit import Visit
from sampling.thresholds.boxes import Direction
from sampling.thresholds.curve import AccuracyCurve

# A cached function is known by its arguments; one with an underscore is used and does not tell.


def usual_features(visit: Visit, choices: Choices, setting: str) -> tuple[FeatureReference, ...]:
    """Give the features that are chosen at first for a setting."""
    return _usual_features(choices.stamp, setting, visit)


def board(visit: Visit, chosen: Chosen) -> TuningData:
    """Give the masks of the chosen setting with the chosen features, and the verdicts on them."""
    names = tuple(map(str, chosen.references))
    return _board(chosen.stamp, chosen.sample, chosen.setting, names, visit)


def scale(chosen: Chosen, data: TuningData, reference: FeatureReference) -> Scale:
    """Give where the threshold of a feature can be put."""
    return _scale(chosen.stamp, chosen.setting, str(reference), data)


def curve(
    chosen: Chosen, data: TuningData, reference: FeatureReference, direction: Direction
) -> AccuracyCurve | None:
    """Give the curve of a feature."""
    where = (chosen.stamp, chosen.sample, chosen.setting)
    return _curve(where, str(reference), direction.value, chosen.figures.confidence, data)


def thumbnail(visit: Visit, mask: GalleryMask) -> Thumbnail | None:
    """Give the thumbnail of a mask; None where it is empty."""
    if mask.mask_id is None:
        return None
    return _thumbnail(visit.settings.database_url, mask.mask_id, visit, mask)


@st.cache_resource(max_entries=100, show_spinner="Looking for features that tell masks apart …")
def _usual_features(stamp: str, setting: str, _visit: Visit) -> tuple[FeatureReference, ...]:
    del stamp
    return load_usual_features(open_board(_visit.store, _visit.settings), setting)


@st.cache_resource(max_entries=4, show_spinner="Reading the features of every mask …")
def _board(stamp: str, sample: str, setting: str, references: tuple[str, ...], _visit: Visit) -> TuningData:
    del stamp
    return load_board(open_board(_visit.store, _visit.settings), sample, setting, references)


@st.cache_resource(max_entries=100, show_spinner=False)
def _scale(stamp: str, setting: str, reference: str, _data: TuningData) -> Scale:
    del stamp, setting
    return make_scale(values_of(_data.masks, parse_reference(reference)))


@st.cache_resource(max_entries=20, show_spinner="Drawing the curve …")
def _curve(
    where: tuple[str, ...], reference: str, direction: str, confidence: float, _data: TuningData
) -> AccuracyCurve | None:
    del where
    return feature_curve(_data, parse_reference(reference), Direction(direction), confidence=confidence)


# A photo that is out of reach may come back: a thumbnail is kept for ten minutes.
@st.cache_data(max_entries=500, ttl=600, show_spinner=False)
def _thumbnail(database_url: str, mask_id: str, _visit: Visit, _mask: GalleryMask) -> Thumbnail:
    del database_url
    return load_thumbnail(_visit.store, mask_id, _mask.unit)
