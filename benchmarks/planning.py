"""The tables of docs/statistics.md on plans: what 2,000 verdicts buy, and what goals take.

python -m benchmarks.planning
"""

from sampling.design.allocation_rules import PROPORTIONAL
from sampling.estimation.estimands import Estimand
from sampling.planning.outlook import Question
from sampling.planning.plan import side_by_side
from sampling.planning.precision import PlannedStratum
from sampling.planning.sample_size import n_for_half_width
from sampling.planning.schemes import Scheme
from sampling.planning.sequential_goals import CertifyCost, certify_cost
from sampling.planning.terms import Terms
from sampling.thresholds.kept import Guarantee, needed_kept

STRATA = [
    PlannedStratum(name=name, n_available=M_h, n_entities=M_h, n_annotations=N_h, expected=p)
    for name, M_h, N_h, p in (
        ("entity", 18_000, 5_176_000, 0.959),
        ("query", 8_500, 40_800, 0.876),
        ("wiki", 2_030_000, 1_970_000, 0.928),
    )
]
SIZES = {"entity": 1400, "query": 400, "wiki": 200}
ACCURACIES = (0.70, 0.81, 0.90, 0.95, 0.98, 0.995)


def print_outlooks() -> None:
    print("what 2,000 verdicts buy, half widths in percentage points (mix: as asked)")
    for name, found in side_by_side(STRATA, SIZES, Question(target=0.9)).items():
        widths = [*found.by_stratum.values(), *(found.overall[estimand] for estimand in Estimand)]
        print(
            f"  {name:<22}",
            "/".join(map(str, found.sizes.values())).ljust(13),
            "  ".join(f"{100 * each.half_width:5.2f}" for each in widths),
            f"  entities ≥ 90 % shown: {100 * found.chances[Estimand.ENTITY]:3.0f} %",
            " ".join(f"{warning.shortfall}({warning.subject})" for warning in found.warnings),
        )


def print_sample_sizes() -> None:
    print("verdicts for ±1 percentage point:")
    print("  " + "  ".join(f"p={p}: {n_for_half_width(p, 0.01)}" for p in ACCURACIES))
    print("kept verdicts that certify a threshold at 95 % with 0, 1, 2, 3 errors:")
    print("  " + "  ".join(str(needed_kept(errors, Guarantee(target=0.95))) for errors in range(4)))


def print_certifications() -> None:
    print("to certify 90 %: one look at 90 % power, and looking after every block")
    for p in (0.93, 0.948, 0.96):
        stratum = PlannedStratum(
            name="all", n_available=10**6, n_entities=10**6, n_annotations=10**6, expected=p
        )
        cost = certify_cost([stratum], Scheme(rule=PROPORTIONAL), 0.9, Terms())
        if isinstance(cost, CertifyCost):
            expected = cost.sequential.expected
            print(
                f"  p={p}: {cost.n_one_look} at one look; draw {sum(cost.sequential.sizes.values())}, "
                f"mean {expected.mean:.0f}, nine of ten ≤ {expected.p90:.0f}, "
                f"{100 * expected.share_reached:.1f} % certified"
            )


def main() -> None:
    print_sample_sizes()
    print_certifications()
    print_outlooks()


if __name__ == "__main__":
    main()
