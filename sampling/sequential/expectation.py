"""What a sequential goal is likely to cost, by simulating reviews before there is a verdict."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sampling.checks import check_weights
from sampling.design.blocks import block_numbers
from sampling.errors import DesignError
from sampling.sequential.certification import Bet, anytime_p_values
from sampling.sequential.fixed_width import WidthRule
from sampling.sequential.reading import ReadBlocks

N_REVIEWS = 2_000
MOST_COUNTS = 10_000_000
"""Blocks × strata × reviews held at once: some 100 MB an array. Larger samples are played less often."""
FEWEST_REVIEWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """An ordered sample and what its masks are supposed to be like.

    Attributes:
        sizes: n_h, units of each stratum; at least 1. The last unit of the order is the cap.
        accuracies: p_h of each stratum, in [0, 1].
        weights: what each stratum weighs in the target mix; the sizes unless given.
        n_reviews: reviews to simulate, at least 1; fewer are where they would take more memory than
            `MOST_COUNTS` counts.
    """

    sizes: tuple[int, ...]
    accuracies: tuple[float, ...]
    weights: tuple[float, ...] = field(default=())
    n_reviews: int = N_REVIEWS

    def __post_init__(self) -> None:
        if len(self.accuracies) != len(self.sizes) or len(self.mix) != len(self.sizes):
            raise DesignError(
                f"{len(self.sizes)} sizes, {len(self.accuracies)} accuracies and {len(self.mix)} weights "
                "are given: give one of each for every stratum"
            )
        check_weights("weights of strata", np.array(self.mix, dtype=np.float64))
        if wrong := [p for p in self.accuracies if not 0 <= p <= 1]:
            raise DesignError(f"the accuracy of a stratum is {wrong[0]}: give numbers from 0 to 1")
        if self.n_reviews < 1:
            raise DesignError(f"{self.n_reviews} reviews are to be simulated: ask for at least 1")

    @property
    def mix(self) -> tuple[float, ...]:
        """The weights, as given or by size."""
        return self.weights or tuple(float(n_h) for n_h in self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """How many verdicts a goal takes, over simulated reviews; one that does not reach it counts in full.

    Attributes:
        mean: verdicts until the goal is reached or the sample is exhausted.
        p90: nine reviews of ten take at most so many.
        share_reached: reviews that reach the goal, in [0, 1].
    """

    mean: float
    p90: float
    share_reached: float


def verdicts_to_certify(
    scenario: Scenario, *, target: float, seed: int, confidence: float = 0.95, bet: Bet | None = None
) -> Expectation:
    """What `certify` takes, every unit being decided.

    Raises:
        DesignError: an argument is outside its range.

    >>> scenario = Scenario(sizes=(1400, 400, 200), accuracies=(0.96, 0.92, 0.93))
    >>> cost = verdicts_to_certify(scenario, target=0.9, seed=1)
    >>> 180 < cost.mean < 260, cost.share_reached > 0.99
    (True, True)
    """
    read = simulated_reviews(scenario, seed=seed)
    return _expectation(read, anytime_p_values(read, target=target, bet=bet) <= 1 - confidence)


def verdicts_to_width(scenario: Scenario, rule: WidthRule, *, seed: int) -> Expectation:
    """What `estimate_to_width` takes, every unit being decided.

    >>> scenario = Scenario(sizes=(600,), accuracies=(0.95,))
    >>> 95 < verdicts_to_width(scenario, WidthRule(half_width=0.05), seed=1).mean < 125
    True
    """
    read = simulated_reviews(scenario, seed=seed)
    return _expectation(read, rule.is_reached(rule.follow(read)))


def simulated_reviews(scenario: Scenario, *, seed: int) -> ReadBlocks:
    """Whole reviews of the scenario, every unit decided; `n_correct` is (R, K, H)."""
    order = block_numbers({str(stratum): n_h for stratum, n_h in enumerate(scenario.sizes)})
    n_counted = np.stack([np.bincount(blocks) for blocks in order.values()], axis=1)
    weights = np.array(scenario.mix, dtype=np.float64)
    n_blocks = n_counted.shape[0]
    n_reviews = min(scenario.n_reviews, max(FEWEST_REVIEWS, MOST_COUNTS // n_counted.size))
    return ReadBlocks(
        n_counted=n_counted,
        n_correct=np.random.default_rng(seed).binomial(
            n_counted, np.array(scenario.accuracies), size=(n_reviews, *n_counted.shape)
        ),
        weights=weights / weights.sum(),
        last_block=np.arange(n_blocks),
        n_blocks=n_blocks,
        n_blocks_complete=n_blocks,
    )


def verdicts_until(read: ReadBlocks, is_reached: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(R,) counted units up to the first step that reaches the goal, or all of them."""
    first = np.where(is_reached.any(axis=-1), is_reached.argmax(axis=-1), is_reached.shape[-1] - 1)
    return np.asarray(read.n_counted_so_far[first])


def _expectation(read: ReadBlocks, is_reached: NDArray[np.bool_]) -> Expectation:
    verdicts = verdicts_until(read, is_reached)
    return Expectation(
        mean=float(verdicts.mean()),
        p90=float(np.quantile(verdicts, 0.9, method="higher")),
        share_reached=float(is_reached.any(axis=-1).mean()),
    )
