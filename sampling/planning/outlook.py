"""What a budget buys: the precision of an allocation, its chance to meet a target, what it cannot carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sampling.errors import DesignError
from sampling.estimation.cautions import FEWEST_KISH, GREATEST_DEFF
from sampling.estimation.estimands import Estimand
from sampling.planning.precision import ExpectedEstimate, PlannedStratum, expected_estimate
from sampling.planning.sample_size import chance_to_certify
from sampling.planning.terms import Pace

FEWEST_UNITS = 30


class Shortfall(StrEnum):
    """What a planned sample cannot do."""

    NOT_DRAWN = "not-drawn"
    """The stratum gets no unit: no overall figure speaks of it."""
    FEW_UNITS = "few-units"
    """The stratum gets fewer than 30 units."""
    WIDE = "wide"
    """The stratum's interval is wider than what was called useful: it cannot carry a claim of its own."""
    TAKES_ALL = "takes-all"
    """The sample takes all that the stratum has: more precision needs more data."""
    FEW_EFFECTIVE = "few-effective"
    """Unequal weights leave fewer than 100 effective units (Kish) to the estimand."""
    LARGE_DEFF = "large-deff"
    """Unequal weights more than double the variance of the estimand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWarning:
    """One thing that a planned sample cannot do.

    Attributes:
        shortfall: what.
        subject: the stratum or estimand that it is about.
        value: the number that falls short: units, a half width, effective units or a design effect.
        limit: what the value was held against.
    """

    shortfall: Shortfall
    subject: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a planned sample is asked.

    Attributes:
        estimand: under which the strata's own figures are weighted.
        mix: shares of the strata in `mix`, where they are not those of the sample itself.
        target: the accuracy that is to be shown, or None.
        widest: the half width up to which a stratum's interval can carry a claim.
        confidence: in (0, 1).
        pace: of the review.
    """

    estimand: Estimand = Estimand.MIX
    mix: Mapping[str, float] | None = None
    target: float | None = None
    widest: float = 0.05
    confidence: float = 0.95
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What one allocation of a budget will show if the accuracies are as expected.

    Attributes:
        sizes: n_h by stratum.
        by_stratum: each stratum that is drawn from, on its own.
        overall: the figure of each estimand.
        kish_n: effective units that unequal weights leave to each estimand, (Σw)²/Σw².
        chances: of each estimand to be shown above the target, with one look; empty without a target.
        hours: of review.
        warnings: what it cannot do.
    """

    sizes: Mapping[str, int]
    by_stratum: Mapping[str, ExpectedEstimate]
    overall: Mapping[Estimand, ExpectedEstimate]
    kish_n: Mapping[Estimand, float]
    chances: Mapping[Estimand, float]
    hours: float
    warnings: tuple[PlanWarning, ...]


def outlook(strata: Sequence[PlannedStratum], sizes: Mapping[str, int], question: Question) -> Outlook:
    """What a sample of given sizes will show.

    The chance is that of the exact binomial test on ⌊n_eff⌋ verdicts, P(certified | accuracies as expected).

    Args:
        strata: all strata of the frame.
        sizes: n_h by name; 0 or absent where nothing is drawn.
        question: what it is asked.

    Raises:
        DesignError: a size is of no stratum or more than it has, nothing is drawn, or a number of the
            question is outside its range.

    >>> wiki = PlannedStratum(
    ...     name="wiki", n_available=2000, n_entities=2000, n_annotations=40_000, expected=0.93,
    ...     annotation_deff=4)
    >>> found = outlook([wiki], {"wiki": 200}, Question(estimand=Estimand.ANNOTATION))
    >>> [(warning.shortfall.value, warning.subject) for warning in found.warnings]
    [('wide', 'wiki'), ('few-effective', 'annotation'), ('large-deff', 'annotation')]
    """
    _refuse_impossible(strata, sizes)
    overall = {
        estimand: expected_estimate(strata, sizes, estimand, mix=question.mix, confidence=question.confidence)
        for estimand in Estimand
    }
    by_stratum = {
        stratum.name: expected_estimate([stratum], sizes, question.estimand, confidence=question.confidence)
        for stratum in strata
        if sizes.get(stratum.name, 0) > 0
    }
    kish_n = {estimand: _kish_n(strata, sizes, estimand, question.mix) for estimand in Estimand}
    n = sum(sizes.values())
    return Outlook(
        sizes=dict(sizes),
        by_stratum=by_stratum,
        overall=overall,
        kish_n=kish_n,
        chances=_chances(overall, question),
        hours=question.pace.hours(n),
        warnings=(
            *_stratum_warnings(strata, by_stratum, question.widest),
            *_weight_warnings(kish_n, n),
        ),
    )


def _refuse_impossible(strata: Sequence[PlannedStratum], sizes: Mapping[str, int]) -> None:
    available = {stratum.name: stratum.n_available for stratum in strata}
    for name, n_h in sizes.items():
        if not 0 <= n_h <= available.get(name, -1):
            raise DesignError(
                f"{n_h} units are planned of stratum {name!r}, which has {available.get(name, 0)}: "
                "plan with what there is"
            )


def _kish_n(
    strata: Sequence[PlannedStratum],
    sizes: Mapping[str, int],
    estimand: Estimand,
    mix: Mapping[str, float] | None,
) -> float:
    """(Σw)²/Σw²: the effective number if every stratum had the same accuracy, whatever that is."""
    alike = [replace(stratum, expected=0.5) for stratum in strata]
    return expected_estimate(alike, sizes, estimand, mix=mix).n_eff


def _chances(overall: Mapping[Estimand, ExpectedEstimate], question: Question) -> dict[Estimand, float]:
    if question.target is None:
        return {}
    return {
        estimand: chance_to_certify(
            max(1, int(found.n_eff)), question.target, found.value, confidence=question.confidence
        )
        for estimand, found in overall.items()
    }


def _stratum_warnings(
    strata: Sequence[PlannedStratum], by_stratum: Mapping[str, ExpectedEstimate], widest: float
) -> list[PlanWarning]:
    warnings = []
    for stratum in strata:
        found = by_stratum.get(stratum.name)
        if found is None:
            warnings.append(_warning(Shortfall.NOT_DRAWN, stratum.name, 0, 1))
            continue
        if found.n < FEWEST_UNITS:
            warnings.append(_warning(Shortfall.FEW_UNITS, stratum.name, found.n, FEWEST_UNITS))
        if found.half_width > widest:
            warnings.append(_warning(Shortfall.WIDE, stratum.name, found.half_width, widest))
        if found.n == stratum.n_available:
            warnings.append(_warning(Shortfall.TAKES_ALL, stratum.name, found.n, stratum.n_available))
    return warnings


def _weight_warnings(kish_n: Mapping[Estimand, float], n: int) -> list[PlanWarning]:
    few = [
        _warning(Shortfall.FEW_EFFECTIVE, estimand.value, n_eff, FEWEST_KISH)
        for estimand, n_eff in kish_n.items()
        if n_eff < FEWEST_KISH
    ]
    unequal = [
        _warning(Shortfall.LARGE_DEFF, estimand.value, n / n_eff, GREATEST_DEFF)
        for estimand, n_eff in kish_n.items()
        if n / n_eff > GREATEST_DEFF
    ]
    return few + unequal


def _warning(shortfall: Shortfall, subject: str, value: float, limit: float) -> PlanWarning:
    return PlanWarning(shortfall=shortfall, subject=subject, value=value, limit=limit)
