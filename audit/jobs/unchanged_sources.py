"""Opens the files that a setting was ingested from, and refuses those that are no longer what they were."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from audit.coco.source import Source, open_source
from audit.errors import InputError
from audit.jobs.progress import Progress
from audit.jobs.reading import fingerprint
from db.manifest import SettingRecord, SourceRecord


def unchanged_sources(setting: SettingRecord, progress: Progress) -> list[Source]:
    """Open the sources of a setting, every byte of which is as it was ingested.

    Raises:
        InputError: the setting has none, or naming those that are gone or have changed.
    """
    if not setting.sources:
        raise InputError(f"setting {setting.setting!r} has no files: ingest some first")
    _refuse("are gone", setting, [each for each in setting.sources if not Path(each.path).exists()])
    progress.start(sum(source.n_bytes for source in setting.sources))
    changed, sources = [], []
    with ThreadPoolExecutor(1) as thread:  # which leaves the main one to Ctrl-C
        for record in setting.sources:
            source = thread.submit(_unchanged, record).result()
            progress.advance(record.n_bytes)
            if source is None:
                changed.append(record)
            else:
                sources.append(source)
    _refuse("have changed", setting, changed)
    return sources


def _unchanged(record: SourceRecord) -> Source | None:
    try:
        source = open_source(Path(record.path))
    except InputError:  # what is no source any more is not what was ingested
        return None
    return source if fingerprint(source) == record.fingerprint else None


def _refuse(what: str, setting: SettingRecord, records: Sequence[SourceRecord]) -> None:
    if records:
        named = ", ".join(record.path for record in records)
        raise InputError(
            f"since setting {setting.setting!r} was ingested, files {what}: {named}; put back what was "
            "there, or ingest what is there now and measure it"
        )
