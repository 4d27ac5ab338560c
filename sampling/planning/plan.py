"""A plan: what each goal takes, and what a budget buys under several allocations, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sampling.planning.goals import CompareCost, DescribeCost, TuneCost
from sampling.planning.outlook import Outlook, Question, outlook
from sampling.planning.precision import PlannedStratum
from sampling.planning.schemes import usual_schemes
from sampling.planning.sequential_goals import CertifyCost, EstimateCost
from sampling.planning.terms import OutOfReach

GoalCost = DescribeCost | CertifyCost | EstimateCost | CompareCost | TuneCost | OutOfReach


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A choice to make before the review.

    Attributes:
        goals: what each goal that was asked about takes.
        outlooks: what the budget buys, by the name of the allocation, the one that was asked for first.
    """

    goals: tuple[GoalCost, ...]
    outlooks: Mapping[str, Outlook]


def side_by_side(
    strata: Sequence[PlannedStratum], sizes: Mapping[str, int], question: Question
) -> dict[str, Outlook]:
    """What so many verdicts buy under the sizes asked for (`asked`) and under the usual schemes, by name.

    All are compared by one and the same `mix`: that of the question, or else of the sizes asked for. A scheme
    that does not allow so few units is left out.

    Args:
        strata: the strata that are to be drawn from.
        sizes: n_h by name.
        question: what they are asked.

    Raises:
        DesignError: as `outlook`.

    >>> strata = [
    ...     PlannedStratum(name=name, n_available=9000, n_entities=9000, n_annotations=N_h, expected=p)
    ...     for name, N_h, p in (("entity", 90_000, 0.96), ("query", 10_000, 0.88))]
    >>> for name, found in side_by_side(strata, {"entity": 500, "query": 100}, Question()).items():
    ...     print(name, dict(found.sizes))
    asked {'entity': 500, 'query': 100}
    proportional {'entity': 300, 'query': 300}
    power:0.25 {'entity': 380, 'query': 220}
    neyman, at least 100 {'entity': 500, 'query': 100}
    equal {'entity': 300, 'query': 300}
    """
    n = sum(sizes.values())
    if question.mix is None:
        question = replace(question, mix={name: float(n_h) for name, n_h in sizes.items()})
    outlooks = {"asked": outlook(strata, sizes, question)}
    for scheme in usual_schemes(strata):
        if scheme.least_size(strata) <= n:
            outlooks[str(scheme)] = outlook(strata, scheme.sizes(strata, n), question)
    return outlooks
