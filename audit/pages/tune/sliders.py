"""The sliders: a threshold for every chosen feature."""

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from audit.features.references import FeatureReference
from audit.jobs.tuning_board.conditions import Condition
from audit.jobs.tuning_board.scales import Scale, stop_text
from audit.jobs.tuning_board.words import SIGNS, unknown_text
from audit.pages.notice import plain
from audit.rules.feature_threshold import Unknown
from sampling.thresholds.boxes import Direction

_UNKNOWN = {Unknown.DROP: "drop", Unknown.KEEP: "keep"}


def move(setting: str, reference: FeatureReference, scale: Scale) -> Condition:
    """Draw the slider of one feature; give where it stands."""
    state = st.session_state
    at, side, unknown = (_key(setting, reference, part) for part in ("at", "side", "unknown"))
    state.setdefault(side, Direction.AT_LEAST)
    state.setdefault(unknown, Unknown.KEEP)
    state.setdefault(at, scale.loosest(state[side]))
    with st.container(border=True, gap="small"):
        with _in_line():
            st.markdown(f"**{plain(str(reference))}**", help=plain(reference.means), width="content")
            st.segmented_control(
                "Which side is kept",
                tuple(SIGNS),
                format_func=SIGNS.__getitem__,
                key=side,
                required=True,
                label_visibility="collapsed",
                on_change=partial(_loosen, at, side, scale),
            )
        stops = scale.with_stop(state[at]).stops
        if len(stops) > 1:
            st.select_slider(
                reference.name, stops, format_func=stop_text, key=at, label_visibility="collapsed"
            )
        elif scale.n_unknown < scale.n_masks:
            st.caption(f"{stop_text(stops[0])} wherever it is known")
        if scale.n_unknown:
            with _in_line():
                st.caption(plain(unknown_text(scale)), width="content")
                st.segmented_control(
                    "What becomes of masks of which it is not known",
                    tuple(_UNKNOWN),
                    format_func=_UNKNOWN.__getitem__,
                    key=unknown,
                    required=True,
                    label_visibility="collapsed",
                )
    return Condition(reference=reference, direction=state[side], threshold=state[at], unknown=state[unknown])


def put(setting: str, conditions: Sequence[Condition]) -> None:
    """Put the sliders where conditions say; to be called before they are drawn."""
    for condition in conditions:
        state = st.session_state
        state[_key(setting, condition.reference, "at")] = condition.threshold
        state[_key(setting, condition.reference, "side")] = condition.direction
        state[_key(setting, condition.reference, "unknown")] = condition.unknown


def _in_line() -> DeltaGenerator:
    """What is drawn in it stands in one line, as far apart as there is room."""
    return st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")


def _loosen(at: str, side: str, scale: Scale) -> None:
    """Keep everything again: a threshold of one side says nothing of the other."""
    st.session_state[at] = scale.loosest(st.session_state[side])


def _key(setting: str, reference: FeatureReference, part: str) -> str:
    return f"tune-{part}-{setting}-{reference}"
