"""The choices by which masks are filtered, in a row."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from audit.jobs.report_board import words
from audit.jobs.report_board.board import ReportBoard
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from audit.pages.report import address
from audit.pages.report.address import facet_key


def choose(board: ReportBoard) -> MaskFilter:
    """Draw the choices; give what they let through."""
    address.keep_chosen()
    chosen: dict[Facet, str] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", key="report-filters"):
        for facet, values in _shown(board.offered).items():
            value = st.selectbox(
                words.FACET_NAMES[facet],
                values,
                index=None,
                placeholder="All",
                format_func=partial(_option, facet, board.names),
                key=facet_key(facet),
                on_change=address.choose_first_page,
                width=190,
            )
            if value is not None:
                chosen[facet] = value
        st.button("Clear", on_click=_clear, disabled=not chosen, icon=":material/filter_alt_off:")
    return MaskFilter.of(chosen)


def _shown(offered: Mapping[Facet, tuple[str, ...]]) -> dict[Facet, tuple[str, ...]]:
    """Facets that tell masks apart; to hold settings against each other takes one that is chosen."""
    setting = st.session_state.get(facet_key(Facet.SETTING))
    others = tuple(value for value in offered[Facet.AGAINST] if value != setting)
    against = facet_key(Facet.AGAINST)
    if setting is None or st.session_state.get(against) not in others:
        st.session_state[against] = None
    found = {facet: values for facet, values in offered.items() if values}
    if setting is None:
        found.pop(Facet.AGAINST, None)
    elif others:
        found[Facet.AGAINST] = others
    return found


def _option(facet: Facet, names: Mapping[str, str], value: str) -> str:
    return words.value_text(facet, value, names)


def _clear() -> None:
    address.choose(MaskFilter())
    address.choose_first_page()
