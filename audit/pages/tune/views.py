"""What a board says of the thresholds as they stand: figures, curve, slices and calibration."""

import streamlit as st

from audit.features.references import FeatureReference
from audit.jobs.tuning_board import charts, words
from audit.jobs.tuning_board.calibration import feature_calibration
from audit.jobs.tuning_board.conditions import Condition
from audit.jobs.tuning_board.kept import KeptPart, what_is_kept_by
from audit.jobs.tuning_data import TuningData
from audit.jobs.tuning_masks import Flags
from audit.pages.notice import plain
from audit.pages.tune import kept_ready
from audit.pages.tune.choosing import Chosen

_PLAIN_CHART = {"displayModeBar": False}


def show_figures(part: KeptPart) -> None:
    """Draw the figures that matter most."""
    with st.container(key="tune-figures"):
        for place, (name, (figure, basis)) in zip(st.columns(4), words.headline(part).items(), strict=True):
            with place.container(border=True, gap=None, height="stretch"):
                st.metric(name, figure)
                st.caption(plain(basis))


def show_curve(data: TuningData, chosen: Chosen, conditions: dict[FeatureReference, Condition]) -> None:
    """Draw the curve of the feature in focus."""
    names = {str(each): each for each in conditions}
    name = st.selectbox(
        "Feature of the curve",
        tuple(names),
        format_func=lambda each: f"Curve of {each}",
        key="tune-focus",
        label_visibility="collapsed",
        width=300,
    )
    condition = conditions[names[name]]
    curve = kept_ready.curve(chosen, data, condition.reference, condition.direction)
    if curve is None:
        st.caption("There is no curve: the feature is not known of any mask, or none has a verdict.")
        return
    marks = charts.Marks(threshold=condition.threshold, target=chosen.target)
    st.plotly_chart(charts.curve_chart(curve, name, marks), config=_PLAIN_CHART, key="tune-curve")
    st.caption(plain(words.curve_text(curve)))


def show_slices(data: TuningData, kept: Flags, chosen: Chosen) -> None:
    """Draw what is kept and lost by split and by category."""
    st.caption(plain(words.each_text(chosen.figures)))
    for what, slices in (("split", data.masks.splits), ("category", data.masks.categories)):
        st.markdown(f"#### By {what}")
        if not slices.names:
            st.caption(f"No mask has a {what}.")
            continue
        parts = what_is_kept_by(data, kept, slices, chosen.figures)
        largest_first = sorted(parts, key=lambda part: -part.n_masks)
        st.plotly_chart(charts.kept_chart(largest_first), config=_PLAIN_CHART, key=f"tune-kept-by-{what}")
        st.dataframe(words.kept_rows(largest_first, what), hide_index=True, height="content")


def show_calibration(data: TuningData, chosen: Chosen) -> None:
    """Draw how often masks are right at each level of every chosen feature."""
    st.caption(
        "Judged masks in bins of about as many, by the value of a feature: the accuracy of each, and its "
        "interval. A feature that says nothing of masks gives a flat line."
    )
    places = st.columns(2)
    for number, reference in enumerate(chosen.references):
        with places[number % 2].container(border=True):
            st.markdown(f"**{plain(str(reference))}**")
            bins = feature_calibration(data, reference, chosen.figures)
            if not bins:
                st.caption("This feature is not known of any judged mask.")
                continue
            figure = charts.calibration_chart(bins, reference)
            st.plotly_chart(figure, config=_PLAIN_CHART, key=f"tune-calibration-{reference}")
