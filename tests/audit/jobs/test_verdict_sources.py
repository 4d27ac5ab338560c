"""Readings of several front ends: how many came from where, how far they agree, what they correct."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from audit.jobs.estimates import Figures
from audit.jobs.review_state import ReviewState, load_review_state
from audit.jobs.second_readings import corrected, reviewer_agreement
from audit.jobs.verdict_sources import source_findings
from audit.review.readings_owed import second_ticket
from db.records import Source, Verdict, Withdrawal
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from db.store import Store
from reports.review_findings import SourceCounts, SourceFindings
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.reviewers.agreement import Agreement
from sampling.reviewers.measurement_error import CorrectedAccuracy
from sampling.reviewers.settlement import Settlement
from tests.audit.jobs.judged_samples import SETTING, add_masks_to_judge, judge
from tests.builders import SOME_DAY

C, I, U = Verdict.CORRECT, Verdict.INCORRECT, Verdict.UNSURE  # noqa: E741
FIGURES = Figures(confidence=0.95, table_confidence=0.95, estimand=Estimand.MIX)
SEED, N, N_WRONG, SHARE = 7, 40, 4, 0.5


@pytest.fixture
def place(tmp_path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/audit.sqlite")
    made.create()
    yield made
    made.close()


@pytest.fixture
def masks(place: Store) -> list[str]:
    """Forty masks that nobody has read."""
    return add_masks_to_judge(place, N, seed=SEED)


def said_first(masks: list[str]) -> dict[str, Verdict]:
    """The first four are incorrect."""
    return {mask_id: I if number < N_WRONG else C for number, mask_id in enumerate(masks)}


def read_on_the_page(store: Store, masks: list[str], share: float, reviewer: str = "ann") -> None:
    """First readings with their stored chances, as the page gives them."""
    said = said_first(masks)
    chances = {mask_id: 1.0 if said[mask_id] is I else share for mask_id in said}
    judge(store, reviewer, said, probabilities=chances)


def read_in_label_studio(store: Store, reviewer: str, said: dict[str, Verdict], minute: int = 1) -> None:
    judge(store, reviewer, said, source=Source.LABEL_STUDIO, minute=minute)


def state_of(store: Store) -> ReviewState:
    return load_review_state(store, "main", Settlement.MAJORITY)


def findings_of(store: Store) -> SourceFindings:
    return source_findings(state_of(store), confidence=0.95)


def panel_of(store: Store) -> Agreement:
    found = reviewer_agreement(state_of(store), confidence=0.95)
    assert isinstance(found, Agreement)
    return found


def corrected_of(store: Store) -> CorrectedAccuracy | NoEstimate | None:
    return corrected(state_of(store), SETTING, FIGURES)


def drawn(masks: list[str]) -> list[str]:
    """Of the masks first read as correct, those that are to be read again."""
    return [mask_id for mask_id in masks[N_WRONG:] if second_ticket(SEED, mask_id) < SHARE]


def test_verdicts_and_masks_are_counted_by_front_end(place: Store, masks: list[str]) -> None:
    assert findings_of(place) == SourceFindings(counts={})
    judge(place, "ann", dict.fromkeys(masks[:10], C))
    assert findings_of(place) == SourceFindings(counts={Source.PAGE: SourceCounts(n_verdicts=10, n_masks=10)})
    read_in_label_studio(place, "bea@example.com", dict.fromkeys(masks[8:20], C))
    read_in_label_studio(place, "cyd@example.com", dict.fromkeys(masks[18:20], C))
    judge(place, "dan", dict.fromkeys(masks[19:22], C), source=Source.IMPORT)
    found = findings_of(place)
    assert list(found.counts) == [Source.PAGE, Source.IMPORT, Source.LABEL_STUDIO]
    assert found.counts[Source.LABEL_STUDIO] == SourceCounts(n_verdicts=14, n_masks=12)
    # Masks 8 and 9 on the page and in Label Studio, 19 in Label Studio and imported.
    assert found.n_masks_of_several == 3


def test_who_judges_a_mask_again_elsewhere_has_changed_their_verdict_and_agrees_with_nobody(
    place: Store, masks: list[str]
) -> None:
    judge(place, "ann", dict.fromkeys(masks[:3], C))
    read_in_label_studio(place, "ann", {masks[0]: I})
    found = findings_of(place)
    assert found.counts == {
        Source.PAGE: SourceCounts(n_verdicts=2, n_masks=2),
        Source.LABEL_STUDIO: SourceCounts(n_verdicts=1, n_masks=1),
    }
    assert (found.n_masks_of_several, found.agreement) == (0, None)
    assert reviewer_agreement(state_of(place), confidence=0.95) is None


def test_a_withdrawn_verdict_comes_from_nowhere(place: Store, masks: list[str]) -> None:
    judge(place, "ann", {masks[0]: C})
    read_in_label_studio(place, "bea@example.com", {masks[0]: I})
    assert findings_of(place).n_masks_of_several == 1
    at = SOME_DAY + timedelta(minutes=5)
    taken_back = Withdrawal(mask_id=masks[0], client_key="deleted", decided_at=at)
    with place.transaction() as transaction:
        bea = ensure_reviewer(transaction, "bea@example.com", at)
        add_readings(transaction, bea.reviewer_id, [taken_back], source=Source.LABEL_STUDIO, now=at)
    found = findings_of(place)
    assert list(found.counts) == [Source.PAGE]
    assert (found.n_masks_of_several, found.agreement) == (0, None)


@pytest.mark.parametrize("share", [SHARE, 0.1, 0.0])
def test_all_that_label_studio_read_beside_the_page_counts_for_agreement_whatever_the_page_s_draw(
    place: Store, masks: list[str], share: float
) -> None:
    read_on_the_page(place, masks, share)
    differs = {masks[0], masks[7], masks[30]}
    other = {C: I, I: C}
    said = said_first(masks)
    again = {mask_id: other[said[mask_id]] if mask_id in differs else said[mask_id] for mask_id in masks}
    read_in_label_studio(place, "bea@example.com", again)
    panel, between = panel_of(place), findings_of(place).agreement
    assert (panel.n_units, panel.n_pairs, panel.n_reviewers) == (N, N, 2)
    assert panel.observed.value == pytest.approx(1 - 3 / N)
    assert between == panel.observed
    # Three incorrect readings are shared by both; the page alone has one more, Label Studio two.
    assert isinstance(panel.on_incorrect, Estimate)
    assert panel.on_incorrect.value == pytest.approx(2 * 3 / (2 * 3 + 1 + 2))


def test_masks_that_label_studio_read_stand_for_those_it_did_not_and_not_for_the_page_s_own_draw(
    place: Store, masks: list[str]
) -> None:
    read_on_the_page(place, masks, SHARE)
    seen_there = [*masks[:2], *masks[N_WRONG : N_WRONG + 9]]
    differs = {masks[0], masks[N_WRONG]}
    read_in_label_studio(
        place,
        "bea@example.com",
        {each: I if (each in masks[:2]) != (each in differs) else C for each in seen_there},
    )
    # Each of two incorrect ones stands for two, each of nine correct ones for four.
    expected = 1 - (1 * 2 + 1 * 4) / N
    between = findings_of(place).agreement
    assert isinstance(between, Estimate)
    assert (between.n, between.value) == (11, pytest.approx(expected))
    assert panel_of(place).observed.value == pytest.approx(expected)

    # The page reads again what it drew, and agrees everywhere: the panel has more masks, sources as many.
    more = [each for each in (*masks[:N_WRONG], *drawn(masks)) if each not in seen_there]
    judge(place, "cyd", {each: said_first(masks)[each] for each in more}, minute=2)
    assert findings_of(place).agreement == between
    panel = panel_of(place)
    n_correct_again = len({*drawn(masks), *masks[N_WRONG : N_WRONG + 9]})
    assert panel.n_units == N_WRONG + n_correct_again
    assert panel.observed.value == pytest.approx(1 - (1 + (N - N_WRONG) / n_correct_again) / N)


def test_doubtful_masks_that_the_page_reads_again_after_label_studio_weigh_no_more_than_there_are(
    place: Store, masks: list[str]
) -> None:
    read_in_label_studio(place, "bea@example.com", said_first(masks))
    again = {**dict.fromkeys(masks[:N_WRONG], C), **dict.fromkeys(drawn(masks), C)}
    judge(place, "ann", again, minute=2)
    found = findings_of(place).agreement
    assert isinstance(found, Estimate)
    assert found.n == len(again)
    # Unweighted it would be the share of the correct ones among those that were read again.
    assert found.value == pytest.approx(1 - N_WRONG / N)
    assert panel_of(place).observed.value == pytest.approx(1 - N_WRONG / N)


def test_of_several_annotators_the_first_speaks_for_label_studio_and_all_count_among_reviewers(
    place: Store, masks: list[str]
) -> None:
    judge(place, "ann", {masks[0]: C, masks[1]: C})
    read_in_label_studio(place, "bea@example.com", {masks[0]: C, masks[1]: I}, minute=1)
    read_in_label_studio(place, "cyd@example.com", {masks[0]: I, masks[1]: I}, minute=2)
    found = findings_of(place).agreement
    assert isinstance(found, Estimate)
    assert (found.n, found.value) == (2, 0.5)
    panel = panel_of(place)
    assert (panel.n_units, panel.n_pairs, panel.n_reviewers) == (2, 6, 3)


def test_sources_that_share_only_unsure_readings_have_no_agreement(place: Store, masks: list[str]) -> None:
    judge(place, "ann", {masks[0]: U})
    read_in_label_studio(place, "bea@example.com", {masks[0]: C})
    found = findings_of(place)
    assert found.n_masks_of_several == 1
    assert isinstance(found.agreement, NoEstimate)


def test_second_readings_on_the_page_correct_what_label_studio_read_first(
    place: Store, masks: list[str]
) -> None:
    read_in_label_studio(place, "bea@example.com", said_first(masks))
    assert corrected_of(place) is None
    chosen = [*masks[:N_WRONG], *drawn(masks)]
    overturned = chosen[N_WRONG]
    judge(
        place, "ann", {each: I if each in (*masks[:N_WRONG], overturned) else C for each in chosen}, minute=2
    )
    found = corrected_of(place)
    assert isinstance(found, CorrectedAccuracy)
    assert (found.n_second, found.n_overturned) == (len(chosen), 1)
    # No chance is stored: those read again stand for all correct ones at the rate seen.
    stands_for = (N - N_WRONG) / len(drawn(masks))
    assert found.corrected.value == pytest.approx((N - N_WRONG - stands_for) / N)


def test_label_studio_s_readings_are_second_ones_where_the_page_s_were_first_and_drawn(
    place: Store, masks: list[str]
) -> None:
    read_on_the_page(place, masks, SHARE)
    beside = next(each for each in masks[N_WRONG:] if each not in drawn(masks))
    overturned = {drawn(masks)[0], beside}
    said = said_first(masks)
    read_in_label_studio(
        place, "bea@example.com", {each: I if each in overturned else said[each] for each in masks}
    )
    found = corrected_of(place)
    assert isinstance(found, CorrectedAccuracy)
    # Of the two that do not hold only the drawn one counts, and stands for two.
    assert (found.n_second, found.n_overturned) == (N_WRONG + len(drawn(masks)), 1)
    assert found.corrected.value == pytest.approx((N - N_WRONG - 1 / SHARE) / N)
