"""Everything that a sample by risk was drawn from, with the probabilities of its waves: one Parquet file.

Reports need them for what was not drawn too. A file is named by the SHA-256 of its bytes, which the last wave
of the sample names: one that is gone or damaged is known. It lies beside the sources of the population and is
never changed; the next wave writes another.
"""

import hashlib
import os
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from db.errors import UnreachableError
from db.population import Population, Staging

_PREFIX, _SUFFIX = "risk-", ".parquet"


def save_risk_frame(staging: Staging, population: Population, frame: pa.Table) -> str:
    """Write a frame, whole or not at all; give the SHA-256 that names it.

    Raises:
        UnreachableError: the disk is full.
    """
    beside = staging.place / "risk.parquet"
    try:
        with beside.open("wb") as file:
            pq.write_table(frame, file, compression="zstd", use_dictionary=["split"])
            file.flush()
            os.fsync(file.fileno())
        name = _sha256(beside)
        beside.replace(risk_frame_file(population.folder, name))
    except OSError as error:
        raise UnreachableError(
            f"what the sample is drawn from cannot be written to {population.folder} "
            f"({os.strerror(error.errno or 0)}): check that the disk has room"
        ) from error
    return name


def load_risk_frame(population: Population, name: str) -> pa.Table:
    """Give a frame by its SHA-256.

    Raises:
        UnreachableError: it is gone, or it is not as it was written.
    """
    path = risk_frame_file(population.folder, name)
    file = f"{population.folder.name}/{path.name}"
    try:
        if _sha256(path) != name:
            raise UnreachableError(f"{file} is damaged: put it back from a backup")
        return pq.read_table(path)
    except FileNotFoundError as error:
        raise UnreachableError(f"{file} is gone: put it back from a backup") from error
    except (OSError, pa.ArrowException) as error:
        raise UnreachableError(f"{file} cannot be read: put it back from a backup") from error


def remove_other_risk_frames(population: Population, kept: Collection[str]) -> None:
    """Remove the frames that no sample names any more; nobody else may be writing to the population."""
    wanted = {risk_frame_file(population.folder, name) for name in kept}
    for path in population.folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        if path not in wanted:
            path.unlink(missing_ok=True)


def risk_frame_file(folder: Path, name: str) -> Path:
    """Give where a frame lies in the folder of a population, by its SHA-256."""
    return folder / f"{_PREFIX}{name}{_SUFFIX}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
