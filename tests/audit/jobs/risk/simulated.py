"""Audits by risk without a store: a population with known truth, drawn and judged as the commands do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from audit.jobs.drawing import Drawing
from audit.jobs.review_state import ReviewState
from audit.jobs.risk.drawable import Drawable, drawable, target_of
from audit.jobs.risk.judged import DrawnByRisk
from audit.jobs.risk.units import drawn_mentions, start_of, with_chances, with_drawn
from audit.jobs.sampled_units import units_of
from db.mentions import Mention
from db.records import (
    MaskState,
    SampleWave,
    Source,
    StandingVerdict,
    Stratum,
    Unit,
    UnitMask,
    Verdict,
    WaveKind,
)
from sampling.design.frame import Across, DrawnUnit, FrameUnit
from sampling.design.selection import annotation_ticket, entity_candidates
from sampling.estimation.estimands import Estimand
from sampling.reviewers.settlement import Settlement
from sampling.risk.frame import Verdicts, Wave
from sampling.risk.waves import first_wave, next_wave
from tests.builders import SOME_DAY, a_sample, a_setting

SETTING = "A"
WAVES = (SampleWave(kind=WaveKind.RISK, n=1), SampleWave(kind=WaveKind.RISK, n=1, n_verdicts=1))


@dataclass(frozen=True, kw_only=True)
class Population:
    """Annotations with what is measured of them and whether their masks are wrong; arrays of one length."""

    frame: tuple[FrameUnit, ...]
    features: pa.Table
    is_wrong: NDArray[np.bool_]

    @cached_property
    def wrong(self) -> Mapping[str, bool]:
        return dict(zip(self.by_id, self.is_wrong.tolist(), strict=True))

    @cached_property
    def by_id(self) -> Mapping[str, FrameUnit]:
        return {each.annotation_id: each for each in self.frame}


def a_population(sizes: Mapping[str, Sequence[int]], seed: int) -> Population:
    """Splits with entities of these sizes; large entities and low agreement go with errors."""
    rng = np.random.default_rng(seed)
    frame, size = [], []
    for split, of_entities in sizes.items():
        for number, n in enumerate(of_entities):
            for each in range(n):
                entity_id = f"{split}{number}"
                frame.append(FrameUnit(annotation_id=f"{entity_id}-{each}", entity_id=entity_id, split=split))
                size.append(n)
    n_annotations = len(frame)
    agreement = rng.random(n_annotations)
    logit = 1.2 - 4 * agreement + 0.5 * np.log(np.array(size)) + rng.logistic(size=n_annotations)
    unknown = rng.random(n_annotations) < 0.1
    features = pa.table(
        {
            "annotation_id": [each.annotation_id for each in frame],
            "consensus_iou": pa.array(agreement, mask=unknown),
            "iou": pa.array(np.clip(agreement + rng.normal(0, 0.1, n_annotations), 0, 1), mask=unknown),
            "confidence_max": pa.array(rng.random(n_annotations)),
            "area_share": pa.nulls(n_annotations, pa.float64()),
        }
    )
    return Population(frame=tuple(frame), features=features, is_wrong=logit > 0)


def everything(population: Population, unit: DrawnUnit, seed: int) -> tuple[Drawable, tuple[Stratum, ...]]:
    """What phase 1 leaves to draw, by the plain implementation of the library; strata without sizes."""
    n_of_entity: dict[str, int] = {}
    for each in population.frame:
        n_of_entity[each.entity_id] = n_of_entity.get(each.entity_id, 0) + 1
    if unit is DrawnUnit.ENTITY:
        candidates = entity_candidates(population.frame, seed, Across.SPLITS, 1)
        things = [(each.stratum, each.ticket, each.annotation_ids[0], each.entity_id) for each in candidates]
    else:
        things = [
            (each.split, annotation_ticket(seed, each.annotation_id), each.annotation_id, each.entity_id)
            for each in population.frame
        ]
    things.sort()
    table = pa.table(
        {
            "annotation_id": [each[2] for each in things],
            "split": [each[0] for each in things],
            "n_annotations": pa.array([n_of_entity[each[3]] for each in things], pa.int64()),
            "first_bytes": pa.array([int(each[1][:16], 16) for each in things], pa.uint64()),
        }
    )
    splits = sorted({each[0] for each in things})
    strata = tuple(
        Stratum(
            split=split,
            n_units=0,
            n_entities_drawn=0,
            n_entities=len({each[3] for each in things if each[0] == split}),
            n_annotations=sum(each.split == split for each in population.frame),
            n_first=0,
        )
        for split in splits
    )
    return drawable(table, population.features), strata


def with_shares(strata: Sequence[Stratum], shares: Mapping[str, int]) -> tuple[Stratum, ...]:
    return tuple(replace(stratum, n_first=shares[stratum.split]) for stratum in strata)


def audited(
    population: Population, unit: DrawnUnit, seed: int, shares: Mapping[str, int], n_later: int
) -> tuple[ReviewState, DrawnByRisk]:
    """A first wave, a second one by its verdicts, and the verdicts of both."""
    drawn, strata = everything(population, unit, seed)
    strata = with_shares(strata, shares)
    frame = drawn.frame(target_of(drawn, Estimand.MIX, unit, strata))
    waves = (first_wave(frame, sum(shares.values()), start=start_of(seed, 0), prior=drawn.prior),)
    drawn = drawn.with_wave(waves[0])
    if n_later:
        positions = waves[0].units
        is_wrong = np.array([population.wrong[each] for each in drawn.ids_at(positions)])
        verdicts = Verdicts(units=positions, is_wrong=is_wrong)
        wave = next_wave(frame, waves, verdicts, n_later, start=start_of(seed, 1), prior=drawn.prior)
        waves, drawn = (*waves, wave), drawn.with_wave(wave)
    units = [
        each
        for number, wave in enumerate(waves)
        for each in units_at(population, drawn, wave, strata, unit=unit, seed=seed, number=number)
    ]
    units = with_chances(units, drawn, unit)
    state = state_of(population, units, with_drawn(strata, units), unit=unit, seed=seed)
    positions = drawn.positions([each.annotation_id for each in units])
    return state, DrawnByRisk(everything=drawn, waves=drawn.drawn(units), positions=positions)


def units_at(
    population: Population,
    drawn: Drawable,
    wave: Wave,
    strata: Sequence[Stratum],
    *,
    unit: DrawnUnit,
    seed: int,
    number: int,
) -> list[Unit]:
    mentions = {each: a_mention(population.by_id[each]) for each in drawn.ids_at(wave.units)}
    found = drawn_mentions(drawn, mentions, strata, unit=unit, seed=seed)
    made = units_of(Drawing(strata=tuple(strata), mentions=tuple(found)), mentions, seed, {})
    return [replace(each, wave=number, unit_id=int(each.annotation_ticket[:12], 16)) for each in made]


def a_mention(unit: FrameUnit) -> Mention:
    return Mention(
        annotation_id=unit.annotation_id,
        mention_id=unit.annotation_id,
        entity_id=unit.entity_id,
        entity_name=None,
        category=None,
        source=None,
        split=unit.split,
        image_id=None,
        images_root=None,
        file_name=None,
        question=None,
    )


def state_of(
    population: Population, units: Sequence[Unit], strata: Sequence[Stratum], *, unit: DrawnUnit, seed: int
) -> ReviewState:
    """Every unit judged by the truth: right masks by a reviewer, wrong ones by being absent."""
    wrong = population.wrong
    return ReviewState(
        sample=replace(a_sample(), unit=unit, seed=seed, strata=tuple(strata), waves=WAVES, frame=SETTING),
        settings=(a_setting(SETTING),),
        units=tuple(units),
        unit_masks=tuple(
            UnitMask(
                unit_id=each.unit_id,
                setting=SETTING,
                state=MaskState.MISSING if wrong[each.annotation_id] else MaskState.PRESENT,
                mask_id=None if wrong[each.annotation_id] else each.annotation_id,
            )
            for each in units
        ),
        standing=tuple(a_reading(each.annotation_id) for each in units if not wrong[each.annotation_id]),
        adjudications=(),
        settlement=Settlement.MAJORITY,
        unjudgable={},
        areas={},
    )


def a_reading(mask_id: str) -> StandingVerdict:
    return StandingVerdict(
        mask_id=mask_id,
        reviewer="ann",
        verdict=Verdict.CORRECT,
        reasons=(),
        comment="",
        seconds=None,
        decided_at=SOME_DAY,
        source=Source.PAGE,
        guideline_hash=None,
    )
