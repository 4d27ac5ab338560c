"""The address bar and what is chosen on the page follow each other, so that an address can be shared."""

from collections.abc import Mapping
from enum import StrEnum

import streamlit as st

from audit.jobs.report_board.mask_filter import MASKS_VIEW, SAMPLE, VIEW, Facet, MaskFilter
from audit.jobs.report_board.offered import read_filter

VIEW_KEY = "report-view"
SAMPLE_KEY = "report-sample"
PAGE_KEY = "report-page"
_PAGE = "page"
_NAMES = (VIEW, SAMPLE, _PAGE, *Facet)
_FOLLOWED = "report-followed"
_WANTED = "report-wanted"


class View(StrEnum):
    """What the page shows; the values stand in the address."""

    REPORT = "report"
    MASKS = MASKS_VIEW
    GALLERIES = "galleries"


def facet_key(facet: Facet) -> str:
    """Give the key of the widget by which a facet is chosen."""
    return f"report-{facet}"


def follow_sample(samples: tuple[str, ...], usual: str | None) -> str | None:
    """Choose the sample that the address names, before it is drawn; give its name if there is none."""
    if _is_followed():
        return None
    asked = st.query_params.get(SAMPLE)
    named = usual if asked is None else asked
    st.session_state[SAMPLE_KEY] = named if named in samples else samples[0]
    return None if asked in samples else asked


def follow(offered: Mapping[Facet, tuple[str, ...]]) -> tuple[tuple[Facet, str], ...]:
    """Choose what the address asks for, before the choices are drawn; give what cannot be asked for."""
    if _is_followed():
        return ()
    asked = _asked()
    read = read_filter(asked, offered)
    choose(read.wanted)
    named = asked.get(VIEW)
    st.session_state[VIEW_KEY] = View(named) if named in set(View) else View.REPORT
    page = asked.get(_PAGE, "")
    st.session_state[PAGE_KEY] = max(1, int(page)) if page.isascii() and page.isdigit() else 1
    st.session_state[_FOLLOWED] = asked
    return read.unknown


def choose_first_page() -> None:
    """Choose the first page, as other masks are looked at."""
    st.session_state[PAGE_KEY] = 1


def choose(wanted: MaskFilter) -> None:
    """Choose what masks must have, before the choices are drawn."""
    st.session_state[_WANTED] = wanted
    for facet in Facet:
        st.session_state[facet_key(facet)] = wanted.get(facet)


def keep_chosen() -> None:
    """Choose again what was chosen: Streamlit forgets choices while they are not drawn."""
    wanted: MaskFilter = st.session_state[_WANTED]
    for facet in Facet:
        st.session_state.setdefault(facet_key(facet), wanted.get(facet))


def write(view: View, wanted: MaskFilter, page: int, sample: str | None) -> None:
    """Put what is chosen into the address.

    Args:
        view: that is shown.
        wanted: which masks are looked at.
        page: of them.
        sample: None where there is but one.
    """
    told: dict[str, str] = {facet.value: value for facet, value in wanted.values}
    if view is not View.REPORT:
        told[VIEW] = view.value
    if page > 1:
        told[_PAGE] = str(page)
    if sample is not None:
        told[SAMPLE] = sample
    # At once: the browser's way back has a step for every change.
    given = {str(name): st.query_params.get_all(name) for name in st.query_params}
    due = {name: values for name, values in given.items() if name not in _NAMES}
    due |= {name: [value] for name, value in told.items()}
    if due != given:
        st.query_params.from_dict(due)
    st.session_state[_FOLLOWED] = told
    if view is View.MASKS:
        st.session_state[_WANTED] = wanted


def _asked() -> dict[str, str]:
    return {str(name): st.query_params[name] for name in _NAMES if name in st.query_params}


def _is_followed() -> bool:
    """Whether the address is as this page wrote it; else somebody came by a link, or went back."""
    return st.session_state.get(_FOLLOWED) == _asked()
