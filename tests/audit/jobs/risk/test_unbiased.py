"""The weights and the figures of a sample by risk are right on average, under every estimand."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import binomtest

from audit.jobs.estimates import Figures, by_split, overall_result, sliced_results, unit_weights
from audit.jobs.risk.drawable import target_of
from audit.jobs.risk.estimates import estimates_by_risk
from audit.jobs.risk.units import with_chances, with_drawn
from db.records import Unit
from sampling.design.frame import DrawnUnit
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate
from sampling.risk.active import RiskEstimate
from sampling.risk.waves import first_wave
from tests.audit.jobs.risk.simulated import (
    SETTING,
    Population,
    a_population,
    audited,
    everything,
    state_of,
    units_at,
    with_shares,
)

FIGURES = Figures(confidence=0.95, table_confidence=0.95, estimand=Estimand.MIX)
SHARES = {"entity": 4, "wiki": 3}
SMALL = a_population({"entity": [1, 5, 2, 3, 4, 2], "wiki": [1, 1, 2, 1, 1]}, seed=3)


def every_first_wave(
    population: Population, unit: DrawnUnit, seed: int
) -> Iterator[tuple[float, list[Unit], np.ndarray]]:
    """Every first wave that some start draws, with how many starts do: the chance, units, mix weights."""
    drawn, strata = everything(population, unit, seed)
    strata = with_shares(strata, SHARES)
    frame = drawn.frame(target_of(drawn, Estimand.MIX, unit, strata))
    n = sum(SHARES.values())
    chances = first_wave(frame, n, start=0.0, prior=drawn.prior).probabilities
    order = np.lexsort((frame.tickets, drawn.prior, frame.strata))
    reached = np.cumsum(chances[order])
    breaks = np.unique(np.concatenate([[0.0, 1.0], np.mod(reached * n / reached[-1], 1.0)]))
    for low, high in itertools.pairwise(breaks):
        if high - low < 1e-12:
            continue
        wave = first_wave(frame, n, start=(low + high) / 2, prior=drawn.prior)
        after = drawn.with_wave(wave)
        units = units_at(population, after, wave, strata, unit=unit, seed=seed, number=0)
        units = with_chances(units, after, unit)
        state = state_of(population, units, with_drawn(strata, units), unit=unit, seed=seed)
        yield high - low, units, unit_weights(state, Estimand.MIX)


@pytest.mark.parametrize("unit", DrawnUnit)
def test_over_every_start_each_unit_stands_for_itself(unit: DrawnUnit) -> None:
    drawn, _ = everything(SMALL, unit, 11)
    stands_for = dict.fromkeys(drawn.annotation_ids.to_pylist(), 0.0)
    for chance, units, _ in every_first_wave(SMALL, unit, 11):
        for each in units:
            weight = each.entity_weight if unit is DrawnUnit.ENTITY else each.design_weight
            stands_for[each.annotation_id] += chance * weight
    assert list(stands_for.values()) == pytest.approx([1.0] * drawn.n_units)


@pytest.mark.parametrize("unit", DrawnUnit)
def test_over_every_start_the_mix_is_that_of_the_allocation(unit: DrawnUnit) -> None:
    total = dict.fromkeys(SHARES, 0.0)
    wrong = 0.0
    for chance, units, weights in every_first_wave(SMALL, unit, 11):
        for each, weight in zip(units, weights.tolist(), strict=True):
            total[each.stratum] += chance * weight
            wrong += chance * weight * SMALL.wrong[each.annotation_id]
    assert total == pytest.approx(SHARES)
    drawn, strata = everything(SMALL, unit, 11)
    target = target_of(drawn, Estimand.MIX, unit, with_shares(strata, SHARES))
    is_wrong = np.array([SMALL.wrong[each] for each in drawn.annotation_ids.to_pylist()])
    assert wrong / sum(SHARES.values()) == pytest.approx(target @ is_wrong / target.sum())


@pytest.mark.slow
def test_over_picks_and_starts_an_annotation_stands_for_itself() -> None:
    """The chances of the two stages multiply."""
    population = a_population({"entity": [1, 3, 2, 2], "wiki": [1, 2, 1, 1]}, seed=4)
    n_seeds = 200
    stands_for = dict.fromkeys((each.annotation_id for each in population.frame), 0.0)
    for seed in range(n_seeds):
        for chance, units, _ in every_first_wave(population, DrawnUnit.ENTITY, seed):
            for each in units:
                stands_for[each.annotation_id] += chance * each.design_weight / n_seeds
    # Picked one time in three at the least, so a weight of at most 3, or 0: a deviation of √2 at most.
    assert np.abs(np.array(list(stands_for.values())) - 1).max() < 4 * np.sqrt(2 / n_seeds)


LARGE = a_population(
    {"entity": np.minimum(1 + np.random.default_rng(1).geometric(0.4, 500), 10).tolist(), "wiki": [1] * 300},
    seed=5,
)
N_AUDITS = 40


@pytest.mark.slow
@pytest.mark.parametrize("unit", DrawnUnit)
def test_figures_are_right_on_average_and_intervals_cover(unit: DrawnUnit) -> None:
    errors: dict[str, list[float]] = {}
    covered: dict[str, list[bool]] = {}

    def note(name: str, found: object, truth: float) -> None:
        assert isinstance(found, Estimate)
        errors.setdefault(name, []).append(found.value - truth)
        covered.setdefault(name, []).append(found.interval.low <= truth <= found.interval.high)

    for seed in range(N_AUDITS):
        state, drawn = audited(LARGE, unit, seed, {"entity": 70, "wiki": 30}, 100)
        is_right = np.array([not LARGE.wrong[each] for each in drawn.everything.annotation_ids.to_pylist()])
        by_chance = overall_result(state, SETTING, FIGURES)
        for estimand, found in estimates_by_risk(state, SETTING, drawn, confidence=0.95).items():
            target = target_of(drawn.everything, estimand, unit, state.sample.strata)
            truth = float(target @ is_right / target.sum())
            if estimand is Estimand.ANNOTATION:
                truth = 1 - float(LARGE.is_wrong.mean())
            assert isinstance(found, RiskEstimate)
            note(estimand, found.estimate, truth)
            note(f"{estimand} by chance", by_chance.estimands[estimand], truth)
        for split, result in sliced_results(state, SETTING, by_split(state), FIGURES).items():
            code = drawn.everything.splits.index(split)
            note(f"split {split}", result.accuracy, float(is_right[drawn.everything.strata == code].mean()))

    for name, found in errors.items():
        standard_error = np.std(found) / np.sqrt(N_AUDITS)
        assert abs(np.mean(found)) < 4 * standard_error, name
        assert binomtest(sum(covered[name]), N_AUDITS, 0.94, alternative="less").pvalue > 1e-3, name
