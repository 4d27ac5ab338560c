"""How a review goes: what its lead looks at while people work."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

import numpy as np

from audit.jobs.gold_pool import GoldState
from audit.jobs.gold_results import gold_rates, load_gold_review, rates_by_reviewer
from audit.jobs.readings_left import ReadingsLeft, load_readings_left
from audit.jobs.review_state import Outcome, ReviewState, load_review_state
from audit.jobs.second_readings import READING_OF, reviewer_agreement
from audit.settings import Settings
from db.assignments import load_last_seen
from db.records import StandingVerdict
from db.store import Store
from reports.review_findings import GoldRates
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.agreement import Agreement
from sampling.reviewers.conduct import Conduct, OrderedReadings, reviewers_conduct
from sampling.reviewers.settlement import Settlement

FAST_SECONDS = 0.3
"""A verdict in less was given before anybody can have seen the mask."""

LATELY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingProgress:
    """How many units of one setting and split are settled.

    Attributes:
        n_units: of the split that the setting covers.
        n_settled: judged, missing or unjudgable.
    """

    setting: str
    split: str
    n_units: int
    n_settled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerProgress:
    """What one reviewer did so far, for whatever purpose.

    Attributes:
        n_readings: readings of theirs that stand.
        n_lately: of those, decided within the last hour.
        seconds: the median of those that were timed, or None.
        n_fast: of those, given in less time than seeing takes.
        last_at: when they were last given a mask, or decided something.
        conduct: of their first readings; None where they only read what others had read before.
        gold: how they judged masks of known answer; None where they met none.
    """

    name: str
    n_readings: int
    n_lately: int
    seconds: float | None
    n_fast: int
    last_at: datetime
    conduct: Conduct | None
    gold: GoldRates | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How the review of one sample goes.

    Attributes:
        n_masks: different masks that eyes can judge, or have judged before they could no more be shown.
        n_read: of those, read at least once.
        n_read_twice: of those, read by two people or more.
        n_disputed: masks that a lead has to settle.
        n_flagged: masks that a reviewer wants a lead to look at.
        n_not_to_settle: masks that would be disputed or flagged if they could be shown.
        readings_left: that masks are owed beyond their first.
        n_lately: readings within the last hour.
        seconds: the median of all readings that were timed, or None.
        agreement: between reviewers; None where no mask was read twice.
        gold_state: whether masks of known answer are mixed in.
        gold: how all reviewers judged them.
    """

    sample: str
    n_masks: int
    n_read: int
    n_read_twice: int
    n_disputed: int
    n_flagged: int
    n_not_to_settle: int
    readings_left: ReadingsLeft
    n_lately: int
    seconds: float | None
    settings: tuple[SettingProgress, ...]
    reviewers: tuple[ReviewerProgress, ...]
    agreement: Agreement | NoEstimate | None
    gold_state: GoldState
    gold: GoldRates


def load_overview(store: Store, settings: Settings, sample_name: str | None, now: datetime) -> Overview:
    """Give how the review of a sample goes; the latest sample where no name is given.

    Raises:
        StoreError: there is no such sample, or the store does not answer.
    """
    state = load_review_state(store, sample_name, Settlement(settings.settlement))
    sample_id, confidence = state.sample.sample_id, settings.confidence
    on_gold = load_gold_review(store, sample_id, share=settings.gold_share)
    with store.reading() as transaction:
        last_seen = load_last_seen(transaction, sample_id)
    return Overview(
        sample=state.sample.name,
        n_masks=len(state.judgable),
        n_read=len(state.judgable & state.readings.keys()),
        n_read_twice=sum(len(state.readings.get(mask_id, ())) > 1 for mask_id in state.judgable),
        n_disputed=len(state.disputed),
        n_flagged=len(state.flagged),
        n_not_to_settle=len(state.not_to_settle),
        readings_left=load_readings_left(store, settings, state, now),
        n_lately=sum(now - each.decided_at <= LATELY for each in state.standing),
        seconds=_median(state.standing),
        settings=tuple(_setting_progress(state)),
        reviewers=tuple(
            _reviewers(state, last_seen, rates_by_reviewer(on_gold.verdicts, confidence=confidence), now)
        ),
        agreement=reviewer_agreement(state, confidence=confidence),
        gold_state=on_gold.state,
        gold=gold_rates(on_gold.verdicts, confidence=confidence),
    )


def _setting_progress(state: ReviewState) -> list[SettingProgress]:
    n_units: Counter[tuple[str, str]] = Counter()
    n_pending: Counter[tuple[str, str]] = Counter()
    for setting, outcomes in state.outcomes.items():
        for unit, outcome in zip(state.units, outcomes, strict=True):
            if outcome is Outcome.DROPPED:
                continue
            n_units[setting, unit.stratum] += 1
            n_pending[setting, unit.stratum] += outcome is Outcome.PENDING
    return [
        SettingProgress(setting=setting, split=split, n_units=n, n_settled=n - n_pending[setting, split])
        for (setting, split), n in n_units.items()
    ]


def _reviewers(
    state: ReviewState, last_seen: Mapping[str, datetime], gold: Mapping[str, GoldRates], now: datetime
) -> list[ReviewerProgress]:
    conduct = _conduct(state)
    given: dict[str, list[StandingVerdict]] = {name: [] for name in sorted(last_seen)}
    for each in state.standing:
        if each.reviewer in given:  # else the sample has lost the mask since it was loaded
            given[each.reviewer].append(each)
    return [
        ReviewerProgress(
            name=name,
            n_readings=len(readings),
            n_lately=sum(now - each.decided_at <= LATELY for each in readings),
            seconds=_median(readings),
            n_fast=sum(_is_fast(each) for each in readings),
            last_at=last_seen[name],
            conduct=conduct.get(name),
            gold=gold.get(name),
        )
        for name, readings in given.items()
    ]


def _conduct(state: ReviewState) -> dict[str, Conduct]:
    first = sorted((readings[0] for readings in state.readings.values()), key=lambda each: each.decided_at)
    names = sorted({each.reviewer for each in first})
    code_of = {name: code for code, name in enumerate(names)}
    found = reviewers_conduct(
        OrderedReadings(
            reviewers=np.array([code_of[each.reviewer] for each in first], dtype=np.int64),
            readings=np.array([READING_OF[each.verdict] for each in first], dtype=np.int64),
            fast=np.array([_is_fast(each) for each in first], dtype=bool),
        )
    )
    return {names[code]: conduct for code, conduct in found.items()}


def _is_fast(reading: StandingVerdict) -> bool:
    return reading.seconds is not None and reading.seconds < FAST_SECONDS


def _median(readings: Iterable[StandingVerdict]) -> float | None:
    seconds = [each.seconds for each in readings if each.seconds is not None]
    return median(seconds) if seconds else None
