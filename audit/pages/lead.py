"""The page for those who lead a review: how it goes, while it goes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from audit.errors import AuditError
from audit.jobs.access import told_to
from audit.jobs.overview import Overview, load_overview
from audit.jobs.overview_words import (
    agreement_figures,
    gold_figures,
    headline,
    reviewer_rows,
    setting_rows,
    warnings,
    work_left,
)
from audit.pages import sign_out
from audit.pages.visit import Visit
from audit.review.opening import Link
from db.errors import StoreError

EVERY = timedelta(seconds=10)

_STYLE = """<style>
[data-testid="stHeader"] { display: none; }
[data-testid="stMainBlockContainer"] { padding-top: 2rem; max-width: 1240px; }
[data-testid="stElementContainer"][data-stale="true"] { opacity: 1 !important; }
[data-testid="stMetricValue"] { font-size: 1.4rem; }
</style>"""


def main(visit: Visit) -> None:
    """Draw the page, and what changes again every ten seconds."""
    st.html(_STYLE)
    sign_out.follow_other_tabs()
    st.title("How the review goes")
    _show_links(visit.links_beside("./lead"))
    _show(visit)


@st.fragment(run_every=EVERY)
def _show(visit: Visit) -> None:
    now = datetime.now(UTC)
    try:
        visit.check(now)
        found = load_overview(visit.store, visit.settings, visit.sample_name, now)
    except (AuditError, StoreError) as error:
        st.text(told_to(visit.reviewer, error))
        return
    _show_overview(found, now)


# Names come from people: `st.text` shows them as they are, where the rest of Streamlit reads Markdown.
def _show_overview(found: Overview, now: datetime) -> None:
    _show_figures(headline(found))
    st.progress(found.n_read / found.n_masks if found.n_masks else 1.0)
    st.text(work_left(found))
    for warning in warnings(found):
        with st.container(border=True):
            st.text(f"⚠ {warning}")
    st.subheader("Reviewers")
    if found.reviewers:
        st.dataframe(reviewer_rows(found.reviewers, now), hide_index=True)
    else:
        st.caption("Nobody has judged a mask yet.")
    st.subheader("Settings and splits")
    settled = st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0, color="blue")
    st.dataframe(setting_rows(found), hide_index=True, column_config={"settled": settled})
    st.subheader("Agreement")
    agreement = agreement_figures(found)
    if isinstance(agreement, str):
        st.text(agreement)
    else:
        _show_figures(agreement)
    st.subheader("Masks of known answer")
    st.text(found.gold_state.sentence[:1].upper() + found.gold_state.sentence[1:] + ".")
    _show_figures(gold_figures(found))
    st.text(f"Sample {found.sample} at {now:%H:%M:%S} UTC; the page follows by itself.")


# A link in Streamlit's Markdown opens a tab of its own.
def _show_links(links: Sequence[Link]) -> None:
    st.html(" · ".join(f'<a href="{link.href}" target="_self">{link.label}</a>' for link in links))


def _show_figures(figures: Mapping[str, str]) -> None:
    for column, (name, text) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(name, text)
