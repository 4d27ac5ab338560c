"""Second readings that were drawn by a stored chance, through the store and the jobs of a report."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from scipy.stats import binom

from audit.jobs.estimates import Figures
from audit.jobs.review_state import load_review_state
from audit.jobs.second_readings import corrected, reviewer_agreement
from audit.review.readings_owed import ReadingRule, readings_owed, second_ticket
from db.records import MaskReader, Purpose, Verdict
from db.store import Store
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.agreement import Agreement
from sampling.reviewers.measurement_error import CorrectedAccuracy
from sampling.reviewers.settlement import Settlement
from tests.audit.jobs.judged_samples import SETTING, add_masks_to_judge, judge

C, I, U = Verdict.CORRECT, Verdict.INCORRECT, Verdict.UNSURE  # noqa: E741
FIGURES = Figures(confidence=0.95, table_confidence=0.95, estimand=Estimand.MIX)
SEED, N, SHARE = 7, 40, 0.5


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all samples of these tests."""
    made = Store(f"sqlite:///{tmp_path_factory.mktemp('second')}/audit.sqlite")
    made.create()
    yield made
    made.close()


def corrected_of(store: Store, name: str) -> CorrectedAccuracy | NoEstimate | None:
    return corrected(load_review_state(store, name, Settlement.MAJORITY), SETTING, FIGURES)


def agreement_of(store: Store, name: str) -> Agreement:
    found = reviewer_agreement(load_review_state(store, name, Settlement.MAJORITY), confidence=0.95)
    assert isinstance(found, Agreement)
    return found


@pytest.fixture
def masks(place: Store, request: pytest.FixtureRequest) -> list[str]:
    """Forty masks of a sample named after the test; Ann has read them all, the first four as incorrect.

    The correct ones are read again with a chance of one half.
    """
    name = request.node.name
    masks = add_masks_to_judge(place, N, name=name, seed=SEED)
    said = {mask_id: I if place_ < 4 else C for place_, mask_id in enumerate(masks)}
    judge(place, "ann", said, probabilities={each: 1.0 if said[each] is I else SHARE for each in masks})
    return masks


def drawn(masks: list[str]) -> list[str]:
    """The masks that are to be read again."""
    return [*masks[:4], *(each for each in masks[4:] if second_ticket(SEED, each) < SHARE)]


def test_only_second_readings_that_were_drawn_count(place: Store, masks: list[str], request) -> None:
    chosen = drawn(masks)
    beside = [each for each in masks if each not in chosen]
    assert len(chosen) - 4 > 5
    assert len(beside) > 5
    overturned = chosen[4]
    judge(place, "bob", {each: I if each in (*chosen[:4], overturned) else C for each in chosen}, minute=1)
    found = corrected_of(place, request.node.name)
    assert isinstance(found, CorrectedAccuracy)
    assert (found.n_second, found.n_overturned) == (len(chosen), 1)
    # One overturned of those drawn stands for two of all.
    assert found.corrected.value == pytest.approx((N - 4 - 1 / SHARE) / N)

    judge(place, "cyd", dict.fromkeys(beside, I), minute=2)
    assert corrected_of(place, request.node.name) == found


def test_a_mask_that_was_drawn_and_awaits_its_reading_is_waited_for(
    place: Store, masks: list[str], request
) -> None:
    judge(place, "bob", dict.fromkeys(drawn(masks)[:-1], C), minute=1)
    found = corrected_of(place, request.node.name)
    assert isinstance(found, NoEstimate)
    assert found.reason.startswith("1 units that had to be read again await")


def test_a_lead_s_verdict_is_the_last_one(place: Store, masks: list[str], request) -> None:
    chosen = drawn(masks)
    beside = next(each for each in masks if each not in chosen)
    judge(place, "bob", {each: I if each in chosen[:4] else C for each in chosen}, minute=1)
    before = corrected_of(place, request.node.name)
    assert isinstance(before, CorrectedAccuracy)
    judge(place, "lea", {chosen[0]: C, chosen[1]: U, chosen[5]: I, beside: I}, purpose=Purpose.ADJUDICATION)
    found = corrected_of(place, request.node.name)
    assert isinstance(found, CorrectedAccuracy)
    assert (found.n_restored, found.n_undecided, found.n_overturned) == (1, 1, 1)
    # Restored one, overturned one that stands for two; one is left out; what was not drawn changes nothing.
    assert found.corrected.value == pytest.approx((N - 4 + 1 - 1 / SHARE) / (N - 1))
    assert found.raw == before.raw


def test_a_lead_s_verdict_may_come_in_the_place_of_a_second_reading(
    place: Store, masks: list[str], request
) -> None:
    chosen = drawn(masks)
    judge(place, "bob", dict.fromkeys(chosen[1:], C), minute=1)
    judge(place, "lea", {chosen[0]: C}, purpose=Purpose.ADJUDICATION)
    found = corrected_of(place, request.node.name)
    assert isinstance(found, CorrectedAccuracy)
    assert (found.n_second, found.n_restored) == (len(chosen), 4)


def test_readings_without_a_stored_chance_are_taken_at_the_rate_seen_among_themselves(
    place: Store, masks: list[str], request
) -> None:
    name = request.node.name
    more = add_masks_to_judge(place, 20, name=f"{name}-imported", seed=SEED)
    judge(place, "ann", {each: I if each in more[:2] else C for each in more})
    # Six of 18 correct ones are read again, and two do not hold.
    judge(place, "bob", {each: I if each in more[:4] else C for each in more[:8]}, minute=1)
    found = corrected_of(place, f"{name}-imported")
    assert isinstance(found, CorrectedAccuracy)
    assert found.corrected.value == pytest.approx((18 - 2 * 18 / 6) / 20)


