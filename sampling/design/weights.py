"""Inclusion probabilities and the weights that undo them.

They are conditional on phase 1: M_h, the entities that phase 1 put into stratum h, depends on the seed.
Summing weighted values over a sample is unbiased over both phases (Särndal, Swensson and Wretman, Model
Assisted Survey Sampling, 1992, ch. 9: the π* estimator of two-phase sampling).
"""

from dataclasses import dataclass

from sampling.checks import as_whole
from sampling.errors import DesignError


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What one drawn annotation stands for.

    Attributes:
        inclusion_probability: π, in (0, 1].
        design_weight: 1/π: how many annotations of the frame it stands for.
        entity_weight: how many entities it stands for.
    """

    inclusion_probability: float
    design_weight: float
    entity_weight: float


def entity_draw_weights(*, n_h: int, M_h: int, N_e: int, k: int) -> Weights:
    """The weights of an annotation picked in phase 1 of an entity drawn in phase 2.

    π = (k/N_e)·(n_h/M_h); the entity's k annotations share its weight M_h/n_h.

    Args:
        n_h: entities drawn in the stratum, 1 ≤ n_h ≤ M_h.
        M_h: entities that phase 1 put into the stratum.
        N_e: the entity's annotations in the frame.
        k: annotations picked of the entity, 1 ≤ k ≤ N_e.

    Raises:
        DesignError: the numbers cannot belong to one draw.

    >>> entity_draw_weights(n_h=100, M_h=2000, N_e=50, k=1)
    Weights(inclusion_probability=0.001, design_weight=1000.0, entity_weight=20.0)
    """
    n_h, M_h, N_e, k = (as_whole("a number of units", n) for n in (n_h, M_h, N_e, k))
    _check_drawn(n_h, M_h, what="entities of the stratum")
    _check_drawn(k, N_e, what="annotations of the entity")
    return Weights(
        inclusion_probability=n_h * k / (M_h * N_e),
        design_weight=M_h * N_e / (n_h * k),
        entity_weight=M_h / (n_h * k),
    )


def unequal_draw_weights(*, probability: float, N_e: int, k: int) -> Weights:
    """The weights of an annotation picked in phase 1 of an entity drawn with a probability of its own.

    π = (k/N_e)·π_e; the entity's k annotations share its weight 1/π_e. With π_e = n_h/M_h these are the
    weights of `entity_draw_weights`; with N_e = k = 1 those of annotations drawn with unequal probabilities.

    Args:
        probability: π_e, with which phase 2 draws the entity once phase 1 is done, in (0, 1].
        N_e: the entity's annotations in the frame.
        k: annotations picked of the entity, 1 ≤ k ≤ N_e.

    Raises:
        DesignError: the numbers cannot belong to one draw.

    >>> unequal_draw_weights(probability=0.125, N_e=16, k=1)
    Weights(inclusion_probability=0.0078125, design_weight=128.0, entity_weight=8.0)
    """
    if not 0 < probability <= 1:
        raise DesignError(
            f"an entity cannot have been drawn with probability {probability}: give one above 0 and at most 1"
        )
    _check_drawn(k, N_e, what="annotations of the entity")
    return Weights(
        inclusion_probability=probability * k / N_e,
        design_weight=N_e / (probability * k),
        entity_weight=1 / (probability * k),
    )


def annotation_draw_weights(*, n_h: int, N_h: int, N_e: int) -> Weights:
    """The weights of an annotation that was drawn directly.

    π = n_h/N_h; an entity is the sum of its annotations, each 1/N_e of it, so the entity weight is
    N_h/(n_h·N_e).

    Args:
        n_h: annotations drawn in the stratum, 1 ≤ n_h ≤ N_h.
        N_h: annotations in the stratum.
        N_e: the entity's annotations in the frame, at least 1.

    Raises:
        DesignError: the numbers cannot belong to one draw.

    >>> annotation_draw_weights(n_h=200, N_h=5000, N_e=10)
    Weights(inclusion_probability=0.04, design_weight=25.0, entity_weight=2.5)
    """
    n_h, N_h, N_e = (as_whole("a number of units", n) for n in (n_h, N_h, N_e))
    _check_drawn(n_h, N_h, what="annotations of the stratum")
    _check_drawn(1, N_e, what="annotations of the entity")
    return Weights(inclusion_probability=n_h / N_h, design_weight=N_h / n_h, entity_weight=N_h / (n_h * N_e))


def unequal_annotation_weights(*, probability: float, N_e: int) -> Weights:
    """The weights of an annotation that was drawn directly, with a probability of its own.

    With π = n_h/N_h these are the weights of `annotation_draw_weights`.

    Args:
        probability: π, in (0, 1].
        N_e: the entity's annotations in the frame, at least 1.

    Raises:
        DesignError: the numbers cannot belong to one draw.

    >>> unequal_annotation_weights(probability=0.125, N_e=4)
    Weights(inclusion_probability=0.125, design_weight=8.0, entity_weight=2.0)
    """
    if not 0 < probability <= 1:
        raise DesignError(
            f"an annotation cannot have been drawn with probability {probability}: give one above 0 and at "
            "most 1"
        )
    _check_drawn(1, N_e, what="annotations of the entity")
    return Weights(
        inclusion_probability=probability,
        design_weight=1 / probability,
        entity_weight=1 / (probability * N_e),
    )


def _check_drawn(n_drawn: int, n_available: int, *, what: str) -> None:
    if not 1 <= n_drawn <= n_available:
        raise DesignError(
            f"{n_drawn} of {n_available} {what} cannot have been drawn: give 1 ≤ drawn ≤ available"
        )
