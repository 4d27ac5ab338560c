"""How often the intervals cover, and how wide they are: exactly for one stratum, by simulation for designs.

python -m benchmarks.coverage [TABLE ...]      exact, published, strata, thin, sizes, clusters, domains
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import binom

from sampling.estimation.estimate import IntervalMethod
from sampling.estimation.limits import Limits, proportion_limits
from sampling.estimation.linearisation import DomainTable
from sampling.estimation.stratified import precision_of, table_limits

Floats = NDArray[np.float64]

ONE_STRATUM = (
    IntervalMethod.WILSON,
    IntervalMethod.AGRESTI_COULL,
    IntervalMethod.CLOPPER_PEARSON,
    IntervalMethod.MID_P,
    IntervalMethod.JEFFREYS,
)
STRATIFIED = (IntervalMethod.WILSON_EFFECTIVE, IntervalMethod.KORN_GRAUBARD, IntervalMethod.MOVER_JEFFREYS)
ONE_STRATUM_CELLS = (
    (200, 0.70),
    (200, 0.95),
    (200, 0.98),
    (200, 0.995),
    (400, 0.95),
    (400, 0.98),
    (400, 0.995),
    (2000, 0.81),
    (2000, 0.95),
    (2000, 0.995),
)
SEED = 20_240_501


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A sample to simulate: H strata, and what makes their units differ.

    Attributes:
        n: units drawn in each stratum.
        weight: the stratum's share of the population, in any unit.
        offsets: added to the common logit of the accuracy in each stratum.
        size_cv: coefficient of variation of the units' weights in each stratum, lognormal.
        slope: what one standard deviation of the log weight adds to the logit.
        cluster_size: units drawn together.
        alike: correlation of the outcomes within a cluster (beta-binomial).
        part: the chance of a unit of each stratum to lie in the domain.
    """

    name: str
    n: tuple[int, ...]
    weight: tuple[float, ...]
    offsets: tuple[float, ...]
    size_cv: tuple[float, ...] = ()
    slope: float = 0.0
    cluster_size: int = 1
    alike: float = 0.0
    part: tuple[float, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Nothing differs within a stratum: counts tell all."""
        return not self.size_cv and not self.part and self.cluster_size == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a method did in one cell."""

    share: float
    width: float


def one_stratum_limits(n: int, method: IntervalMethod) -> Limits:
    """The limits for every count of n."""
    counts = np.arange(n + 1, dtype=np.float64)
    return proportion_limits(counts, np.full(n + 1, float(n)), confidence=0.95, method=method)


def exact_coverage(n: int, p: float, method: IntervalMethod) -> Coverage:
    """Coverage and mean width of a one-stratum method, by going through every count."""
    limits = one_stratum_limits(n, method)
    probability = binom.pmf(np.arange(n + 1), n, p)
    return Coverage(
        share=float(probability[(limits.low <= p) & (p <= limits.high)].sum()),
        width=float((probability * (limits.high - limits.low)).sum()),
    )


def least_exact_coverage(n: int, method: IntervalMethod) -> float:
    """The least coverage for p from 0.9 to 0.999: it is beside a limit, between them it has no minimum."""
    limits = one_stratum_limits(n, method)
    ends = np.concatenate([limits.low, limits.high])
    beside = np.concatenate([[0.9, 0.999], ends - 1e-9, ends + 1e-9])
    p = beside[(beside >= 0.9) & (beside <= 0.999)][:, np.newaxis]
    covers = (limits.low <= p) & (p <= limits.high)
    return float((binom.pmf(np.arange(n + 1), n, p) * covers).sum(axis=1).min())


def simulated_coverage(table: DomainTable, truth: float, method: IntervalMethod) -> Coverage:
    """Coverage and mean width over the replicates of a table."""
    limits: Limits = table_limits(table, precision_of(table), confidence=0.95, method=method)
    covers = (limits.low <= truth) & (truth <= limits.high)
    return Coverage(share=float(covers.mean()), width=float((limits.high - limits.low).mean()))


def simulate(design: Design, p: float, n_replicates: int, rng: np.random.Generator) -> DomainTable:
    """`n_replicates` samples of a population whose accuracy is p, each a domain of its own."""
    common = _common_logit(design, p)
    logits = common + np.array(design.offsets)
    if design.is_plain:
        return counts_table(
            rng.binomial(design.n, expit(logits), (n_replicates, len(design.n))), design.n, design.weight
        )
    strata = [_draw_stratum(design, h, float(logit), n_replicates, rng) for h, logit in enumerate(logits)]
    return units_table(strata, design.cluster_size)


def counts_table(successes: NDArray[np.int64], n: tuple[int, ...], weight: tuple[float, ...]) -> DomainTable:
    """The table of samples that counts per stratum describe; successes of shape (replicates, H)."""
    drawn = np.array(n)
    share = np.broadcast_to(np.array(weight) / np.sum(weight), successes.shape)
    rate = successes / drawn
    squares = share**2 / drawn
    return DomainTable(
        n=np.full(len(successes), drawn.sum()),
        n_correct=successes.sum(axis=1),
        value=np.minimum((share * rate).sum(axis=1), 1.0),
        share=share,
        rate=rate,
        unit_squares=squares,
        cluster_squares=squares,
        n_clusters_counted=np.broadcast_to(drawn, successes.shape),
        scatter=squares * rate * (1 - rate),
        n_units=drawn,
        n_clusters=drawn,
        unsampled=np.ones(share.shape[1]),
    )


def units_table(strata: list[tuple[Floats, Floats]], cluster_size: int) -> DomainTable:
    """The table of samples whose units are given: (weight, is_correct) of each stratum, (replicates, n_h).

    A weight of 0 leaves the unit out of the domain; `cluster_size` consecutive units are drawn together.
    """
    total = sum(weight.sum(axis=1) for weight, _ in strata)
    value = np.minimum(sum((weight * y).sum(axis=1) for weight, y in strata) / total, 1.0)
    columns: dict[str, list[Floats]] = {}
    for weight, y in strata:
        scaled = weight / total[:, np.newaxis]
        residual = scaled * (y - value[:, np.newaxis])
        n_clusters = weight.shape[1] // cluster_size
        of_clusters = scaled.reshape(len(value), n_clusters, cluster_size).sum(axis=2)
        residual_of_clusters = residual.reshape(len(value), n_clusters, cluster_size).sum(axis=2)
        share = scaled.sum(axis=1)
        found = {
            "share": share,
            "rate": np.minimum((scaled * y).sum(axis=1) / np.where(share > 0, share, 1.0), 1.0),
            "unit_squares": (scaled**2).sum(axis=1),
            "cluster_squares": (of_clusters**2).sum(axis=1),
            "n_clusters_counted": (of_clusters > 0).sum(axis=1),
            "scatter": (residual_of_clusters**2).sum(axis=1) - residual.sum(axis=1) ** 2 / n_clusters,
        }
        for name, column in found.items():
            columns.setdefault(name, []).append(column)
    n_units = np.array([weight.shape[1] for weight, _ in strata])
    return DomainTable(
        n=sum((weight > 0).sum(axis=1) for weight, _ in strata),
        n_correct=sum(((weight > 0) & (y > 0)).sum(axis=1) for weight, y in strata),
        value=value,
        n_units=n_units,
        n_clusters=n_units // cluster_size,
        **{name: np.stack(column, axis=1) for name, column in columns.items()},
        unsampled=np.ones(len(strata)),
    )


def _draw_stratum(
    design: Design, h: int, logit: float, n_replicates: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    shape = (n_replicates, design.n[h])
    weight = np.full(shape, design.weight[h] / design.n[h])
    chance = np.full(shape, expit(logit))
    if design.size_cv:
        size = rng.standard_normal(shape)
        weight *= np.exp(_log_sd(design.size_cv[h]) * size)
        chance = expit(logit + design.slope * size)
    if design.alike:
        certainty = (1 - design.alike) / design.alike
        p = expit(logit)
        clusters = rng.beta(
            p * certainty, (1 - p) * certainty, (n_replicates, design.n[h] // design.cluster_size)
        )
        chance = np.repeat(clusters, design.cluster_size, axis=1)
    if design.part:
        weight *= rng.random(shape) < design.part[h]
    return weight, (rng.random(shape) < chance).astype(np.float64)


def _common_logit(design: Design, p: float) -> float:
    """The logit at which the population's accuracy is p; sizes by Gauss and Hermite's rule."""
    nodes, node_weights = np.polynomial.hermite_e.hermegauss(80)
    strata = len(design.n)
    cv = np.array(design.size_cv or (0.0,) * strata)[:, np.newaxis]
    size = node_weights * np.exp(_log_sd(cv) * nodes)
    mass = np.array(design.weight)[:, np.newaxis] * np.array(design.part or (1.0,) * strata)[:, np.newaxis]

    def miss(logit: float) -> float:
        chance = expit(logit + np.array(design.offsets)[:, np.newaxis] + design.slope * nodes)
        return float((mass * size * chance).sum() / (mass * size).sum()) - p

    return float(brentq(miss, -30, 30))


def _log_sd(cv: Floats | float) -> Floats:
    return np.sqrt(np.log1p(np.square(cv)))


MAIN = (1400, 400, 200)
MIX, ENTITY, ANNOTATION = (7.0, 2.0, 1.0), (18e3, 8.5e3, 2.03e6), (5.176e6, 40.8e3, 1.97e6)
MAIN_OFFSETS = (0.3, -0.9, -0.3)

PUBLISHED = tuple(
    Design(name=name, n=MAIN, weight=weight, offsets=MAIN_OFFSETS)
    for name, weight in (("A mix", MIX), ("B entity", ENTITY), ("C annotation", ANNOTATION))
)
STRATA = (
    Design(
        name="300/200/100/60/40, equal weights",
        n=(300, 200, 100, 60, 40),
        weight=(1.0,) * 5,
        offsets=(0.5, 0, -0.5, -1, 1),
    ),
    Design(
        name="10 × 30, equal weights",
        n=(30,) * 10,
        weight=(1.0,) * 10,
        offsets=tuple(np.linspace(-1.5, 1.5, 10)),
    ),
    Design(
        name="10 × 30, weights 1:2:…:512",
        n=(30,) * 10,
        weight=tuple(2.0 ** np.arange(10)),
        offsets=tuple(np.linspace(-1.5, 1.5, 10)),
    ),
    Design(
        name="600/60/40/30, weights 40:30:20:10",
        n=(600, 60, 40, 30),
        weight=(40, 30, 20, 10),
        offsets=(1, 0.2, -0.7, 2),
    ),
    Design(name="3 × 30, accuracies far apart", n=(30,) * 3, weight=(1.0,) * 3, offsets=(-2, 0, 2)),
    Design(name="1000/30, weights 1:9", n=(1000, 30), weight=(1, 9), offsets=(0, 1)),
)
THIN = (
    Design(name="200/10/10", n=(200, 10, 10), weight=(1, 1, 1), offsets=(0, 0.5, -0.5)),
    Design(name="500/5", n=(500, 5), weight=(1, 1), offsets=(0.5, -0.5)),
    Design(name="500/10, weights 1:4", n=(500, 10), weight=(1, 4), offsets=(0.5, -0.5)),
    Design(
        name="5 × 20, weights 1:2:4:8:16",
        n=(20,) * 5,
        weight=(1, 2, 4, 8, 16),
        offsets=(0.5, 0.25, 0, -0.25, -0.5),
    ),
    Design(name="20 × 5", n=(5,) * 20, weight=(1.0,) * 20, offsets=tuple(np.linspace(-1, 1, 20))),
    Design(name="20 × 2", n=(2,) * 20, weight=(1.0,) * 20, offsets=tuple(np.linspace(-1, 1, 20))),
)
SIZES = (
    *(
        Design(
            name=f"1400, CV {cv:g}, slope {slope:g}",
            n=(1400,),
            weight=(1,),
            offsets=(0,),
            size_cv=(cv,),
            slope=slope,
        )
        for cv, slope in ((0.5, 0.0), (1.0, 0.0), (1.0, 0.3), (1.0, -0.3), (1.0, -1.0), (2.0, 0.0))
    ),
    Design(name="C, CV 1/1/0", n=MAIN, weight=ANNOTATION, offsets=MAIN_OFFSETS, size_cv=(1, 1, 0)),
    Design(
        name="C, CV 1.5/1/0.5, slope 0.3",
        n=MAIN,
        weight=ANNOTATION,
        offsets=MAIN_OFFSETS,
        size_cv=(1.5, 1, 0.5),
        slope=0.3,
    ),
    Design(
        name="C, CV 1.5/1/0.5, slope −0.5",
        n=MAIN,
        weight=ANNOTATION,
        offsets=MAIN_OFFSETS,
        size_cv=(1.5, 1, 0.5),
        slope=-0.5,
    ),
    Design(
        name="6 × 100, CV 1",
        n=(100,) * 6,
        weight=(1, 2, 3, 1, 2, 3),
        offsets=(0, 1, -1, 0.5, 0.2, -0.5),
        size_cv=(1.0,) * 6,
    ),
)
CLUSTERS = tuple(
    Design(
        name=f"{name}, correlation {alike:g}",
        n=n,
        weight=weight,
        offsets=offsets,
        cluster_size=size,
        alike=alike,
    )
    for alike in (0.0, 0.1, 0.5, 0.95)
    for name, n, weight, offsets, size in (
        ("100 × 5", (500,), (1.0,), (0.0,), 5),
        ("(280/80/40) × 5, A", (1400, 400, 200), MIX, MAIN_OFFSETS, 5),
        ("(700/50) × 2, weights 1:4", (1400, 100), (1.0, 4.0), (0.3, -0.9), 2),
    )
)
DOMAINS = (
    *(
        Design(
            name=f"{name}, {part:.0%} of each stratum",
            n=MAIN,
            weight=weight,
            offsets=MAIN_OFFSETS,
            part=(part,) * 3,
        )
        for part in (0.02, 0.1, 0.5)
        for name, weight in (("A", MIX), ("C", ANNOTATION))
    ),
    Design(name="A, 5/20/60 %", n=MAIN, weight=MIX, offsets=MAIN_OFFSETS, part=(0.05, 0.2, 0.6)),
    Design(name="C, 3/20/50 %", n=MAIN, weight=ANNOTATION, offsets=MAIN_OFFSETS, part=(0.03, 0.2, 0.5)),
    Design(
        name="C, 10/50/2 %, far apart", n=MAIN, weight=ANNOTATION, offsets=(-1, 0, 1), part=(0.1, 0.5, 0.02)
    ),
    Design(
        name="A, 4 per cluster, 30 %",
        n=MAIN,
        weight=MIX,
        offsets=MAIN_OFFSETS,
        part=(0.3,) * 3,
        cluster_size=4,
        alike=0.3,
    ),
    Design(
        name="C, CV 1/1/0, 20 %",
        n=MAIN,
        weight=ANNOTATION,
        offsets=MAIN_OFFSETS,
        part=(0.2,) * 3,
        size_cv=(1, 1, 0),
    ),
)
GRIDS = {
    "published": (PUBLISHED, 20_000, (0.70, 0.81, 0.95, 0.98, 0.995)),
    "strata": (STRATA, 20_000, (0.6, 0.81, 0.9, 0.95, 0.98, 0.995)),
    "thin": (THIN, 20_000, (0.6, 0.81, 0.9, 0.95, 0.98, 0.995)),
    "sizes": (SIZES, 3_000, (0.81, 0.947, 0.98, 0.995)),
    "clusters": (CLUSTERS, 3_000, (0.81, 0.95, 0.98, 0.995)),
    "domains": (DOMAINS, 3_000, (0.81, 0.95, 0.98, 0.995)),
}


def exact_rows() -> Iterator[str]:
    yield _row("n, p", *ONE_STRATUM)
    yield _row(*("---",) * (1 + len(ONE_STRATUM)))
    for n, p in ONE_STRATUM_CELLS:
        yield _row(f"{n} {p:g}", *(_cell(exact_coverage(n, p, method)) for method in ONE_STRATUM))
    for n in (30, 50, 100, 200, 2000):
        least = (f"{100 * least_exact_coverage(n, method):.1f}" for method in ONE_STRATUM)
        yield _row(f"least for p .9 to .999, n = {n}", *least)


def simulated_rows(name: str) -> Iterator[str]:
    designs, n_replicates, shares = GRIDS[name]
    rng = np.random.default_rng(SEED)
    yield _row(f"{name}, R = {n_replicates}", "p", *STRATIFIED, "median n_eff")
    yield _row(*("---",) * (3 + len(STRATIFIED)))
    for design in designs:
        for p in shares:
            table = simulate(design, p, n_replicates, rng)
            cells = (_cell(simulated_coverage(table, p, method)) for method in STRATIFIED)
            yield _row(design.name, f"{p:g}", *cells, f"{np.median(precision_of(table).n_eff):.0f}")


def _cell(coverage: Coverage) -> str:
    return f"{100 * coverage.share:.1f}/{100 * coverage.width:.2f}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tables", nargs="*", metavar="TABLE", help="all unless named")
    for name in parser.parse_args().tables or ("exact", *GRIDS):
        print("Coverage in % / mean width in percentage points, 95 % intervals\n")
        for row in exact_rows() if name == "exact" else simulated_rows(name):
            print(row)
        print()


if __name__ == "__main__":
    main()
