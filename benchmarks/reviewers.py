"""What second readings, gold masks and agreement figures deliver, by simulation.

python -m benchmarks.reviewers [REPLICATES]
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from sampling.estimation.accuracy import sample_accuracy
from sampling.estimation.estimate import Interval, NoEstimate, VerdictCounts
from sampling.reviewers.agreement import Agreement, Coefficient, Ratings, agreement
from sampling.reviewers.gold import GoldReadings, gold_corrected_accuracy
from sampling.reviewers.measurement_error import corrected_accuracy
from sampling.reviewers.readings import Reading, SecondReadings

SEED = 20260
REPLICATES = 10_000

N_OF_SPLITS = {
    "2000": [2000],
    "1400/400/200": [1400, 400, 200],
    "1400/400/200, last split 99 % of the weight": [1400, 400, 200],
    "200": [200],
}
WEIGHT_OF_SPLITS = {
    name: [18.0 / 1400, 8.5 / 400, 2030.0 / 200] if "weight" in name else [1.0] * len(sizes)
    for name, sizes in N_OF_SPLITS.items()
}
FIGURES = ("observed", "on_incorrect", "alpha", "ac1", "kappa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A population, its reviewers and the share of their "correct" verdicts that is read again."""

    accuracy: float
    sensitivity: float
    specificity: float
    share: float = 1.0
    splits: str = "2000"
    unsure: float = 0.0

    @property
    def judged_correct(self) -> float:
        """The expected share of "correct" among first verdicts."""
        return self.accuracy * self.sensitivity + (1 - self.accuracy) * (1 - self.specificity)


class Score:
    """Counts how often intervals hold the truth, and how wide they are."""

    def __init__(self) -> None:
        self.n = self.n_held = 0
        self.width = 0.0

    def add(self, interval: Interval | Coefficient, truth: float) -> None:
        """Count one interval."""
        self.n += 1
        self.n_held += interval.low <= truth <= interval.high
        self.width += interval.high - interval.low

    def __str__(self) -> str:
        return f"{100 * self.n_held / self.n:.1f} / {100 * self.width / self.n:.2f}"


def second_readings(case: Case, rng: np.random.Generator) -> SecondReadings:
    """A sample of the case, read once and in part a second time."""
    strata = np.repeat(np.arange(len(N_OF_SPLITS[case.splits])), N_OF_SPLITS[case.splits])
    truth = rng.random(strata.size) < case.accuracy
    first = (rng.random(strata.size) < np.where(truth, case.sensitivity, 1 - case.specificity)).astype(int)
    last = np.where(rng.random(strata.size) < case.unsure, Reading.UNSURE, truth)
    probabilities = np.where(first == Reading.CORRECT, case.share, 1.0)
    chosen = rng.random(strata.size) < probabilities
    return SecondReadings(
        strata=strata,
        weights=np.array(WEIGHT_OF_SPLITS[case.splits])[strata],
        first=first,
        second=np.where(chosen, last, Reading.NONE),
        chosen=chosen,
        probabilities=probabilities,
    )


def second_reading_row(case: Case, *, replicates: int) -> list[str]:
    """Coverage and width of the raw and of the corrected figure."""
    rng = np.random.default_rng(SEED)
    raw, corrected, n_second = Score(), Score(), 0
    for _ in range(replicates):
        answer = corrected_accuracy(second_readings(case, rng))
        if isinstance(answer, NoEstimate) or isinstance(answer.raw, NoEstimate):
            continue
        raw.add(answer.raw.interval, case.accuracy)
        corrected.add(answer.corrected.interval, case.accuracy)
        n_second += answer.n_second
    rates = f"{case.sensitivity:g}/{case.specificity:g}"
    shares = [f"{case.accuracy:g}", rates, f"{case.unsure:g}", f"{case.share:.3f}"]
    return [
        case.splits,
        *shares,
        f"{n_second / raw.n:.0f}",
        str(raw),
        str(corrected),
        str(replicates - raw.n),
    ]


def gold_row(case: Case, *, replicates: int, n: int = 2000) -> list[str]:
    """Coverage and width of the figure that 100 + 100 and 300 + 300 gold masks correct."""
    rng = np.random.default_rng(SEED)
    row = [f"{case.accuracy:g}", f"{case.sensitivity:g}/{case.specificity:g}"]
    for m in (100, 300):
        score = Score()
        for _ in range(replicates):
            n_correct = int(rng.binomial(n, case.judged_correct))
            raw = sample_accuracy(VerdictCounts(n_units=n, n_correct=n_correct, n_incorrect=n - n_correct))
            gold = GoldReadings(
                n_correct=m,
                n_accepted=int(rng.binomial(m, case.sensitivity)),
                n_incorrect=m,
                n_rejected=int(rng.binomial(m, case.specificity)),
            )
            answer = None if isinstance(raw, NoEstimate) else gold_corrected_accuracy(raw, gold)
            if answer is not None and not isinstance(answer, NoEstimate):
                score.add(answer.interval, case.accuracy)
        row.append(str(score))
    return row


