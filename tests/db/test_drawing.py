"""The draw in DuckDB is that of `sampling`, to the byte, whatever the order and the sharding of the rows."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.drawing import Draw, Phase1, open_draw
from db.errors import ConflictError
from sampling.design.frame import Across, Candidate, FrameUnit
from sampling.design.selection import annotation_candidates, annotation_ticket, draw, entity_candidates

IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6)
FRAMES = st.lists(
    st.builds(
        FrameUnit,
        annotation_id=IDS,
        entity_id=st.sampled_from(["Q1", "Q2", "Q3", 'crow\'s "nest"', "鴉"]),
        split=st.sampled_from(["entity", "query", "wiki"]),
    ),
    unique_by=lambda unit: unit.annotation_id,
    min_size=1,
    max_size=30,
)


def write(folder: Path, frame: list[FrameUnit], n_shards: int = 1) -> list[str]:
    files = []
    for shard in range(n_shards):
        rows = frame[shard::n_shards]
        table = pa.table(
            {
                "annotation_id": pa.array([unit.annotation_id for unit in rows], pa.string()),
                "category_id": pa.array([unit.entity_id for unit in rows], pa.string()),
                "split": pa.array([unit.split for unit in rows], pa.string()),
            }
        )
        files.append(str(folder / f"{shard}.parquet"))
        pq.write_table(table, files[-1])
    return files


def smallest(engine: Draw, n: int) -> list[Candidate]:
    return [
        Candidate(
            stratum=row.split,
            entity_id=row.entity_id,
            annotation_ids=row.annotation_ids,
            n_annotations=row.n_annotations,
            ticket=row.ticket,
        )
        for stratum in engine.strata()
        for row in engine.smallest(stratum.split, n)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("phase1", list(Phase1))
@given(frame=FRAMES, seed=st.integers(0, 2**63 - 1), per_entity=st.integers(1, 3), n_shards=st.integers(1, 3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_draw_equals_the_pure_one(
    tmp_path_factory: pytest.TempPathFactory,
    phase1: Phase1,
    frame: list[FrameUnit],
    seed: int,
    per_entity: int,
    n_shards: int,
) -> None:
    if phase1 is Phase1.ANNOTATION:
        expected = annotation_candidates(frame, seed)
    else:
        across = Across.SPLITS if phase1 is Phase1.ENTITY else Across.WITHIN_SPLIT
        expected = entity_candidates(frame, seed, across, per_entity)
    files = write(tmp_path_factory.mktemp("frame"), frame[::-1], n_shards)
    with open_draw(files, phase1, seed=seed, splits=[], per_entity=per_entity) as engine:
        assert smallest(engine, len(frame)) == expected
        sizes = {stratum.split: stratum.n_entities for stratum in engine.strata()}
        if phase1 is not Phase1.ANNOTATION:
            assert {split: n for split, n in sizes.items() if n} == {
                split: sum(each.stratum == split for each in expected)
                for split in {each.stratum for each in expected}
            }
        firsts = smallest(engine, 1)
        present = {each.stratum for each in expected}
        assert firsts == draw(expected, dict.fromkeys(sorted(present), 1))


def test_a_frame_restricted_to_splits_knows_no_other(tmp_path: Path) -> None:
    frame = [
        FrameUnit(annotation_id="1", entity_id="Q1", split="entity"),
        FrameUnit(annotation_id="2", entity_id="Q1", split="wiki"),
    ]
    files = write(tmp_path, frame)
    with open_draw(files, Phase1.ENTITY, seed=1, splits=["wiki"], per_entity=1) as engine:
        [stratum] = engine.strata()
        [row] = engine.smallest("wiki", 5)
    assert (stratum.split, stratum.n_entities, stratum.n_annotations) == ("wiki", 1, 1)
    assert (row.annotation_ids, row.n_annotations) == (("2",), 1)


def test_a_split_that_phase_1_emptied_still_counts_its_annotations(tmp_path: Path) -> None:
    frame = [
        FrameUnit(annotation_id=str(number), entity_id="Q1", split="entity" if number else "wiki")
        for number in range(5)
    ]
    winner = min(frame, key=lambda unit: annotation_ticket(3, unit.annotation_id)).split
    with open_draw(write(tmp_path, frame), Phase1.ENTITY, seed=3, splits=[], per_entity=1) as engine:
        sizes = {stratum.split: (stratum.n_entities, stratum.n_annotations) for stratum in engine.strata()}
    assert sizes == {"entity": (int(winner == "entity"), 4), "wiki": (int(winner == "wiki"), 1)}


def test_annotations_without_an_entity_are_named_unless_annotations_are_drawn(tmp_path: Path) -> None:
    table = pa.table(
        {
            "annotation_id": ["1", "2"],
            "category_id": pa.array([None, "Q1"], pa.string()),
            "split": ["all", "all"],
        }
    )
    pq.write_table(table, tmp_path / "0.parquet")
    files = [str(tmp_path / "0.parquet")]
    with (
        pytest.raises(ConflictError, match=r"1 annotations.*'1'.*--unit annotation"),
        open_draw(files, Phase1.ENTITY, seed=1, splits=[], per_entity=1),
    ):
        pass
    with open_draw(files, Phase1.ANNOTATION, seed=1, splits=[], per_entity=1) as engine:
        assert {row.annotation_ids for row in engine.smallest("all", 5)} == {("1",), ("2",)}


def sizes_by_entity(engine: Draw, split: str) -> dict[str, tuple[int, int]]:
    """Entity → N_e and the first 8 bytes of its ticket, by way of its place."""
    found = engine.sizes(split)
    rows = engine.at(split, found.places)
    return {
        rows[place].entity_id: (n_annotations, first_bytes)
        for place, n_annotations, first_bytes in zip(
            found.places.tolist(), found.n_annotations.tolist(), found.first_bytes.tolist(), strict=True
        )
    }


@pytest.mark.slow
@given(frame=FRAMES, seed=st.integers(0, 2**63 - 1), within=st.booleans(), n_shards=st.integers(1, 3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sizes_and_tickets_are_those_of_the_pure_draw(
    tmp_path_factory: pytest.TempPathFactory,
    frame: list[FrameUnit],
    seed: int,
    within: bool,
    n_shards: int,
) -> None:
    across, phase1 = (
        (Across.WITHIN_SPLIT, Phase1.ENTITY_WITHIN_SPLIT) if within else (Across.SPLITS, Phase1.ENTITY)
    )
    expected: dict[str, dict[str, Candidate]] = {}
    for each in entity_candidates(frame, seed, across, 1):
        expected.setdefault(each.stratum, {})[each.entity_id] = each
    files = write(tmp_path_factory.mktemp("frame"), frame, n_shards)
    with open_draw(files, phase1, seed=seed, splits=[], per_entity=1) as engine:
        for split, candidates in expected.items():
            assert sizes_by_entity(engine, split) == {
                entity_id: (each.n_annotations, int(each.ticket[:16], 16))
                for entity_id, each in candidates.items()
            }
            places = engine.sizes(split).places
            for row in engine.at(split, places[:2]).values():
                pure = candidates[row.entity_id]
                assert (row.annotation_ids, row.n_annotations, row.ticket, row.split) == (
                    pure.annotation_ids,
                    pure.n_annotations,
                    pure.ticket,
                    split,
                )


def test_a_contrast_sums_up_the_differing_parts_of_the_entities_of_each_split(tmp_path: Path) -> None:
    # Of Q1 two of four mentions differ, in two splits; of Q2 its only one; of Q3 one of two; Q4 is alike.
    outcomes = {
        "Q1": ("differs", "differs", "same", "same"),
        "Q2": ("differs",),
        "Q3": ("differs", "same"),
        "Q4": ("same",),
        "Q5": ("differs", "dropped"),
    }
    rows = [(entity_id, said) for entity_id, each in outcomes.items() for said in each]
    table = pa.table({"category_id": [each for each, _ in rows], "outcome": [said for _, said in rows]})
    pq.write_table(table, tmp_path / "compared.parquet")
    frame = [
        FrameUnit(
            annotation_id=f"{entity_id}-{number}", entity_id=entity_id, split="wiki" if number else "entity"
        )
        for entity_id, each in outcomes.items()
        for number in range(sum(said == "differs" for said in each))
    ]
    folder = tmp_path / "frame"
    folder.mkdir()
    with open_draw(write(folder, frame), Phase1.ENTITY, seed=5, splits=[], per_entity=1) as engine:
        found = engine.differing(str(tmp_path / "compared.parquet"))
        split_of = {
            row.entity_id: stratum.split
            for stratum in engine.strata()
            for row in engine.smallest(stratum.split, 9)
        }
    parts = {"Q1": (2, 2 / 4), "Q2": (1, 1.0), "Q3": (1, 1 / 2), "Q5": (1, 1.0)}
    assert split_of.keys() == parts.keys()
    for split, sums in found.items():
        mine = [parts[entity_id] for entity_id, its in split_of.items() if its == split]
        assert sums.n_differing == sum(n for n, _ in mine)
        assert sums.entity_parts == pytest.approx(sum(part for _, part in mine), abs=1e-12)
    assert sum(each.n_differing for each in found.values()) == 5
