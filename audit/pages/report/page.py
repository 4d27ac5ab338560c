"""The whole page: what is said of a sample, the masks behind it, and the galleries."""

from datetime import UTC, datetime

import streamlit as st

from audit.jobs.report_board import words
from audit.jobs.report_board.board import ReportBoard, ReportChoices, load_report_choices, open_report_board
from audit.jobs.report_board.mask_filter import MaskFilter
from audit.pages.lead_page import draw_page
from audit.pages.notice import plain
from audit.pages.report import address, filters, kept_ready, masks, sections
from audit.pages.report.address import View
from audit.pages.visit import Visit

_STYLE = """<style>
[data-testid="stHeader"] { display: none; }
[data-testid="stMainBlockContainer"] { padding: 1rem 2rem 3rem; max-width: 1320px; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.6rem; padding: 0; }
[data-testid="stElementContainer"][data-stale="true"] { opacity: 1 !important; }
[data-testid="stMainBlockContainer"] h2 { font-size: 1.25rem; }
[data-testid="stCaptionContainer"] { color: color-mix(in srgb, currentcolor 85%, transparent); }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * { opacity: 1 !important; }
[data-testid="stCaptionContainer"] * { color: inherit; }
[data-testid*="segmented_controlActive"] p, [aria-checked="true"] p { color: CanvasText; }
[class*="st-key-report-cards"] {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr));
}
[class*="st-key-report-cards"]:has([data-testid="stColumn"]) {
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr));
}
[class*="st-key-report-cards"] > * { height: 100%; }
.report-table { overflow-x: auto; max-height: 36rem; }
.report-table table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.report-table th, .report-table td {
  padding: 0.35rem 0.75rem; text-align: right; vertical-align: top; font-weight: 400;
  border-bottom: 1px solid color-mix(in srgb, currentcolor 15%, transparent);
}
.report-table thead th { font-weight: 600; vertical-align: bottom; }
.report-table .label { text-align: left; min-width: 7rem; max-width: 24rem; overflow-wrap: break-word; }
.report-table small { display: block; opacity: 0.75; white-space: nowrap; }
.report-table a { color: inherit; text-decoration: underline; text-underline-offset: 3px; }
</style>"""

_CHOICES = "report-choices"
_TITLES = {View.REPORT: "The report", View.MASKS: "Masks", View.GALLERIES: "Galleries"}


def main(visit: Visit) -> None:
    """Draw the page."""
    st.html(_STYLE)
    draw_page(visit, title="What the verdicts say", address="./report", show=_show_board)


def _show_board(visit: Visit) -> None:
    if _CHOICES not in st.session_state:  # once a visit: others judge meanwhile, and the figures would jump
        workspace = open_report_board(visit.store, visit.settings)
        st.session_state[_CHOICES] = load_report_choices(workspace, datetime.now(UTC))
    choices: ReportChoices = st.session_state[_CHOICES]
    unknown_sample = address.follow_sample(choices.samples, visit.sample_name)
    where = (choices.stamp, _choose_sample(choices))
    board = kept_ready.board(*where, visit)
    if unknown_sample is not None:
        st.warning(plain(words.unknown_sample_text(unknown_sample, where[1])))
    unknown = address.follow(board.offered)
    if unknown:
        st.warning(plain(words.unknown_text(unknown)))
    _show_status(board, choices)
    view: View | None = st.segmented_control(
        "View",
        tuple(View),
        format_func=_TITLES.__getitem__,
        required=True,
        key=address.VIEW_KEY,
        label_visibility="collapsed",
    )
    wanted, page = MaskFilter(), 1
    match view:
        case View.REPORT:
            sections.show_sections(kept_ready.sections(*where, board))
        case View.MASKS:
            wanted = filters.choose(board)
            page = masks.show_chosen(visit, board, where, wanted)
        case View.GALLERIES:
            masks.show_galleries(kept_ready.galleries(*where, visit, board))
    address.write(view or View.REPORT, wanted, page, where[1] if len(choices.samples) > 1 else None)


def _choose_sample(choices: ReportChoices) -> str:
    if len(choices.samples) == 1:
        return choices.samples[0]
    chosen: str = st.selectbox(
        "Sample",
        choices.samples,
        key=address.SAMPLE_KEY,
        on_change=address.choose_first_page,
        width=320,
    )
    return chosen


def _show_status(board: ReportBoard, choices: ReportChoices) -> None:
    if not board.content.n_verdicts:
        st.info(words.NO_VERDICTS)
    elif board.document.is_done:
        st.success(plain(board.document.status))
    else:
        st.warning(plain(board.document.status))
    at = f"As it stood at {choices.at:%H:%M:%S} UTC. Reload the page for later verdicts."
    told = (*(f"⚠ {warning}" for warning in board.document.warnings), at)
    st.caption("  \n".join(map(plain, told)))