def two_reviewers(case: Case, n: int, rng: np.random.Generator) -> Agreement:
    """The panel of two reviewers of the same rates."""
    wrong = np.outer([case.specificity, 1 - case.specificity], [case.specificity, 1 - case.specificity])
    right = np.outer([1 - case.sensitivity, case.sensitivity], [1 - case.sensitivity, case.sensitivity])
    counts = rng.multinomial(n, ((1 - case.accuracy) * wrong + case.accuracy * right).ravel())
    codes = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], counts, axis=0)
    panel = agreement(Ratings(codes=codes, weights=np.ones(n)))
    if isinstance(panel, NoEstimate):
        raise TypeError(panel.reason)
    return panel


def agreement_rows(case: Case, *, replicates: int) -> Iterator[list[str]]:
    """Value, coverage and width of every figure, by number of units."""
    rng = np.random.default_rng(SEED)
    endless = two_reviewers(case, 4_000_000, rng)
    for n in (50, 100, 300, 1000):
        scores = {name: Score() for name in FIGURES}
        for _ in range(replicates):
            panel = two_reviewers(case, n, rng)
            for name, score in scores.items():
                figure = getattr(panel, name)
                if not isinstance(figure, NoEstimate):
                    limits = figure if isinstance(figure, Coefficient) else figure.interval
                    score.add(limits, getattr(endless, name).value)
        yield [
            f"{case.accuracy:g}",
            str(n),
            *[f"{getattr(endless, name).value:.2f}: {score}" for name, score in scores.items()],
        ]


def speed_row() -> list[str]:
    """How long the panel of 18,000 readings takes."""
    codes = np.random.default_rng(SEED).choice([-1, 0, 1], (9000, 9), p=[7 / 9, 0.2 / 9, 1.8 / 9])
    start = time.perf_counter()
    agreement(Ratings(codes=codes, weights=np.ones(9000)))
    return [f"{(codes >= 0).sum()}", f"{time.perf_counter() - start:.3f}"]


def show(title: str, header: str, rows: Iterator[list[str]]) -> None:
    print(f"\n{title}\n\n| {header} |\n|{'---|' * (header.count('|') + 1)}")
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


RATES = ((0.948, 0.97, 0.85), (0.948, 0.99, 0.95), (0.81, 0.97, 0.85), (0.948, 0.995, 0.98))


def case_of(rates: tuple[float, float, float], share: float = 1.0) -> Case:
    accuracy, sensitivity, specificity = rates
    return Case(accuracy=accuracy, sensitivity=sensitivity, specificity=specificity, share=share)


def by_number() -> list[Case]:
    """200 and 400 second readings of "correct" verdicts, of 2,000 units."""
    return [
        case_of(rates, k / (2000 * case_of(rates).judged_correct)) for rates in RATES[:3] for k in (200, 400)
    ]


def few() -> list[Case]:
    """Few second readings of verdicts of which 2, 5 and 10 % do not hold."""
    return [
        Case(
            accuracy=0.9 * (1 - q),
            sensitivity=1,
            specificity=1 - 0.9 * q / (1 - 0.9 * (1 - q)),
            share=m / 1800,
        )
        for q in (0.02, 0.05, 0.1)
        for m in (20, 50, 100, 200)
    ]


def other() -> list[Case]:
    """Unsure readings, strata and weights."""
    return [
        Case(accuracy=p, sensitivity=0.98, specificity=0.9, share=share, splits=splits, unsure=0.04)
        for splits in N_OF_SPLITS
        for p in (0.7, 0.95, 0.98, 0.995)
        for share in (0.1, 0.2)
    ]


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    print(f"{n} replicates (a fifth of it where a table has many rows), seed {SEED}")
    print("Every cell of a figure: coverage in % / mean width in points, at 95 %")
    columns = "n | accuracy | se/sp | unsure | share read again | second readings | raw | corrected | none"
    show("Second readings", columns, map(partial(second_reading_row, replicates=n), by_number()))
    show("Few second readings", columns, map(partial(second_reading_row, replicates=n // 5), few()))
    show("Other samples", columns, map(partial(second_reading_row, replicates=n // 5), other()))
    golden = map(partial(gold_row, replicates=n), map(case_of, RATES))
    show("Gold masks", "accuracy | se/sp | 100 + 100 | 300 + 300", golden)
    pairs = (
        row
        for p in (0.5, 0.81, 0.95, 0.98)
        for row in agreement_rows(case_of((p, 0.97, 0.85)), replicates=n // 5)
    )
    show("Two reviewers", f"accuracy | units | {' | '.join(FIGURES)}", pairs)
    show("Speed", "readings | seconds", iter([speed_row()]))


if __name__ == "__main__":
    main()
