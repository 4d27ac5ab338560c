"""What every export is made of: a sample, what became of it, and what its report says, loaded once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from audit.errors import InputError
from audit.jobs.loaded_report import ReportQuestion, load_content_of, load_named_state
from audit.jobs.pseudonyms import ReviewerNames, load_shown_names
from audit.jobs.report_content import settling
from audit.jobs.review_state import ReviewState
from audit.jobs.second_readings import reviewer_agreement
from audit.jobs.verdict_sources import source_findings
from audit.jobs.workspace import Workspace
from db.records import SampleSetting, StandingVerdict
from reports.content import ReportContent
from reports.results import Span
from sampling.estimation.estimands import Estimand

ALL_SETTINGS = "Over all settings of the sample"
"""Stands before what is not told setting by setting."""


@dataclass(frozen=True, kw_only=True)
class Audited:
    """One sample and all that is said of it.

    Attributes:
        state: of all settings of the sample, which together settle what masks are.
        settings: the exported ones, in the order of the report.
        content: what the report says, of these settings; its warnings say where they are of all.
        shown_names: reviewer → what they are called here.
    """

    state: ReviewState
    settings: tuple[SampleSetting, ...]
    content: ReportContent
    shown_names: Mapping[str, str]

    @cached_property
    def mask_ids(self) -> frozenset[str]:
        """The masks of the exported settings."""
        return frozenset(
            made.mask_id
            for setting in self.settings
            for made in self.state.masks_made[setting.setting]
            if made.mask_id is not None
        )

    def verdicts(self) -> Iterator[StandingVerdict]:
        """Give the verdicts on these masks: readings, those of a mask in their order, then what leads say."""
        readings = (each for of_mask in self.state.readings.values() for each in of_mask)
        return (each for each in (*readings, *self.state.adjudications) if each.mask_id in self.mask_ids)


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
    audited = Audited(
        state=state,
        settings=settings,
        content=content,
        shown_names=load_shown_names(workspace.store, shown),
    )
    if len(settings) == len(state.settings):
        return audited
    return replace(audited, content=_restricted(audited, confidence=workspace.settings.confidence))


def _restricted(audited: Audited, *, confidence: float) -> ReportContent:
    """What a report says, of the exported settings: estimates are as they are beside the other settings."""
    state, content = audited.state, audited.content
    names = {each.setting for each in audited.settings}
    of_exported = replace(
        state, standing=tuple(each for each in state.standing if each.mask_id in audited.mask_ids)
    )
    return replace(
        content,
        settings=tuple(each for each in content.settings if each.setting in names),
        settling=settling(state, among=audited.mask_ids),
        front_ends=source_findings(of_exported, confidence=confidence),
        agreement=reviewer_agreement(of_exported, confidence=confidence),
        warnings=tuple(f"{ALL_SETTINGS}: {warning}" for warning in content.warnings),
    )
