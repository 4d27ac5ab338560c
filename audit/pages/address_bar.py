"""Takes a personal link's secret out of the address bar and keeps it in a cookie.

It never travels from the server to the page: the script reads it where the reviewer put it.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import streamlit as st

PARAMETER = "link"
LONGEST_KEPT = timedelta(days=400)
"""Browsers keep no cookie for longer: RFC 6265bis, 5.5."""

_NAME = "mask_audit_address_bar"
_SCRIPT = Path(__file__).with_name("address_bar.js")


def cookie_name(workspace: Path) -> str:
    """Give the cookie's name; a browser keeps one for all ports of a host, so it tells workspaces apart."""
    return f"mask_audit_{sha256(str(workspace).encode()).hexdigest()[:16]}"


def keep(cookie: str, *, until: datetime | None, now: datetime) -> None:
    """Keep the secret that is in the address bar until its link ends, and take it from there."""
    kept = LONGEST_KEPT if until is None else min(until - now, LONGEST_KEPT)
    _run({"parameter": PARAMETER, "cookie": cookie, "seconds": int(kept.total_seconds())})


def forget(cookie: str) -> None:
    """Forget the secret, in the cookie and in the address bar, and say so to the other tabs."""
    _run({"parameter": PARAMETER, "cookie": cookie, "seconds": 0})


def clear() -> None:
    """Take a secret from the address bar, and leave alone what the cookie keeps."""
    _run({"parameter": PARAMETER, "cookie": "", "seconds": 0})


def _run(data: dict[str, str | int]) -> None:
    script = st.components.v2.component(_NAME, js=_SCRIPT.read_text(encoding="utf-8"))
    script(key=_NAME, data=data)
