"""The page where masks are judged: shows what the review job answers, and hands it what was pressed."""

from datetime import UTC, datetime

import streamlit as st

from audit.jobs.review.desk import DeskRequest, open_desk
from audit.jobs.review.exchange import answer_page
from audit.pages.visit import Visit
from audit.review import component
from audit.review.opening import DeskKind

_COMPONENT_KEY = "review"

# The component fills the window and says itself when the server is away: Streamlit's own dialog would cover
# it, and its dimming of what is being drawn anew would flicker under the reviewer's eyes.
_STYLE = """<style>
[data-testid="stHeader"], [data-testid="stStatusWidget"] { display: none !important; }
[data-testid="stDialog"], [data-testid="stSkipToContent"] { display: none !important; }
[data-testid="stElementContainer"][data-stale="true"] { opacity: 1 !important; }
</style>"""


def main(visit: Visit, kind: DeskKind) -> None:
    """Draw the page of one kind of desk."""
    st.html(_STYLE)
    state = st.session_state
    if "desk" not in state or (state.desk.kind, state.desk.admission) != (kind, visit.admission):
        request = DeskRequest(
            admission=visit.admission,
            kind=kind,
            sample_name=visit.sample_name,
            compared=visit.compared,
            links=visit.links_beside("./settle" if kind is DeskKind.SETTLE else "./"),
        )
        state.desk = open_desk(visit.store, visit.settings, request, datetime.now(UTC))
        state.answer = answer_page(visit.store, state.desk, None, now=datetime.now(UTC))
    _show_desk()


def _exchange() -> None:
    """Take one message of the browser; runs before the page is drawn again, with the answer."""
    state = st.session_state
    message = state[_COMPONENT_KEY].get("exchange")
    state.answer = answer_page(state.visit.store, state.desk, message, now=datetime.now(UTC))


@st.fragment
def _show_desk() -> None:
    assets = component.load_assets()
    desk = st.components.v2.component(component.NAME, html=assets.html, css=assets.css, js=assets.js)
    desk(key=_COMPONENT_KEY, data=st.session_state.answer, on_exchange_change=_exchange)
