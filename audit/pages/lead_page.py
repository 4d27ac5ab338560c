"""The frame of a page for leads: its title, links to the others, and errors as sentences."""

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from audit.errors import AuditError, NotReadyError
from audit.jobs.access import told_to
from audit.pages import sign_out
from audit.pages.notice import plain
from audit.pages.visit import Visit
from db.errors import StoreError


def draw_page(visit: Visit, *, title: str, address: str, show: Callable[[Visit], None]) -> None:
    """Draw a page; what is chosen on it is drawn again by itself.

    Args:
        visit: who sees it.
        title: of the page.
        address: of the page, which is not linked to itself.
        show: draws what stands below the title.
    """
    sign_out.follow_other_tabs()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(title, anchor=False, width="content")
        links = visit.links_beside(address)
        st.html(
            " · ".join(f'<a href="{link.href}" target="_self">{link.label}</a>' for link in links),
            width="content",
        )
    _show_safely(visit, show)


@st.fragment
def _show_safely(visit: Visit, show: Callable[[Visit], None]) -> None:
    try:
        visit.check(datetime.now(UTC))
        show(visit)
    except NotReadyError as error:
        st.info(_sentence(visit, error))
    except (AuditError, StoreError) as error:
        st.error(_sentence(visit, error))


def _sentence(visit: Visit, error: AuditError | StoreError) -> str:
    told = told_to(visit.reviewer, error)
    return plain(f"{told[:1].upper()}{told[1:]}.")
