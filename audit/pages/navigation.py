"""Which pages there are, and who may open them."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from audit.errors import AuditError
from audit.jobs.access import check_lead, told_to
from audit.pages import desk, lead, notice, sign_in, sign_out
from audit.pages.report import page as report
from audit.pages.tune import page as tune
from audit.pages.visit import Visit
from audit.review.opening import DeskKind
from db.errors import StoreError

Page = Callable[[Visit], None]


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="Mask review", page_icon="🔎", layout="wide")
    page = st.navigation(
        [
            st.Page(_shown(_first_desk), title="Mask review", default=True),
            st.Page(
                _shown_to_leads(partial(desk.main, kind=DeskKind.SETTLE)),
                title="Mask review: settle",
                url_path="settle",
            ),
            st.Page(_shown_to_leads(lead.main), title="Mask review: lead", url_path="lead"),
            st.Page(_shown_to_leads(tune.main), title="Mask review: tune", url_path="tune"),
            st.Page(_shown_to_leads(report.main), title="Mask review: report", url_path="report"),
            st.Page(sign_out.main, title="Mask review: sign out", url_path=sign_out.PATH),
        ],
        position="hidden",
    )
    try:
        if page.url_path == sign_out.PATH or sign_in.enter():
            page.run()
    except (AuditError, StoreError) as error:
        notice.refuse(_told(error))


def _told(error: AuditError | StoreError) -> str:
    if sign_in.is_local():
        return str(error)
    visit: Visit | None = st.session_state.get("visit")
    return told_to(None if visit is None else visit.reviewer, error)


def _first_desk(visit: Visit) -> None:
    desk.main(visit, DeskKind.REVIEW if visit.compared is None else DeskKind.COMPARE)


def _shown(page: Page) -> Callable[[], None]:
    def show() -> None:
        page(st.session_state.visit)

    return show


def _shown_to_leads(page: Page) -> Callable[[], None]:
    def show() -> None:
        visit = st.session_state.visit
        check_lead(visit.admission)
        page(visit)

    return show
