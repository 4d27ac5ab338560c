"""Masks as cards: those that a filter lets through, page by page, and those of the report's galleries."""

from collections.abc import Sequence

import streamlit as st

from audit.jobs.report_board import words
from audit.jobs.report_board.board import ReportBoard
from audit.jobs.report_board.cards import CardGallery, MaskCard
from audit.jobs.report_board.choosing import loosenings, page_of
from audit.jobs.report_board.mask_filter import MaskFilter
from audit.jobs.review_state import Outcome
from audit.jobs.tuning_board.words import shortened
from audit.pages.notice import plain
from audit.pages.report import kept_ready
from audit.pages.report.address import PAGE_KEY
from audit.pages.report.sections import show_section
from audit.pages.visit import Visit

_WRONG = (Outcome.INCORRECT, Outcome.MISSING)
_ICONS = {Outcome.CORRECT: ":material/check:", Outcome.INCORRECT: ":material/close:"}


def show_chosen(visit: Visit, board: ReportBoard, where: tuple[str, str], wanted: MaskFilter) -> int:
    """Draw what a filter lets through; give the number of the page that is shown."""
    found = kept_ready.masks(*where, wanted.values, board)
    if not found:
        _show_nothing(board, where[1], wanted)
        return 1
    with st.expander("What the verdicts say of this choice"):
        show_section(kept_ready.part(*where, wanted.values, board))
    n_pages = page_of(found, 1).n_pages
    st.session_state[PAGE_KEY] = min(st.session_state.get(PAGE_KEY, 1), n_pages)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.caption(plain(words.found_text(found)), width="content")
        number = st.number_input(
            f"Page, of {n_pages:,}", min_value=1, max_value=n_pages, key=PAGE_KEY, width=140
        )
    with st.container(key="report-cards", gap="small"):
        for card in kept_ready.cards((*where, wanted.values), number, visit, board):
            _show_card(card)
    return number


def show_galleries(galleries: Sequence[CardGallery]) -> None:
    """Draw the galleries of the report."""
    if not galleries:
        st.info("There is nothing to show: no mask was judged.")
    for gallery in galleries:
        st.header(plain(gallery.title), anchor=False)
        st.caption(plain(gallery.caption))
        with st.container(key=f"report-cards-{gallery.key}", gap="small"):
            for card in gallery.cards:
                _show_card(card)


def _show_nothing(board: ReportBoard, sample: str, wanted: MaskFilter) -> None:
    st.info("No mask matches this filter.")
    values = {facet: words.value_text(facet, value, board.names) for facet, value in wanted.values}
    found = words.loosening_texts(loosenings(board.state, wanted), values, sample)
    if not found:
        st.text("Leaving out any one of the choices changes nothing: clear them.")
        return
    st.text("There would be masks:")
    for sentence, address in found:
        st.link_button(plain(sentence), address)


def _show_card(card: MaskCard) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        if card.outcomes:
            _show_outcomes(card)
        pictures = card.exhibit.pictures
        if len(pictures) == 1:
            st.image(pictures[0].jpeg, width="stretch", alt=pictures[0].alt)
        elif pictures:
            for column, picture in zip(st.columns(len(pictures), gap="xsmall"), pictures, strict=True):
                column.image(picture.jpeg, width="stretch", alt=picture.alt)
        name, *lines = (" ".join(line.split()) for line in (*card.exhibit.lines, *card.readings))
        shown = shortened(name)
        st.markdown(f"**{plain(shown)}**", help=None if shown == name else plain(name))
        st.caption("  \n".join(plain(line) for line in lines))


def _show_outcomes(card: MaskCard) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for outcome in card.outcomes:
            name, icon = words.OUTCOME_NAMES[outcome], _ICONS.get(outcome, ":material/block:")
            if outcome is Outcome.CORRECT:
                st.badge(name, icon=icon, color="green")
            else:
                st.badge(name, icon=icon, color="orange" if outcome in _WRONG else "gray")
