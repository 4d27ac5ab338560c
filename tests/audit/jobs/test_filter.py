"""Filtering as a job: full disks, interruptions, workers; and the published order of events on real masks."""

import json
import resource
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from audit.errors import UnavailableError
from audit.jobs.filter import FilterRequest, FilterResult, run_filter
from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT, Progress
from db.errors import UnreachableError
from db.population import ANNOTATIONS_FILE, Population
from tests.audit.jobs.measuring import advancing, ingest, measured
from tests.datasets import an_annotation, rectangle

N_BYTES = 60_000
"""Of a key that makes the source larger than any other file that filtering writes."""


@pytest.fixture
def population(tmp_path: Path) -> Population:
    """Setting A: six masks, one of them of 9 pixels."""
    population = Population(tmp_path / "population")
    masks = [rectangle(0, 0, 3, 3), *(rectangle(5, 5, 20, 10 + k) for k in range(5))]
    ingest(
        population, "A", [an_annotation(k, mask, note="x" * (N_BYTES // 6)) for k, mask in enumerate(masks)]
    )
    measured(population)
    return population


@pytest.fixture
def request_for(tmp_path: Path) -> FilterRequest:
    rules = tmp_path / "rules.toml"
    rules.write_text('format = 1\n[[rule]]\nkind = "threshold"\nfeature = "area"\nat_least = 100\n')
    return FilterRequest(
        setting="A", rules=rules, out=tmp_path / "out", workspace=None, scheduler=None, n_workers=1
    )


def run(
    population: Population,
    request: FilterRequest,
    *,
    deciding: Progress = SILENT,
    writing: Progress = SILENT,
) -> FilterResult:
    return run_filter(population, request, checking=SILENT, deciding=deciding, writing=writing)


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


@pytest.mark.slow
@pytest.mark.parametrize("n_bytes", [1_000, N_BYTES // 2])
def test_a_full_disk_leaves_what_was_there(
    n_bytes: int, population: Population, request_for: FilterRequest, tmp_path: Path
) -> None:
    run(population, request_for)
    before = {path.name: path.read_bytes() for path in request_for.out.iterdir()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        with pytest.raises((UnavailableError, UnreachableError), match="cannot be .*File too large"):
            run(population, request_for)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {path.name: path.read_bytes() for path in request_for.out.iterdir()} == before
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("stage", ["deciding", "writing"])
def test_an_interruption_leaves_nothing(
    stage: str, population: Population, request_for: FilterRequest, tmp_path: Path
) -> None:
    def interrupt(n: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(population, request_for, **{stage: advancing(interrupt)})
    assert not request_for.out.exists()
    assert left_over(tmp_path) == []
    assert run(population, request_for).summary.total.n_kept == 5


def test_a_population_whose_files_are_gone_is_told(
    population: Population, request_for: FilterRequest, tmp_path: Path
) -> None:
    source = population.manifest().get("A").sources[0]
    (population.folder / source.folder / ANNOTATIONS_FILE).unlink()
    with pytest.raises(UnreachableError, match="nobody removed its files"):
        run(population, request_for)
    assert not request_for.out.exists()
    assert left_over(tmp_path) == []


def rows_of(population: Population, setting: str) -> dict[str, dict[str, Any]]:
    files = population.files(population.manifest().get(setting), ANNOTATIONS_FILE)
    return {row["mention_id"]: row for file in files for row in pq.read_table(file).to_pylist()}


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.parametrize("is_matched", [False, True])
def test_real_masks_with_made_up_and_taken_ids_go_out_and_come_back(
    is_matched: bool, shared_data: Path, tmp_path: Path
) -> None:
    """GrabCut masks without ids; watershed masks beside them, which take their ids or make up their own."""
    population = Population(tmp_path / "population")
    data = shared_data / "coco_free"
    for setting in ("gc", "ws"):
        for split in ("train", "val"):
            request = IngestRequest(
                files=(data / "derived" / f"derived_{setting}_instances_{split}2017.json",),
                setting=setting,
                split=split,
                base=data / "annotations" / f"instances_{split}2017.json",
                images=str(data / f"{split}2017"),
                match="gc" if is_matched and setting == "ws" else None,
            )
            run_ingest(population, request, workers=1, progress=SILENT)
    measured(population)
    rules = tmp_path / "rules.toml"
    rules.write_text(
        'format = 1\n[[rule]]\nkind = "incomplete_location"\ncategories = ["vehicle", "furniture"]\n'
        '[[rule]]\nkind = "threshold"\nfeature = "area_share"\nat_least = 0.001\n'
    )
    request = FilterRequest(
        setting="ws", rules=rules, out=tmp_path / "out", workspace=None, scheduler=None, n_workers=1
    )
    result = run(population, request)
    total = result.summary.total
    assert len(result.summary.commands) == 2
    for command in result.summary.commands:
        words = shlex.split(command)
        options = dict(zip(words[3::2], words[4::2], strict=True))
        ingesting = IngestRequest(
            files=(Path(words[2]),),
            setting=options["--setting"],
            split=options["--split"],
            base=Path(options["--base"]),
            images=options["--images"],
            id_key=options["--id-key"],
            subset_of=options["--subset-of"],
        )
        assert run_ingest(population, ingesting, workers=1, progress=SILENT).accounts[0].problems == ()
    before, after = rows_of(population, "ws"), rows_of(population, "ws after filtering")
    assert after.keys() <= before.keys()
    assert len(after) == total.n_kept == 1155 - total.n_dropped
    same = [key for key, row in after.items() if row["parts"] == before[key]["parts"]]
    assert len(same) == total.n_kept - total.n_corrected
    assert total.n_corrected > 20
    assert total.n_dropped > 100
    assert {row["annotation_id"] for row in after.values()} == {before[key]["annotation_id"] for key in after}
    originals = json.loads((data / "derived" / "derived_ws_instances_val2017.json").read_text())
    written = json.loads((tmp_path / "out" / "derived_ws_instances_val2017.json").read_text())
    by_source = {each["source_ann_id"]: each for each in originals}
    untouched = [{k: v for k, v in each.items() if k != "mask_audit_id"} for each in written]
    n_same = sum(each == by_source[each["source_ann_id"]] for each in untouched)
    assert n_same == len(written) - result.summary.files[1].n_corrected


@pytest.mark.slow
def test_dask_workers_decide_the_same(
    population: Population, request_for: FilterRequest, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    here = run(population, request_for)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        there = replace(request_for, out=tmp_path / "there", scheduler=cluster.scheduler_address)
        assert run(population, there).summary.total == here.summary.total
    for name in ("a.json", "decisions.csv", "rules.toml"):
        assert (tmp_path / "there" / name).read_bytes() == (request_for.out / name).read_bytes()
