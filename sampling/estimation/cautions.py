"""What a reader must be told beside an estimate, as values; the reports put them into words."""

from enum import StrEnum

import numpy as np

from sampling.estimation.estimate import Estimate
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import THIN_STRATUM

FEWEST_EFFECTIVE = 30
FEWEST_KISH = 100
GREATEST_DEFF = 2.0


class Caution(StrEnum):
    """Why an estimate is less than it seems."""

    FEW_EFFECTIVE = "few-effective"
    """It tells no more than fewer than 30 units of a simple random sample."""
    SMALL_KISH = "small-kish"
    """Unequal weights leave as much as fewer than 100 units of equal weight: a few units carry the figure."""
    LARGE_DEFF = "large-deff"
    """The design needs more than twice the units of a simple random sample for the same width."""
    NO_ERRORS = "no-errors"
    """Nothing counted is wrong: quote the bound of `rule_of_three`, not 100 %."""
    THIN_STRATUM = "thin-stratum"
    """A stratum has fewer than 30 counted units, so its own variance is a guess."""
    EMPTY_STRATUM = "empty-stratum"
    """A stratum that was drawn from has no counted unit: the figure is of the other strata alone."""


def cautions(outcomes: SampledOutcomes, estimate: Estimate) -> tuple[Caution, ...]:
    """What to say beside `estimate`, which is of `outcomes`; in the order of `Caution`.

    >>> from sampling.estimation.stratified import estimate
    >>> outcomes = SampledOutcomes(
    ...     stratum=np.zeros(20, np.intp), cluster=np.arange(20), weight=np.ones(20),
    ...     is_counted=np.ones(20, bool), is_correct=np.ones(20, bool))
    >>> [str(caution) for caution in cautions(outcomes, estimate(outcomes))]
    ['few-effective', 'no-errors', 'thin-stratum']
    """
    n_drawn = np.bincount(outcomes.stratum)
    n_counted = np.bincount(outcomes.stratum[outcomes.is_counted], minlength=len(n_drawn))
    kish_n = outcomes.kish_n
    has_unequal_weights = kish_n < outcomes.n_counted * (1 - 1e-9)
    applies = {
        Caution.FEW_EFFECTIVE: min(estimate.n, estimate.n_eff) < FEWEST_EFFECTIVE,
        Caution.SMALL_KISH: has_unequal_weights and kish_n < FEWEST_KISH,
        Caution.LARGE_DEFF: estimate.deff > GREATEST_DEFF,
        Caution.NO_ERRORS: bool(outcomes.is_correct[outcomes.is_counted].all()),
        Caution.THIN_STRATUM: bool(((n_counted > 0) & (n_counted < THIN_STRATUM)).any()),
        Caution.EMPTY_STRATUM: bool(((n_drawn > 0) & (n_counted == 0)).any()),
    }
    return tuple(caution for caution in Caution if applies[caution])
