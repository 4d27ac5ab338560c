"""What takes long to load is kept ready for the next drawing, for all visits, until something changes."""

from datetime import UTC, datetime

import streamlit as st

from audit.jobs.gallery_draws import Specimen
from audit.jobs.report_board.board import (
    ReportBoard,
    load_report_board,
    open_report_board,
)
from audit.jobs.report_board.cards import CardGallery, MaskCard, load_cards, load_galleries
from audit.jobs.report_board.choosing import chosen_masks, page_of
from audit.jobs.report_board.chosen_part import chosen_part
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from audit.jobs.report_board.shown_sections import ShownSection, shown_section, shown_sections
from audit.pages.visit import Visit

Values = tuple[tuple[Facet, str], ...]

# A cached function is known by its arguments; one with an underscore is used and does not tell. Photos may
# go and come back, and readings fall due as time goes by: nothing is kept for longer than ten minutes.
_SECONDS = 600


@st.cache_resource(max_entries=4, ttl=_SECONDS, show_spinner="Counting the verdicts …")
def board(stamp: str, sample: str, _visit: Visit) -> ReportBoard:
    """Give all that is said of a sample."""
    del stamp
    workspace = open_report_board(_visit.store, _visit.settings)
    return load_report_board(workspace, sample, datetime.now(UTC))


@st.cache_resource(max_entries=4, ttl=_SECONDS, show_spinner="Drawing the figures …")
def sections(stamp: str, sample: str, _board: ReportBoard) -> tuple[ShownSection, ...]:
    """Give every section of the report."""
    del stamp, sample
    return shown_sections(_board)


@st.cache_resource(max_entries=4, ttl=_SECONDS, show_spinner="Drawing the galleries …")
def galleries(stamp: str, sample: str, _visit: Visit, _board: ReportBoard) -> tuple[CardGallery, ...]:
    """Give every gallery of the report."""
    del stamp, sample
    return load_galleries(open_report_board(_visit.store, _visit.settings), _board)


@st.cache_resource(max_entries=50, ttl=_SECONDS, show_spinner=False)
def masks(stamp: str, sample: str, values: Values, _board: ReportBoard) -> tuple[Specimen, ...]:
    """Give the masks that a filter lets through."""
    del stamp, sample
    return chosen_masks(_board.state, MaskFilter(values))


@st.cache_resource(max_entries=50, ttl=_SECONDS, show_spinner=False)
def part(stamp: str, sample: str, values: Values, _board: ReportBoard) -> ShownSection:
    """Give what the verdicts say of what a filter lets through."""
    del stamp, sample
    wanted = MaskFilter(values)
    return shown_section(_board, "chosen-part", chosen_part(_board, wanted), wanted.of_part)


@st.cache_resource(max_entries=50, ttl=_SECONDS, show_spinner="Drawing the masks …")
def cards(
    where: tuple[str, str, Values], number: int, _visit: Visit, _board: ReportBoard
) -> tuple[MaskCard, ...]:
    """Give a page of the masks that a filter lets through."""
    stamp, sample, values = where
    found = masks(stamp, sample, values, _board)
    workspace = open_report_board(_visit.store, _visit.settings)
    return load_cards(workspace, _board, page_of(found, number).specimens)
