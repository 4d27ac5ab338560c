"""The peer of the reviewer's page: the same masks behind `st.button(shortcut=…)` in a fragment.

What a Streamlit page does without a component of its own: the server lays the mask over the photo and sends
the result, and every key press runs the fragment again. Run by `benchmarks/reviewer_page.py`.
"""

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from audit.coco.rle import decode_counts, mask_of_runs
from audit.review.images import ReadableImage, read_image
from audit.settings import load_settings
from db.samples import load_mask_units, load_masks, load_sample, load_units
from db.store import Store


def _open() -> None:
    state = st.session_state
    settings = load_settings(Path(os.environ["MASK_AUDIT_WORKSPACE"]))
    state.store = Store(settings.database_url)
    with state.store.reading() as transaction:
        sample_id = load_sample(transaction, None).sample_id
        units = {unit.unit_id: unit for unit in load_units(transaction, sample_id)}
        state.unit_of = {
            mask_id: units[unit_id] for mask_id, unit_id in load_mask_units(transaction, sample_id).items()
        }
    state.order = list(state.unit_of)
    state.position = 0
    state.is_shown = True


def _blended(mask_id: str) -> Image.Image:
    with st.session_state.store.reading() as transaction:
        (mask,) = load_masks(transaction, [mask_id])
    unit = st.session_state.unit_of[mask_id]
    photo = read_image(unit.images_root, unit.file_name, (mask.height, mask.width))
    if not isinstance(photo, ReadableImage):
        raise TypeError(photo)
    pixels = np.asarray(Image.open(BytesIO(photo.jpeg)).convert("RGB")).copy()
    region = mask_of_runs(
        decode_counts(mask.parts[0], height=mask.height, width=mask.width),
        height=mask.height,
        width=mask.width,
    )
    if st.session_state.is_shown:
        pixels[region] = pixels[region] // 2 + np.array([43, 90, 116], np.uint8)
    return Image.fromarray(pixels)


def _judge() -> None:
    st.session_state.position += 1


def _toggle() -> None:
    st.session_state.is_shown = not st.session_state.is_shown


@st.fragment
def _page() -> None:
    state = st.session_state
    st.image(_blended(state.order[state.position % len(state.order)]), output_format="JPEG")
    st.button("Correct", on_click=_judge, shortcut="A")
    st.button("Overlay", on_click=_toggle, shortcut="M")


if "order" not in st.session_state:
    _open()
_page()
