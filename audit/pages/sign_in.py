"""The way in: finds out who opens a page, or asks."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAuthError

from audit.errors import InputError
from audit.jobs.access import (
    AccessError,
    Admission,
    admit_by_email,
    admit_by_link,
    admit_local,
)
from audit.jobs.review.desk import open_store
from audit.jobs.serve import (
    COMPARED_VARIABLE,
    SAMPLE_VARIABLE,
    WITHOUT_SIGN_IN_VARIABLE,
    WORKSPACE_VARIABLE,
)
from audit.pages import address_bar, notice
from audit.pages.visit import Visit
from audit.review.locality import comes_from_here
from audit.review.throttle import Throttle
from audit.settings import Settings, load_settings
from db.store import Store

_FROM_HERE = "loopback"


def enter() -> bool:
    """Put who opened the page into the session, as `visit`; give False where they have to sign in first.

    Raises:
        AuditError: the workspace cannot be opened, or this person may not come in.
        StoreError: the database does not answer.
    """
    state = st.session_state
    now = datetime.now(UTC)
    if "visit" not in state:
        settings = load_settings(workspace_folder())
        store = _shared_store(settings.database_url)
        admission = _admission(settings, store, now)
        if admission is None:
            return False
        state.visit = Visit(
            store=store,
            settings=settings,
            admission=admission,
            sample_name=os.environ.get(SAMPLE_VARIABLE),
            compared=_compared(),
        )
    state.visit.check(now)
    return True


def is_local() -> bool:
    """Whether nobody signs in here, and the page was opened on the machine that serves it."""
    return WITHOUT_SIGN_IN_VARIABLE in os.environ and comes_from_here(
        st.context.ip_address, st.context.headers
    )


def workspace_folder() -> Path:
    """Give the folder that the server was started for."""
    return Path(os.environ.get(WORKSPACE_VARIABLE, ".")).resolve()


def _compared() -> tuple[str, str] | None:
    named = os.environ.get(COMPARED_VARIABLE)
    if named is None:
        return None
    a, b = json.loads(named)
    return a, b


def _admission(settings: Settings, store: Store, now: datetime) -> Admission | None:
    if WITHOUT_SIGN_IN_VARIABLE in os.environ:
        if not is_local():
            raise AccessError(
                "this page is served to the machine it runs on alone: to open it to others, start it with "
                "`mask-audit review --sign-in`"
            )
        return admit_local(store, now)
    return _by_provider(store) if settings.sign_in == "oidc" else _by_link(settings, store, now)


def _by_link(settings: Settings, store: Store, now: datetime) -> Admission | None:
    cookie = address_bar.cookie_name(settings.folder)
    given = st.query_params.get(address_bar.PARAMETER)
    token = given or st.context.cookies.get(cookie)
    if not token:
        notice.tell("this review is for invited people: open the personal link that you were sent")
        return None
    try:
        admission = admit_by_link(
            store,
            _shared_throttle(),
            token,
            address=st.context.ip_address or _FROM_HERE,
            seconds=time.monotonic(),
            now=now,
        )
    except AccessError:
        if given:
            address_bar.clear()
        else:
            address_bar.forget(cookie)
        raise
    if given:
        address_bar.keep(cookie, until=admission.reviewer.link_expires_at, now=now)
    return admission


def _by_provider(store: Store) -> Admission | None:
    if not st.user.get("is_logged_in"):
        _ask_to_sign_in()
        return None
    try:
        return admit_by_email(store, st.user.get("email"), is_verified=st.user.get("email_verified"))
    except AccessError as error:
        notice.refuse(str(error))
        st.button("Sign in as somebody else", on_click=st.logout)
        return None


def _ask_to_sign_in() -> None:
    asked = st.empty()
    with asked.container():
        notice.tell("this review is for invited people: sign in with the e-mail address that was invited")
        wants_in = st.button("Sign in", type="primary")
    if not wants_in:
        return
    try:
        st.login()
    except StreamlitAuthError as error:
        asked.empty()
        raise InputError(
            "the server was not told who vouches for people: start it with `mask-audit review`"
        ) from error


@st.cache_resource(show_spinner=False)
def _shared_store(database_url: str) -> Store:
    return open_store(database_url)


@st.cache_resource(show_spinner=False)
def _shared_throttle() -> Throttle:
    return Throttle()
