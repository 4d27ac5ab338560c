"""The judged masks that are kept, and those that are dropped, as pictures."""

from collections.abc import Sequence

import streamlit as st

from audit.jobs.review_state import Outcome
from audit.jobs.tuning_board.gallery import Fate, GalleryMask, gallery_page
from audit.jobs.tuning_board.words import gallery_text, shortened, value_text
from audit.pages.notice import plain
from audit.pages.tune import kept_ready
from audit.pages.visit import Visit

_FATES = {Fate.KEPT: "Kept", Fate.DROPPED: "Dropped"}
_LABELS = {Outcome.CORRECT: "Correct", Outcome.INCORRECT: "Incorrect", Outcome.MISSING: "No mask"}
_ICONS = {Outcome.CORRECT: ":material/check:", Outcome.INCORRECT: ":material/close:"}
_EVERY = "All"

_PAGE = "tune-gallery-page"


def show(visit: Visit, masks: Sequence[GalleryMask]) -> None:
    """Draw a page of the masks that are wanted."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        fate = st.segmented_control(
            "Masks with a verdict",
            tuple(_FATES),
            default=Fate.KEPT,
            required=True,
            format_func=_FATES.__getitem__,
            key="tune-gallery-fate",
        )
        verdict = st.segmented_control(
            "Verdict", (_EVERY, *_LABELS.values()), default=_EVERY, required=True, key="tune-gallery-verdict"
        )
        of_fate = [mask for mask in masks if mask.fate is fate]
        wanted = [mask for mask in of_fate if verdict in (_EVERY, _LABELS[mask.outcome])]
        n_pages = gallery_page(wanted, 1).n_pages
        st.session_state[_PAGE] = min(st.session_state.get(_PAGE, 1), n_pages)
        number = st.number_input("Page", min_value=1, max_value=n_pages, key=_PAGE, width=140)
    st.caption(gallery_text(of_fate, n_shown=len(wanted), n_pages=n_pages))
    with st.container(key="tune-cards", gap="small"):
        for mask in gallery_page(wanted, number).masks:
            _show_mask(visit, mask)


def _show_mask(visit: Visit, mask: GalleryMask) -> None:
    name = mask.unit.entity_name or mask.unit.entity_id
    with st.container(border=True, height="stretch", gap="xsmall"):
        thumbnail = kept_ready.thumbnail(visit, mask)
        if thumbnail is not None and thumbnail.jpeg is not None:
            st.image(thumbnail.jpeg, width="stretch", alt=f"{name}: {_LABELS[mask.outcome]}")
        st.badge(
            _LABELS[mask.outcome],
            icon=_ICONS.get(mask.outcome, ":material/block:"),
            color="green" if mask.outcome is Outcome.CORRECT else "orange",
        )
        shown = shortened(name)
        st.markdown(f"**{plain(shown)}**", help=None if shown == name else plain(name))
        lines = [value_text(reference, value) for reference, value in mask.values.items()]
        if thumbnail is not None and thumbnail.lacks is not None:
            lines.append(thumbnail.lacks)
        st.caption("  \n".join(plain(line) for line in lines))