def test_a_few_readings_without_a_stored_chance_are_drawn_like_the_others(
    place: Store, masks: list[str], request
) -> None:
    imported = masks[4:12]
    assert any(each in drawn(masks) for each in imported)
    # They came without a chance; Bob is given those of them whose tickets say so.
    judge(place, "ann", dict.fromkeys(imported, C), minute=1)
    judge(place, "bob", {each: I if each in masks[:4] else C for each in drawn(masks)[:-1]}, minute=2)
    found = corrected_of(place, request.node.name)
    assert isinstance(found, NoEstimate)
    judge(place, "bob", {drawn(masks)[-1]: C}, minute=3)
    found = corrected_of(place, request.node.name)
    assert isinstance(found, CorrectedAccuracy)
    assert found.corrected.value == pytest.approx((N - 4) / N)


def test_a_chance_of_none_tells_nothing_of_correct_readings(place: Store, request) -> None:
    masks = add_masks_to_judge(place, 10, name=request.node.name)
    said = {mask_id: I if mask_id in masks[:2] else C for mask_id in masks}
    judge(place, "ann", said, probabilities={each: 1.0 if said[each] is I else 0.0 for each in masks})
    judge(place, "bob", dict.fromkeys(masks[:2], I), minute=1)
    found = corrected_of(place, request.node.name)
    assert isinstance(found, NoEstimate)
    assert found.reason.startswith("8 correct first readings had no chance")


def test_who_agrees_is_weighed_by_the_chance_and_not_asked_beside_the_draw(
    place: Store, masks: list[str], request
) -> None:
    chosen = drawn(masks)
    beside = [each for each in masks if each not in chosen]
    differs = {chosen[0], chosen[5]}
    said = {each: I if (each in chosen[:4]) != (each in differs) else C for each in chosen}
    judge(place, "bob", said, minute=1)
    found = agreement_of(place, request.node.name)
    total = 4 + (len(chosen) - 4) / SHARE
    assert found.n_units == len(chosen)
    assert found.observed.value == pytest.approx(1 - (1 + 1 / SHARE) / total)
    judge(place, "cyd", dict.fromkeys(beside, I), minute=2)
    judge(place, "lea", dict.fromkeys(chosen, U), purpose=Purpose.ADJUDICATION)
    assert agreement_of(place, request.node.name) == found


RULE = ReadingRule(first_readings=1, second_share=0.3)


def judged(rng: np.random.Generator, truth: Mapping[str, bool]) -> dict[str, Verdict]:
    """Verdicts of a reviewer who accepts 97 of 100 right masks and rejects 85 of 100 wrong ones."""
    return {
        mask_id: C if rng.random() < (0.97 if is_right else 0.15) else I
        for mask_id, is_right in truth.items()
    }


def owed_a_second(first: Mapping[str, Verdict], seed: int) -> list[str]:
    """The masks that the plan gives to a second reviewer."""
    return [
        mask_id
        for mask_id, verdict in first.items()
        if readings_owed(
            [
                MaskReader(
                    mask_id=mask_id,
                    reviewer_id=1,
                    verdict=verdict,
                    second_probability=RULE.second_probability(verdict),
                )
            ],
            RULE,
            second_ticket(seed, mask_id),
        )
        > 1
    ]


@pytest.mark.parametrize(
    "n_samples", [pytest.param(50, marks=pytest.mark.slow), pytest.param(400, marks=pytest.mark.soak)]
)
def test_the_corrected_interval_holds_what_it_says_and_the_raw_one_does_not(
    place: Store, n_samples: int
) -> None:
    """Both readers err alike, the second one reads by the plan, and a lead settles what they dispute."""
    n_units, accuracy = 600, 0.948
    rng = np.random.default_rng(20261)
    n_held = n_raw_held = 0
    for number in range(n_samples):
        name = f"simulated-{n_samples}-{number}"
        masks = add_masks_to_judge(place, n_units, name=name, seed=number)
        truth = dict(zip(masks, (rng.random(n_units) < accuracy).tolist(), strict=True))
        first = judged(rng, truth)
        judge(
            place, "ann", first, probabilities={each: RULE.second_probability(first[each]) for each in first}
        )
        again = {mask_id: truth[mask_id] for mask_id in owed_a_second(first, number)}
        second = judged(rng, again)
        judge(place, "bob", second, minute=1)
        disputed = [mask_id for mask_id in second if second[mask_id] is not first[mask_id]]
        adjudicated = {mask_id: C if truth[mask_id] else I for mask_id in disputed}
        judge(place, "lea", adjudicated, purpose=Purpose.ADJUDICATION, minute=2)
        found = corrected_of(place, name)
        assert isinstance(found, CorrectedAccuracy)
        assert not isinstance(found.raw, NoEstimate)
        interval, raw = found.corrected.interval, found.raw.interval
        n_held += interval.low <= accuracy <= interval.high
        n_raw_held += raw.low <= accuracy <= raw.high
    assert binom.cdf(n_held, n_samples, 0.95) > 1e-3
    assert binom.cdf(n_raw_held, n_samples, 0.8) < 1e-3
