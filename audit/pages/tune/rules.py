"""Finding thresholds that are certified, and saving what the sliders keep as rules."""

from datetime import UTC, datetime

import streamlit as st

from audit.jobs.tune import TuneRequest
from audit.jobs.tune_words import tune_lines
from audit.jobs.tuning_board import words
from audit.jobs.tuning_board.conditions import Condition
from audit.jobs.tuning_board.finding import Found, find_thresholds
from audit.jobs.tuning_board.saving import (
    BY_EYE_FILE,
    filter_command,
    rules_by_eye,
    rules_file,
    rules_text,
    save_board_rules,
)
from audit.jobs.tuning_data import TuningData
from audit.jobs.workspace import Workspace
from audit.pages.notice import plain
from audit.pages.tune import sliders
from audit.pages.tune.choosing import Chosen
from sampling.thresholds.kept import Guarantee

_FOUND = "tune-found"
_PUT = "tune-put"
_ASKED = "tune-asked"


def offer_finding(workspace: Workspace, data: TuningData, chosen: Chosen) -> None:
    """Draw the button that has thresholds found; they are put on the sliders when these are drawn again."""
    if not st.button("Find thresholds", type="primary", icon=":material/target:", width="stretch"):
        return
    request = _request(chosen)
    with st.spinner("Trying thresholds on the verdicts …"):
        found = find_thresholds(workspace, data, request, datetime.now(UTC).date())
    st.session_state[_FOUND] = (chosen.stamp, found)
    st.session_state.setdefault(_ASKED, {}).setdefault((chosen.sample, chosen.setting), set()).add(request)
    st.rerun()


def put_found(chosen: Chosen) -> Found | None:
    """Give what was found for these choices; the first time, put the sliders there before they are drawn."""
    held: tuple[str, Found] | None = st.session_state.get(_FOUND)
    if held is None:
        return None
    stamp, found = held
    if stamp != chosen.stamp or found.result.request != _request(chosen):
        return None
    if st.session_state.get(_PUT) is not found:
        st.session_state[_PUT] = found
        sliders.put(chosen.setting, found.conditions)
    return found


def show_guarantee(found: Found | None, conditions: tuple[Condition, ...], chosen: Chosen) -> None:
    """Draw what is guaranteed of the masks that the sliders keep: mostly nothing."""
    if found is None:
        st.caption(plain(words.BY_EYE))
        return
    refused = words.refusal_text(found.result)
    if refused:
        st.warning(plain(refused), icon=":material/block:")
    elif found.conditions == conditions:
        st.success(plain(words.guarantee_text(found.result)), icon=":material/verified:")
        st.caption(plain(words.OF_ALL))
    else:
        st.info(plain(f"{words.MOVED} {words.BY_EYE}"), icon=":material/visibility:")
    n_asked = len(st.session_state.get(_ASKED, {}).get((chosen.sample, chosen.setting), ()))
    if n_asked > 1:
        st.caption(plain(words.asked_text(n_asked)))
    with st.expander("What was tried, and what it drops"):
        st.text("\n".join(tune_lines(found.result)))


def show_rules(
    workspace: Workspace,
    data: TuningData,
    chosen: Chosen,
    conditions: tuple[Condition, ...],
    found: Found | None,
) -> None:
    """Draw the rules that keep what the sliders keep, and what saves them."""
    today = datetime.now(UTC).date()
    rule_set = None if found is None else found.rule_set_at(conditions)
    if rule_set is None:
        rule_set = rules_by_eye(data, conditions, chosen.target, chosen.figures, today)
    if rule_set is None:
        st.caption("The sliders drop nothing, so there is no rule to save.")
        return
    text, file_name = rules_text(rule_set), rules_file(rule_set)
    with st.container(horizontal=True):
        saves = st.button("Save rules", type="primary", icon=":material/save:")
        st.download_button("Download", text, file_name, "application/toml", icon=":material/download:")
    if file_name == BY_EYE_FILE:
        st.caption(plain(words.SAVED_BY_EYE))
    if saves:
        place = save_board_rules(workspace, rule_set)
        st.success(plain(f"Saved to {place}. Filter the setting by these rules with:"))
        st.code(filter_command(workspace, chosen.setting, place), language=None, wrap_lines=True)
    st.code(text, language="toml")


def _request(chosen: Chosen) -> TuneRequest:
    return TuneRequest(
        settings=(chosen.setting,),
        guarantee=Guarantee(target=chosen.target, confidence=chosen.figures.confidence),
        estimand=chosen.figures.estimand,
        references=chosen.references,
        sample=chosen.sample,
    )
