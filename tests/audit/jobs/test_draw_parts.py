"""A draw in parts is the draw from the whole frame, to the byte, however it is cut and whoever does it."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.errors import InputError
from audit.jobs.draw_parts import Drawers, DrawnPart, DrawPart, DrawRequest, MergedDraw, draw_part
from audit.jobs.drawing import (
    Design,
    Explicit,
    Shared,
    run_draw,
    run_draw_in_parts,
)
from audit.jobs.progress import SILENT
from db.drawing import FramePart, Phase1, frame_parts
from db.errors import ConflictError, UnreachableError
from sampling.design.frame import Across, DrawnUnit, FrameUnit
from sampling.design.phase_one import SizeMeasure

HERE = Drawers(scheduler=None, n_workers=1, progress=SILENT)
DESIGN = Design(
    seed=7,
    unit=DrawnUnit.ENTITY,
    across=Across.SPLITS,
    per_entity=1,
    size_measure=SizeMeasure.NONE,
    splits=(),
)
DESIGNS = {
    "entities": DESIGN,
    "three of each entity": replace(DESIGN, per_entity=3),
    "entities within splits": replace(DESIGN, across=Across.WITHIN_SPLIT, per_entity=2),
    "annotations": replace(DESIGN, unit=DrawnUnit.ANNOTATION),
}
IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6)
FRAMES = st.lists(
    st.builds(
        FrameUnit,
        annotation_id=IDS,
        entity_id=st.sampled_from(["Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", 'crow\'s "nest"', "鴉"]),
        split=st.sampled_from(["entity", "query", "wiki"]),
    ),
    unique_by=lambda unit: unit.annotation_id,
    min_size=1,
    max_size=30,
)
MANY = [
    FrameUnit(
        annotation_id=f"a{number}",
        entity_id=f"Q{number * number % 211}",
        split=("entity", "query", "wiki")[number % 3],
    )
    for number in range(1_000)
]

SIZES = Explicit(sizes={"entity": 12, "query": 9, "wiki": 15})


def write(folder: Path, frame: list[FrameUnit], n_files: int = 3) -> list[str]:
    files = []
    for number in range(n_files):
        rows = frame[number::n_files]
        table = pa.table(
            {
                "annotation_id": pa.array([unit.annotation_id for unit in rows], pa.string()),
                "category_id": pa.array([unit.entity_id for unit in rows], pa.string()),
                "split": pa.array([unit.split for unit in rows], pa.string()),
            }
        )
        files.append(str(folder / f"{number}.parquet"))
        pq.write_table(table, files[-1])
    return files


def asked(files: list[str]) -> DrawRequest:
    """Entities, of all splits."""
    return DrawRequest(files=tuple(files), phase1=Phase1.ENTITY, seed=1, splits=(), per_entity=1, at_most=4)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as running:
        yield running


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
@given(frame=FRAMES, seed=st.integers(0, 2**63 - 1), cuts=st.data())
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_a_frame_is_cut_the_same_units_are_drawn_with_the_same_weights(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    design: Design,
    frame: list[FrameUnit],
    seed: int,
    cuts: st.DataObject,
) -> None:
    monkeypatch.setattr("audit.jobs.draw_parts.LEAST_PARTS", cuts.draw(st.integers(1, 4)))
    files = write(tmp_path_factory.mktemp("frame"), frame, n_files=cuts.draw(st.integers(1, 3)))
    allocation = Shared(size=cuts.draw(st.integers(1, 40)), is_cap=True)
    seeded = replace(design, seed=seed)
    assert run_draw_in_parts(files[::-1], seeded, allocation, HERE) == run_draw(files, seeded, allocation)


@pytest.fixture(scope="module")
def five_parts(tmp_path_factory: pytest.TempPathFactory) -> list[DrawnPart]:
    request = asked(write(tmp_path_factory.mktemp("frame"), MANY[:90]))
    return [draw_part(DrawPart(request=request, part=part)) for part in frame_parts(5)]


@given(order=st.permutations(range(5)))
def test_parts_come_in_any_order(five_parts: list[DrawnPart], order: list[int]) -> None:
    in_turn, shuffled = MergedDraw(at_most=4), MergedDraw(at_most=4)
    for number in range(5):
        in_turn.add(five_parts[number])
        shuffled.add(five_parts[order[number]])
    assert shuffled.strata() == in_turn.strata()
    assert [each.split for each in in_turn.strata()] == ["entity", "query", "wiki"]
    for split in ("entity", "query", "wiki"):
        assert shuffled.smallest(split, 4) == in_turn.smallest(split, 4)
        assert len(in_turn.smallest(split, 3)) == 3


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
@pytest.mark.parametrize("where", ["processes", "dask"])
def test_whoever_looks_at_the_frame_the_same_units_are_drawn(
    where: str, design: Design, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    files = write(tmp_path, MANY)
    scheduler = request.getfixturevalue("cluster").scheduler_address if where == "dask" else None
    drawers = replace(HERE, scheduler=scheduler, n_workers=2)
    assert run_draw_in_parts(files, design, SIZES, drawers) == run_draw(files, design, SIZES)


def test_a_worker_of_a_cluster_that_is_killed_on_the_way_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: Any
) -> None:
    monkeypatch.setattr("audit.jobs.draw_parts.LEAST_PARTS", 40)
    files = write(tmp_path, MANY)
    killed: list[int] = []
    n_done: list[int] = []

    def kill(n: int) -> None:
        n_done.append(n)
        if len(n_done) == 3:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    drawers = Drawers(
        scheduler=cluster.scheduler_address, n_workers=1, progress=replace(SILENT, advance=kill)
    )
    assert run_draw_in_parts(files, DESIGN, SIZES, drawers) == run_draw(files, DESIGN, SIZES)
    assert killed
    assert sum(n_done) == 40


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_a_sample_that_grows_in_parts_keeps_every_unit(design: Design, tmp_path: Path) -> None:
    files = write(tmp_path, MANY)
    present = {"entity": 5, "query": 7, "wiki": 9}
    longer = Shared(size=60, fixed={"wiki": 12})
    short = run_draw_in_parts(files, design, Explicit(sizes=present), HERE)
    grown = run_draw_in_parts(files, design, longer, HERE, present=present)
    assert grown == run_draw(files, design, longer, present=present)
    ids = [{each.annotation_id for each in drawing.mentions} for drawing in (short, grown)]
    assert ids[0] < ids[1]


def test_parts_are_as_many_as_the_frame_is_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.jobs.draw_parts.ROWS_OF_A_PART", 99)
    files = write(tmp_path, MANY)
    n_parts: list[int] = []
    drawers = replace(HERE, progress=replace(SILENT, start=n_parts.append))
    assert run_draw_in_parts(files, DESIGN, SIZES, drawers) == run_draw(files, DESIGN, SIZES)
    assert n_parts == [11]


def test_what_has_to_be_seen_as_a_whole_is_not_drawn_in_parts(tmp_path: Path) -> None:
    files = write(tmp_path, MANY)
    design = replace(DESIGN, size_measure=SizeMeasure.SQRT)
    with pytest.raises(InputError, match="--size-measure.*leave out --scheduler and --workers"):
        run_draw_in_parts(files, design, SIZES, HERE)


def test_annotations_without_an_entity_are_told_as_by_one_process(tmp_path: Path) -> None:
    nameless = [replace(unit, entity_id=None) if unit.entity_id == "Q1" else unit for unit in MANY]
    files = write(tmp_path, nameless)
    with pytest.raises(ConflictError) as of_one:
        run_draw(files, DESIGN, SIZES)
    with pytest.raises(ConflictError) as of_parts:
        run_draw_in_parts(files, DESIGN, SIZES, HERE)
    assert str(of_parts.value) == str(of_one.value)
    of_annotations = DESIGNS["annotations"]
    assert run_draw_in_parts(files, of_annotations, SIZES, HERE) == run_draw(files, of_annotations, SIZES)


def test_a_frame_without_the_splits_asked_for_is_told(tmp_path: Path) -> None:
    files = write(tmp_path, MANY)
    with pytest.raises(InputError, match="no annotation in human"):
        run_draw_in_parts(files, replace(DESIGN, splits=("human",)), SIZES, HERE)


def test_a_worker_with_another_duckdb_is_refused(tmp_path: Path) -> None:
    request = asked(write(tmp_path, MANY))
    part = FramePart(number=0, n_parts=2, divided_by="0.0.1")
    with pytest.raises(ConflictError, match=r"divided by DuckDB 0\.0\.1.*install the same version"):
        draw_part(DrawPart(request=request, part=part))


def test_a_worker_that_does_not_find_the_population_says_where_it_must_be(tmp_path: Path) -> None:
    request = asked([str(tmp_path / "elsewhere.parquet")])
    with pytest.raises(UnreachableError, match=r"elsewhere\.parquet.*the population under the same path"):
        draw_part(DrawPart(request=request, part=frame_parts(1)[0]))


def test_a_wrong_number_of_workers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--workers 0"):
        run_draw_in_parts(write(tmp_path, MANY), DESIGN, SIZES, replace(HERE, n_workers=0))
