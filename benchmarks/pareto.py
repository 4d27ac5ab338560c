"""A Pareto draw of 2,000 from 2 million entities beside pandas and numpy, and how near its chances are.

python -m benchmarks.pareto
"""

import argparse
from collections.abc import Callable

import numpy as np

from benchmarks.processes import best_of, measure_here, told

N_ENTITIES, N_DRAWN = 2_000_000, 2_000
POPULATIONS = ((20, 5), (60, 30), (300, 50), (300, 250), (1000, 200))
SPREADS = (0.5, 1.0, 2.0)


def sizes_of_entities() -> np.ndarray:
    """√N_e of entities as skewed as those of Mask-OVEN-Wiki."""
    return np.sqrt(np.ceil(np.random.default_rng(1).lognormal(0.5, 1.5, N_ENTITIES)))


def make_the_frame() -> None:
    sizes_of_entities()
    first_bytes()


def first_bytes() -> np.ndarray:
    """The first 8 bytes of every ticket, as the database hands them over."""
    return np.random.default_rng(2).integers(0, 2**64, N_ENTITIES, dtype=np.uint64)


def draw_with_pandas() -> None:
    import pandas as pd

    first_bytes()
    frame = pd.DataFrame({"size": sizes_of_entities()})
    frame.sample(N_DRAWN, weights="size", random_state=1)


def draw_with_numpy() -> None:
    first_bytes()
    sizes = sizes_of_entities()
    np.random.default_rng(1).choice(N_ENTITIES, N_DRAWN, replace=False, p=sizes / sizes.sum())


def draw_by_tickets() -> None:
    """The draw and, which the others do not give, every inclusion probability."""
    from sampling.design.pareto import numbers_of, pareto_draw, planned_odds
    from sampling.design.pareto_probabilities import inclusion_probabilities

    odds = planned_odds(sizes_of_entities(), N_DRAWN)
    pareto_draw(numbers_of(first_bytes()), odds, N_DRAWN)
    inclusion_probabilities(odds, N_DRAWN)


WAYS: dict[str, Callable[[], None]] = {
    "pandas, sample(weights=…)": draw_with_pandas,
    "numpy, choice(p=…)": draw_with_numpy,
    "by tickets, with chances": draw_by_tickets,
    "the arrays alone": make_the_frame,
}


def print_errors_of_the_limit() -> None:
    """Near probabilities against exact ones, sizes lognormal; d = Σ λ(1 − λ)."""
    from sampling.design.pareto import planned_odds
    from sampling.design.pareto_probabilities import exact_probabilities, limit_probabilities

    print("units  drawn  spread  certain       d   greatest relative error   × d²")
    for n_units, n in POPULATIONS:
        for spread in SPREADS:
            odds = planned_odds(np.random.default_rng(1).lognormal(0, spread, n_units), n)
            limit = limit_probabilities(odds, n)
            d = float(np.sum(limit * (1 - limit)))
            error = float(np.abs(limit / exact_probabilities(odds, n) - 1).max())
            print(
                f"{n_units:5}  {n:5}  {spread:6}  {int(np.isinf(odds).sum()):7}  {d:6.2f}  "
                f"{100 * error:22.5f} %  {error * d * d:.3f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure_here(WAYS[arguments.way], n_cores=1)
        return
    print(f"{N_DRAWN:,} of {N_ENTITIES:,} entities with chances in proportion to √N_e")
    peer = None
    for way in WAYS:
        measured = best_of("benchmarks.pareto", "--way", way)
        peer = peer or measured
        print(told(way, measured, peer))
    print_errors_of_the_limit()


if __name__ == "__main__":
    main()
