"""What lies there after measuring is known for what it is: whole, outdated, or harmed since."""

from pathlib import Path

import pytest

from audit.errors import InputError
from audit.features.references import parse_reference
from audit.jobs.measure import FeatureState, feature_state
from audit.jobs.measured import open_measured_masks
from db.features import MARK_FILE, FeatureTable, feature_files
from db.population import Population
from tests.audit.jobs.measuring import bytes_on_disk, ingest, measured, three_settings
from tests.datasets import an_annotation


@pytest.fixture
def population(tmp_path: Path) -> Population:
    whole = three_settings(tmp_path, 20)
    measured(whole)
    return whole


def gone(file: Path) -> None:
    file.unlink()


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.slow
@pytest.mark.parametrize("table", FeatureTable)
@pytest.mark.parametrize("harm", [gone, cut_short, emptied])
def test_a_file_of_features_that_is_harmed_is_noticed_and_written_again(
    harm, table: FeatureTable, population: Population
) -> None:
    before = bytes_on_disk(population)
    first = population.manifest().settings[0]
    harm(Path(feature_files(population, first.sources, table)[0]))
    assert feature_state(population) is FeatureState.HARMED
    with (
        pytest.raises(InputError, match="gone or cut short.*mask-audit measure again"),
        open_measured_masks(population, first, [parse_reference("iou")]),
    ):
        pass
    measured(population)
    assert feature_state(population) is FeatureState.WHOLE
    assert bytes_on_disk(population) == before


def test_a_population_that_was_copied_is_as_whole_as_it_was(population: Population, tmp_path: Path) -> None:
    moved = population.folder.rename(tmp_path / "elsewhere")
    assert feature_state(Population(moved)) is FeatureState.WHOLE


def test_a_mark_without_a_list_of_files_says_nothing_of_them(population: Population) -> None:
    mark = population.folder / MARK_FILE
    mark.write_text(mark.read_text("ascii").splitlines()[0], "ascii")
    assert feature_state(population) is FeatureState.HARMED


@pytest.mark.slow
def test_masks_that_changed_are_outdated_whatever_else_is_wrong(population: Population) -> None:
    ingest(population, "A", [an_annotation(3)])
    assert feature_state(population) is FeatureState.OUTDATED
