"""The simulations' shortcuts: they give the tables that the program makes of the same units."""

from dataclasses import fields

import numpy as np
import pytest

from benchmarks.coverage import MAIN, MIX, PUBLISHED, Design, counts_table, simulate, units_table
from sampling.estimation.linearisation import DomainTable, tabulate
from sampling.estimation.outcomes import SampledOutcomes


def assert_same(table: DomainTable, row: int, expected: DomainTable) -> None:
    for field in fields(DomainTable):
        found = getattr(table, field.name)
        found = found if field.name in ("n_units", "n_clusters", "unsampled") else found[row : row + 1]
        assert found == pytest.approx(getattr(expected, field.name), rel=1e-9, abs=1e-15), field.name


def test_units_of_clusters_and_domains_give_the_table_of_the_program():
    rng = np.random.default_rng(2)
    n, k = (12, 30, 6), 3
    strata = []
    for n_h in n:
        weight = rng.lognormal(0, 1, (4, n_h)) * (rng.random((4, n_h)) < 0.7)
        strata.append((weight, (rng.random((4, n_h)) < 0.6).astype(np.float64)))
    table = units_table(strata, k)

    for row in range(4):
        weight = np.concatenate([w[row] for w, _ in strata])
        outcomes = SampledOutcomes(
            stratum=np.repeat([0, 1, 2], n),
            cluster=np.arange(sum(n)) // k,
            weight=np.where(weight > 0, weight, 1.0),
            is_counted=weight > 0,
            is_correct=np.concatenate([y[row] for _, y in strata]) > 0,
        )
        assert_same(table, row, tabulate(outcomes, np.zeros(sum(n), np.intp), 1))


def test_counts_give_the_table_of_the_program():
    n, successes = (12, 30, 6), np.array([[12, 21, 0], [5, 30, 6]])
    table = counts_table(successes, n, (1.0, 5.0, 2.0))

    for row, counts in enumerate(successes):
        outcomes = SampledOutcomes(
            stratum=np.repeat([0, 1, 2], n),
            cluster=np.arange(sum(n)),
            weight=np.repeat(np.array([1.0, 5.0, 2.0]) / n, n),
            is_counted=np.ones(sum(n), bool),
            is_correct=np.concatenate([np.arange(n_h) < x for n_h, x in zip(n, counts, strict=True)]),
        )
        assert_same(table, row, tabulate(outcomes, np.zeros(sum(n), np.intp), 1))


@pytest.mark.parametrize(
    "design",
    [
        PUBLISHED[2],
        Design(
            name="sizes, domain",
            n=MAIN,
            weight=MIX,
            offsets=(1, 0, -1),
            size_cv=(1, 0.5, 0),
            slope=-0.5,
            part=(0.9, 0.5, 0.7),
        ),
        Design(name="clusters", n=MAIN, weight=MIX, offsets=(1, 0, -1), cluster_size=4, alike=0.5),
    ],
    ids=lambda design: design.name,
)
def test_the_simulated_population_has_the_accuracy_it_is_said_to_have(design):
    value = simulate(design, 0.9, 400, np.random.default_rng(4)).value

    assert abs(value.mean() - 0.9) < 5 * value.std() / np.sqrt(400)
