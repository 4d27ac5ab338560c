"""The published table as settings: four references, two models and the overall row, 2,000 units each."""

from collections.abc import Mapping

from reports.results import Result, SettingResult
from reports.review_findings import GoldFindings, GoldRates
from reports.sample_findings import Composition, SplitCases
from sampling.comparison.family import adjust_over_family
from sampling.comparison.paired import Comparison, PairedCounts
from sampling.design.frame import DrawnUnit
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import (
    Estimate,
    Interval,
    IntervalMethod,
    VerdictCounts,
)
from sampling.reviewers.gold import GoldReadings, gold_corrected_accuracy, reviewer_rates
from sampling.reviewers.measurement_error import CorrectedAccuracy
from tests.reports.builders import comparison_of, estimate_of, result_of, slice_of

SPLITS = {"entity": 1400, "query": 400, "wiki": 200}
SIZES = {
    Estimand.MIX: {"entity": 1400, "query": 400, "wiki": 200},
    Estimand.ENTITY: {"entity": 17_903, "query": 5_118, "wiki": 2_017_622},
    Estimand.ANNOTATION: {"entity": 5_176_424, "query": 40_866, "wiki": 1_965_145},
}
DEFFS = {Estimand.MIX: 1.0, Estimand.ENTITY: 9.75, Estimand.ANNOTATION: 4.0}
CATEGORIES = {
    "others": 474, "animal": 448, "plant": 318, "food": 133, "material": 126, "location": 124, "tools": 118,
    "building": 97, "vehicle": 90, "sports": 38, "person": 34,
}  # fmt: skip
"""The counts of 2,000 cases whose shares print as the published ones."""
POPULATION_CATEGORIES = {
    "animal": 702_311, "plant": 391_408, "others": 388_520, "location": 201_730, "person": 118_264,
    "building": 96_402, "food": 44_919, "vehicle": 40_127, "tools": 31_806, "sports": 15_533,
    "material": 9_618, None: 5,
}  # fmt: skip
"""Made up: what a population of as many entities as the strata have might be of."""
SOURCES = {
    "ImageNet21k": 918, "iNaturalist 2017": 604, "Google Landmarks v2": 233, "Food101": 134, "Cars196": 90,
    "OK-VQA": 21,
}  # fmt: skip
"""Made up: 2,000 cases by the dataset that their image comes from."""
MASK_SIZES = {"small": 24, "medium": 586, "large": 1390}
ACCURACIES = {
    ("entity label", "G-SAM"): 0.814,
    ("entity label", "SEEM"): 0.693,
    ("text query", "G-SAM"): 0.713,
    ("text query", "SEEM"): 0.628,
    ("intension", "G-SAM"): 0.861,
    ("intension", "SEEM"): 0.655,
    ("extension", "G-SAM"): 0.830,
    ("extension", "SEEM"): 0.675,
}


def whole_of(by_split: Mapping[str, Result]) -> Result:
    """The whole sample of these splits: every estimand weighs them by their sizes."""
    counts = sum((result.counts for result in by_split.values()), VerdictCounts())
    counted = {split: result.counts for split, result in by_split.items()}
    estimands = {}
    for estimand in Estimand:
        sizes = SIZES[estimand]
        shares = {split: sizes[split] * each.n_covered / each.n_units for split, each in counted.items()}
        right = sum(shares[split] * each.n_accepted / each.n_counted for split, each in counted.items())
        value = right / sum(shares.values())
        estimands[estimand] = estimate_of(value, counts.n_counted, DEFFS[estimand])
    estimands[Estimand.MIX] = estimate_of(counts.n_accepted / counts.n_counted, counts.n_counted)
    return result_of(counts, estimands=estimands)


def spread(n_of_part: Mapping[str, int], share: float) -> dict[str, Result]:
    """Parts whose accuracies step down from the first to the last around a share."""
    last = len(n_of_part) - 1
    return {
        name: slice_of(n, round(n * max(0.05, min(0.99, share + 0.05 * (last / 2 - i) / last))))
        for i, (name, n) in enumerate(n_of_part.items())
    }


def splits_of(share: float) -> dict[str, Result]:
    """Splits whose accuracies differ and whose sum is that share of 2,000, to the unit."""
    query, wiki = round(400 * (share - 0.06)), round(200 * (share - 0.02))
    right = {"entity": round(2000 * share) - query - wiki, "query": query, "wiki": wiki}
    return {split: slice_of(n, right[split]) for split, n in SPLITS.items()}


