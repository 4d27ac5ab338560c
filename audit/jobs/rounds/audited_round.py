"""One round of an audit, loaded out of its bundle."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from audit.jobs.estimates import Figures, overall_result
from audit.jobs.evidence.about import BundleAbout
from audit.jobs.evidence.opened import open_bundle
from audit.jobs.evidence.rebuilt import load_rebuilt_state
from audit.jobs.review_state import ReviewState
from audit.jobs.risk.estimates import overall_by_risk
from audit.jobs.risk.judged import RiskDraw, find_risk_draw
from db.manifest import Manifest
from db.records import StandingVerdict
from reports.results import Result


@dataclass(frozen=True, kw_only=True)
class AuditedRound:
    """Everything that a bundle says of one round.

    Attributes:
        file: the bundle.
        confidence: that its workspace's reports have.
        drawn: what the sample was drawn from, where it was drawn by risk.
    """

    file: Path
    about: BundleAbout
    state: ReviewState
    manifest: Manifest
    confidence: float
    drawn: RiskDraw | None

    @property
    def is_by_risk(self) -> bool:
        """Chances differ by how likely masks were thought to be wrong."""
        return bool(self.state.sample.waves)

    @cached_property
    def settings(self) -> tuple[str, ...]:
        """The settings that its sample holds."""
        return tuple(each.setting for each in self.state.settings)

    def results(self, figures: Figures) -> Mapping[str, Result]:
        """Give what its whole sample shows of each setting."""
        if self.drawn is not None:
            return overall_by_risk(self.state, figures, self.drawn).results
        return {setting: overall_result(self.state, setting, figures) for setting in self.settings}

    def with_verdicts(self, verdicts: tuple[StandingVerdict, ...]) -> "AuditedRound":
        """Give the round with verdicts that settle masks as a lead's do."""
        adjudications = (*self.state.adjudications, *verdicts)
        return replace(self, state=replace(self.state, adjudications=adjudications))


def load_round(file: Path) -> AuditedRound:
    """Load what a bundle holds.

    Raises:
        InputError: it is no bundle, is damaged, or was altered.
    """
    with open_bundle(file) as opened:
        state = load_rebuilt_state(opened.workspace, opened.about.sample)
        return AuditedRound(
            file=file,
            about=opened.about,
            state=state,
            manifest=opened.workspace.population.manifest(),
            confidence=opened.workspace.settings.confidence,
            drawn=find_risk_draw(opened.workspace.population, state),
        )
