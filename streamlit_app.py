"""The reviewer's page: shows what the review job answers, and hands it what the reviewer pressed.

`mask-audit review` starts it. The environment names the workspace (MASK_AUDIT_WORKSPACE) and, where it is not
the latest one, the sample (MASK_AUDIT_SAMPLE).
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from audit.errors import AuditError
from audit.jobs.review import LOCAL_REVIEWER, Desk, answer_page, open_desk, open_store
from audit.review import component
from audit.settings import load_settings
from db.store import Store

_COMPONENT_KEY = "review"

# The component fills the window and says itself when the server is away: Streamlit's own dialog would cover
# it, and its dimming of what is being drawn anew would flicker under the reviewer's eyes.
_PAGE_STYLE = """<style>
[data-testid="stHeader"], [data-testid="stStatusWidget"] { display: none !important; }
[data-testid="stDialog"], [data-testid="stSkipToContent"] { display: none !important; }
[data-testid="stElementContainer"][data-stale="true"] { opacity: 1 !important; }
</style>"""


@st.cache_resource(show_spinner=False)
def _shared_store(database_url: str) -> Store:
    return open_store(database_url)


def _open() -> tuple[Store, Desk]:
    settings = load_settings(Path(os.environ.get("MASK_AUDIT_WORKSPACE", ".")).resolve())
    store = _shared_store(settings.database_url)
    desk = open_desk(
        store,
        sample_name=os.environ.get("MASK_AUDIT_SAMPLE"),
        reviewer_name=LOCAL_REVIEWER,
        guideline_file=settings.guideline_file,
        now=datetime.now(UTC),
    )
    return store, desk


def _exchange() -> None:
    """Take one message of the browser; runs before the page is drawn again, with the answer."""
    state = st.session_state
    message = state[_COMPONENT_KEY].get("exchange")
    state.answer = answer_page(state.store, state.desk, message, now=datetime.now(UTC))


@st.fragment
def _show_desk() -> None:
    assets = component.load_assets()
    desk = st.components.v2.component(component.NAME, html=assets.html, css=assets.css, js=assets.js)
    desk(key=_COMPONENT_KEY, data=st.session_state.answer, on_exchange_change=_exchange)


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Mask review", page_icon="🔎", layout="wide")
    st.html(_PAGE_STYLE)
    state = st.session_state
    if "desk" not in state:
        try:
            state.store, state.desk = _open()
        except AuditError as error:
            st.error(str(error))
            return
        state.answer = answer_page(state.store, state.desk, None, now=datetime.now(UTC))
    _show_desk()


main()
