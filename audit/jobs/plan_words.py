"""A plan in words, and as plain values for scripts."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import singledispatch
from typing import Any

from audit.jobs.plan import MadePlan
from reports.numbers import count_text, percent_number, percent_text
from sampling.estimation.estimands import Estimand
from sampling.planning.goals import CompareCost, DescribeCost, TuneCost
from sampling.planning.outlook import Outlook, PlanWarning, Shortfall
from sampling.planning.plan import GoalCost
from sampling.planning.sequential_goals import CertifyCost, EstimateCost, SequentialCost
from sampling.planning.terms import OutOfReach


def plan_lines(made: MadePlan) -> list[str]:
    """Give the plan for people."""
    return [
        f"expected accuracy ({made.expected_from}): {_expected_text(made.expected)}",
        _pace_text(made),
        "what each goal takes:",
        *(f"  {_goal_text(goal)}" for goal in made.plan.goals),
        f"what {count_text(made.budget)} units buy (half widths in percentage points):",
        *_outlook_table(made.plan.outlooks),
        *_warning_lines(made.plan.outlooks),
        "next: mask-audit sample with --goal, and --size or --allocate",
    ]


def plan_json(made: MadePlan) -> dict[str, Any]:
    """Give the plan for scripts; proportions in [0, 1]."""
    shared = {} if made.share_same is None else {"share_same": made.share_same}
    return {
        "expected": dict(made.expected),
        "expected_from": made.expected_from,
        "seconds_per_verdict": made.pace.seconds_per_verdict,
        "pace_measured": made.is_pace_measured,
        "verdicts_per_unit": made.pace.verdicts_per_unit,
        "budget": made.budget,
        **shared,
        "strata": [
            {
                "split": stratum.name,
                "n_available": stratum.n_available,
                "n_entities": stratum.n_entities,
                "n_annotations": stratum.n_annotations,
            }
            for stratum in made.strata
        ],
        "goals": [_goal_json(goal) for goal in made.plan.goals],
        "allocations": [_outlook_json(name, found) for name, found in made.plan.outlooks.items()],
    }


def _expected_text(expected: Mapping[str, float]) -> str:
    if len(set(expected.values())) == 1:
        return percent_text(next(iter(expected.values())))
    return ", ".join(f"{split} {percent_text(share)}" for split, share in expected.items())


def _pace_text(made: MadePlan) -> str:
    measured = "measured" if made.is_pace_measured else "a guess, until there are verdicts"
    settings = f"{made.pace.verdicts_per_unit:g} settings" if made.pace.verdicts_per_unit > 1 else "1 setting"
    return f"pace ({measured}): {made.pace.seconds_per_verdict:.1f} s a verdict, {settings} on each unit"


@singledispatch
def _goal_text(goal: GoalCost) -> str:
    raise TypeError(f"no words for {goal}")


@_goal_text.register
def _(goal: DescribeCost) -> str:
    return (
        f"describe to ±{percent_number(goal.half_width)} points ({goal.estimand}): "
        f"{count_text(goal.n)} units, {goal.hours:.1f} h"
    )


@_goal_text.register
def _(goal: CertifyCost) -> str:
    return (
        f"certify at least {percent_text(goal.target)}: {_sequential_text(goal.sequential)}; "
        f"{count_text(goal.n_one_look)} units with one look at the end"
    )


@_goal_text.register
def _(goal: EstimateCost) -> str:
    return f"estimate to ±{percent_number(goal.half_width)} points: {_sequential_text(goal.sequential)}"


@_goal_text.register
def _(goal: CompareCost) -> str:
    needed = goal.needed
    return (
        f"compare to ±{percent_number(goal.half_width)} points: {count_text(round(needed.differing))} "
        f"verdicts where masks differ, {goal.hours:.1f} h; "
        f"{count_text(round(needed.paired))} on the same mentions, "
        f"{count_text(round(needed.unpaired))} on two samples"
    )


@_goal_text.register
def _(goal: TuneCost) -> str:
    return (
        f"tune to at least {percent_text(goal.target)} kept: {count_text(goal.n[0])} units if no kept mask "
        f"is wrong, {count_text(goal.n[-1])} if {len(goal.n) - 1} are (half of the masks kept)"
    )


@_goal_text.register
def _(goal: OutOfReach) -> str:
    return f"{goal.goal}: out of reach, {goal.reason}"


def _sequential_text(cost: SequentialCost) -> str:
    expected = cost.expected
    return (
        f"about {count_text(round(expected.mean))} units ({cost.hours:.1f} h), 9 in 10 reviews need at most "
        f"{count_text(round(expected.p90))}, {percent_text(expected.share_reached)} get there; "
        f"draw {count_text(sum(cost.sizes.values()))}"
    )


def _outlook_table(outlooks: Mapping[str, Outlook]) -> Iterator[str]:
    splits = list(next(iter(outlooks.values())).sizes)
    header = ["allocation", *splits, *Estimand, "hours"]
    rows = [
        [
            name,
            *(_split_text(found, split) for split in splits),
            *(f"±{percent_number(found.overall[estimand].half_width)}" for estimand in Estimand),
            f"{found.hours:.1f}",
        ]
        for name, found in outlooks.items()
    ]
    widths = [max(len(row[place]) for row in [header, *rows]) for place in range(len(header))]
    for row in [header, *rows]:
        yield "  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _split_text(found: Outlook, split: str) -> str:
    n = found.sizes.get(split, 0)
    if not n:
        return "0"
    return f"{count_text(n)} ±{percent_number(found.by_stratum[split].half_width)}"


_SHORTFALLS = {
    Shortfall.NOT_DRAWN: "{subject} is not drawn from: no figure speaks of it",
    Shortfall.FEW_UNITS: "{subject} has {value:.0f} units, too few for a claim of its own",
    Shortfall.WIDE: "{subject} cannot carry a claim of its own: ±{percent} points",
    Shortfall.TAKES_ALL: "{subject} is taken whole: more precision needs more data",
    Shortfall.FEW_EFFECTIVE: "per {subject} the sample is worth fewer than 100 equal units: {value:.0f}",
    Shortfall.LARGE_DEFF: "per {subject} unequal weights cost a factor of {value:.1f} in units",
}


def _warning_text(warning: PlanWarning) -> str:
    return _SHORTFALLS[warning.shortfall].format(
        subject=warning.subject,
        value=warning.value,
        percent=percent_number(min(warning.value, 1.0)),
    )


def _warning_lines(outlooks: Mapping[str, Outlook]) -> list[str]:
    asked = next(iter(outlooks.values()))
    return [f"warning: {_warning_text(warning)}" for warning in asked.warnings]


def _goal_json(goal: GoalCost) -> dict[str, Any]:
    kinds = {
        DescribeCost: "describe",
        CertifyCost: "certify",
        EstimateCost: "estimate",
        CompareCost: "compare",
        TuneCost: "tune",
    }
    if isinstance(goal, OutOfReach):
        return {"goal": goal.goal.value, "out_of_reach": goal.reason}
    return {"goal": kinds[type(goal)], **asdict(goal)}


def _outlook_json(name: str, found: Outlook) -> dict[str, Any]:
    return {
        "name": name,
        "sizes": dict(found.sizes),
        "hours": found.hours,
        "by_split": {split: asdict(expected) for split, expected in found.by_stratum.items()},
        "estimands": {
            estimand.value: asdict(expected)
            | {"kish_n": found.kish_n[estimand]}
            | ({"chance": found.chances[estimand]} if found.chances else {})
            for estimand, expected in found.overall.items()
        },
        "warnings": [_warning_text(warning) for warning in found.warnings],
    }
