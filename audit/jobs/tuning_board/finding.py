"""Has thresholds found for a board, as `tune` does, and says where that puts its sliders."""

from dataclasses import dataclass
from datetime import date

from audit.features.references import FeatureReference
from audit.jobs.progress import SILENT
from audit.jobs.tune import Tuned, TuneRequest, TuneResult, run_tune
from audit.jobs.tuning_board.conditions import Condition, values_of
from audit.jobs.tuning_board.scales import make_scale
from audit.jobs.tuning_data import TuningData
from audit.jobs.workspace import Workspace
from audit.rules.feature_threshold import Unknown
from audit.rules.rule_set import RuleSet
from sampling.thresholds.boxes import Direction


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """What was found, and the sliders that keep the same masks.

    Attributes:
        conditions: one per feature, in order; none where nothing was certified.
    """

    result: TuneResult
    conditions: tuple[Condition, ...]

    def rule_set_at(self, conditions: tuple[Condition, ...]) -> RuleSet | None:
        """The certified rules where the sliders stand as they were put; None where somebody moved them."""
        outcome = self.result.outcome
        return outcome.rule_set if isinstance(outcome, Tuned) and conditions == self.conditions else None


def find_thresholds(workspace: Workspace, data: TuningData, request: TuneRequest, today: date) -> Found:
    """Find thresholds that are certified, for the one setting of a board.

    Args:
        workspace: the board's.
        data: what the board shows.
        request: with the board's features.
        today: the day for the evidence.

    Raises:
        InputError, StoreError: as of `run_tune`.
    """
    result = run_tune(workspace, request, today=today, progress=SILENT)
    return Found(result=result, conditions=_conditions(data, result))


def _conditions(data: TuningData, result: TuneResult) -> tuple[Condition, ...]:
    """The thresholds found, and for every other feature one that drops nothing."""
    if not isinstance(result.outcome, Tuned):
        return ()
    found = {
        each.reference: Condition(
            reference=each.reference, direction=each.direction, threshold=each.value, unknown=Unknown.DROP
        )
        for each in result.outcome.chosen.thresholds
    }
    return tuple(
        found.get(reference) or _idle(data, reference, direction)
        for reference, direction in zip(result.references, result.directions, strict=True)
    )


def _idle(data: TuningData, reference: FeatureReference, direction: Direction) -> Condition:
    return Condition(
        reference=reference,
        direction=direction,
        threshold=make_scale(values_of(data.masks, reference)).loosest(direction),
        unknown=Unknown.KEEP,
    )
