"""The sections of the report, drawn."""

from collections.abc import Sequence

import streamlit as st

from audit.jobs.report_board.shown_sections import ShownFigure, ShownSection
from audit.pages.notice import plain

_PLAIN_CHART = {"displayModeBar": False}


def show_sections(sections: Sequence[ShownSection]) -> None:
    """Draw sections below each other, with a list of them above."""
    st.caption(" · ".join(f"[{plain(section.title)}](#{_anchor(section)})" for section in sections))
    for section in sections:
        st.header(plain(section.title), anchor=_anchor(section))
        show_section(section)


def show_section(section: ShownSection) -> None:
    """Draw what stands under a heading."""
    for paragraph in section.paragraphs:
        st.caption(plain(paragraph))
    if section.points:
        st.markdown("\n".join(f"- {plain(' '.join(point.split()))}" for point in section.points))
    if section.table:
        st.html(section.table)
    if section.code:
        st.code(section.code, language=None, wrap_lines=True)
    for figure in section.figures:
        _show_figure(section, figure)


def _show_figure(section: ShownSection, figure: ShownFigure) -> None:
    if figure.title != section.title:
        st.markdown(f"**{plain(figure.title)}**")
    st.plotly_chart(figure.chart, config=_PLAIN_CHART, key=f"report-{section.key}-{figure.key}")
    st.caption(plain(figure.caption))
    with st.expander("The numbers of this figure"):
        st.html(figure.table)


def _anchor(section: ShownSection) -> str:
    return f"section-{section.key}"
