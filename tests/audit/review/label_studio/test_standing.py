"""What stands in the journal is what the server holds, in however many steps it was looked at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from audit.review.label_studio.standing import Lacking, is_older, judgements, lacking, latest_of
from db.records import HeldAnnotation, LatestEntry, Reading, Reason, Source, Verdict, Withdrawal

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
Said = tuple[Verdict, tuple[Reason, ...], str]


class Journal:
    """Append-only, as the store's is: of entries on one mask by one reviewer the newest counts."""

    def __init__(self) -> None:
        self.newest: dict[tuple[str, str], LatestEntry] = {}
        self.elsewhere: dict[tuple[str, str], LatestEntry] = {}
        self.keys: set[tuple[str, str]] = set()
        self.n_entries = 0

    def take(self, *projects: Sequence[HeldAnnotation], now: datetime = START) -> Lacking:
        found = lacking(latest_of(projects), self.elsewhere.values(), self.newest.values(), now)
        for (reviewer, source), events in found.events.items():
            for event in events:
                self.add(reviewer, event, source)
        return found

    def add(self, reviewer: str, event: Any, source: Source = Source.PAGE) -> None:
        assert (reviewer, event.client_key) not in self.keys
        self.keys.add((reviewer, event.client_key))
        self.n_entries += 1
        is_reading = isinstance(event, Reading)
        entry = LatestEntry(
            entry_id=self.n_entries,
            mask_id=event.mask_id,
            reviewer=reviewer,
            verdict=event.verdict if is_reading else None,
            reasons=event.reasons if is_reading else (),
            comment=event.comment if is_reading else "",
            decided_at=event.decided_at,
            source=source,
        )
        self.newest[event.mask_id, reviewer] = entry
        if source is not Source.LABEL_STUDIO:
            self.elsewhere[event.mask_id, reviewer] = entry

    def standing(self) -> dict[tuple[str, str], Said]:
        return {
            key: (entry.verdict, entry.reasons, entry.comment)
            for key, entry in self.newest.items()
            if entry.verdict is not None
        }


def held(number: int = 1, **changes: Any) -> HeldAnnotation:
    usual = HeldAnnotation(
        annotation_number=number,
        task_number=1,
        mask_id="m1",
        annotator="ann",
        updated_at=START,
        verdict=Verdict.CORRECT,
    )
    return replace(usual, **changes)


def elsewhere(verdict: Verdict, decided_at: datetime) -> Reading:
    return Reading(mask_id="m1", verdict=verdict, client_key=f"page {decided_at}", decided_at=decided_at)


def withdrawn(decided_at: datetime) -> Withdrawal:
    return Withdrawal(mask_id="m1", client_key=f"page {decided_at} gone", decided_at=decided_at)


@st.composite
def states(draw: st.DrawFn) -> list[list[HeldAnnotation]]:
    """What a server holds at one time after the other; every change of an annotation is stamped."""
    n_states = draw(st.integers(1, 5))
    found = []
    for step in range(n_states):
        state = []
        for number in draw(st.sets(st.integers(1, 5), max_size=5)):
            kept = [each for each in (found[-1] if found else []) if each.annotation_number == number]
            if kept and draw(st.booleans()):
                state += kept
                continue
            verdict = draw(st.sampled_from([None, *Verdict]))
            state.append(
                held(
                    number,
                    mask_id=draw(st.sampled_from(["m1", "m2", None])),
                    annotator=draw(st.sampled_from(["ann", "ben"])),
                    verdict=verdict,
                    comment="" if verdict is None else draw(st.sampled_from(["", "why"])),
                    refusal=draw(st.sampled_from(["", "no verdict"])) if verdict is None else "",
                    updated_at=START + timedelta(minutes=step, seconds=draw(st.integers(0, 2))),
                )
            )
        found.append(state)
    return found


@given(states())
def test_what_stands_is_what_the_server_holds(seen: list[list[HeldAnnotation]]) -> None:
    journal = Journal()
    for step, state in enumerate(seen):
        journal.take(state, now=START + timedelta(hours=step))
        assert journal.standing() == {
            key: (each.verdict, each.reasons, each.comment) for key, each in judgements(state).items()
        }


@given(states())
def test_looking_again_adds_nothing(seen: list[list[HeldAnnotation]]) -> None:
    journal = Journal()
    for state in seen:
        journal.take(state)
        again = journal.take(state)
        assert (again.n_new, again.n_changed, again.n_withdrawn, again.events) == (0, 0, 0, {})


@given(states())
def test_many_looks_end_where_a_single_one_ends(seen: list[list[HeldAnnotation]]) -> None:
    often, once = Journal(), Journal()
    for state in seen:
        often.take(state)
    once.take(seen[-1])
    assert often.standing() == once.standing()


@st.composite
def steps(draw: st.DrawFn) -> list[Any]:
    """What happens in turn: a project holds something else now, or somebody decides on the page."""
    held_by = {project: iter(draw(states())) for project in (0, 1)}
    found: list[Any] = []
    for step in range(draw(st.integers(1, 8))):
        project = draw(st.sampled_from([0, 1, None]))
        if project is None:
            moment = START + timedelta(minutes=draw(st.integers(0, 5)), microseconds=step + 1)
            verdict = draw(st.sampled_from([None, *Verdict]))
            found.append(withdrawn(moment) if verdict is None else elsewhere(verdict, moment))
        elif (state := next(held_by[project], None)) is not None:
            found.append((project, state))
    return found


