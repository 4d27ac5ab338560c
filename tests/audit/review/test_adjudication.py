"""What a mask is, under every policy."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.review.adjudication import Settled, settle_masks
from db.records import Source, StandingVerdict, Verdict
from sampling.reviewers.settlement import Settlement

C, I, U = Verdict.CORRECT, Verdict.INCORRECT, Verdict.UNSURE  # noqa: E741
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
UNSURE_FOR_NOW = Settled(verdict=U, is_disputed=True)
PENDING = Settled(verdict=None, is_disputed=True)
VOTES = (Settlement.MAJORITY, Settlement.UNANIMOUS, Settlement.ADJUDICATED)


def readings_of(said: Mapping[str, Mapping[str, Verdict]]) -> dict[str, tuple[StandingVerdict, ...]]:
    """Readings by mask, from mask → reviewer → verdict."""
    return {
        mask_id: tuple(
            StandingVerdict(
                mask_id=mask_id,
                reviewer=reviewer,
                verdict=verdict,
                reasons=(),
                comment="",
                seconds=None,
                decided_at=NOW,
                source=Source.PAGE,
                guideline_hash=None,
            )
            for reviewer, verdict in of_mask.items()
        )
        for mask_id, of_mask in said.items()
    }


def settled(verdicts: str, policy: Settlement) -> Settled:
    """What one mask is, from a letter per reviewer."""
    of_letter = {"c": C, "i": I, "u": U}
    said = {"m": {f"r{place}": of_letter[letter] for place, letter in enumerate(verdicts)}}
    return settle_masks(readings_of(said), {}, policy)["m"]


@pytest.mark.parametrize(
    ("verdicts", "by_majority", "unanimous", "adjudicated"),
    [
        ("c", C, C, C),
        ("u", U, U, U),
        ("ii", I, I, I),
        ("ci", UNSURE_FOR_NOW, UNSURE_FOR_NOW, PENDING),
        ("cu", UNSURE_FOR_NOW, UNSURE_FOR_NOW, PENDING),
        ("cci", C, UNSURE_FOR_NOW, PENDING),
        ("uuc", U, UNSURE_FOR_NOW, PENDING),
        ("ciu", UNSURE_FOR_NOW, UNSURE_FOR_NOW, PENDING),
        ("ccii", UNSURE_FOR_NOW, UNSURE_FOR_NOW, PENDING),
        ("iiicc", I, UNSURE_FOR_NOW, PENDING),
    ],
)
def test_each_policy_says_what_a_mask_is(verdicts, by_majority, unanimous, adjudicated):
    for policy, expected in zip(VOTES, (by_majority, unanimous, adjudicated), strict=True):
        as_settled = expected if isinstance(expected, Settled) else Settled(verdict=expected)
        assert settled(verdicts, policy) == as_settled


@pytest.mark.parametrize("policy", Settlement)
@pytest.mark.parametrize("verdict", Verdict)
def test_a_lead_settles_a_mask_under_every_policy(policy, verdict):
    said = readings_of(
        {"differing": {"ann": C, "bob": I}, "agreed": {"ann": C, "bob": C}, "once": {"ann": I}}
    )
    adjudicated = dict.fromkeys((*said, "unread"), verdict)
    assert settle_masks(said, adjudicated, policy) == dict.fromkeys(adjudicated, Settled(verdict=verdict))


@pytest.mark.parametrize("policy", Settlement)
def test_what_was_read_once_is_what_its_reading_says(policy):
    said = {f"{verdict}": {"ann": verdict} for verdict in Verdict}
    found = settle_masks(readings_of(said), {}, policy)
    assert found == {f"{verdict}": Settled(verdict=verdict) for verdict in Verdict}


@st.composite
def crowds(draw):
    """Some masks read by some of four people, a mask by one at least."""
    people = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(Verdict), min_size=1)
    return draw(st.lists(people, min_size=1, max_size=12))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(crowd=crowds(), seed=st.randoms(use_true_random=False), policy=st.sampled_from(Settlement))
def test_the_order_of_readings_and_of_masks_does_not_matter(crowd, seed, policy):
    said = readings_of({f"m{place:02}": of_mask for place, of_mask in enumerate(crowd)})
    masks = list(said)
    seed.shuffle(masks)
    shuffled = {mask_id: tuple(seed.sample(said[mask_id], len(said[mask_id]))) for mask_id in masks}
    assert settle_masks(shuffled, {}, policy) == settle_masks(said, {}, policy)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(crowd=crowds(), policy=st.sampled_from(Settlement))
def test_every_mask_that_was_read_is_something_and_only_a_disputed_one_may_be_pending(crowd, policy):
    said = readings_of({f"m{place}": of_mask for place, of_mask in enumerate(crowd)})
    found = settle_masks(said, {}, policy)
    assert found.keys() == said.keys()
    for each in found.values():
        assert each.verdict is not None or (each.is_disputed and policy is Settlement.ADJUDICATED)


def test_the_likeliest_verdict_follows_the_reviewer_who_errs_least():
    # Ann and Bob agree on forty masks of either kind; Zoe says the contrary of a third of them.
    truth = {f"m{n:02}": C if n % 2 else I for n in range(40)}
    said = {
        mask_id: {"ann": is_, "bob": is_, "zoe": (I if is_ is C else C) if n % 3 == 0 else is_}
        for n, (mask_id, is_) in enumerate(truth.items())
    }
    said["new"] = {"ann": I, "zoe": C}
    found = settle_masks(readings_of(said), {}, Settlement.DAWID_SKENE)
    assert found["new"] == Settled(verdict=I)
    assert {mask_id: found[mask_id].verdict for mask_id in truth} == truth


def test_two_reviewers_who_differ_on_the_only_mask_leave_it_to_a_lead():
    assert settled("ci", Settlement.DAWID_SKENE) == UNSURE_FOR_NOW


WITHOUT_CROWD_KIT = """
import sys
sys.modules["crowdkit.aggregation"] = None
from audit.errors import InputError
from tests.audit.review.test_adjudication import *
one = {"m": {"ann": C}}
print(settle_masks(readings_of(one), {}, Settlement.DAWID_SKENE)["m"].verdict)
print(settle_masks(readings_of({"m": {"ann": C, "bob": I}}), {}, Settlement.MAJORITY)["m"].verdict)
try:
    settle_masks(readings_of({"m": {"ann": C, "bob": I}}), {}, Settlement.DAWID_SKENE)
except InputError as error:
    print(error)
"""


def test_crowd_kit_is_asked_for_only_where_its_policy_needs_it(pytestconfig):
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_CROWD_KIT],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    once, by_majority, refusal = said.stdout.splitlines()
    assert (once, by_majority) == ("correct", "unsure")
    assert "pip install 'mask-audit[dawid-skene]'" in refusal
