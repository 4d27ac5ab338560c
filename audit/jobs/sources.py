"""Which files an ingest reads: opened, checked, and held against those that the setting has already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from audit.coco.source import Source, SourceKind, open_source
from audit.errors import InputError
from audit.jobs.reading import fingerprint
from db.manifest import SettingRecord, SourceRecord
from db.population import Population
from db.population_checks import find_shared_ids

_NO_IDS = {"segmentation", "bbox", "label", "score", "area", "iscrowd", "data_split", "category_id"}
"""Fields of an annotation that cannot name it."""

_ADVICE = (
    "make the ids of a setting unique, give files whose names make up ids different names, or ingest them as "
    "settings of their own"
)
_SUBSET_ADVICE = (
    "where they were filtered twice, filter into the same folder again, or give this one another --setting; "
    "else make the ids of a setting unique"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How sources are read: what a source must have in common with a former one to be skipped."""

    split: str | None
    images_root: str | None
    base: str | None
    base_fingerprint: str | None
    id_key: str | None
    matched: tuple[str, float, str] | None

    def is_that_of(self, record: SourceRecord) -> bool:
        """Tell whether a source was read in this way, wherever the base lay."""
        return all(
            getattr(self, each.name) == getattr(record, each.name)
            for each in fields(self)
            if each.name != "base"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which files to read, which of the setting's sources stay, and what to say of the others."""

    to_read: tuple[Source, ...]
    kept: tuple[SourceRecord, ...]
    remarks: tuple[str, ...]


def plan_reading(population: Population, setting: SettingRecord, sources: Sequence[Source], way: Way) -> Plan:
    """Give which sources to read, which of the setting's stay, and what to say of the others."""
    to_read: list[Source] = []
    # A source whose files somebody removed is read again rather than taken for granted.
    kept = [source for source in setting.sources if (population.folder / source.folder).is_dir()]
    remarks: list[str] = []
    for source in sources:
        old = _held(source, kept)
        if old is None:
            to_read.append(source)
        elif fingerprint(source) == old.fingerprint and way.is_that_of(old):
            remarks.append(f"{source.name}: part of {setting.setting} already, skipped")
            if not Path(old.path).exists():
                kept[kept.index(old)] = replace(old, path=str(source.path.resolve()))
        else:
            kept.remove(old)
            to_read.append(source)
            remarks.append(f"{source.name}: replaces what {old.path} held before")
    return Plan(to_read=tuple(to_read), kept=tuple(kept), remarks=tuple(remarks))


def open_sources(files: Sequence[Path]) -> list[Source]:
    """Open the files named; raise InputError where one cannot be read, or is named twice."""
    sources = [open_source(file) for file in files]
    paths = [source.path.resolve() for source in sources]
    repeated = sorted({str(path) for path in paths if paths.count(path) > 1})
    if repeated:
        raise InputError(f"{', '.join(repeated)} is named twice: name every file once")
    return sources


def open_base(file: Path | None) -> Source | None:
    """Open the file that gives images and categories, if any; raise InputError where it has none."""
    if file is None:
        return None
    base = open_source(file)
    if base.kind is not SourceKind.OBJECT:
        raise InputError(f"--base {file} lists no images: name a COCO file with images and categories")
    return base


def check_id_key(id_key: str | None) -> None:
    """Raise InputError where the field holds something other than ids."""
    if id_key in _NO_IDS:
        raise InputError(f"--id-key {id_key} is a field that holds no id: name the one that does")


def refuse_shared_ids(setting: str, files: Sequence[str], *, subset_of: str | None = None) -> None:
    """Raise InputError where an id stands twice in annotation files; of a filtered setting, say of which."""
    shared = find_shared_ids(files) if files else None
    if shared is not None:
        advice = _ADVICE if subset_of is None else _SUBSET_ADVICE
        raise InputError(
            f"{shared.n:,} annotation ids stand more than once in {setting!r} "
            f"({', '.join(shared.example_ids)}), and nothing was ingested: {advice}"
        )


def _held(source: Source, records: Iterable[SourceRecord]) -> SourceRecord | None:
    path = str(source.path.resolve())
    for record in records:
        if record.path == path:
            return record
    same_size = [record for record in records if record.n_bytes == source.n_bytes]
    if not same_size:
        return None
    digest = fingerprint(source)
    return next((record for record in same_size if record.fingerprint == digest), None)
