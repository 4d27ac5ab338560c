from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.review.events import Event, PreferenceEvent, ReadingEvent, Side, WithdrawalEvent
from audit.review.incoming import MAX_EVENTS, number_of, parse_request
from audit.review.opening import DeskKind
from audit.review.outgoing import Refusal
from db.records import OverlayMode, Reason, Verdict

READING: dict[str, Any] = {
    "kind": "reading",
    "client_key": "key-00001",
    "task_id": "m1",
    "verdict": "incorrect",
    "reasons": ["spills_over", "part_missing", "spills_over"],
    "seconds": 1.25,
    "shown_at": "2025-01-02T03:04:05.500Z",
    "decided_at": "2025-01-02T04:04:06.750+01:00",
    "overlay_mode": "fill",
    "flagged": True,
    "sequence": 41,
}


PREFERENCE: dict[str, Any] = {
    "kind": "preference",
    "client_key": "key-00001",
    "task_id": "pair-1",
    "preference": "left",
    "comment": "sharper",
    "flagged": True,
    "seconds": 2.5,
    "decided_at": "2025-01-02T03:04:05Z",
    "sequence": 9,
}


def parse(*events: object, kind: DeskKind = DeskKind.REVIEW) -> tuple[tuple[Event, ...], tuple[Refusal, ...]]:
    request = parse_request({"number": 3, "events": list(events)}, kind)
    return request.events, request.refused


def test_a_reading_keeps_everything_that_was_measured() -> None:
    events, refused = parse(READING)

    assert refused == ()
    assert events == (
        ReadingEvent(
            task_id="m1",
            verdict=Verdict.INCORRECT,
            reasons=(Reason.SPILLS_OVER, Reason.PART_MISSING),
            comment="",
            flagged=True,
            client_key="key-00001",
            sequence=41,
            seconds=1.25,
            shown_at=datetime(2025, 1, 2, 3, 4, 5, 500_000, tzinfo=UTC),
            decided_at=datetime(2025, 1, 2, 3, 4, 6, 750_000, tzinfo=UTC),
            overlay_mode=OverlayMode.FILL,
        ),
    )


def test_a_withdrawal_needs_no_verdict() -> None:
    events, _ = parse(
        {key: READING[key] for key in ("client_key", "task_id", "decided_at")} | {"kind": "withdrawal"}
    )

    assert [type(event) for event in events] == [WithdrawalEvent]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"task_id": ["m1"]}, "it names no mask"),
        ({"task_id": "m\ud800"}, "it names no mask"),
        ({"task_id": "m\0"}, "it names no mask"),
        ({"kind": "preference"}, "'preference' is nothing that this page asks for"),
        ({"kind": None}, "None is nothing that this page asks for"),
        ({"verdict": "fine"}, "there is no verdict 'fine'"),
        ({"verdict": None}, "there is no verdict None"),
        ({"verdict": "correct"}, "'spills_over' is no reason for correct"),
        ({"verdict": "unsure"}, "'spills_over' is no reason for unsure"),
        ({"reasons": ["ugly"]}, "'ugly' is no reason for incorrect"),
        ({"reasons": [{}]}, "{} is no reason for incorrect"),
        ({"client_key": "short"}, "its key cannot be read"),
        ({"client_key": "x" * 65}, "its key cannot be read"),
        ({"client_key": "semi;colons"}, "its key cannot be read"),
        ({"client_key": None}, "its key cannot be read"),
        ({"seconds": "2"}, "'2' is no duration"),
        ({"seconds": True}, "True is no duration"),
        ({"seconds": float("nan")}, "nan is no duration"),
        ({"decided_at": "yesterday"}, "decided_at 'yesterday' is no time"),
        ({"decided_at": "2025-01-02T03:04:05"}, "decided_at '2025-01-02T03:04:05' names no time zone"),
        ({"decided_at": "0001-01-01T00:00:00+23:00"}, "decided_at '0001-01-01T00:00:00+23:00' is no time"),
        ({"shown_at": 12}, "shown_at 12 is no time"),
        ({"shown_at": 10**5000}, "shown_at a number is no time"),
        ({"client_key": 10**5000}, "its key cannot be read"),
        ({"overlay_mode": "neon"}, "there is no overlay mode 'neon'"),
        ({"comment": "\0"}, "its comment is no text of at most 10000 characters"),
        ({"comment": "\ud800"}, "its comment is no text of at most 10000 characters"),
        ({"comment": "x" * 10_001}, "its comment is no text of at most 10000 characters"),
    ],
)
def test_a_bad_event_is_refused_by_its_key_and_the_others_are_kept(
    change: dict[str, object], told: str
) -> None:
    good = READING | {"client_key": "key-00002"}

    events, refused = parse(READING | change, good)

    assert [event.client_key for event in events] == ["key-00002"]
    assert [refusal.message for refusal in refused] == [told]
    key = (READING | change)["client_key"]
    assert refused[0].client_key == (key[:64] if isinstance(key, str) else "")
    assert not refused[0].is_kept, "no other desk could take it either"


