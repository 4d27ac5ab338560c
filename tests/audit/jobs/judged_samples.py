"""Samples in a real store with as many masks as a test wants, judged as it says."""

from collections.abc import Mapping
from datetime import timedelta

from db.records import Purpose, Reading, Reason, Source, Stratum, Verdict
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from db.samples import add_masks, add_sample, put_settings, put_units
from db.store import Store
from tests.builders import SOME_DAY, a_mask, a_sample, a_setting, a_unit, made_by

SETTING = "A"


def add_masks_to_judge(store: Store, n: int, *, name: str = "main", seed: int = 7) -> list[str]:
    """A sample of n entities with a mask each under one setting; gives the masks' ids."""
    units = [a_unit(f"{name}-{number}", n_annotations_of_entity=1, block=None) for number in range(n)]
    masks = [f"{name}-m{number}" for number in range(n)]
    stratum = Stratum(
        split="query", n_units=n, n_entities_drawn=n, n_entities=100 * n, n_annotations=150 * n, n_first=n
    )
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample(name=name, seed=seed, strata=(stratum,)))
        put_settings(transaction, sample.sample_id, [a_setting(SETTING)])
        ids = put_units(transaction, sample.sample_id, units)
        add_masks(
            transaction,
            [a_mask(mask_id) for mask_id in masks],
            [
                made_by(SETTING, ids[unit.annotation_id], mask_id)
                for unit, mask_id in zip(units, masks, strict=True)
            ],
        )
    return masks


def judge(
    store: Store,
    reviewer: str,
    said: Mapping[str, Verdict],
    *,
    purpose: Purpose = Purpose.READING,
    probabilities: Mapping[str, float] | None = None,
    minute: int = 0,
    flagged: bool = False,
    reasons: tuple[Reason, ...] = (),
    source: Source = Source.PAGE,
) -> None:
    """Put one person's verdicts into the journal, with chances of a second reading where they are given."""
    chances = probabilities or {}
    at = SOME_DAY + timedelta(minutes=minute)
    readings = [
        Reading(
            mask_id=mask_id,
            verdict=verdict,
            purpose=purpose,
            reasons=reasons,
            flagged=flagged,
            client_key=f"{source}-{purpose}-{minute}-{mask_id}",
            second_probability=chances.get(mask_id),
            decided_at=at,
        )
        for mask_id, verdict in said.items()
    ]
    with store.transaction() as transaction:
        person = ensure_reviewer(transaction, reviewer, SOME_DAY)
        add_readings(transaction, person.reviewer_id, readings, source=source, now=at)
