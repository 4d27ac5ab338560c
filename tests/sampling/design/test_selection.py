"""The draw: tickets to the byte, both phases, and what a draw must not depend on."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.design.frame import Across, Candidate, FrameUnit
from sampling.design.selection import (
    annotation_candidates,
    annotation_ticket,
    draw,
    entity_candidates,
    entity_ticket,
)
from sampling.errors import DesignError

TICKETS = tomllib.loads((Path(__file__).parents[2] / "reference" / "tickets.toml").read_text())["tickets"]
TICKET_OF = {"annotation": annotation_ticket, "entity": entity_ticket}


def frame_of(*rows: tuple[str, str, str]) -> list[FrameUnit]:
    return [FrameUnit(annotation_id=a, entity_id=e, split=s) for a, e, s in rows]


frames = st.lists(
    st.tuples(st.sampled_from("abcdefg"), st.sampled_from(["train", "val", "wiki"])), min_size=1, max_size=40
).map(lambda rows: frame_of(*((f"ann{i}", entity, split) for i, (entity, split) in enumerate(rows))))
seeds = st.integers(-(2**70), 2**70)


def available_of(candidates: list[Candidate]) -> Counter[str]:
    return Counter(candidate.stratum for candidate in candidates)


@pytest.mark.parametrize("case", TICKETS, ids=lambda case: f"{case['unit']} {case['seed']}")
def test_a_ticket_is_the_one_that_sha256sum_gives(case):
    assert TICKET_OF[case["unit"]](int(case["seed"]), case["id"]) == case["ticket"]


def test_phase_1_picks_the_smallest_annotation_tickets_over_all_splits():
    frame = frame_of(*((f"a{i}", "crow", "train" if i % 2 else "val") for i in range(9)))
    by_ticket = sorted(frame, key=lambda unit: annotation_ticket(5, unit.annotation_id))

    (candidate,) = entity_candidates(frame, 5, Across.SPLITS, 3)

    assert candidate == Candidate(
        stratum=by_ticket[0].split,
        entity_id="crow",
        annotation_ids=tuple(unit.annotation_id for unit in by_ticket[:3]),
        n_annotations=9,
        ticket=entity_ticket(5, "crow"),
    )


def test_within_split_an_entity_is_one_candidate_in_each_of_its_splits():
    frame = frame_of(("a", "crow", "train"), ("b", "crow", "train"), ("c", "crow", "val"))

    candidates = entity_candidates(frame, 5, Across.WITHIN_SPLIT, 9)

    assert [(c.stratum, set(c.annotation_ids), c.n_annotations) for c in candidates] == [
        ("train", {"a", "b"}, 2),
        ("val", {"c"}, 1),
    ]


def test_drawn_annotations_count_their_entity_over_all_splits():
    frame = frame_of(("a", "crow", "train"), ("b", "crow", "val"), ("c", "jay", "val"))

    candidates = annotation_candidates(frame, 5)

    assert {c.annotation_ids: (c.stratum, c.n_annotations, c.ticket) for c in candidates} == {
        ("a",): ("train", 2, annotation_ticket(5, "a")),
        ("b",): ("val", 2, annotation_ticket(5, "b")),
        ("c",): ("val", 1, annotation_ticket(5, "c")),
    }


@given(frame=frames, seed=seeds, across=st.sampled_from(Across), data=st.data())
def test_a_draw_does_not_depend_on_the_order_of_the_frame(frame, seed, across, data):
    shuffled = data.draw(st.permutations(frame))
    candidates = entity_candidates(frame, seed, across, 2)
    sizes = {stratum: data.draw(st.integers(0, M_h)) for stratum, M_h in available_of(candidates).items()}

    assert draw(candidates, sizes) == draw(entity_candidates(shuffled, seed, across, 2), sizes)
    assert annotation_candidates(frame, seed) == annotation_candidates(shuffled, seed)


@given(frame=frames, seed=seeds, data=st.data())
def test_a_longer_draw_extends_a_shorter_one(frame, seed, data):
    candidates = annotation_candidates(frame, seed)
    longer = {stratum: data.draw(st.integers(0, N_h)) for stratum, N_h in available_of(candidates).items()}
    shorter = {stratum: data.draw(st.integers(0, n_h)) for stratum, n_h in longer.items()}

    drawn = draw(candidates, longer)

    assert Counter(c.stratum for c in drawn) == +Counter(longer)
    for stratum, n_h in shorter.items():
        in_stratum = [c for c in drawn if c.stratum == stratum]
        assert draw(candidates, {stratum: n_h}) == in_stratum[:n_h]


@given(frame=frames, seed=seeds)
def test_an_entity_is_never_drawn_twice_across_splits(frame, seed):
    candidates = entity_candidates(frame, seed, Across.SPLITS, 1)

    drawn = draw(candidates, available_of(candidates))

    assert sorted(c.entity_id for c in drawn) == sorted({unit.entity_id for unit in frame})


@given(frame=frames, seed=seeds, n_shards=st.integers(1, 4), data=st.data())
def test_the_draws_of_shards_merge_into_the_draw_of_the_whole(frame, seed, n_shards, data):
    candidates = entity_candidates(frame, seed, Across.SPLITS, 1)
    sizes = {stratum: data.draw(st.integers(0, M_h)) for stratum, M_h in available_of(candidates).items()}
    shards = [candidates[start::n_shards] for start in range(n_shards)]

    from_shards = [
        candidate
        for shard in shards
        for candidate in draw(
            shard, {stratum: min(sizes[stratum], M_h) for stratum, M_h in available_of(shard).items()}
        )
    ]

    assert draw(from_shards, sizes) == draw(candidates, sizes)


def test_equal_tickets_go_by_id():
    twins = [
        Candidate(stratum="val", entity_id=e, annotation_ids=(f"of {e}",), n_annotations=1, ticket="00")
        for e in ("b", "a", "c")
    ]

    assert [c.entity_id for c in draw(twins, {"val": 2})] == ["a", "b"]


def test_asking_for_more_than_a_stratum_has_names_every_such_stratum_with_the_numbers():
    candidates = annotation_candidates(frame_of(("a", "crow", "train"), ("b", "crow", "val")), 5)

    with pytest.raises(DesignError) as refusal:
        draw(candidates, {"train": 2, "val": 1, "human": 1})

    assert str(refusal.value) == (
        "stratum 'train' has 1 to draw from and 2 are asked; "
        "stratum 'human' has 0 to draw from and 1 are asked"
    )


def test_an_annotation_that_is_in_the_frame_twice_is_refused():
    frame = frame_of(("a", "crow", "train"), ("a", "crow", "val"))

    with pytest.raises(DesignError, match="annotation 'a' is in the frame twice"):
        entity_candidates(frame, 5, Across.SPLITS, 1)
    with pytest.raises(DesignError, match="annotation 'a' is in the frame twice"):
        annotation_candidates(frame, 5)


def test_picking_no_annotation_of_an_entity_is_refused():
    with pytest.raises(DesignError, match="per_entity is 0: pick at least 1"):
        entity_candidates(frame_of(("a", "crow", "train")), 5, Across.SPLITS, 0)


@pytest.mark.parametrize(
    "call", [lambda: draw([], {"entity": 0.5}), lambda: entity_candidates([], 1, Across.SPLITS, 1.5)]
)
def test_what_is_drawn_is_a_whole_number(call):
    with pytest.raises(DesignError, match="give a whole number"):
        call()