@given(steps(), st.data())
def test_what_stands_never_depends_on_when_somebody_looked(seen: list[Any], data: st.DataObject) -> None:
    often, once = Journal(), Journal()
    holds: dict[int, list[HeldAnnotation]] = {0: [], 1: []}
    latest: datetime | None = None
    for each in seen:
        if isinstance(each, tuple):
            holds[each[0]] = each[1]
        elif latest is None or each.decided_at > latest:  # on the page time goes on
            latest = each.decided_at
            often.add("ann", each)
            once.add("ann", each)
        if data.draw(st.booleans()):
            often.take(*holds.values())
    often.take(*holds.values())
    once.take(*holds.values())
    assert often.standing() == once.standing()


def test_the_latest_annotation_of_an_annotator_counts() -> None:
    later = START + timedelta(seconds=1)
    said = judgements(
        [
            held(3, verdict=Verdict.UNSURE, updated_at=later),
            held(1),
            held(2, task_number=9, verdict=Verdict.INCORRECT, updated_at=later),
            held(4, annotator="ben", updated_at=later),
            held(5, annotator="ben"),
        ]
    )
    assert {key: each.annotation_number for key, each in said.items()} == {("m1", "ann"): 3, ("m1", "ben"): 4}


def test_a_skip_or_a_refusal_takes_back_what_was_said_before() -> None:
    later = START + timedelta(seconds=1)
    for last in (
        held(2, verdict=None, updated_at=later),
        held(2, verdict=None, updated_at=later, refusal="it holds no verdict"),
    ):
        journal = Journal()
        journal.take([held(1)])
        assert journal.take([held(1), last]).n_withdrawn == 1
        assert journal.standing() == {}


def test_what_shows_no_mask_says_nothing_of_any() -> None:
    later = START + timedelta(seconds=1)
    other = held(2, mask_id=None, verdict=None, updated_at=later, refusal="its task shows no mask")
    assert list(judgements([held(1), other])) == [("m1", "ann")]


def test_an_annotation_stands_again_when_a_later_one_is_deleted() -> None:
    journal = Journal()
    later = held(2, verdict=Verdict.INCORRECT, updated_at=START + timedelta(minutes=1))
    assert journal.take([held(1)]).n_new == 1
    assert journal.take([held(1), later]).n_changed == 1
    assert journal.take([held(1)]).n_changed == 1
    assert journal.take([]).n_withdrawn == 1
    assert journal.take([held(1)]).n_new == 1
    assert journal.standing() == {("m1", "ann"): (Verdict.CORRECT, (), "")}


def test_an_edit_that_changes_nothing_adds_nothing() -> None:
    journal = Journal()
    journal.take([held()])
    journal.take([held(updated_at=START + timedelta(hours=1), seconds=9.0)])
    assert journal.n_entries == 1


def test_what_was_decided_earlier_elsewhere_is_superseded_until_the_annotation_is_gone() -> None:
    journal = Journal()
    journal.add("ann", elsewhere(Verdict.UNSURE, START - timedelta(hours=1)))
    assert journal.take([held()]).n_changed == 1
    assert journal.standing() == {("m1", "ann"): (Verdict.CORRECT, (), "")}
    assert journal.take([]).n_changed == 1
    assert journal.standing() == {("m1", "ann"): (Verdict.UNSURE, (), "")}
    assert journal.newest["m1", "ann"].source is Source.PAGE
    assert journal.take([]).events == {}


def test_what_was_decided_later_elsewhere_stands() -> None:
    journal = Journal()
    journal.add("ann", elsewhere(Verdict.UNSURE, START + timedelta(hours=1)))
    later = held(2, verdict=Verdict.INCORRECT, updated_at=START + timedelta(hours=2))
    assert is_older(held(), journal.elsewhere["m1", "ann"])
    assert not is_older(later, journal.elsewhere["m1", "ann"])
    assert journal.take([held()]).events == {}
    assert journal.take([held(), later]).n_changed == 1
    journal.take([held()])
    assert journal.standing() == {("m1", "ann"): (Verdict.UNSURE, (), "")}


def test_what_was_taken_back_later_elsewhere_does_not_come_back() -> None:
    journal = Journal()
    journal.take([held()])
    journal.add("ann", withdrawn(START + timedelta(hours=1)))
    assert journal.take([held()]).events == {}
    assert journal.standing() == {}


def test_what_another_project_says_stands_when_this_one_says_nothing_any_more() -> None:
    journal = Journal()
    first = held(1)
    later = held(1, verdict=Verdict.INCORRECT, updated_at=START + timedelta(hours=1))
    journal.take([first], [later])
    assert journal.standing() == {("m1", "ann"): (Verdict.INCORRECT, (), "")}
    journal.take([first], [])
    assert journal.standing() == {("m1", "ann"): (Verdict.CORRECT, (), "")}
    skipped = held(1, verdict=None, updated_at=START + timedelta(hours=2))
    assert journal.take([first], [skipped]).events == {}
