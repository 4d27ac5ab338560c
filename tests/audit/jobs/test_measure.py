"""Every mask is measured once, whoever does it, and what was interrupted or outdated is made good."""

import errno
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from audit.errors import InputError, UnavailableError
from audit.features.compute import MASK_FEATURES, PAIR_FEATURES, SETTING_FEATURES
from audit.jobs.measure import FeatureState, MeasuredSetting, MeasureRequest, feature_state
from audit.jobs.progress import SILENT
from db.errors import ConflictError, UnreachableError
from db.features import FeatureTable, feature_files
from db.population import ANNOTATIONS_FILE, Population
from tests.audit.jobs.measuring import (
    HERE,
    advancing,
    bytes_on_disk,
    features,
    ingest,
    measured,
    three_settings,
)
from tests.datasets import an_annotation, rectangle

PROJECT = Path(__file__).parents[3]
N_MENTIONS = 60


@pytest.fixture(autouse=True)
def small_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several portions and partitions of every file."""
    monkeypatch.setattr("audit.jobs.feature_partitions.ROWS_OF_A_PORTION", 7)
    monkeypatch.setattr("audit.jobs.feature_partitions.PORTIONS_OF_A_PARTITION", 2)


@pytest.fixture
def population(tmp_path: Path) -> Population:
    return three_settings(tmp_path, N_MENTIONS)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as running:
        yield running


def n_masks_measured(population: Population) -> int:
    """Measure, and give how many masks that took."""
    result = measured(population)
    return sum(each.n_masks - each.n_done_before for each in result.settings)


@pytest.mark.slow
def test_every_mask_has_its_row_in_the_order_of_its_file(population: Population) -> None:
    measured(population)
    for setting in population.manifest().settings:
        for source in setting.sources:
            folder = population.folder / source.folder
            ids = pq.read_table(folder / ANNOTATIONS_FILE, columns=["mention_id"])["mention_id"].to_pylist()
            files = feature_files(population, [source], FeatureTable.MASKS)
            assert len(files) == -(-len(ids) // 14)
            assert [each for file in files for each in pq.read_table(file)["mention_id"].to_pylist()] == ids


def test_every_two_masks_of_a_mention_are_a_pair(population: Population) -> None:
    measured(population)
    has = {
        setting.setting: {
            each
            for file in population.files(setting, ANNOTATIONS_FILE)
            for each in pq.read_table(file)["mention_id"].to_pylist()
        }
        for setting in population.manifest().settings
    }
    expected = {
        (mention, a, b) for a, b in (("A", "B"), ("A", "C"), ("B", "C")) for mention in has[a] & has[b]
    }
    pairs = [
        row
        for setting in "ABC"
        if (table := tables_of(population, setting, FeatureTable.PAIRS)) is not None
        for row in table.to_pylist()
    ]
    assert {(row["mention_id"], row["setting_a"], row["setting_b"]) for row in pairs} == expected
    assert len(pairs) == len(expected)


def tables_of(population: Population, setting: str, table: FeatureTable) -> Any:
    files = feature_files(population, population.manifest().get(setting).sources, table)
    return features(population, setting, table) if files else None


def test_the_account_counts_masks_and_pairs(population: Population) -> None:
    unreadable = {"size": [40, 60], "counts": "nonsense"}
    other_size = {"size": [30, 30], "counts": [0, 900]}
    ingest(
        population,
        "D",
        [
            an_annotation(0, segmentation=[unreadable]),
            an_annotation(1, segmentation=other_size),
            an_annotation(999, rectangle(1, 1, 9, 9)),
        ],
    )
    a, *_, d = measured(population).settings
    of_a = {"n_masks": 60, "n_empty": 5, "n_unreadable": 0, "n_pairs": 51 + 60 + 2, "n_size_differs": 1}
    assert a == MeasuredSetting(setting="A", n_done_before=0, **of_a)
    # Mention 0 is in A and C, mention 1 in A, B and C, and no other setting has mention 999.
    of_d = {"n_masks": 3, "n_empty": 0, "n_unreadable": 1, "n_pairs": 2 + 3, "n_size_differs": 3}
    assert d == MeasuredSetting(setting="D", n_done_before=0, **of_d)


def test_files_are_as_the_catalogue_says(population: Population) -> None:
    measured(population)
    for table, schema in (
        (FeatureTable.MASKS, MASK_FEATURES),
        (FeatureTable.PAIRS, PAIR_FEATURES),
        (FeatureTable.SETTINGS, SETTING_FEATURES),
    ):
        found = features(population, "A", table)
        assert found.schema.remove_metadata() == schema
        found.validate(full=True)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["processes", "dask"])
def test_whoever_measures_writes_the_same_bytes(
    where: str, tmp_path: Path, population: Population, request: pytest.FixtureRequest
) -> None:
    shutil.copytree(population.folder, tmp_path / "copy")
    copy = Population(tmp_path / "copy")
    measured(population)
    if where == "dask":
        address = request.getfixturevalue("cluster").scheduler_address
        measured(copy, MeasureRequest(scheduler=address, n_workers=1))
    else:
        measured(copy, MeasureRequest(scheduler=None, n_workers=2))
    assert len(bytes_on_disk(population)) > 20
    assert bytes_on_disk(copy) == bytes_on_disk(population)


def test_a_worker_of_a_cluster_that_is_killed_on_the_way_changes_nothing(
    tmp_path: Path, population: Population, cluster: Any
) -> None:
    shutil.copytree(population.folder, tmp_path / "copy")
    copy = Population(tmp_path / "copy")
    measured(population)
    killed: list[int] = []

    def kill(n: int) -> None:
        if not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            subprocess.run(["kill", "-KILL", str(killed[0])], check=True)

    request = MeasureRequest(scheduler=cluster.scheduler_address, n_workers=1)
    measured(copy, request, measuring=advancing(kill))
    assert killed
    assert bytes_on_disk(copy) == bytes_on_disk(population)


def test_what_is_there_is_not_measured_again(population: Population) -> None:
    measured(population)
    before = bytes_on_disk(population)
    again = measured(population)
    assert all(each.n_done_before == each.n_masks > 0 for each in again.settings)
    assert again.n_compared_before == again.n_compared == 60 + 51 + 60
    assert bytes_on_disk(population) == before


@pytest.mark.parametrize("phase", ["measuring", "comparing"])
def test_an_interrupted_run_is_taken_up_where_it_ended(
    phase: str, tmp_path: Path, population: Population
) -> None:
    shutil.copytree(population.folder, tmp_path / "copy")
    whole = Population(tmp_path / "copy")
    measured(whole)
    n_calls = 0

    def interrupt(n: int) -> None:
        nonlocal n_calls
        n_calls += 1
        if n_calls == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measured(population, **{phase: advancing(interrupt)})
    done = bytes_on_disk(population)
    assert 0 < len(done) < len(bytes_on_disk(whole))
    assert feature_state(population) is FeatureState.NONE
    assert not list(population.folder.glob(".staging-*"))
    again = measured(population)
    assert again.settings[0].n_done_before == (28 if phase == "measuring" else 60)
    assert bytes_on_disk(population) == bytes_on_disk(whole)
    assert {name: content for name, content in bytes_on_disk(population).items() if name in done} == done
    assert feature_state(population) is FeatureState.WHOLE


@pytest.mark.slow
def test_a_killed_run_is_taken_up_where_it_ended(tmp_path: Path, population: Population) -> None:
    shutil.copytree(population.folder, tmp_path / "copy")
    whole = Population(tmp_path / "copy")
    measured(whole)
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from dataclasses import replace\n"
        "from audit.jobs import feature_partitions as cuts\n"
        "from audit.jobs.progress import SILENT\n"
        "from audit.jobs.measure import MeasureRequest, run_measure\n"
        "from db.population import Population\n"
        "cuts.ROWS_OF_A_PORTION, cuts.PORTIONS_OF_A_PARTITION = 7, 2\n"
        "slow = replace(SILENT, advance=lambda n: time.sleep(0.05))\n"
        "request = MeasureRequest(scheduler=None, n_workers=2)\n"
        "run_measure(Population(Path(sys.argv[1])), request, measuring=slow, comparing=slow)\n"
    )
    for n_files in (3, 20):
        parent = subprocess.Popen([sys.executable, "-c", script, str(population.folder)], cwd=PROJECT)
        deadline = time.monotonic() + 60
        while len(bytes_on_disk(population)) < n_files and time.monotonic() < deadline:
            time.sleep(0.01)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    done = bytes_on_disk(population)
    assert 20 <= len(done) < len(bytes_on_disk(whole))
    again = measured(population)
    assert sum(each.n_done_before for each in again.settings) + again.n_compared_before > 0
    assert bytes_on_disk(population) == bytes_on_disk(whole)
    assert not list(population.folder.glob(".staging-*"))


def test_a_file_that_was_cut_short_is_written_again(population: Population) -> None:
    measured(population)
    before = bytes_on_disk(population)
    for name in list(before)[::3]:
        file = population.folder / name
        file.write_bytes(file.read_bytes()[:-20])
    measured(population)
    assert bytes_on_disk(population) == before


def test_a_file_that_is_ingested_anew_is_measured_anew(population: Population) -> None:
    assert n_masks_measured(population) == 60 + 51 + 60
    ingest(population, "C", [an_annotation(each, rectangle(1, 1, 9, 9)) for each in range(20)], "early.json")
    assert feature_state(population) is FeatureState.OUTDATED
    assert n_masks_measured(population) == 20
    assert feature_state(population) is FeatureState.WHOLE
    ious = {
        row["mention_id"]: row["iou"]
        for row in features(population, "A", FeatureTable.PAIRS).to_pylist()
        if (row["setting_a"], row["setting_b"]) == ("A", "C")
    }
    assert len(ious) == 50
    assert ious["oven_0000"] == pytest.approx(9 / (12 + 81 - 9))


def test_a_new_setting_leaves_the_masks_of_the_others_as_they_are(population: Population) -> None:
    measured(population)
    ingest(population, "D", [an_annotation(each) for each in range(14)])
    result = measured(population)
    assert [each.n_masks - each.n_done_before for each in result.settings] == [0, 0, 0, 14]
    # Of the 60 mentions of A, the first 14 are one partition of comparisons.
    assert result.n_compared - result.n_compared_before == 14 + 12 + 14 + 14


def test_features_of_mentions_that_are_no_longer_shared_are_removed(population: Population) -> None:
    measured(population)
    n_before = len(feature_files(population, population.manifest().get("A").sources, FeatureTable.PAIRS))
    mask = rectangle(1, 1, 9, 9)
    ingest(population, "B", [an_annotation(999, mask)])
    ingest(population, "C", [an_annotation(998, mask)], "early.json")
    ingest(population, "C", [an_annotation(0, mask)], "late.json")
    result = measured(population)
    assert n_before == 5
    assert features(population, "A", FeatureTable.PAIRS).num_rows == 1
    assert [each.n_pairs for each in result.settings] == [1, 0, 1]


def test_other_formulas_make_what_was_measured_outdated(
    population: Population, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(population)
    monkeypatch.setattr("audit.jobs.feature_partitions.VERSION", 0)
    assert feature_state(population) is FeatureState.OUTDATED
    assert n_masks_measured(population) == 60 + 51 + 60


def test_a_single_setting_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    ingest(population, "A", [an_annotation(0), an_annotation(1)])
    result = measured(population)
    assert result.n_compared == 0
    assert result.settings[0].n_pairs == 0
    assert {Path(name).name for name in bytes_on_disk(population)} == {"mask-features-00000.parquet"}


def test_progress_goes_through_every_mask_once(population: Population) -> None:
    seen: dict[str, list[int]] = {"measuring": [], "comparing": []}
    totals: dict[str, list[int]] = {"measuring": [], "comparing": []}
    progress = {
        phase: replace(SILENT, start=totals[phase].append, advance=seen[phase].append) for phase in seen
    }
    measured(population, **progress)
    measured(population, **progress)
    assert totals == {"measuring": [171, 171], "comparing": [171, 171]}
    assert {phase: sum(each) for phase, each in seen.items()} == {"measuring": 342, "comparing": 342}


def test_an_empty_population_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"population is empty.*mask-audit ingest"):
        measured(Population(tmp_path / "population"))


def test_no_workers_are_refused_before_anything_is_written(population: Population) -> None:
    with pytest.raises(InputError, match="--workers 0"):
        measured(population, replace(HERE, n_workers=0))
    assert not bytes_on_disk(population)


def test_another_writer_is_waited_for_by_the_user(population: Population) -> None:
    with population.staging(), pytest.raises(ConflictError, match="another command is writing"):
        measured(population)


def test_the_population_cannot_be_changed_meanwhile(population: Population) -> None:
    refused: list[str] = []

    def change(n: int) -> None:
        try:
            ingest(population, "D", [an_annotation(1)])
        except ConflictError as error:
            refused.append(str(error))

    measured(population, comparing=advancing(change))
    assert "another command is writing" in refused[0]
    assert feature_state(population) is FeatureState.WHOLE


def test_a_full_disk_leaves_nothing_half_written(population: Population) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(UnreachableError, match="cannot be measured.*the disk has room") as raised:
            measured(population)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "File too large" in str(raised.value) or f"errno {errno.EFBIG}" in str(raised.value)
    assert not bytes_on_disk(population)
    assert n_masks_measured(population) == 60 + 51 + 60


@pytest.mark.slow
@pytest.mark.parametrize("n_workers", [1, 2])
@pytest.mark.parametrize("harm", ["folder gone", "file cut short"])
def test_a_harmed_population_is_told_in_one_sentence(
    harm: str, n_workers: int, population: Population
) -> None:
    folder = population.folder / population.manifest().get("B").sources[0].folder
    if harm == "folder gone":
        shutil.rmtree(folder)
    else:
        whole = (folder / ANNOTATIONS_FILE).read_bytes()
        (folder / ANNOTATIONS_FILE).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreachableError, match="cannot be measured.*nobody removed the population's files"):
        measured(population, replace(HERE, n_workers=n_workers))


def test_a_scheduler_that_is_not_there_leaves_everything_as_it_is(
    population: Population, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    monkeypatch.setattr("audit.executors.dask_workers._SECONDS_TO_ANSWER", 1)
    with pytest.raises(UnavailableError, match="does not answer"):
        measured(population, MeasureRequest(scheduler="tcp://127.0.0.1:1", n_workers=1))
    assert not bytes_on_disk(population)
