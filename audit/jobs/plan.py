"""Plans a sample: what each goal takes, and what a budget buys, before anything is drawn."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from audit.errors import InputError
from audit.jobs.contrast_frame import share_masks
from audit.jobs.estimates import COUNTED
from audit.jobs.goals import calibrated
from audit.jobs.progress import Progress
from audit.jobs.review_state import Outcome, ReviewState, load_review_state
from audit.jobs.sampling_frame import find_frame
from audit.jobs.status import pace
from audit.jobs.workspace import Workspace
from db.frame_sizes import FrameCounts, frame_counts
from db.manifest import Manifest, SettingRecord
from db.population import ANNOTATIONS_FILE
from db.samples import load_samples
from sampling.comparison.cost import ExpectedPairs
from sampling.design.allocation_rules import SharesRule, named_rule
from sampling.design.frame import DrawnUnit
from sampling.design.goals import Goal
from sampling.design.phase_one import SizeMeasure, expected_strata
from sampling.errors import DesignError
from sampling.estimation.estimands import Estimand
from sampling.planning.goals import compare_cost, describe_cost, tune_cost
from sampling.planning.outlook import Question
from sampling.planning.plan import GoalCost, Plan, side_by_side
from sampling.planning.precision import PlannedStratum
from sampling.planning.schemes import Scheme
from sampling.planning.sequential_goals import certify_cost, estimate_cost
from sampling.planning.terms import OutOfReach, Pace, Terms
from sampling.sequential.fixed_width import WIDEST

USUAL_BUDGET = 2000
USUAL_ACCURACY = 0.95

FEWEST_SEEN = 30
"""Verdicts from which on they say more of an accuracy than a guess."""

SHARE_KEPT = 0.5
"""Of the masks that a threshold is taken to keep."""

BOTH_RIGHT, ONLY_ONE_RIGHT = 0.6, 0.1
"""Among differing masks, where nothing is known of them: both right, and each of the two alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What is asked of a plan.

    Attributes:
        frame: the setting to draw from; the first ingested where None.
        unit: what would be drawn.
        size_measure: what an entity's chance grows with.
        rule: by which a size is shared out.
        fixed: splits whose size is given.
        minimum: least size of a split.
        sizes: a size for each split, in place of rule and budget, or None.
        budget: units; 2,000 or all there are where None.
        expected: accuracy by split; one for all stands under the empty name.
        margin: half width; the workspace's where None.
        target: accuracy to certify; the workspace's where None.
        estimand: whose half width is wanted.
        contrast: two settings to compare, or None.
    """

    frame: str | None
    unit: DrawnUnit
    size_measure: SizeMeasure
    rule: str
    fixed: Mapping[str, int]
    minimum: int
    sizes: Mapping[str, int] | None
    budget: int | None
    expected: Mapping[str, float]
    margin: float | None
    target: float | None
    estimand: Estimand
    contrast: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePlan:
    """A plan and what it rests on.

    Attributes:
        expected: accuracy by split.
        expected_from: where that comes from, in words.
        pace: seconds per verdict, and verdicts per unit.
        is_pace_measured: by the verdicts of this workspace.
        share_same: of mentions whose masks two compared settings made alike, or None.
        budget: units.
    """

    plan: Plan
    strata: tuple[PlannedStratum, ...]
    expected: Mapping[str, float]
    expected_from: str
    pace: Pace
    is_pace_measured: bool
    share_same: float | None
    budget: int


def make_plan(workspace: Workspace, request: PlanRequest, *, progress: Progress) -> MadePlan:
    """Say what each goal takes and what a budget buys.

    Raises:
        InputError: there is nothing to draw from.
        DesignError: a number is outside its range, or more is planned than there is.
    """
    if request.unit is DrawnUnit.ANNOTATION and request.size_measure is not SizeMeasure.NONE:
        raise InputError("--size-measure draws entities: leave out --unit annotation")
    manifest = workspace.population.manifest()
    frame = find_frame(manifest, request.frame, request.contrast)
    counts = frame_counts(workspace.population.files(frame, ANNOTATIONS_FILE), tuple(request.sizes or ()))
    if not counts.splits:
        raise InputError(f"setting {frame.setting!r} has no annotation in {', '.join(request.sizes or ())}")
    states = _states(workspace)
    expected, expected_from = _expected(request, counts, states)
    strata = _strata(request, counts, expected)
    scheme = _scheme(request, expected)
    seconds = pace(states)
    terms = Terms(
        confidence=workspace.settings.confidence,
        pace=replace(Pace(), verdicts_per_unit=len(manifest.settings))
        if seconds is None
        else Pace(seconds_per_verdict=max(seconds, 0.1), verdicts_per_unit=len(manifest.settings)),
        seed=workspace.settings.seed,
    )
    sizes = dict(request.sizes) if request.sizes else _budgeted(strata, scheme, request.budget)
    share_same = _share_same(workspace, manifest, frame, request, progress)
    target = workspace.settings.target if request.target is None else request.target
    question = Question(
        estimand=request.estimand, target=target, confidence=terms.confidence, pace=terms.pace
    )
    return MadePlan(
        plan=Plan(
            goals=_goals(workspace, request, _Drawn(strata=strata, scheme=scheme), terms, share_same),
            outlooks=side_by_side(strata, sizes, question),
        ),
        strata=strata,
        expected=expected,
        expected_from=expected_from,
        pace=terms.pace,
        is_pace_measured=seconds is not None,
        share_same=share_same,
        budget=sum(sizes.values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    strata: tuple[PlannedStratum, ...]
    scheme: Scheme


def _scheme(request: PlanRequest, expected: Mapping[str, float]) -> Scheme:
    if request.sizes is not None:
        return Scheme(rule=SharesRule(shares=request.sizes))
    return Scheme(rule=named_rule(request.rule, expected), minimum=request.minimum, fixed=request.fixed)


def _goals(
    workspace: Workspace,
    request: PlanRequest,
    drawn: _Drawn,
    terms: Terms,
    share_same: float | None,
) -> tuple[GoalCost, ...]:
    margin = workspace.settings.margin if request.margin is None else request.margin
    target = workspace.settings.target if request.target is None else request.target
    costs: list[GoalCost] = [
        _or_out_of_reach(
            Goal.DESCRIBE,
            lambda: describe_cost(drawn.strata, drawn.scheme, request.estimand, margin, terms),
        ),
        *_sequential_costs(drawn, request.size_measure, target, margin, terms),
        tune_cost(target, SHARE_KEPT, terms),
    ]
    if share_same is not None:
        n_annotations = sum(stratum.n_annotations for stratum in drawn.strata)
        pairs = ExpectedPairs(
            share_same=share_same,
            accuracy_same=sum(each.expected * each.n_annotations for each in drawn.strata) / n_annotations,
            both=BOTH_RIGHT,
            only_a=ONLY_ONE_RIGHT,
            only_b=ONLY_ONE_RIGHT,
        )
        costs.append(compare_cost(pairs, margin, terms))
    return tuple(costs)


def _sequential_costs(
    drawn: _Drawn, size_measure: SizeMeasure, target: float, margin: float, terms: Terms
) -> list[GoalCost]:
    if size_measure is not SizeMeasure.NONE:
        reason = "its units need equal chances inside a split: leave out --size-measure"
        return [OutOfReach(goal=goal, reason=reason) for goal in (Goal.CERTIFY, Goal.ESTIMATE)]
    return [
        _or_out_of_reach(Goal.CERTIFY, lambda: certify_cost(drawn.strata, drawn.scheme, target, terms)),
        _or_out_of_reach(Goal.ESTIMATE, lambda: _estimate_cost(drawn, margin, terms)),
    ]


def _or_out_of_reach(goal: Goal, cost: Callable[[], GoalCost]) -> GoalCost:
    """Give what a goal takes; one that no sample of this frame can reach does not keep the others back."""
    try:
        return cost()
    except DesignError as error:
        return OutOfReach(goal=goal, reason=str(error))


def _estimate_cost(drawn: _Drawn, margin: float, terms: Terms) -> GoalCost:
    confidence = calibrated(terms.confidence)
    if margin > WIDEST or confidence is None:
        reason = f"stopping at a width is calibrated for at most ±{WIDEST:g} and a confidence of 0.99"
        return OutOfReach(goal=Goal.ESTIMATE, reason=reason)
    return estimate_cost(drawn.strata, drawn.scheme, margin, replace(terms, confidence=confidence))


def _states(workspace: Workspace) -> list[ReviewState]:
    with workspace.store.reading() as transaction:
        names = [sample.name for sample in load_samples(transaction)]
    return [load_review_state(workspace.store, name, workspace.settlement) for name in names]


def _expected(
    request: PlanRequest, counts: FrameCounts, states: list[ReviewState]
) -> tuple[dict[str, float], str]:
    """Give the accuracy expected of every split, and where that comes from."""
    named = request.expected
    if named:
        missing = [split for split in counts.splits if split not in named and "" not in named]
        unknown = [split for split in named if split and split not in counts.splits]
        if unknown:
            raise InputError(
                f"--expected names {', '.join(unknown)}: the splits are {', '.join(counts.splits)}"
            )
        if missing:
            raise InputError(f"--expected leaves out {', '.join(missing)}: name every split, or give one P")
        return {split: named.get(split, named.get("", 0.0)) for split in counts.splits}, "as you said"
    seen, name = _seen(states)
    n_seen = sum(map(len, seen.values()))
    if not n_seen:
        return dict.fromkeys(counts.splits, USUAL_ACCURACY), "a guess, until there are verdicts"
    overall = (sum(map(sum, seen.values())) + 0.5) / (n_seen + 1)
    return {
        # A split's own verdicts count as soon as there are some; one verdict's weight goes to the whole.
        split: (sum(seen.get(split, ())) + overall) / (len(seen.get(split, ())) + 1)
        for split in counts.splits
    }, f"from {n_seen:,} masks of sample {name}"


def _seen(states: list[ReviewState]) -> tuple[Mapping[str, list[bool]], str]:
    """Give what was right and wrong in each split of the latest sample that tells enough, and its name.

    A sample of differing masks tells of those alone.
    """
    for state in reversed(states):
        found: dict[str, list[bool]] = defaultdict(list)
        outcomes = [
            (unit.stratum, outcome)
            for of_setting in state.outcomes.values()
            for unit, outcome in zip(state.units, of_setting, strict=True)
        ]
        n_judged = sum(outcome in (Outcome.CORRECT, Outcome.INCORRECT) for _, outcome in outcomes)
        if state.sample.contrast is not None or n_judged < FEWEST_SEEN:
            continue
        for split, outcome in outcomes:
            if outcome in COUNTED:
                found[split].append(outcome is Outcome.CORRECT)
        return found, state.sample.name
    return {}, ""


def _strata(
    request: PlanRequest, counts: FrameCounts, expected: Mapping[str, float]
) -> tuple[PlannedStratum, ...]:
    found = expected_strata(counts.counts, request.size_measure)
    of_annotations = request.unit is DrawnUnit.ANNOTATION
    return tuple(
        PlannedStratum(
            name=split,
            n_available=int(found.annotations[place])
            if of_annotations
            else max(1, round(float(found.entities[place]))),
            n_entities=float(found.entities[place]),
            n_annotations=int(found.annotations[place]),
            expected=expected[split],
            entity_deff=_annotation_draw_deff(counts, place)
            if of_annotations
            else float(found.entity_deffs[place]),
            annotation_deff=1.0 if of_annotations else float(found.annotation_deffs[place]),
        )
        for place, split in enumerate(counts.splits)
    )


def _annotation_draw_deff(counts: FrameCounts, place: int) -> float:
    """Kish's design effect per entity where annotations are drawn: each then weighs 1/N_e."""
    here, totals = counts.counts[:, place].astype(np.float64), counts.counts.sum(axis=1)
    return float(here.sum() * (here / totals**2).sum() / (here / totals).sum() ** 2)


def _budgeted(strata: tuple[PlannedStratum, ...], scheme: Scheme, budget: int | None) -> dict[str, int]:
    if budget is None:
        budget = max(scheme.least_size(strata), min(USUAL_BUDGET, scheme.greatest_size(strata)))
    return scheme.sizes(strata, budget)


def _share_same(
    workspace: Workspace,
    manifest: Manifest,
    frame: SettingRecord,
    request: PlanRequest,
    progress: Progress,
) -> float | None:
    if request.contrast is None:
        return None
    if request.contrast[0] == request.contrast[1]:
        raise InputError(f"--contrast {request.contrast[0]!r} with itself: name two settings")
    pair = [manifest.get(name) for name in request.contrast]
    sharing = share_masks(workspace.population, frame, pair, workers=workspace.workers, progress=progress)
    rate = sharing.pairs[0].rate if sharing.pairs else None
    if rate is None:
        raise InputError(f"--contrast: {' and '.join(request.contrast)} have no mention in common")
    return rate
