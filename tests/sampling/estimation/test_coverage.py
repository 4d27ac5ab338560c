"""Coverage: exact for one stratum, by simulation for designs; where it falls short is written down here."""

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.coverage import (
    CLUSTERS,
    DOMAINS,
    GRIDS,
    PUBLISHED,
    SIZES,
    STRATA,
    Design,
    exact_coverage,
    least_exact_coverage,
    simulate,
)
from sampling.estimation.estimate import IntervalMethod
from sampling.estimation.stratified import precision_of, table_limits

WILSON, EXACT = IntervalMethod.WILSON_EFFECTIVE, IntervalMethod.KORN_GRAUBARD
FLOOR = 0.94

SHORT_OF_THE_FLOOR = {
    # Wilson's interval itself falls short where fewer than some five errors are expected of n_eff units.
    ("B entity", 0.98): 0.925,
    ("B entity", 0.995): 0.915,
    ("10 × 30, equal weights", 0.995): 0.93,
    ("600/60/40/30, weights 40:30:20:10", 0.98): 0.93,
    ("3 × 30, accuracies far apart", 0.995): 0.92,
    ("1000/30, weights 1:9", 0.9): 0.88,
    ("1000/30, weights 1:9", 0.995): 0.875,
    ("100 × 5, correlation 0.95", 0.995): 0.92,
    ("(700/50) × 2, weights 1:4, correlation 0.95", 0.95): 0.92,
    # Few errors, and those on the units of the greatest weight.
    ("1400, CV 1, slope -1", 0.947): 0.93,
    ("1400, CV 1, slope -1", 0.98): 0.91,
}


def n_covered(design: Design, p: float, method: IntervalMethod, n_replicates: int) -> int:
    rng = np.random.default_rng([11, int(1000 * p), sum(design.n)])
    table = simulate(design, p, n_replicates, rng)
    limits = table_limits(table, precision_of(table), confidence=0.95, method=method)
    return int(((limits.low <= p) & (p <= limits.high)).sum())


def assert_covers(design: Design, p: float, n_replicates: int) -> None:
    """So few covered samples have a chance of 1 in 10,000 at the floor."""
    floor = SHORT_OF_THE_FLOOR.get((design.name, p), FLOOR)
    covered = n_covered(design, p, WILSON, n_replicates)

    assert binom.cdf(covered, n_replicates, floor) > 1e-4, f"{covered / n_replicates:.3f} below {floor}"


def cells(grid: str, designs: tuple[Design, ...]) -> list[object]:
    return [pytest.param(d, p, id=f"{d.name}, p = {p}") for d in designs for p in GRIDS[grid][2]]


@pytest.mark.parametrize(
    ("n", "p", "expected"),
    [
        # Coverage in % and mean width in points by another program's enumeration: Wilson, Agresti–Coull,
        # Clopper–Pearson, mid-P, Jeffreys.
        (200, 0.70, "94.7/12.57 94.7/12.59 95.5/13.09 94.7/12.63 94.7/12.60"),
        (200, 0.95, "96.7/6.15 96.7/6.38 96.7/6.50 95.0/6.09 95.0/6.01"),
        (200, 0.98, "93.3/4.15 98.0/4.52 96.2/4.38 96.2/4.00 96.2/3.89"),
        (200, 0.995, "92.0/2.61 98.1/3.00 98.1/2.65 98.1/2.31 98.1/2.13"),
        (400, 0.95, "95.0/4.31 95.0/4.39 96.2/4.51 95.0/4.29 95.0/4.26"),
        (400, 0.98, "95.4/2.84 95.4/2.99 97.1/2.99 95.4/2.79 92.6/2.75"),
        (400, 0.995, "94.8/1.62 98.4/1.83 98.4/1.67 98.4/1.50 98.4/1.42"),
        pytest.param(2000, 0.81, "95.1/3.44 95.1/3.44 95.4/3.49 95.1/3.44 95.1/3.44", marks=pytest.mark.slow),
        pytest.param(2000, 0.95, "95.5/1.91 95.5/1.92 96.0/1.96 94.9/1.91 94.9/1.91", marks=pytest.mark.slow),
        pytest.param(
            2000, 0.995, "96.3/0.64 96.3/0.67 97.6/0.67 94.4/0.63 94.4/0.62", marks=pytest.mark.slow
        ),
    ],
)
def test_going_through_every_count_gives_the_coverage_and_width_of_another_program(n, p, expected):
    methods = (
        IntervalMethod.WILSON,
        IntervalMethod.AGRESTI_COULL,
        IntervalMethod.CLOPPER_PEARSON,
        IntervalMethod.MID_P,
        IntervalMethod.JEFFREYS,
    )
    found = [exact_coverage(n, p, method) for method in methods]

    assert [f"{100 * c.share:.1f}/{100 * c.width:.2f}" for c in found] == expected.split()


@pytest.mark.parametrize("n", [30, 200])
def test_clopper_pearson_covers_whatever_the_accuracy_is(n):
    assert least_exact_coverage(n, IntervalMethod.CLOPPER_PEARSON) >= 0.95


def test_wilson_falls_short_near_1_by_as_much_as_is_documented():
    assert least_exact_coverage(200, IntervalMethod.WILSON) == pytest.approx(0.895, abs=0.001)
    assert least_exact_coverage(30, IntervalMethod.WILSON) == pytest.approx(0.837, abs=0.001)
    assert least_exact_coverage(200, IntervalMethod.MID_P) == pytest.approx(0.919, abs=0.001)
    assert least_exact_coverage(200, IntervalMethod.JEFFREYS) == pytest.approx(0.878, abs=0.001)


@pytest.mark.parametrize(("design", "p"), cells("published", PUBLISHED))
def test_the_default_interval_covers_the_three_estimands(design, p):
    assert_covers(design, p, 5000)


@pytest.mark.parametrize(("design", "p"), cells("published", PUBLISHED))
def test_korn_and_graubards_interval_covers_more_than_it_says(design, p):
    covered = n_covered(design, p, EXACT, 5000)

    assert binom.cdf(covered, 5000, 0.95) > 1e-4


@pytest.mark.parametrize("p", [0.947, 0.98])
def test_weights_that_vary_in_a_stratum_keep_the_coverage(p):
    assert_covers(SIZES[1], p, 600)


@pytest.mark.parametrize("p", [0.81, 0.98])
def test_clusters_that_are_half_alike_keep_the_coverage(p):
    half_alike = next(d for d in CLUSTERS if d.name == "100 × 5, correlation 0.5")

    assert_covers(half_alike, p, 1500)


@pytest.mark.slow
@pytest.mark.parametrize(("design", "p"), cells("strata", STRATA))
def test_the_default_interval_covers_other_strata(design, p):
    assert_covers(design, p, 20_000)


@pytest.mark.soak
@pytest.mark.parametrize(("design", "p"), cells("sizes", SIZES))
def test_the_default_interval_covers_with_weights_that_vary(design, p):
    assert_covers(design, p, 3000)


@pytest.mark.soak
@pytest.mark.parametrize(("design", "p"), cells("clusters", CLUSTERS))
def test_the_default_interval_covers_clusters(design, p):
    assert_covers(design, p, 3000)


@pytest.mark.soak
@pytest.mark.parametrize(("design", "p"), cells("domains", DOMAINS))
def test_the_default_interval_covers_domains(design, p):
    assert_covers(design, p, 3000)
