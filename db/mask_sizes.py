"""What the sizes of masks are told from: sides and areas, and run lengths where nothing less will do."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from db.errors import UnreachableError
from db.features import FeatureTable, feature_files
from db.manifest import SettingRecord
from db.population import ANNOTATIONS_FILE, Population

_PARTS = "parts.list.element"
_SIZES = ("height", "width", "parts_area")


def masks_with_parts(population: Population, setting: SettingRecord) -> Iterator[pa.Table]:
    """Give the sizes of a setting's masks, row group by row group.

    Yields:
        `height`, `width` and `parts_area`, the sum of the parts; `parts` too where a mask of the row group
        has several, whose area is not their sum where they overlap.

    Raises:
        UnreachableError: files of the population are gone or damaged.
    """
    for path in population.files(setting, ANNOTATIONS_FILE):
        with _named_errors(population), pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                columns = [*_SIZES, "parts"] if _has_several(file.metadata.row_group(number)) else [*_SIZES]
                yield file.read_row_group(number, columns=columns, use_threads=False)


def measured_shares(population: Population, setting: SettingRecord) -> Iterator[pa.Table]:
    """Give the `area_share` of a setting's masks as they were measured, some at a time; null is unknown.

    Raises:
        UnreachableError: files of the population are gone or damaged.
    """
    for path in feature_files(population, setting.sources, FeatureTable.MASKS):
        with _named_errors(population):
            yield pq.read_table(path, columns=["area_share"])


def _has_several(group: pq.RowGroupMetaData) -> bool:
    """Tell whether some row has several parts: a list of none or one has one value, and so has null."""
    columns = (group.column(index) for index in range(group.num_columns))
    n_values: int = next(column.num_values for column in columns if column.path_in_schema == _PARTS)
    n_rows: int = group.num_rows
    return n_values > n_rows


@contextmanager
def _named_errors(population: Population) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UnreachableError(
            f"the masks in {population.folder} cannot be read ({reason}): check that nobody removed the "
            "population's files; ingesting them again brings them back"
        ) from error
