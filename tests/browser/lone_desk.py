"""The reviewer's page without a server: pictures made for a test, packed as for any browser."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from audit.review.component import load_assets
from audit.review.images import ReadableImage, Unjudgable
from audit.review.key_bindings import COMPARING_ACTIONS, JUDGING_ACTIONS, bind_keys
from audit.review.opening import DeskKind, Opening
from audit.review.outgoing import Answer, Item, Layer, Picture, Progress
from audit.review.overlay import crop_box, joint_box, mask_box, mask_png
from audit.review.packing import pack_answer
from tests.browser.driving import wait_painted

ADDRESS = "http://desk.example/"
_SHELL = """<!doctype html><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><style>{css}</style><body>{html}</body>
<script type="module">{js}
Object.assign(window, {{ mount, within, affordable }});
</script>"""
_MOUNT = """(encoded) => mount({
    parentElement: document.body,
    data: Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)),
    setTriggerValue: () => {},
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A photo and the masks on it: one, several parts of one, or two to compare."""

    photo: NDArray[np.uint8]
    masks: Sequence[NDArray[np.bool_]]
    kind: DeskKind = DeskKind.REVIEW


def open_lone_desk(page: Any, shown: Sequence[Shown | Picture | Unjudgable]) -> None:
    """Open the page with these pictures in this order, and wait for the first."""
    open_answer(page, answer_showing(shown))


def open_answer(page: Any, answer: Answer) -> None:
    """Open the page with what a server would open it with, and wait for the first item."""
    assets = load_assets()
    shell = _SHELL.format(css=assets.css, html=assets.html, js=assets.js)
    page.route(ADDRESS, lambda route: route.fulfill(body=shell, content_type="text/html"))
    page.goto(ADDRESS)
    page.wait_for_function("'mount' in window")
    page.evaluate(_MOUNT, base64.b64encode(pack_answer(answer)).decode())
    wait_painted(page)


def answer_showing(shown: Sequence[Shown | Picture | Unjudgable]) -> Answer:
    """What a server would open the page with, to show these pictures with the usual keys."""
    items = tuple(
        Item(task_id=f"task-{number}", entity=f"Thing {number}", question=None, content=_content(each))
        for number, each in enumerate(shown)
    )
    kind = next((each.kind for each in shown if isinstance(each, Shown)), DeskKind.REVIEW)
    actions = COMPARING_ACTIONS if kind is DeskKind.COMPARE else JUDGING_ACTIONS
    return Answer(
        number=0,
        scope="alone",
        reviewer="local",
        opening=Opening(
            kind=kind,
            bindings=bind_keys(actions, hand="right", remaps={}),
            hand="right",
            guideline=None,
            n_practice=None,
            links=(),
        ),
        progress=Progress(n_tasks=len(items), n_settled=0, n_unjudgable=0, n_verdicts=0),
        coming=tuple(item.task_id for item in items),
        items=items,
        recent=(),
        confirmed=(),
        refused=(),
    )


def _content(shown: Shown | Picture | Unjudgable) -> Picture | Unjudgable:
    if not isinstance(shown, Shown):
        return shown
    height, width = shown.photo.shape[:2]
    layers = tuple(Layer(png=mask_png(mask, mask_box(mask)), box=mask_box(mask)) for mask in shown.masks)
    masks, parts = layers, ()
    if shown.kind is not DeskKind.COMPARE and len(layers) > 1:
        masks, parts = (_layer_of_all(shown.masks),), layers
    box = joint_box([layer.box for layer in layers])
    return Picture(
        photo=ReadableImage(jpeg=photo_bytes(shown.photo), height=height, width=width),
        crop=crop_box(box, image_height=height, image_width=width),
        masks=masks,
        parts=parts,
    )


def _layer_of_all(masks: Sequence[NDArray[np.bool_]]) -> Layer:
    union = np.any(masks, axis=0)
    box = mask_box(union)
    return Layer(png=mask_png(union, box), box=box)


def photo_bytes(photo: NDArray[np.uint8]) -> bytes:
    """Exact pixels: a browser tells a PNG by its first bytes, whatever it is called."""
    encoded = BytesIO()
    Image.fromarray(photo).save(encoded, "PNG")
    return encoded.getvalue()
