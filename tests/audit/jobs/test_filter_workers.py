"""A filter writes the same bytes whoever decides, also where a worker is killed on the way."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.filter import FilterRequest, run_filter
from audit.jobs.progress import SILENT, Progress
from db.population import Population
from tests.audit.jobs.measuring import advancing, measured, three_settings

RULES = """
format = 1
setting = "C"

[[rule]]
kind = "disagreement"
agreement = "iou"
agreement_below = 0.3

[[rule]]
kind = "threshold"
feature = "area_share"
at_least = 0.02
"""


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.jobs.decisions.ROWS_OF_A_PORTION", 4)


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> Population:
    """Three settings; the files of one of them are two."""
    population = three_settings(tmp_path_factory.mktemp("three"))
    measured(population)
    return population


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as running:
        yield running


@pytest.fixture
def here(tmp_path: Path) -> FilterRequest:
    """By this process, into a folder of the test."""
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES, "utf-8")
    return FilterRequest(
        setting="C", rules=rules, out=tmp_path / "filtered", workspace=None, scheduler=None, n_workers=1
    )


def filtered(population: Population, request: FilterRequest, deciding: Progress = SILENT) -> dict[str, bytes]:
    """The content of the folder by file; it is gone afterwards, so that others can write the same one."""
    result = run_filter(population, request, checking=SILENT, deciding=deciding, writing=SILENT)
    content = {path.name: path.read_bytes() for path in sorted(result.out.iterdir())}
    result.out.rename(result.out.with_name(f"before-{len(list(result.out.parent.iterdir()))}"))
    return content


@pytest.mark.slow
@pytest.mark.parametrize("where", ["processes", "dask"])
def test_whoever_decides_the_same_bytes_are_written(
    where: str, population: Population, here: FilterRequest, request: pytest.FixtureRequest
) -> None:
    scheduler = request.getfixturevalue("cluster").scheduler_address if where == "dask" else None
    expected = filtered(population, here)
    found = filtered(population, replace(here, scheduler=scheduler, n_workers=2))
    assert set(found) == {"decisions.csv", "early.json", "late.json", "rules.toml", "summary.json"}
    assert b"drop" in found["decisions.csv"]
    assert b"correct" in found["decisions.csv"]
    assert found == expected


@pytest.mark.slow
def test_a_worker_of_a_cluster_that_is_killed_on_the_way_changes_nothing(
    population: Population, here: FilterRequest, cluster: Any
) -> None:
    killed: list[int] = []

    def kill(n: int) -> None:
        if not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    expected = filtered(population, here)
    by_cluster = replace(here, scheduler=cluster.scheduler_address)
    assert filtered(population, by_cluster, deciding=advancing(kill)) == expected
    assert killed
