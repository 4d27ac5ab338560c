"""The peer of the reviewer's page: the same masks behind `st.button(shortcut=…)` in a fragment.

What a Streamlit page does without a component of its own: the server lays the mask over the photo and sends
the result, and every key press runs the fragment again. Run by `benchmarks/reviewer_page.py`.
"""

import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from audit.coco.rle import decode_counts, mask_of_runs
from audit.jobs.review import open_desk, open_store
from audit.review.images import ReadableImage, read_image
from audit.settings import load_settings
from db.samples import load_masks


def _blended(position: int) -> Image.Image:
    desk, store = st.session_state.desk, st.session_state.store
    mask_id = desk.order[position]
    with store.reading() as transaction:
        (mask,) = load_masks(transaction, [mask_id])
    unit = desk.unit_of[mask_id]
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
    st.image(_blended(state.position % len(state.desk.order)), output_format="JPEG")
    st.button("Correct", on_click=_judge, shortcut="A")
    st.button("Overlay", on_click=_toggle, shortcut="M")


if "desk" not in st.session_state:
    folder = Path(os.environ["MASK_AUDIT_WORKSPACE"])
    settings = load_settings(folder)
    st.session_state.store = open_store(settings.database_url)
    st.session_state.desk = open_desk(
        st.session_state.store,
        sample_name=None,
        reviewer_name="peer",
        guideline_file=settings.guideline_file,
        now=datetime.now(UTC),
    )
    st.session_state.position = 0
    st.session_state.is_shown = True
_page()
