"""The page that forgets who was signed in on this browser."""

import streamlit as st

from audit.pages import address_bar, notice
from audit.pages.sign_in import workspace_folder

PATH = "sign-out"


def main() -> None:
    """Draw the page."""
    st.session_state.clear()
    address_bar.forget(address_bar.cookie_name(workspace_folder()))
    if st.user.get("is_logged_in"):
        st.logout()
    notice.tell("you are signed out; verdicts that were saved stay saved")
