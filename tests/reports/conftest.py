"""Report contents to render: a whole audit, its unfinished state, and the corners."""

import shlex
from collections.abc import Callable
from dataclasses import replace

import pytest

from reports.content import Design, ReportContent, TicketExample
from reports.goal_results import GoalResult
from reports.results import SettingResult
from reports.review_findings import (
    ReviewerPace,
    ReviewPolicy,
    Settling,
    SourceCounts,
    SourceFindings,
    VerdictSource,
)
from reports.sample_findings import Composition, SplitCases
from sampling.comparison.contrast import Contrast, DifferenceEstimand
from sampling.comparison.paired import PairedCounts
from sampling.comparison.preference import PreferenceCounts
from sampling.design.frame import Across, DrawnUnit
from sampling.design.goals import Goal
from sampling.design.phase_one import SizeMeasure
from sampling.estimation.cautions import Caution
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import (
    Bounds,
    Interval,
    IntervalMethod,
    NoEstimate,
    VerdictCounts,
)
from sampling.reviewers.settlement import Settlement
from sampling.sequential.reading import GoalState
from tests.reports.builders import (
    agreement_of,
    claim_of,
    comparison_of,
    content_of,
    estimate_of,
    preference_of,
    result_of,
    slice_of,
    stratum,
)
from tests.reports.published_audit import (
    ACCURACIES,
    all_comparisons,
    composition,
    filtered_setting,
    full_setting,
    gold_findings,
    recipe,
    whole_of,
)


@pytest.fixture
def make_content() -> Callable[..., ReportContent]:
    """Builds a content around any settings; keywords replace single fields."""
    return content_of


@pytest.fixture
def published() -> ReportContent:
    """The published table: four references, two models, the overall row."""
    settings = [full_setting(*pair, share) for pair, share in ACCURACIES.items()]
    return content_of(
        *settings,
        filtered_setting(),
        comparisons=all_comparisons(*settings),
        preferences=(
            preference_of(
                settings[0].setting,
                settings[2].setting,
                PreferenceCounts(n_a=680, n_b=240, n_same=180, n_identical=900),
            ),
        ),
        agreement=agreement_of(),
        gold=gold_findings(*settings),
        front_ends=replace(content_of().front_ends, n_masks_of_several=298, agreement=estimate_of(0.92, 298)),
        settling=Settling(
            policy=Settlement.MAJORITY,
            n_disagreed=24,
            n_settled_by_lead=21,
            n_settled_by_policy=2,
            n_adjudicated=29,
            n_disputed=1,
            n_flagged=3,
        ),
        sources=(
            *content_of().sources,
            VerdictSource(reviewer="Lise", source="page", n_verdicts=0, n_adjudications=29),
        ),
        paces=(
            ReviewerPace(
                reviewer="Ada", n_verdicts=7_412, n_timed=7_412, quartiles=(2.1, 3.4, 6.25), seconds=38_204.5
            ),
            ReviewerPace(reviewer="Emmy", n_verdicts=4_397, n_timed=0, quartiles=None, seconds=0),
            ReviewerPace(
                reviewer="Grace", n_verdicts=6_101, n_timed=6_090, quartiles=(1.4, 2.0, 2.9), seconds=15_771.0
            ),
            ReviewerPace(
                reviewer="Lise", n_verdicts=29, n_timed=29, quartiles=(8.0, 14.2, 75.2), seconds=912
            ),
        ),
        policy=ReviewPolicy(
            first_readings=1,
            second_share=0.1,
            gold_share=0.03,
            practice=8,
            guidelines={"5e" * 32: 13_513},
        ),
        composition=composition(),
        recipe=recipe(),
        warnings=("Setting overall after filtering has 15 undecided units: see the bounds.",),
        not_in_sample=("intension-sam-2",),
    )


