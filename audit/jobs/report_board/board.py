"""Loads what the report's page shows: which samples there are, and all that is said of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from audit.errors import NotReadyError
from audit.jobs.estimates import Figures
from audit.jobs.loaded_report import ReportQuestion, load_content_of, load_named_state
from audit.jobs.report_board.mask_filter import Facet
from audit.jobs.report_board.offered import offered_values
from audit.jobs.review_state import ReviewState
from audit.jobs.workspace import Workspace
from audit.settings import Settings
from db.population import Population
from db.preferences import count_preference_entries
from db.reviews import count_entries
from db.samples import load_samples
from db.store import Store
from reports.content import ReportContent
from reports.document import Document
from reports.report_document import report_document
from reports.results import Span
from reports.sentences import name_of
from sampling.estimation.estimands import Estimand


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportChoices:
    """What the page can be of.

    Attributes:
        samples: the latest first, at least one.
        stamp: another one whenever verdicts, samples, settings or the population are.
        at: when these were looked at.
    """

    samples: tuple[str, ...]
    stamp: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBoard:
    """All that is said of a sample.

    Attributes:
        state: with the categories and sources that reports put units under.
        names: what people call each setting.
        offered: what a filter can ask for.
        figures: how figures of a part are made.
    """

    state: ReviewState
    content: ReportContent
    document: Document
    names: Mapping[str, str]
    offered: Mapping[Facet, tuple[str, ...]]
    figures: Figures


def open_report_board(store: Store, settings: Settings) -> Workspace:
    """Give the workspace that an open page is of."""
    return Workspace(settings=settings, store=store, population=Population(settings.population_folder))


def load_report_choices(workspace: Workspace, now: datetime) -> ReportChoices:
    """Give what the page can be of.

    Raises:
        NotReadyError: there is no sample; it says what to do.
        StoreError: the store does not answer.
    """
    with workspace.store.reading() as transaction:
        samples = load_samples(transaction)
        n_entries = count_entries(transaction), count_preference_entries(transaction)
    if not samples:
        raise NotReadyError("there is no sample yet: draw one with mask-audit sample, then review it")
    told = repr((workspace.settings, samples, n_entries, workspace.population.manifest()))
    return ReportChoices(
        samples=tuple(each.name for each in reversed(samples)),
        stamp=sha256(told.encode()).hexdigest(),
        at=now,
    )


def load_report_board(workspace: Workspace, sample: str, now: datetime) -> ReportBoard:
    """Load what is said of a sample.

    Raises:
        StoreError: there is no such sample.
    """
    question = ReportQuestion(sample=sample, estimand=Estimand.MIX, span=Span.EACH)
    state = load_named_state(workspace, sample)
    content = load_content_of(workspace, state, question, now=now)
    confidence = workspace.settings.confidence
    return ReportBoard(
        state=state,
        content=content,
        document=report_document(content),
        names={setting: name_of(setting, content) for setting in state.masks_made},
        offered=offered_values(state),
        figures=Figures(
            confidence=confidence,
            table_confidence=confidence,
            estimand=question.estimand,
            span=question.span,
        ),
    )