@pytest.mark.parametrize("field", [*READING, "comment"])
def test_what_nests_deeper_than_anybody_can_follow_holds_up_nothing(field: str) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    events, refused = parse(READING | {field: deep}, deep, READING | {"client_key": "key-00002"})

    assert events[-1].client_key == "key-00002"
    assert len(events) + len(refused) == 3
    assert parse_request({"number": deep, "held": deep, "events": deep}, DeskKind.REVIEW).number == 0


def test_what_could_be_no_task_is_not_looked_for() -> None:
    names = ["m1", "m\ud800", "m\0", 3]

    request = parse_request({"wanted": names, "held": names, "waiting": names}, DeskKind.REVIEW)

    assert (request.wanted, request.held, request.waiting) == (("m1",), {"m1"}, {"m1"})


@pytest.mark.parametrize("number", [2**60, -(10**400), 1.5, "3", None])
def test_a_message_whose_number_cannot_be_read_has_none(number: object) -> None:
    assert number_of({"number": number}) == 0


@pytest.mark.parametrize("seconds", [-3.0, 1e9, 10**400])
def test_a_clock_that_jumps_costs_the_time_and_not_the_verdict(seconds: float) -> None:
    events, _ = parse(READING | {"seconds": seconds})

    assert isinstance(events[0], ReadingEvent)
    assert events[0].seconds is None


def test_a_preference_is_taken_where_masks_are_compared_and_nowhere_else() -> None:
    events, _ = parse(PREFERENCE, kind=DeskKind.COMPARE)

    assert events == (
        PreferenceEvent(
            task_id="pair-1",
            preference=Side.LEFT,
            comment="sharper",
            flagged=True,
            client_key="key-00001",
            sequence=9,
            seconds=2.5,
            shown_at=None,
            decided_at=datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
        ),
    )
    for kind in (DeskKind.REVIEW, DeskKind.SETTLE):
        assert [refusal.message for refusal in parse(PREFERENCE, kind=kind)[1]] == [
            "'preference' is nothing that this page asks for"
        ]
    assert len(parse(READING, kind=DeskKind.COMPARE)[1]) == 1


def test_a_preference_for_neither_side_is_refused() -> None:
    _, refused = parse(PREFERENCE | {"preference": "up"}, kind=DeskKind.COMPARE)

    assert [refusal.message for refusal in refused] == ["there is no preference 'up'"]


@pytest.mark.parametrize("sequence", [-1, 2**60, "7", True, 1.5])
def test_a_place_that_cannot_be_read_costs_the_place_and_not_the_verdict(sequence: object) -> None:
    events, _ = parse(READING | {"sequence": sequence})

    assert [event.sequence for event in events] == [None]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(list(READING)), inner),
)


@pytest.mark.slow
@given(JSON | st.fixed_dictionaries({"number": JSON, "held": JSON, "wanted": JSON, "events": JSON}))
def test_no_message_at_all_can_stop_the_page(message: object) -> None:
    for kind in DeskKind:
        request = parse_request(message, kind)
        assert request.task_ids >= set(request.wanted)


@pytest.mark.slow
@given(st.fixed_dictionaries({key: JSON | st.just(value) for key, value in READING.items()}))
def test_every_event_is_either_kept_or_refused(event: object) -> None:
    events, refused = parse(event)

    assert len(events) + len(refused) == 1


def test_more_events_than_one_message_may_hold_are_left_for_the_next() -> None:
    events, refused = parse(*(READING | {"client_key": f"key-{index:05}"} for index in range(MAX_EVENTS + 9)))

    assert len(events) == MAX_EVENTS
    assert refused == ()
