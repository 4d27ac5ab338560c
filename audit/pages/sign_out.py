"""The page that forgets who was signed in on this browser, and what takes other open pages there."""

from pathlib import Path

import streamlit as st

from audit.pages import address_bar, notice
from audit.pages.sign_in import workspace_folder

PATH = "sign-out"

_FOLLOWING = "mask_audit_sign_out"
_HIDDEN = f"<style>.st-key-{_FOLLOWING} {{ display: none; }}</style>"
_SCRIPT = Path(__file__).with_name("sign_out.js")


def main() -> None:
    """Draw the page."""
    st.session_state.clear()
    address_bar.forget(address_bar.cookie_name(workspace_folder()))
    if st.user.get("is_logged_in"):
        st.logout()
    notice.tell("you are signed out; verdicts that were saved stay saved")


def follow_other_tabs() -> None:
    """Leave the page that is drawn as soon as somebody signs out in another tab of this browser."""
    st.html(_HIDDEN)
    script = st.components.v2.component(_FOLLOWING, js=_SCRIPT.read_text(encoding="utf-8"))
    data = {"cookie": address_bar.cookie_name(workspace_folder()), "address": f"./{PATH}"}
    script(key=_FOLLOWING, data=data)
