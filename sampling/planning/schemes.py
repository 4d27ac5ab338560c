"""Ways to share out a sample of any size: a rule, what it takes for a stratum's size, and its bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sampling.design.allocation import allocate, least_sizes
from sampling.design.allocation_rules import EQUAL, PROPORTIONAL, AllocationRule, NeymanRule, PowerRule
from sampling.estimation.estimands import Estimand
from sampling.planning.precision import PlannedStratum


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How a sample is shared out among strata.

    Attributes:
        rule: by what they share.
        by: what the rule takes as a stratum's size: its entities, annotations or (`mix`) what can be drawn.
        minimum: units that every stratum gets at least, or all it has; at least 0.
        fixed: strata whose size is given.
    """

    rule: AllocationRule
    by: Estimand = Estimand.MIX
    minimum: int = 0
    fixed: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        words = [str(self.rule)]
        if self.minimum:
            words.append(f"at least {self.minimum}")
        return ", ".join(words + [f"{stratum}={n_h} fixed" for stratum, n_h in self.fixed.items()])

    def sizes(self, strata: Sequence[PlannedStratum], n: int) -> dict[str, int]:
        """The sizes n_h of a sample of n units.

        Raises:
            DesignError: the scheme does not allow that size.
        """
        available = {stratum.name: stratum.n_available for stratum in strata}
        return allocate(
            available,
            n,
            self.rule,
            sizes={stratum.name: stratum.whole_size(self.by) for stratum in strata},
            fixed=self.fixed,
            at_least=least_sizes(
                {name: N_h for name, N_h in available.items() if name not in self.fixed}, self.minimum
            ),
        )

    def least_size(self, strata: Sequence[PlannedStratum]) -> int:
        """The smallest sample that the fixed sizes and the minimum allow, at least 1."""
        return max(1, sum(self.fixed.get(h.name, min(self.minimum, h.n_available)) for h in strata))

    def greatest_size(self, strata: Sequence[PlannedStratum]) -> int:
        """The largest sample that the fixed sizes and what there is allow."""
        return sum(self.fixed.get(h.name, h.n_available) for h in strata)


def usual_schemes(strata: Sequence[PlannedStratum]) -> tuple[Scheme, ...]:
    """The schemes that a plan sets side by side: proportional, power:0.25, Neyman's, equal.

    Power and Neyman share by annotations, which differ most between strata.

    >>> stratum = PlannedStratum(name="wiki", n_available=9, n_entities=9, n_annotations=9, expected=0.9)
    >>> [str(scheme) for scheme in usual_schemes([stratum])]
    ['proportional', 'power:0.25', 'neyman, at least 100', 'equal']
    """
    expected = {stratum.name: stratum.expected for stratum in strata}
    return (
        Scheme(rule=PROPORTIONAL),
        Scheme(rule=PowerRule(exponent=0.25), by=Estimand.ANNOTATION),
        Scheme(rule=NeymanRule(expected=expected), by=Estimand.ANNOTATION, minimum=100),
        Scheme(rule=EQUAL),
    )
