"""What every export is made of: a sample, what became of it, and what its report says, loaded once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from audit.errors import InputError
from audit.jobs.loaded_report import ReportQuestion, load_content_of, load_named_state
from audit.jobs.pseudonyms import ReviewerNames, load_shown_names
from audit.jobs.review_state import ReviewState
from audit.jobs.workspace import Workspace
from db.records import SampleSetting
from reports.content import ReportContent
from reports.results import Span
from sampling.estimation.estimands import Estimand


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One sample and all that is said of it.

    Attributes:
        settings: the exported ones, in the order of the report.
        content: what the report says, of these settings.
        shown_names: reviewer → what they are called here.
    """

    state: ReviewState
    settings: tuple[SampleSetting, ...]
    content: ReportContent
    shown_names: Mapping[str, str]


def load_audited(
    workspace: Workspace,
    sample: str | None,
    setting: str | None,
    shown: ReviewerNames,
    *,
    now: datetime,
) -> Audited:
    """Load a sample.

    Args:
        workspace: that holds it.
        sample: its name; None for the latest.
        setting: the only one to be exported; None for all.
        shown: what stands for reviewers.
        now: when the export is made.

    Raises:
        InputError: the sample has no such setting.
        StoreError: there is no such sample.
    """
    state = load_named_state(workspace, sample)
    settings = tuple(each for each in state.settings if setting in (None, each.setting))
    if not settings:
        held = ", ".join(each.setting for each in state.settings) or "none"
        raise InputError(
            f"--setting {setting} is not in sample {state.sample.name}, which holds {held}: name one of these"
        )
    question = ReportQuestion(sample=state.sample.name, estimand=Estimand.MIX, span=Span.EACH)
    content = load_content_of(workspace, state, question, now=now)
    exported = {each.setting for each in settings}
    return Audited(
        state=state,
        settings=settings,
        content=replace(
            content, settings=tuple(each for each in content.settings if each.setting in exported)
        ),
        shown_names=load_shown_names(workspace.store, shown),
    )