@pytest.fixture
def unfinished() -> ReportContent:
    """Two settings, one of them judged in part and one not at all, over one split."""
    design = content_of().design
    return content_of(
        SettingResult(
            setting="tight-grabcut",
            reference="tight box",
            model="GrabCut",
            overall=slice_of(40, 21, n_missing=2, n_unsure=1, n_pending=9),
            by_split={"demo": slice_of(40, 21, n_missing=2, n_unsure=1, n_pending=9)},
            by_category={},
            by_size={},
            reasons={"spills_over": 5},
        ),
        SettingResult(
            setting="tight-watershed",
            reference="tight box",
            model="watershed",
            overall=slice_of(40, 0, n_pending=40),
            by_split={"demo": slice_of(40, 0, n_pending=40)},
            by_category={},
            by_size={},
            reasons={},
        ),
        preferences=(
            preference_of(
                "tight-grabcut",
                "tight-watershed",
                PreferenceCounts(
                    n_a=5, n_b=1, n_same=4, n_identical=12, n_pending=14, n_unjudgable=1, n_not_compared=3
                ),
            ),
        ),
        title="Demo photographs",
        design=Design(
            unit=DrawnUnit.ANNOTATION,
            across=Across.SPLITS,
            per_entity=1,
            allocation="size 40",
            seed=1,
            size_measure=SizeMeasure.NONE,
            frame="tight-grabcut",
            contrast=None,
            population_fingerprint=design.population_fingerprint,
            strata=(stratum("demo", 40, n_entities=40, n_annotations=64),),
        ),
        sources=(VerdictSource(reviewer="local", source="page", n_verdicts=31),),
        composition=Composition(
            splits=(SplitCases(split="demo", n_units=40, n_entities=31),),
            n_entities=31,
            categories={None: 37, "animal": 3},
            of_population=NoEstimate(reason="the population holds no setting tight-grabcut any more"),
            counted=DrawnUnit.ANNOTATION,
        ),
        front_ends=SourceFindings(counts={"page": SourceCounts(n_verdicts=31, n_masks=31)}),
        ticket_example=None,
    )


@pytest.fixture
def certifying() -> ReportContent:
    """A review that may stop: one claim holds, one is open, and most units await a verdict."""
    parts = {
        "entity": slice_of(1400, 142, n_pending=1253),
        "query": slice_of(400, 38, n_pending=360),
        "wiki": slice_of(200, 20, n_pending=180),
    }
    others = {
        "entity": slice_of(1400, 131, n_pending=1253),
        "query": slice_of(400, 34, n_pending=360),
        "wiki": slice_of(200, 20, n_pending=180),
    }
    return content_of(
        *(
            SettingResult(
                setting=f"{reference}-g-sam",
                reference=reference,
                model="G-SAM",
                overall=whole_of(by_split),
                by_split=by_split,
                by_category={},
                by_size={},
                reasons={},
            )
            for reference, by_split in (("intension", parts), ("extension", others))
        ),
        goal=GoalResult(
            goal=Goal.CERTIFY,
            target=0.9,
            confidence=0.95,
            claims=(
                claim_of(
                    "intension-g-sam",
                    GoalState.REACHED,
                    0.011,
                    0.022,
                    certified_at_block=16,
                    n_counted_when_certified=170,
                ),
                claim_of("extension-g-sam", GoalState.GOING_ON, 0.4, 0.4),
            ),
        ),
    )


@pytest.fixture
def contrasting() -> ReportContent:
    """A sample of the mentions whose masks differ between two settings, with the headline per annotation."""
    settings = [
        SettingResult(
            setting=f"{reference}-g-sam",
            reference=reference,
            model="G-SAM",
            overall=result_of(
                VerdictCounts(n_units=400, n_correct=n_correct, n_incorrect=396 - n_correct, n_unsure=4),
                headline=Estimand.ANNOTATION,
                estimands={
                    estimand: estimate_of(n_correct / 396, 396, deff)
                    for estimand, deff in zip(Estimand, (1.0, 1.25, 2.5), strict=True)
                },
                cautions=(Caution.LARGE_DEFF,),
            ),
            by_split={},
            by_category={},
            by_size={},
            reasons={},
        )
        for reference, n_correct in (("intension", 298), ("extension", 201))
    ]
    counts = PairedCounts(n_both=130, n_only_a=168, n_only_b=71, n_neither=27)
    facts = {"n_drawn": 400, "n_pairs": 396}
    contrast_interval = {"confidence": 0.95, "method": IntervalMethod.CONTRAST}
    plain = content_of()
    return content_of(
        *settings,
        design=replace(
            plain.design,
            contrast=("intension-g-sam", "extension-g-sam"),
            size_measure=SizeMeasure.SQRT,
            allocation="size 400",
            strata=(stratum("entity", 400, n_entities=11_240, n_annotations=1_552_927),),
        ),
        estimand=Estimand.ANNOTATION,
        goal=GoalResult(goal=Goal.COMPARE, confidence=0.95),
        comparisons=(comparison_of("intension-g-sam", "extension-g-sam", counts, 0.0000001),),
        preferences=(
            preference_of(
                "intension-g-sam",
                "extension-g-sam",
                PreferenceCounts(n_a=201, n_b=95, n_same=104),
                headline=Estimand.ANNOTATION,
            ),
        ),
        contrasts=(
            Contrast(
                estimand=DifferenceEstimand.ANNOTATION,
                difference=0.0735,
                interval=Interval(low=0.0441, high=0.1029, **contrast_interval),
                bounds=Bounds(low=0.0705, high=0.0765),
                p_value=0.0000012,
                share_differing=0.3,
                n_eff=160.0,
                **facts,
            ),
            Contrast(
                estimand=DifferenceEstimand.ENTITY,
                difference=0.0002,
                interval=Interval(low=-0.0121, high=0.0125, **contrast_interval),
                bounds=Bounds(low=-0.0008, high=0.0012),
                p_value=0.975,
                share_differing=0.12,
                n_eff=320.0,
                **facts,
            ),
        ),
    )


