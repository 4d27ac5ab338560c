"""All that a report says of 18,000 verdicts in 9 settings, beside pandas' groupby with Wilson's interval.

python -m benchmarks.estimates
"""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np

from audit.jobs.estimates import (
    Figures,
    by_category,
    by_size,
    by_split,
    overall_result,
    sliced_results,
)
from audit.jobs.report_content import report_content
from audit.jobs.review_state import ReviewState
from benchmarks.processes import best_of, measure_here, told
from db.manifest import Manifest
from db.records import (
    MaskState,
    Sample,
    SampleSetting,
    Source,
    StandingVerdict,
    Stratum,
    Unit,
    UnitMask,
    Verdict,
)
from sampling.estimation.estimands import Estimand
from sampling.reviewers.settlement import Settlement

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS = tuple(f"setting {number}" for number in range(9))
SPLITS = {
    "entity": (1400, 18_000, 5_176_000),
    "query": (400, 8_500, 40_800),
    "wiki": (200, 2_030_000, 1_970_000),
}
N_UNITS, N_CATEGORIES = 2000, 150


def a_state() -> ReviewState:
    """2,000 units, every one judged under each of nine settings, in 3 splits, 150 categories, 3 sizes."""
    units = _units()
    masks = [
        UnitMask(
            unit_id=unit.unit_id,
            setting=setting,
            state=MaskState.PRESENT,
            mask_id=f"{unit.unit_id}/{place}",
        )
        for place, setting in enumerate(SETTINGS)
        for unit in units
    ]
    is_right = np.random.default_rng(2).random(len(masks)) < 0.93
    return ReviewState(
        sample=_sample(),
        settings=tuple(
            SampleSetting(setting=each, reference=None, model=each, is_subset=False, fingerprint="")
            for each in SETTINGS
        ),
        units=units,
        unit_masks=tuple(masks),
        standing=tuple(
            StandingVerdict(
                mask_id=str(made.mask_id),
                reviewer="ann",
                verdict=Verdict.CORRECT if right else Verdict.INCORRECT,
                reasons=(),
                comment="",
                seconds=2.0,
                decided_at=NOW + timedelta(seconds=2 * place),
                source=Source.PAGE,
                guideline_hash=None,
            )
            for place, (made, right) in enumerate(zip(masks, is_right.tolist(), strict=True))
        ),
        adjudications=(),
        settlement=Settlement.MAJORITY,
        unjudgable={},
        areas={
            str(made.mask_id): int(area)
            for made, area in zip(
                masks, np.random.default_rng(3).lognormal(8, 2, len(masks)) + 1, strict=True
            )
        },
    )


def _sample() -> Sample:
    return Sample(
        sample_id=1,
        name="main",
        seed=1,
        unit="entity",
        across="splits",
        per_entity=1,
        allocation="entity=1400, query=400, wiki=200",
        fixed={},
        frame=SETTINGS[0],
        population_fingerprint="",
        frame_files=(),
        created_at=NOW,
        allocation_rule="proportional",
        size_measure="none",
        goal="describe",
        target=None,
        margin=None,
        contrast=None,
        strata=tuple(
            Stratum(
                split=split,
                n_units=n,
                n_entities_drawn=n,
                n_entities=n_entities,
                n_annotations=n_all,
                n_first=n,
            )
            for split, (n, n_entities, n_all) in SPLITS.items()
        ),
    )


def _units() -> tuple[Unit, ...]:
    rng = np.random.default_rng(1)
    sizes = np.ceil(rng.lognormal(0.5, 1.5, N_UNITS)).astype(int).tolist()
    splits = [split for split, (n, _, _) in SPLITS.items() for _ in range(n)]
    return tuple(
        Unit(
            unit_id=number,
            annotation_id=f"a{number}",
            mention_id=f"m{number}",
            entity_id=f"Q{number}",
            entity_name=None,
            stratum=split,
            category=f"category {number % N_CATEGORIES}",
            image_id="",
            images_root=None,
            file_name=None,
            question=None,
            n_annotations_of_entity=sizes[number],
            n_entities_in_stratum=SPLITS[split][1],
            inclusion_probability=SPLITS[split][0] / SPLITS[split][1] / sizes[number],
            design_weight=SPLITS[split][1] * sizes[number] / SPLITS[split][0],
            entity_weight=SPLITS[split][1] / SPLITS[split][0],
            annotation_ticket="",
            entity_ticket="",
            block=None,
        )
        for number, split in enumerate(splits)
    )


def with_report() -> Callable[[], object]:
    """All estimands with design-based intervals in every slice, 36 comparisons with Holm, warnings."""
    state, manifest = a_state(), Manifest(settings=())
    figures = Figures(confidence=0.95, table_confidence=0.95, estimand=Estimand.MIX)
    return lambda: report_content(state, manifest, figures, version="", now=NOW)


def with_estimates() -> Callable[[], object]:
    """All estimands with design-based intervals in every slice, and nothing besides."""
    state, figures = a_state(), Figures(confidence=0.95, table_confidence=0.95, estimand=Estimand.MIX)

    def estimate() -> None:
        for setting in SETTINGS:
            overall_result(state, setting, figures)
            for slicing in (by_split(state), by_category(state), by_size(state, setting)):
                sliced_results(state, setting, slicing, figures)

    return estimate


def with_pandas() -> Callable[[], object]:
    """Weighted shares in every slice with Wilson's interval on Kish's n; no strata, no comparisons."""
    import pandas as pd

    state = a_state()
    table = pd.DataFrame(
        {
            "setting": [made.setting for made in state.unit_masks],
            "area": [state.areas[str(made.mask_id)] for made in state.unit_masks],
            "right": [each.verdict is Verdict.CORRECT for each in state.standing],
            **{
                name: [getattr(unit, name) for unit in state.units] * len(SETTINGS)
                for name in ("stratum", "category", "entity_weight", "design_weight")
            },
        }
    ).assign(all="all", one=1.0)

    def tabulate() -> list[pd.DataFrame]:
        sized = table.assign(size=pd.cut(table["area"], [0, 32**2, 96**2, np.inf], right=False))
        return [
            _wilson(sized, ["setting", slices], weight)
            for slices in ("all", "stratum", "category", "size")
            for weight in ("one", "entity_weight", "design_weight")
        ]

    return tabulate


def _wilson(table, by, weight):  # noqa: ANN001, ANN202  (pandas' types are known only where it is)
    weighed = table.assign(
        w=table[weight], squared=table[weight] ** 2, right_w=table[weight] * table["right"]
    )
    sums = weighed.groupby(by, observed=True)[["w", "squared", "right_w"]].sum()
    share, n = sums["right_w"] / sums["w"], sums["w"] ** 2 / sums["squared"]
    z2 = 1.959963984540054**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return sums.assign(share=share, low=centre - half, high=centre + half)


WAYS: dict[str, Callable[[], Callable[[], object]]] = {
    "pandas, groupby and Wilson": with_pandas,
    "every estimate": with_estimates,
    "the whole report": with_report,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--way", choices=WAYS)
    asked = parser.parse_args()
    if asked.way:
        measure_here(WAYS[asked.way](), n_cores=1)
        return
    n_slices = 1 + len(SPLITS) + N_CATEGORIES + 3
    print(
        f"{N_UNITS * len(SETTINGS):,} verdicts, {len(SETTINGS)} settings, {n_slices} slices, 3 estimands; "
        "one core"
    )
    measured = {name: best_of("benchmarks.estimates", "--way", name) for name in WAYS}
    peer = next(iter(measured.values()))
    for name, each in measured.items():
        print(told(name, each, peer))


if __name__ == "__main__":
    main()
