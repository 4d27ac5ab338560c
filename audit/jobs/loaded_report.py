"""Loads everything that a report says of a sample, from the store and the population alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

from audit.jobs.composition import composition
from audit.jobs.estimates import Figures
from audit.jobs.gold_results import gold_findings, load_gold_review
from audit.jobs.named_units import named_units
from audit.jobs.population_facts import load_population_facts
from audit.jobs.preferences import load_preference_state, preference_results
from audit.jobs.readings_left import ReadingsLeft, load_readings_left
from audit.jobs.recipe import recipe
from audit.jobs.report_content import report_content
from audit.jobs.review_policy import review_policy
from audit.jobs.review_state import ReviewState, load_review_state
from audit.jobs.risk.judged import find_risk_draw
from audit.jobs.workspace import Workspace
from reports.content import ReportContent
from reports.numbers import counted_text
from reports.results import Span
from sampling.estimation.domains import simultaneous_confidence
from sampling.estimation.estimands import Estimand


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuestion:
    """What a report is to say.

    Attributes:
        sample: None for the latest.
        estimand: the headline's.
        span: what the intervals' confidence is of.
    """

    sample: str | None
    estimand: Estimand
    span: Span


def load_report_content(workspace: Workspace, question: ReportQuestion, *, now: datetime) -> ReportContent:
    """Count what the verdicts say.

    Raises:
        StoreError: there is no such sample.
    """
    state = load_named_state(workspace, question.sample)
    return load_content_of(workspace, state, question, now=now)


def load_named_state(workspace: Workspace, sample: str | None) -> ReviewState:
    """Load what the store says of a sample, its units under the categories and sources of reports.

    Raises:
        StoreError: there is no such sample.
    """
    loaded = load_review_state(workspace.store, sample, workspace.settlement)
    return replace(loaded, units=named_units(loaded.units, workspace.settings))


def load_content_of(
    workspace: Workspace, state: ReviewState, question: ReportQuestion, *, now: datetime
) -> ReportContent:
    """Count what the verdicts say of a sample that is loaded: the one that the question names."""
    confidence = workspace.settings.confidence
    table_confidence = confidence
    if question.span is Span.TABLE and state.settings:
        table_confidence = simultaneous_confidence(confidence, len(state.settings))
    figures = Figures(
        confidence=confidence,
        table_confidence=table_confidence,
        estimand=question.estimand,
        span=question.span,
    )
    manifest = workspace.population.manifest()
    content = report_content(
        state,
        manifest,
        figures,
        find_risk_draw(workspace.population, state),
        version=f"mask-audit {version('mask-audit')}",
        now=now,
    )
    # Put in when everything made of verdicts is done, none of which may know of them.
    sample_id = state.sample.sample_id
    preferences = load_preference_state(workspace.store, sample_id)
    on_gold = load_gold_review(workspace.store, sample_id, share=workspace.settings.gold_share)
    return replace(
        content,
        preferences=preference_results(state, preferences, figures),
        gold=gold_findings(state, on_gold, figures, content.settings),
        composition=composition(state, load_population_facts(workspace, state.sample.frame)),
        policy=review_policy(state, workspace.settings),
        recipe=recipe(state.sample, state.units, manifest, workspace.settings, figures),
        warnings=(
            *content.warnings,
            *_owed_warnings(load_readings_left(workspace.store, workspace.settings, state, now)),
        ),
    )


def _owed_warnings(left: ReadingsLeft) -> Iterable[str]:
    if left.n_owed:
        are = "is" if left.n_owed == 1 else "are"
        yield f"{counted_text(left.n_owed, 'second reading')} {are} still owed: figures may change with them."
