"""How precise a stratified sample will be: per stratum, and overall for each estimand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from sampling.checks import check_open_share
from sampling.errors import DesignError
from sampling.estimation.estimands import Estimand
from sampling.planning.sample_size import expected_half_width


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStratum:
    """What is known or expected of a stratum before the review.

    Attributes:
        name: of the split.
        n_available: M_h (or N_h where annotations are drawn): what can be drawn, at least 1.
        n_entities: M_h or E[M_h], what it weighs in `entity`; above 0.
        n_annotations: N_h, what it weighs in `annotation`; at least 1.
        expected: p_h, the accuracy expected, in (0, 1).
        entity_deff: by how much unequal weights widen the variance per entity, at least 1.
        annotation_deff: the same per annotation: `expected_strata` computes both.

    Raises:
        DesignError: a number is outside its range.
    """

    name: str
    n_available: int
    n_entities: float
    n_annotations: int
    expected: float
    entity_deff: float = 1.0
    annotation_deff: float = 1.0

    def __post_init__(self) -> None:
        check_open_share(f"the expected accuracy of stratum {self.name!r}", self.expected)
        sizes = (self.n_available, self.n_entities, self.n_annotations)
        if not all(isfinite(size) and size > 0 for size in sizes):
            raise DesignError(
                f"stratum {self.name!r} has {self.n_available} to draw from, {self.n_entities} entities and "
                f"{self.n_annotations} annotations: leave out strata without any"
            )
        deffs = (self.entity_deff, self.annotation_deff)
        if not all(isfinite(deff) and deff >= 1 - 1e-9 for deff in deffs):
            raise DesignError(
                f"the design effects of stratum {self.name!r} are {deffs}: weights cannot have less than 1"
            )

    def whole_size(self, estimand: Estimand) -> int:
        """Its entities or annotations, rounded and at least 1; in `mix` what can be drawn."""
        size = {
            Estimand.MIX: self.n_available,
            Estimand.ENTITY: self.n_entities,
            Estimand.ANNOTATION: self.n_annotations,
        }[estimand]
        return max(1, round(size))

    def deff(self, estimand: Estimand) -> float:
        """The design effect of its own accuracy under an estimand; in `mix` every unit weighs the same."""
        if estimand is Estimand.MIX:
            return 1.0
        return self.entity_deff if estimand is Estimand.ENTITY else self.annotation_deff


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedEstimate:
    """What an estimate will come out as if the accuracies are as expected.

    Attributes:
        value: the expected accuracy.
        standard_error: of the estimate.
        half_width: of Wilson's interval on n_eff units.
        n: verdicts.
        n_eff: verdicts of a simple random sample that would tell as much: value·(1 − value)/standard_error².
    """

    value: float
    standard_error: float
    half_width: float
    n: int
    n_eff: float

    @property
    def deff(self) -> float:
        """The design effect n/n_eff."""
        return self.n / self.n_eff


def expected_estimate(
    strata: Sequence[PlannedStratum],
    sizes: Mapping[str, int],
    estimand: Estimand,
    *,
    mix: Mapping[str, float] | None = None,
    confidence: float = 0.95,
) -> ExpectedEstimate:
    """The precision of the overall accuracy: p = Σ W_h·p_h, V = Σ W_h²·deff_h·p_h(1 − p_h)/n_h.

    W_h is the stratum's share of the units (`mix`), entities or annotations of the strata that are drawn
    from. The finite population is left out, which makes the sample look a little worse than it is.

    Args:
        strata: all strata; one without a size of at least 1 is left out.
        sizes: n_h by name.
        estimand: whose accuracy.
        mix: the shares of `mix`, in any unit, where they are not those of `sizes`: to compare allocations by
            one and the same figure.
        confidence: in (0, 1).

    Raises:
        DesignError: no stratum is drawn from, or a share is missing or not above 0.

    Source: Cochran, Sampling Techniques, 3rd ed. 1977, § 5.3 and § 5.10; Kish, Survey Sampling, 1965, § 11.7.

    >>> strata = [
    ...     PlannedStratum(name=name, n_available=9000, n_entities=9000, n_annotations=N_h, expected=p)
    ...     for name, N_h, p in (("entity", 90_000, 0.96), ("query", 10_000, 0.88))]
    >>> found = expected_estimate(strata, {"entity": 400, "query": 400}, Estimand.ANNOTATION)
    >>> round(found.value, 3), round(found.half_width, 4), round(found.n_eff)
    (0.952, 0.0178, 568)
    """
    drawn = [stratum for stratum in strata if sizes.get(stratum.name, 0) > 0]
    if not drawn:
        raise DesignError("no stratum is drawn from: give at least one a size above 0")
    shares = _shares(drawn, estimand, sizes if mix is None else mix)
    value = sum(shares[h.name] * h.expected for h in drawn)
    variance = sum(
        shares[h.name] ** 2 * h.deff(estimand) * h.expected * (1 - h.expected) / sizes[h.name] for h in drawn
    )
    n_eff = value * (1 - value) / variance
    return ExpectedEstimate(
        value=value,
        standard_error=sqrt(variance),
        half_width=expected_half_width(value, n_eff, confidence=confidence),
        n=sum(sizes[h.name] for h in drawn),
        n_eff=n_eff,
    )


def _shares(
    drawn: Sequence[PlannedStratum], estimand: Estimand, mix: Mapping[str, float]
) -> dict[str, float]:
    measures = {
        stratum.name: {
            Estimand.MIX: mix.get(stratum.name, 0),
            Estimand.ENTITY: stratum.n_entities,
            Estimand.ANNOTATION: stratum.n_annotations,
        }[estimand]
        for stratum in drawn
    }
    for name, measure in measures.items():
        if not (isfinite(measure) and measure >= 0):
            raise DesignError(f"stratum {name!r} weighs {measure} in the mix: give it a share of at least 0")
    total = sum(measures.values())
    if total <= 0:
        raise DesignError("no stratum that is drawn from weighs anything in the mix: give one a share")
    return {name: measure / total for name, measure in measures.items()}
