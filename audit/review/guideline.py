"""The guideline that reviewers read: from the workspace's Markdown to HTML that is safe on the page."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_CHARACTERS = 100_000
"""Of a longer guideline the rest is not shown: nobody reads it, and it would slow the page's start."""

MAX_IMAGE_BYTES = 2 * 1024**2
MAX_IMAGES_BYTES = 4 * 1024**2
"""Of one image, and of all together; those beyond are shown as their alternative text."""

_TYPE_OF_SUFFIX = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_NEW_TAB = {"target": "_blank", "rel": "noopener noreferrer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """What reviewers read before they judge.

    Attributes:
        html: safe to put into a page as it is.
        hash: SHA-256 of the file, in hex; every verdict remembers it.
    """

    html: str
    hash: str


def read_guideline(file: Path) -> Guideline | None:
    """Give the guideline in a Markdown file, or None where there is none that can be read.

    What is no UTF-8 shows as replacement characters, and what comes after `MAX_CHARACTERS` is not shown.
    """
    try:
        content = file.read_bytes()
    except OSError:
        return None
    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff")
    html = render_guideline(text[:MAX_CHARACTERS], file.parent)
    if len(text) > MAX_CHARACTERS:
        html += f"<p><em>The rest of {escape(file.name)} is too long to be shown here.</em></p>\n"
    return Guideline(html=html, hash=hashlib.sha256(content).hexdigest())


def render_guideline(text: str, folder: Path) -> str:
    r"""Give Markdown as safe HTML.

    HTML in it is shown as text, only links to http, https and mailto are links, and an image becomes a part
    of the page or, where it is none of the folder's or too large, its alternative text.

    Args:
        text: CommonMark with tables.
        folder: where its images lie.

    >>> render_guideline("Press **correct** <b>here</b>.", Path())
    '<p>Press <strong>correct</strong> &lt;b&gt;here&lt;/b&gt;.</p>\n'
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    images = _Images(folder)
    for token in tokens:
        _tame_links(token.children or ())
        _embed_images(token.children or (), images)
    return str(parser.renderer.render(tokens, parser.options, {}))


def _tame_links(tokens: Iterable[Token]) -> None:
    is_safe = False
    for token in tokens:
        if token.type == "link_open":  # a link holds no other link
            is_safe = bool(_SAFE_LINK.match(str(token.attrs["href"])))
            token.attrs = {**token.attrs, **_NEW_TAB} if is_safe else {}
        if token.type in ("link_open", "link_close") and not is_safe:
            token.tag = "span"


def _embed_images(tokens: Iterable[Token], images: "_Images") -> None:
    for token in tokens:
        if token.type != "image":
            continue
        address = images.embedded(str(token.attrs["src"]))
        if address is None:
            token.type = "text"  # its content is the alternative text
        else:
            token.attrs["src"] = address


class _Images:
    """Reads images of one folder, up to `MAX_IMAGES_BYTES` in all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._n_bytes = 0

    def embedded(self, address: str) -> str | None:
        """Give an image as a `data:` address, or None where it is not to be shown."""
        image_type = _TYPE_OF_SUFFIX.get(Path(unquote(address)).suffix.lower())
        content = None if image_type is None else self._read(unquote(address))
        if not content or self._n_bytes + len(content) > MAX_IMAGES_BYTES:
            return None
        self._n_bytes += len(content)
        return f"data:{image_type};base64,{b64encode(content).decode()}"

    def _read(self, path: str) -> bytes | None:
        try:
            folder = self._folder.resolve()
            file = (folder / path).resolve()
            is_fit = file.is_relative_to(folder) and file.is_file() and file.stat().st_size <= MAX_IMAGE_BYTES
            return file.read_bytes() if is_fit else None
        except (OSError, ValueError):  # ValueError: a path that no file can have
            return None
