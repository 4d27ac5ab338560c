"""Settings whose masks are told apart already, written straight into a population."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from db.identities import IDENTITIES, IDENTITIES_FILE
from db.manifest import SettingRecord, SourceRecord
from db.population import ANNOTATIONS_FILE, Population

Made = int | str
"""Which mask of a mention it is, or the state of one that is none."""

ANNOTATIONS = pa.schema(
    [(name, pa.string()) for name in ("annotation_id", "mention_id", "category_id", "split")]
)


@dataclass(frozen=True, kw_only=True)
class FrameMention:
    mention_id: str
    entity_id: str
    split: str

    @property
    def annotation_id(self) -> str:
        return f"{self.mention_id}!"


def a_source(file: str) -> SourceRecord:
    return SourceRecord(
        file=file,
        path=f"/data/{file}",
        fingerprint=file,
        n_bytes=1,
        split=None,
        images_root=None,
        base=None,
        base_fingerprint=None,
        id_key=None,
        matched=None,
        folder="",
        n_annotations=1,
        n_written=1,
        n_normalised=0,
        n_skipped=0,
        dialects={},
        problems=(),
    )


def put_frame(population: Population, mentions: Sequence[FrameMention], n_sources: int = 1) -> SettingRecord:
    """A setting of which nothing but ids, entities and splits is known."""

    def write(folder: Path, number: int) -> None:
        rows = [
            {
                "annotation_id": mention.annotation_id,
                "mention_id": mention.mention_id,
                "category_id": mention.entity_id,
                "split": mention.split,
            }
            for mention in mentions[number::n_sources]
        ]
        pq.write_table(pa.Table.from_pylist(rows, schema=ANNOTATIONS), folder / ANNOTATIONS_FILE)

    return _put(population, SettingRecord(setting="frame"), write, n_sources)


def put_masks(
    population: Population, setting: SettingRecord, made: Mapping[str, Made], n_sources: int = 1
) -> SettingRecord:
    """A setting of which nothing but the identities of its masks, by mention, is known."""

    def write(folder: Path, number: int) -> None:
        rows = [
            {
                "mention_id": mention_id,
                "state": each if isinstance(each, str) else "present",
                "mask_id": None
                if isinstance(each, str)
                else sha256(f"{mention_id} {each}".encode()).digest()[:12],
            }
            for mention_id, each in list(made.items())[number::n_sources]
        ]
        pq.write_table(pa.Table.from_pylist(rows, schema=IDENTITIES), folder / IDENTITIES_FILE)

    return _put(population, setting, write, n_sources)


def _put(
    population: Population, setting: SettingRecord, write: Callable[[Path, int], None], n_sources: int
) -> SettingRecord:
    with population.staging() as staging:
        staged = []
        for number in range(n_sources):
            folder = staging.new_folder()
            write(folder, number)
            staged.append((folder, a_source(f"{setting.setting}{number}.json")))
        return staging.commit(setting, staged)
