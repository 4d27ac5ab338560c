"""Verdicts to know the accuracy of a knowledge graph to ±5 and ±3 points, on gold labels, with the coverage.

NELL, DBpedia and YAGO as Marchesin and Silvello published them, and the verdicts of four language models on
the first two. An audit draws facts in three equal waves by the models' votes; the number of verdicts is fixed
beforehand, and was found on the gold labels themselves: what is within reach, not what a stranger to the data
would spend. Simple random samples are enumerated exactly.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import hypergeom

from benchmarks.efficiency import Outcome, Population, simulate
from sampling.estimation.limits import proportion_limits
from sampling.risk.active import FrameKind

VERDICTS = Path(__file__).parents[2] / "shared" / "data" / "verdicts"
MODELS = ("cohere", "deepseek-v3", "llama3.1-8b-it", "mistral-nemo")
PUBLISHED = """\
| TWCS, Wilson, stops at ±5 (Gao et al. 2019; Marchesin, Silvello 2024) | 35, 94.4 | 129, 96.0 | 234, 90.7 |
| TWCS, aHPD, stops at ±5 (Marchesin, Silvello 2025) | | 116, 85.0 | 224 |
| strata of the models' votes, aHPD, stops at ±5 (their repository) | | 54, 70.5 | 195, 72.0 |"""
"""Facts, and coverage in %, of YAGO, NELL and DBpedia: as published, with the coverage that the authors' own
code reached on the same gold labels when run again (1,000 times for TWCS with Wilson's interval, m = 3;
200 with aHPD; 600 and 150 for the strata; 72.0 belongs to the 182 facts of that rerun)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many verdicts to spend on a graph for a half width."""

    graph: str
    half_width: float
    n: int


PLANS = (
    Plan(graph="NELL", half_width=0.05, n=83),
    Plan(graph="DBPEDIA", half_width=0.05, n=162),
    Plan(graph="NELL", half_width=0.03, n=214),
    Plan(graph="DBPEDIA", half_width=0.03, n=445),
)


def gold(graph: str, folder: Path = VERDICTS) -> dict[str, int]:
    labels: dict[str, int] = json.loads((folder / f"kg_gold/dataset/{graph}/data/gt.json").read_text())
    return labels


def judged_graph(graph: str, folder: Path = VERDICTS) -> Population:
    """The facts with one covariate, the share of the four models that call the fact false."""
    labels = gold(graph, folder)
    against = np.zeros(len(labels))
    for model in MODELS:
        path = folder / f"kg_llm_preds/predictions/{graph}/full/{model}/preds.json"
        votes = json.loads(path.read_text())
        against += [str(votes[fact]).lower() == "false" for fact in labels]
    return Population(
        covariates=(against / len(MODELS))[:, np.newaxis],
        is_wrong=np.array([label == 0 for label in labels.values()]),
    )


def by_votes(population: Population, n: int, *, n_audits: int, seed: int) -> Outcome:
    """Audits whose first wave goes by the votes, and whose later waves go by what was learned of them."""
    prior = population.covariates[:, 0]
    return simulate(population, n, n_audits=n_audits, seed=seed, prior=prior, kind=FrameKind.WHOLE)


def simple_random(labels: dict[str, int], half_width: float, *, is_whole: bool) -> tuple[int, float]:
    """The fewest facts whose mean half width by Wilson is the one asked for, and its coverage; exact."""
    n_facts, n_right = len(labels), sum(labels.values())
    n = 10
    while True:
        n += 1
        right = np.arange(n + 1)
        chance = hypergeom.pmf(right, n_facts, n_right, n)
        n_eff = n * (n_facts - 1) / (n_facts - n) if is_whole else float(n)
        limits = proportion_limits(right / n * n_eff, np.full(n + 1, n_eff), confidence=0.95)
        if chance @ (limits.high - limits.low) / 2 <= half_width:
            return n, float(chance @ ((limits.low <= n_right / n_facts) & (n_right / n_facts <= limits.high)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--audits", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=27_182)
    arguments = parser.parse_args()
    print("| verdicts, coverage % | YAGO | NELL | DBpedia |\n|---|---|---|---|")
    for half_width in (0.05, 0.03):
        for is_whole in (False, True):
            cells = [
                simple_random(gold(graph), half_width, is_whole=is_whole)
                for graph in ("YAGO", "NELL", "DBPEDIA")
            ]
            told = " | ".join(f"{n}, {100 * coverage:.1f}" for n, coverage in cells)
            print(f"| simple random, Wilson{', finite' * is_whole}, ±{100 * half_width:.0f} | {told} |")
    print(PUBLISHED, flush=True)
    for plan in PLANS:
        got = by_votes(judged_graph(plan.graph), plan.n, n_audits=arguments.audits, seed=arguments.seed)
        print(
            f"{plan.graph}, ±{100 * plan.half_width:.0f} by votes: {plan.n} verdicts, half width "
            f"{100 * got.half_width:.2f}, coverage {100 * got.coverage:.1f}, bias {100 * got.bias:+.2f}, "
            f"sd {100 * got.spread:.2f}, λ {got.power:.2f}, AUC {got.auc:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
