"""What the population consists of: which settings, from which files. One JSON file, replaced whole."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from db.errors import ConflictError, NotFoundError
from db.records import FrameFile

FILE_NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRecord:
    """One kind of problem met in a file: how often, and the first few ids."""

    kind: str
    n: int
    example_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """One ingested file: where it lay, what it was, and the account of reading it.

    Attributes:
        file: its name.
        path: where it lay, absolute; `filter` reads it again.
        fingerprint: SHA-256 of its bytes.
        split: the split given for all of it, or None where annotations name theirs.
        images_root: folder or URL that its images' file names are relative to.
        base: path of the file that gave it images and categories.
        id_key: field that gave ids where `id` is absent.
        matched: the setting whose ids it took by overlap, with the least overlap and that setting's
            fingerprint, or None.
        folder: where its Parquet files lie, relative to the population.
        dialects: annotations of each dialect.
    """

    file: str
    path: str
    fingerprint: str
    n_bytes: int
    split: str | None
    images_root: str | None
    base: str | None
    base_fingerprint: str | None
    id_key: str | None
    matched: tuple[str, float, str] | None
    folder: str
    n_annotations: int
    n_written: int
    n_normalised: int
    n_skipped: int
    dialects: dict[str, int]
    problems: tuple[ProblemRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRecord:
    """One setting: one way in which masks were made.

    Attributes:
        subset_of: the complete setting that this one is filtered from, or None where it covers every mention.
    """

    setting: str
    reference: str | None = None
    model: str | None = None
    subset_of: str | None = None
    sources: tuple[SourceRecord, ...] = ()

    @property
    def n_annotations(self) -> int:
        """Rows of the population."""
        return sum(source.n_written for source in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Every setting of a population, in order of first ingestion."""

    settings: tuple[SettingRecord, ...] = field(default=())

    def find(self, setting: str) -> SettingRecord | None:
        """Give a setting by name, or None."""
        return next((record for record in self.settings if record.setting == setting), None)

    def get(self, setting: str) -> SettingRecord:
        """Give a setting by name; raise NotFoundError naming those there are."""
        found = self.find(setting)
        if found is None:
            names = ", ".join(record.setting for record in self.settings) or "none yet"
            raise NotFoundError(f"there is no setting {setting!r} in the population: there are {names}")
        return found

    def origins(self) -> dict[str, str]:
        """Give the setting that each filtered one comes from in the end, by name; complete ones have none."""
        parents = {each.setting: each.subset_of for each in self.settings if each.subset_of is not None}
        return {setting: self._origin(setting, parents) for setting in parents}

    def with_setting(self, setting: SettingRecord) -> "Manifest":
        """Give the manifest with a setting replaced, or added at the end."""
        if self.find(setting.setting) is None:
            return replace(self, settings=(*self.settings, setting))
        return replace(
            self,
            settings=tuple(setting if old.setting == setting.setting else old for old in self.settings),
        )

    @staticmethod
    def _origin(setting: str, parents: Mapping[str, str]) -> str:
        while setting in parents:
            setting = parents[setting]
        return setting


def frame_files(setting: SettingRecord) -> tuple[FrameFile, ...]:
    """Give what a draw from a setting depends on, file by file, in order of fingerprint."""
    files = (
        FrameFile(file=source.file, fingerprint=source_key(source), n_annotations=source.n_written)
        for source in setting.sources
    )
    return tuple(sorted(files, key=lambda file: file.fingerprint))


def fingerprint(files: tuple[FrameFile, ...]) -> str:
    """Give the SHA-256 of a frame: the same files give the same whatever their order and names."""
    return hashlib.sha256("\n".join(file.fingerprint for file in files).encode()).hexdigest()


def load_manifest(folder: Path) -> Manifest:
    """Read a population's manifest; an absent one is an empty population."""
    try:
        content = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Manifest()
    except ValueError as error:
        raise ConflictError(
            f"{folder / FILE_NAME} is damaged ({error}): restore it, or move {folder} away and ingest again"
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ConflictError(
            f"{folder / FILE_NAME} is not of format {FORMAT}, which this version needs: "
            "use the version of mask-audit that made it"
        )
    return Manifest(settings=tuple(_setting(each) for each in content["settings"]))


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace a population's manifest in one step."""
    beside = folder / f".{FILE_NAME}.{os.getpid()}"
    with beside.open("w", encoding="utf-8") as file:
        json.dump(
            {"format": FORMAT, "settings": [asdict(each) for each in manifest.settings]}, file, indent=1
        )
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / FILE_NAME)


def source_key(source: SourceRecord) -> str:
    """Give the SHA-256 of what a source's rows depend on: its bytes, and the way they were read."""
    parts = (
        source.fingerprint,
        source.split or "",
        source.id_key or "",
        source.base_fingerprint or "",
        repr(source.matched),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _setting(content: dict[str, object]) -> SettingRecord:
    sources = content.pop("sources")
    if not isinstance(sources, list):
        raise ConflictError(f"setting {content.get('setting')!r} of the manifest has no list of sources")
    return SettingRecord(**content, sources=tuple(_source(each) for each in sources))  # type: ignore[arg-type]


def _source(content: dict[str, object]) -> SourceRecord:
    problems = content.pop("problems")
    if not isinstance(problems, list):
        raise ConflictError(f"file {content.get('file')!r} of the manifest has no list of problems")
    records = (ProblemRecord(**each | {"example_ids": tuple(each["example_ids"])}) for each in problems)
    matched = content.pop("matched")
    return SourceRecord(
        **content,  # type: ignore[arg-type]
        matched=tuple(matched) if isinstance(matched, list) else None,
        problems=tuple(records),
    )
