"""The text of an offline pack: one page that holds photos, masks and questions, and needs no network.

A page is written from its start to its end, so that no more than one photo is in memory at a time:
`page_start`, then for every mask `photo_element`, unless an earlier mask has the same photo, and
`item_element`; then `page_end`. Whatever comes from the dataset stands in elements that no browser runs, as
base64 or as JSON without "<".
"""

import json
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape

from audit.review.component import Assets, load_pack_assets
from audit.review.outgoing import Item
from audit.review.packing import pack_item

# Pictures come from the page itself, and nothing else is ever fetched, sent or framed.
_POLICY = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPart:
    """What a page says of itself.

    Attributes:
        pack_id: under which the browser keeps its verdicts.
        name: of the file that its verdicts are exported to, without the suffix.
        number: of the part, from 1; None where there is only one.
        task_ids: its masks, in the reviewer's order.
        opening: the answer that a server would open the page with, packed.
    """

    pack_id: str
    name: str
    number: int | None
    task_ids: tuple[str, ...]
    opening: bytes


def page_start() -> bytes:
    """All that comes before the pictures."""
    assets = _assets()
    policy = _POLICY.format(script=b64encode(sha256(assets.js.encode()).digest()).decode())
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Mask review</title>
<link rel="icon" href="data:,">
<style>{assets.css}</style>
</head>
<body>
{assets.html}""".encode()


def photo_element(number: int, jpeg: bytes) -> bytes:
    """A photo, by its number in this page."""
    return _element(f"pack-photo-{number}", "text/plain", b64encode(jpeg))


def item_element(number: int, item: Item, photo_number: int) -> bytes:
    """A mask and what is asked of it, by its number in this page; its content must be a picture."""
    header, blobs = pack_item(item)
    content = {"header": header, "photo": photo_number, "drawn": b64encode(b"".join(blobs[1:])).decode()}
    return _element(f"pack-item-{number}", "application/json", _json(content))


def page_end(part: PackPart) -> bytes:
    """All that comes after the pictures."""
    manifest = {
        "pack_id": part.pack_id,
        "name": part.name,
        "part": part.number,
        "task_ids": part.task_ids,
        "opening": b64encode(part.opening).decode(),
    }
    script = f'<script type="module">{_assets().js}</script>\n</body>\n</html>\n'
    return _element("pack-manifest", "application/json", _json(manifest)) + script.encode()


@cache
def _assets() -> Assets:
    return load_pack_assets()


def _element(name: str, kind: str, content: bytes) -> bytes:
    return b'<script id="%b" type="%b">%b</script>\n' % (name.encode(), kind.encode(), content)


def _json(content: object) -> bytes:
    # "<" could end the element, or open a comment in it.
    return json.dumps(content, ensure_ascii=True, allow_nan=False).replace("<", "\\u003c").encode()
