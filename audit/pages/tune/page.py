"""The whole page: choices, sliders, figures, and one of several views of what the sliders keep."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import partial

import streamlit as st

from audit.jobs.tuning_board import words
from audit.jobs.tuning_board.board import Choices, load_choices, open_board
from audit.jobs.tuning_board.conditions import kept_masks
from audit.jobs.tuning_board.gallery import judged_masks
from audit.jobs.tuning_board.kept import what_is_kept
from audit.pages.lead_page import draw_page
from audit.pages.notice import plain
from audit.pages.tune import gallery, kept_ready, rules, sliders, views
from audit.pages.tune.choosing import choose
from audit.pages.visit import Visit

_STYLE = """<style>
[data-testid="stHeader"] { display: none; }
[data-testid="stMainBlockContainer"] { padding: 1rem 2rem 3rem; max-width: 1320px; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.6rem; padding: 0; }
[data-testid="stElementContainer"][data-stale="true"] { opacity: 1 !important; }
.st-key-tune-figures [data-testid="stColumn"] { flex: 1 1 150px; min-width: 150px; }
.st-key-tune-cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(232px, 1fr)); }
[data-testid="stMetricValue"] { font-size: 1.5rem; font-variant-numeric: tabular-nums; }
</style>"""


_CHOICES = "tune-choices"


class View(StrEnum):
    """What is shown below the sliders."""

    MASKS = "Masks"
    SLICES = "Splits and categories"
    CALIBRATION = "Calibration"
    RULES = "Rules"


def main(visit: Visit) -> None:
    """Draw the page."""
    st.html(_STYLE)
    draw_page(visit, title="Tune the thresholds", address="./tune", show=_show_board)


def _show_board(visit: Visit) -> None:
    workspace = open_board(visit.store, visit.settings)
    if _CHOICES not in st.session_state:  # once a visit: others judge meanwhile, and the figures would jump
        st.session_state[_CHOICES] = load_choices(workspace, datetime.now(UTC))
    choices: Choices = st.session_state[_CHOICES]
    chosen = choose(visit, choices, partial(kept_ready.usual_features, visit, choices))
    if not chosen.references:
        st.info("Choose at least one feature.")
        return
    data = kept_ready.board(visit, chosen)
    st.caption(plain(words.basis_text(data, choices.at)))
    found = rules.put_found(chosen)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        rules.offer_finding(workspace, data, chosen)
        conditions = {
            each: sliders.move(chosen.setting, each, kept_ready.scale(chosen, data, each))
            for each in chosen.references
        }
    put = tuple(conditions.values())
    kept = kept_masks(data.masks, put)
    with right:
        views.show_figures(what_is_kept(data, kept, chosen.figures))
        rules.show_guarantee(found, put, chosen)
        views.show_curve(data, chosen, conditions)
    view = st.segmented_control(
        "View", tuple(View), default=View.MASKS, required=True, key="tune-view", label_visibility="collapsed"
    )
    match view:
        case View.MASKS:
            gallery.show(visit, judged_masks(data, kept))
        case View.SLICES:
            views.show_slices(data, kept, chosen)
        case View.CALIBRATION:
            views.show_calibration(data, chosen)
        case View.RULES:
            rules.show_rules(workspace, data, chosen, put, found)
