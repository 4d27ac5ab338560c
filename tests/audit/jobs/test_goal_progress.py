"""What a goal reads of a setting: the mix of the first draw, without what the setting cannot be judged on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audit.jobs.goal_progress import goal_result
from audit.jobs.review_state import ReviewState
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
from reports.goal_results import Claim
from sampling.reviewers.settlement import Settlement
from sampling.sequential.reading import GoalState

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
UNIT = Unit(
    unit_id=0,
    annotation_id="",
    mention_id="",
    entity_id="",
    entity_name=None,
    stratum="",
    category=None,
    image_id="",
    images_root=None,
    file_name=None,
    question=None,
    n_annotations_of_entity=1,
    n_entities_in_stratum=1000,
    inclusion_probability=0.01,
    design_weight=100.0,
    entity_weight=100.0,
    annotation_ticket="",
    entity_ticket="",
    block=0,
)
VERDICTS = {"1": Verdict.CORRECT, "0": Verdict.INCORRECT, "u": Verdict.UNSURE}
STATES = {"m": MaskState.MISSING, "d": MaskState.DROPPED, "x": MaskState.UNREADABLE}


def a_state(
    units: Sequence[tuple[str, int, str]], n_first: Mapping[str, int], settings: str = "A"
) -> ReviewState:
    """Units as split, block and, for every setting, what became of them.

    1 correct, 0 incorrect, u unsure, m missing, d dropped, x unreadable, . pending, ! without an image.
    """
    masks = [
        UnitMask(
            unit_id=number,
            setting=setting,
            state=STATES.get(became, MaskState.PRESENT),
            mask_id=None if became in STATES else f"{setting}{number}",
        )
        for place, setting in enumerate(settings)
        for number, (_, _, outcomes) in enumerate(units)
        for became in outcomes[place]
    ]
    became_of = {
        f"{setting}{number}": outcomes[place]
        for place, setting in enumerate(settings)
        for number, (_, _, outcomes) in enumerate(units)
    }
    return ReviewState(
        sample=Sample(
            sample_id=1,
            name="main",
            seed=1,
            unit="annotation",
            across="splits",
            per_entity=1,
            allocation="",
            fixed={},
            frame="A",
            population_fingerprint="",
            frame_files=(),
            created_at=NOW,
            allocation_rule="proportional",
            size_measure="none",
            goal="certify",
            target=0.6,
            margin=None,
            contrast=None,
            strata=tuple(
                Stratum(
                    split=split,
                    n_units=sum(its == split for its, _, _ in units),
                    n_entities_drawn=sum(its == split for its, _, _ in units),
                    n_entities=1000,
                    n_annotations=1000,
                    n_first=n,
                )
                for split, n in n_first.items()
            ),
        ),
        settings=tuple(
            SampleSetting(setting=each, reference=None, model=None, is_subset=True, fingerprint="")
            for each in settings
        ),
        units=tuple(
            replace(UNIT, unit_id=number, annotation_id=str(number), stratum=split, block=block)
            for number, (split, block, _) in enumerate(units)
        ),
        unit_masks=tuple(masks),
        standing=tuple(
            StandingVerdict(
                mask_id=mask_id,
                reviewer="ann",
                verdict=VERDICTS[became],
                reasons=(),
                comment="",
                seconds=None,
                decided_at=NOW,
                source=Source.PAGE,
                guideline_hash=None,
            )
            for mask_id, became in became_of.items()
            if became in VERDICTS
        ),
        adjudications=(),
        settlement=Settlement.MAJORITY,
        unjudgable={mask_id: "no image" for mask_id, became in became_of.items() if became == "!"},
        areas={},
    )


def the_claim(state: ReviewState) -> Claim:
    [claim] = goal_result(state, confidence=0.95).claims
    return claim


def ten_blocks(entity: str, wiki: str) -> list[tuple[str, int, str]]:
    """Ten blocks of as many units of each split as there are letters."""
    return [
        (split, block, became)
        for block in range(10)
        for split, outcomes in (("entity", entity), ("wiki", wiki))
        for became in outcomes
    ]


def test_a_missing_mask_is_an_error_and_needs_no_verdict() -> None:
    missing = the_claim(a_state(ten_blocks("111m", "1"), {"entity": 40, "wiki": 10}))
    wrong = the_claim(a_state(ten_blocks("1110", "1"), {"entity": 40, "wiki": 10}))

    assert missing.certification == wrong.certification
    assert missing.certification.n_counted == 50


@pytest.mark.parametrize("undecided", ["u", "x", "!", "d"])
def test_what_cannot_be_decided_holds_nothing_up_and_says_nothing(undecided: str) -> None:
    found = the_claim(a_state(ten_blocks("11" + undecided, "1"), {"entity": 30, "wiki": 10})).certification

    assert (found.n_blocks_read, found.n_counted) == (10, 30)
    assert found.state is GoalState.REACHED


def test_a_pending_unit_holds_up_its_block_and_those_behind() -> None:
    units = ten_blocks("11", "1")
    late = [(split, block, "." if n == 3 * 7 else became) for n, (split, block, became) in enumerate(units)]

    found = the_claim(a_state(late, {"entity": 20, "wiki": 10})).certification

    assert (found.n_blocks_read, found.n_counted, found.n_blocks) == (7, 21, 10)


@pytest.mark.parametrize("out", ["d", "x", "!"])
def test_a_split_of_which_nothing_can_be_judged_is_out_of_the_claim(out: str) -> None:
    found = the_claim(a_state(ten_blocks("1110", out), {"entity": 40, "wiki": 10})).certification
    alone = the_claim(
        a_state([unit for unit in ten_blocks("1110", out) if unit[0] == "entity"], {"entity": 40})
    ).certification

    assert found.p_value == pytest.approx(alone.p_value, rel=1e-12)
    assert found.n_counted == 40


def test_what_a_setting_dropped_takes_its_part_of_the_split_s_weight() -> None:
    # Of split entity the setting covers half: 20 of 40 beside 10 of wiki.
    halved = the_claim(a_state(ten_blocks("10dd", "1"), {"entity": 40, "wiki": 10})).certification
    drawn_so = the_claim(a_state(ten_blocks("10", "1"), {"entity": 20, "wiki": 10})).certification

    assert halved.p_value == pytest.approx(drawn_so.p_value, rel=1e-12)


def test_a_setting_that_covers_no_unit_claims_nothing() -> None:
    units = [(split, block, became + "d") for split, block, became in ten_blocks("11", "1")]

    found = goal_result(a_state(units, {"entity": 20, "wiki": 10}, "AB"), confidence=0.95)

    assert [claim.setting for claim in found.claims] == ["A"]
    assert found.claims[0].p_adjusted == found.claims[0].certification.p_value


def test_the_mix_is_that_of_the_first_draw() -> None:
    # Wiki has grown: its units are half of the sample and a fifth of the mix.
    found = the_claim(a_state(ten_blocks("1111", "1100"), {"entity": 40, "wiki": 10}))

    assert found.running.value == pytest.approx(0.8 * 1 + 0.2 * 0.5)  # type: ignore[union-attr]
