"""What runs in the browser: its HTML, its CSS, and its JavaScript, one file per subject.

The root element carries `data-task-id`, the opaque id of the mask on the screen ("" when there is none), and
`data-painted="true"` from the moment that it is painted and keys count: scripts that drive the page wait for
it.
"""

from dataclasses import dataclass
from pathlib import Path

NAME = "mask_audit_desk"

_FOLDER = Path(__file__).parent

_STYLES = ("page.css", "sheets.css", "sizes.css")

# The browser gets one module: each file may use what those before it define.
_COURIER = ("outbox.js", "courier.js")
_PACK_COURIER = ("pack.js", "pack_verdicts.js", "pack_strip.js", "pack_courier.js")
_DESK = (
    "ledger.js",
    "unreached.js",
    "preferences.js",
    "viewport.js",
    "pen.js",
    "pane.js",
    "picture.js",
    "inset.js",
    "pair.js",
    "lens.js",
    "overlay.js",
    "gestures.js",
    "signs.js",
    "gallery.js",
    "stage.js",
    "elements.js",
    "keys.js",
    "choices.js",
    "strip.js",
    "cards.js",
    "sheets.js",
    "practice.js",
    "hold.js",
    "view.js",
    "remarks.js",
    "walk.js",
    "shelf.js",
    "event.js",
    "controls.js",
    "desk.js",
    "mount.js",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The component as text, as `st.components.v2.component` takes it."""

    html: str
    css: str
    js: str


def load_assets() -> Assets:
    """Read the component's files."""
    return Assets(html=_text("page.html"), css=_joined(*_STYLES), js=_joined("answer.js", *_COURIER, *_DESK))


def load_pack_assets() -> Assets:
    """Read the files of an offline pack: the same desk, answered by the page itself; its script starts it."""
    return Assets(
        html=_text("pack.html").replace("<!-- desk -->", _text("page.html")),
        css=_joined(*_STYLES, "pack.css"),
        js=_joined("answer.js", *_PACK_COURIER, *_DESK, "pack_start.js"),
    )


def _joined(*names: str) -> str:
    return "\n".join(_text(name) for name in names)


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
