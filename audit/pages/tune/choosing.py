"""What is tuned, and by which features: the choices at the top of the page."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from audit.features.references import FeatureReference
from audit.jobs.tuning_board.board import Choices
from audit.jobs.tuning_board.kept import Figures
from audit.pages.visit import Visit
from sampling.estimation.estimands import Estimand

MOST_FEATURES = 6
"""Sliders at a time; more are hard to move by eye, and each takes 8 bytes a mask."""

_ESTIMANDS = {
    Estimand.ANNOTATION: "of annotations",
    Estimand.ENTITY: "of entities",
    Estimand.MIX: "of the sample's mix",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a lead wants to see.

    Attributes:
        sample: by name.
        setting: by name.
        target: accuracy that what is kept should have, in (0, 1).
        figures: what the figures are of.
        references: the features with a slider.
        stamp: as of `Choices`.
    """

    sample: str
    setting: str
    target: float
    figures: Figures
    references: tuple[FeatureReference, ...]
    stamp: str


def choose(visit: Visit, choices: Choices, usual: Callable[[str], tuple[FeatureReference, ...]]) -> Chosen:
    """Draw the choices.

    Args:
        visit: of the page.
        choices: what there is.
        usual: gives the features that are chosen at first, by setting.
    """
    sample, setting, target, confidence, estimand = st.columns([2, 2, 1.2, 1.2, 1.8])
    served = visit.sample_name
    first = choices.samples.index(served) if served in choices.samples else 0
    chosen_sample = sample.selectbox("Sample", choices.samples, index=first, key="tune-sample")
    chosen_setting = setting.selectbox("Setting", choices.settings, key="tune-setting")
    chosen_target = _percent(target, "Target, %", visit.settings.target, "tune-target")
    chosen_confidence = _percent(confidence, "Confidence, %", visit.settings.confidence, "tune-confidence")
    chosen_estimand = estimand.selectbox(
        "Accuracy", tuple(_ESTIMANDS), format_func=_ESTIMANDS.__getitem__, key="tune-estimand"
    )
    offered = {str(each): each for each in choices.references(chosen_setting)}
    names = st.multiselect(
        "Features",
        tuple(offered),
        default=[str(each) for each in usual(chosen_setting)],
        max_selections=MOST_FEATURES,
        placeholder="Choose what thresholds are put on",
        key=f"tune-features-{chosen_setting}",
    )
    return Chosen(
        sample=chosen_sample,
        setting=chosen_setting,
        target=chosen_target,
        figures=Figures(estimand=chosen_estimand, confidence=chosen_confidence),
        references=tuple(offered[name] for name in names),
        stamp=choices.stamp,
    )


def _percent(place: DeltaGenerator, label: str, share: float, key: str) -> float:
    """A share that is typed as a number of percent."""
    percent = place.number_input(
        label, min_value=1.0, max_value=99.9, value=round(100 * share, 1), step=0.5, format="%.1f", key=key
    )
    return round(percent / 100, 6)