@pytest.fixture
def empty() -> ReportContent:
    """A sample that holds no setting's masks."""
    return content_of(sources=(), front_ends=SourceFindings(counts={}), ticket_example=None)


HOSTILE = (
    "<script>alert('x')</script>",
    "=cmd()|' /C calc'!A0",
    "50%_of & $x^2$ {\\input{/etc/passwd}} ~#",
    "[*] | `pipe` **bold** \\\\",
    "\u202eלסומס\u200f حصان 🐎 Ærøskøbing × β",
    "two\nlines\tand \x00 control \x1b[31m",
)


@pytest.fixture
def hostile() -> ReportContent:
    """Every text is an attack on some format."""
    return content_of(
        *(
            SettingResult(
                setting=text,
                reference=text if index % 2 else None,
                model=HOSTILE[0] if index % 3 else None,
                overall=slice_of(10, 7),
                by_split={text: slice_of(10, 7)},
                by_category={text: slice_of(10, 7)},
                by_source={text: slice_of(10, 7)},
                by_size={text: slice_of(10, 7)},
                reasons={text: 3},
            )
            for index, text in enumerate(HOSTILE)
        ),
        goal=GoalResult(
            goal=Goal.CERTIFY,
            target=0.9,
            confidence=0.95,
            claims=tuple(claim_of(text, GoalState.REACHED, 0.01, 0.04) for text in HOSTILE),
        ),
        comparisons=(
            comparison_of(HOSTILE[0], HOSTILE[2], PairedCounts(n_both=7, n_only_a=2, n_only_b=1), 1.0),
        ),
        preferences=(
            preference_of(HOSTILE[0], HOSTILE[2], PreferenceCounts(n_a=7, n_b=2, n_same=1)),
            preference_of(HOSTILE[1], HOSTILE[2], PreferenceCounts(n_identical=3, n_pending=7)),
        ),
        agreement=NoEstimate(reason="no unit has two decided readings, so there is nothing to compare"),
        title=" ".join(HOSTILE),
        sample=HOSTILE[1],
        warnings=HOSTILE,
        not_in_sample=HOSTILE,
        sources=tuple(VerdictSource(reviewer=text, source=text, n_verdicts=1) for text in HOSTILE),
        front_ends=SourceFindings(
            counts={text: SourceCounts(n_verdicts=1, n_masks=1) for text in HOSTILE},
            n_masks_of_several=1,
            agreement=NoEstimate(reason="no unit has two decided readings, so there is nothing to compare"),
        ),
        ticket_example=TicketExample(annotation_id=HOSTILE[2], ticket="0" * 64),
        paces=tuple(
            ReviewerPace(reviewer=text, n_verdicts=1, n_timed=1, quartiles=(1, 1, 1), seconds=1)
            for text in HOSTILE
        ),
        composition=Composition(
            splits=tuple(SplitCases(split=text, n_units=1, n_entities=1) for text in HOSTILE),
            n_entities=len(HOSTILE),
            categories=dict.fromkeys(HOSTILE, 1),
            of_population=dict.fromkeys(HOSTILE, 3),
            counted=DrawnUnit.ENTITY,
        ),
        recipe=tuple(shlex.join(("mask-audit", "ingest", text)) for text in HOSTILE),
    )
