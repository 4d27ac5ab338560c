"""What runs in the browser: its HTML, its CSS, and its JavaScript, one file per subject.

The root element carries `data-task-id`, the opaque id of the mask on the screen ("" when there is none), and
`data-painted="true"` from the moment that it is painted and keys count: scripts that drive the page wait for
it.
"""

from dataclasses import dataclass
from pathlib import Path

NAME = "mask_audit_desk"

_FOLDER = Path(__file__).parent

# The browser gets one module: each file may use what those before it define.
_SCRIPTS = (
    "answer.js",
    "outbox.js",
    "courier.js",
    "ledger.js",
    "unreached.js",
    "picture.js",
    "keys.js",
    "view.js",
    "preferences.js",
    "desk.js",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The component as text, as `st.components.v2.component` takes it."""

    html: str
    css: str
    js: str


def load_assets() -> Assets:
    """Read the component's files."""
    return Assets(
        html=_text("page.html"), css=_text("page.css"), js="\n".join(_text(name) for name in _SCRIPTS)
    )


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
