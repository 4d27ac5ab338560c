"""The file of everything drawable is known by its content, and goes when nothing names it."""

from pathlib import Path

import pyarrow as pa
import pytest

from db.errors import UnreachableError
from db.population import Population
from db.risk_frames import load_risk_frame, remove_other_risk_frames, save_risk_frame

FRAME = pa.table({"annotation_id": ["1", "2"], "split": ["query", "wiki"], "wave_0": [0.25, 0.5]})


def saved(population: Population, frame: pa.Table = FRAME) -> str:
    with population.staging() as staging:
        return save_risk_frame(staging, population, frame)


def test_it_comes_back_as_it_was_written_and_outlives_other_writers(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    name = saved(population)
    assert saved(population) == name
    with population.staging():
        pass
    assert load_risk_frame(population, name).equals(FRAME)


def test_one_that_is_damaged_or_gone_is_told(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    name = saved(population)
    [path] = population.folder.glob("risk-*.parquet")
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(UnreachableError, match="is damaged: put it back from a backup"):
        load_risk_frame(population, name)
    path.unlink()
    with pytest.raises(UnreachableError, match="is gone: put it back from a backup"):
        load_risk_frame(population, name)


def test_what_no_sample_names_is_removed(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    kept, other = saved(population), saved(population, FRAME.slice(1))
    remove_other_risk_frames(population, {kept})
    assert load_risk_frame(population, kept).equals(FRAME)
    with pytest.raises(UnreachableError, match="is gone"):
        load_risk_frame(population, other)


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    population = Population(tmp_path / "population")

    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(UnreachableError, match="No space left on device"):
        saved(population)
    assert list(population.folder.glob("risk-*")) == []