def full_setting(reference: str, model: str, share: float) -> SettingResult:
    n_incorrect = 2000 - round(2000 * share)
    by_split = splits_of(share)
    return SettingResult(
        setting=f"{reference.replace(' ', '-')}-{model.lower()}",
        reference=reference,
        model=model,
        overall=whole_of(by_split),
        by_split=by_split,
        by_category=spread(CATEGORIES, share),
        by_source=spread(SOURCES, share),
        by_size=spread(MASK_SIZES, share),
        reasons={
            "wrong_object": n_incorrect // 3,
            "spills_over": n_incorrect // 4,
            "part_missing": n_incorrect // 5,
            "whole_image": n_incorrect // 12,
            "foreground_background": n_incorrect // 20,
            "merged_instances": n_incorrect // 30,
            "not_visible": n_incorrect // 50,
        },
    )


def filtered_setting() -> SettingResult:
    """An overall row: a subset of the mentions, with units that could not be decided."""
    by_split = {
        "entity": slice_of(1400, 1275, n_dropped=54, n_unsure=6, n_unjudgable=4),
        "query": slice_of(400, 352, n_dropped=21, n_unsure=2, n_unjudgable=1),
        "wiki": slice_of(200, 175, n_dropped=9, n_unsure=1, n_unjudgable=1),
    }
    return SettingResult(
        setting="overall after filtering",
        reference=None,
        model=None,
        overall=whole_of(by_split),
        by_split=by_split,
        by_category=spread(CATEGORIES, 0.948),
        by_source=spread(SOURCES, 0.948),
        by_size=spread(MASK_SIZES, 0.948),
        reasons={"wrong_object": 41, "spills_over": 30, "ambiguous_question": 5},
        corrected=CorrectedAccuracy(
            raw=estimate_of(1802 / 1901, 1901),
            corrected=Estimate(
                value=0.9385,
                interval=Interval(low=0.9201, high=0.9529, confidence=0.95, method=IntervalMethod.DIFFERENCE),
                n=1899,
                n_eff=842.5,
            ),
            n_second=298,
            n_overturned=4,
            n_restored=11,
            n_undecided=2,
        ),
    )


def composition() -> Composition:
    """Table 6 and Figure 4: one case of each entity, and the published shares of the categories."""
    return Composition(
        splits=tuple(SplitCases(split=split, n_units=n, n_entities=n) for split, n in SPLITS.items()),
        n_entities=sum(SPLITS.values()),
        categories=CATEGORIES,
        of_population=POPULATION_CATEGORIES,
        counted=DrawnUnit.ENTITY,
    )


def recipe() -> tuple[str, ...]:
    """Commands as they are told of such an audit."""
    return (
        "mask-audit init audit",
        '# audit/audit.toml: confidence = 0.95, settlement = "majority"',
        "mask-audit ingest mask_oven_entity_val.json --setting entity-label-g-sam --workspace audit",
        "mask-audit sample --name main --seed 7 --allocate entity=1400,query=400,wiki=200 --workspace audit",
        "mask-audit verdicts import verdicts.csv --workspace audit",
        "mask-audit report --sample main --estimand mix --out report --workspace audit",
    )


def gold_findings(*settings: SettingResult) -> GoldFindings:
    """Reviewers who accept 97 % of correct masks and reject most wrong ones, synthetic ones more often."""
    natural = GoldReadings(n_correct=64, n_accepted=62, n_incorrect=40, n_rejected=36)
    synthetic = GoldReadings(n_correct=64, n_accepted=62, n_incorrect=71, n_rejected=70)
    rates = reviewer_rates(natural)
    return GoldFindings(
        rates=GoldRates(
            accepted=rates.sensitivity,
            rejected_natural=rates.specificity,
            rejected_synthetic=reviewer_rates(synthetic).specificity,
            n_unsure=3,
        ),
        corrected={
            setting.setting: gold_corrected_accuracy(setting.overall.accuracy, natural)
            for setting in settings
        },
    )


def all_comparisons(*settings: SettingResult) -> tuple[Comparison, ...]:
    """Every pair of settings of 2,000 units, their verdicts as far apart as their accuracies."""
    found = []
    for place, a in enumerate(settings):
        for b in settings[place + 1 :]:
            gap = a.overall.counts.n_correct - b.overall.counts.n_correct
            only_a, only_b = max(gap, 0) + 60, max(-gap, 0) + 60
            both = min(a.overall.counts.n_correct, b.overall.counts.n_correct) - 60
            counts = PairedCounts(
                n_both=both, n_only_a=only_a, n_only_b=only_b, n_neither=2000 - both - only_a - only_b
            )
            p_value = 2.0 ** -(abs(gap) / 8)
            found.append(comparison_of(a.setting, b.setting, counts, p_value))
    return adjust_over_family(found)
