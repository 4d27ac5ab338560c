"""What phase 1 will make of a population, before any ticket is drawn: for plans."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sampling.errors import DesignError


class SizeMeasure(StrEnum):
    """What the probability of drawing an entity is in proportion to."""

    NONE = "none"
    """To nothing: every entity of a stratum has the same."""
    SQRT = "sqrt"
    """To √N_e: between the precision for entities (the same for all) and for annotations (N_e)."""

    def sizes(self, n_annotations: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
        """The size of entities with so many annotations in the frame, float64."""
        return np.sqrt(n_annotations) if self is SizeMeasure.SQRT else np.ones(n_annotations.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedStrata:
    """What a draw of entities over all their splits can expect, per split; arrays of one number per split.

    Attributes:
        entities: E[M_h], the entities that phase 1 is expected to put into split h.
        annotations: N_h.
        annotation_deffs: by how much the unequal weights of drawn entities widen the variance of the accuracy
            per annotation: Kish's n·Σw²/(Σw)²; 1 for an empty split.
        entity_deffs: the same of the accuracy per entity; 1 where all entities are drawn alike.
    """

    entities: NDArray[np.float64]
    annotations: NDArray[np.int64]
    annotation_deffs: NDArray[np.float64]
    entity_deffs: NDArray[np.float64]


def expected_strata(counts: NDArray[np.int64], measure: SizeMeasure) -> ExpectedStrata:
    """What phase 1 is expected to make of a population, and what its sizes will cost.

    One annotation of each entity is picked by its ticket, so entity e falls into split h with probability
    N_eh/N_e and E[M_h] = Σ_e N_eh/N_e. An entity of size s_e is then drawn with a probability in proportion
    to s_e and weighs N_e/s_e (per annotation) or 1/s_e (per entity), so Kish's n·Σw²/(Σw)² comes to
    Σs·Σ(N_e²/s)/(ΣN_e)² and Σs·Σ(1/s)/(Σ1)², each sum over e with N_eh/N_e before its terms.

    Args:
        counts: N_eh, one row per entity and one column per split, at least 0; every row has one above 0.
        measure: by which entities will be drawn.

    Raises:
        DesignError: a count is negative or no whole number, or an entity has no annotation.

    Source: Kish, Survey Sampling, 1965, § 11.7; Särndal, Swensson and Wretman 1992, ch. 9.

    >>> strata = expected_strata(np.array([[3, 1], [1, 0], [0, 4]]), SizeMeasure.NONE)
    >>> strata.entities.tolist(), strata.annotations.tolist()
    ([1.75, 1.25], [4, 5])
    """
    is_whole = np.issubdtype(counts.dtype, np.integer)
    if not is_whole or counts.ndim != 2 or (counts < 0).any() or not counts.any(axis=1).all():
        raise DesignError(
            "the counts are not one row of annotations per split for each entity: give a whole number of at "
            "least 0 in each and leave out entities without annotations"
        )
    # float64: the square of a sum of annotations may be beyond any integer type.
    totals = counts.sum(axis=1, dtype=np.float64)
    chances = counts / totals[:, None]
    sizes = measure.sizes(totals)
    entities = chances.sum(axis=0)
    size_sums = sizes @ chances
    return ExpectedStrata(
        entities=entities,
        annotations=counts.sum(axis=0, dtype=np.int64),
        annotation_deffs=_ratio(size_sums * (totals**2 / sizes @ chances), (totals @ chances) ** 2),
        entity_deffs=_ratio(size_sums * (1 / sizes @ chances), entities**2),
    )


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.ones(above.shape), where=below > 0)
