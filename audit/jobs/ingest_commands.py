"""The commands that ingest what a filter wrote, as a person would type them."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from audit.jobs.given_ids import id_key_of
from db.manifest import SettingRecord, SourceRecord

FILTERED = "{setting} after filtering"
"""The setting that the commands name."""


def ingest_commands(
    setting: SettingRecord, written: Mapping[str, Path], workspace: Path | None
) -> tuple[str, ...]:
    """Give the commands: one for all sources that were read in the same way.

    Args:
        setting: that was filtered.
        written: path of a source → path of its filtered file.
        workspace: as it was named, or None where it is found from the working folder.
    """
    groups: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    for source in setting.sources:
        groups.setdefault(_options(source), []).append(written[source.path])
    named = [("--setting", FILTERED.format(setting=setting.setting)), ("--subset-of", setting.setting)]
    if workspace is not None:
        named.append(("--workspace", str(workspace.resolve())))
    return tuple(
        shlex.join(["mask-audit", "ingest", *map(str, files), *_words((*named, *way))])
        for way, files in groups.items()
    )


def _words(options: Iterable[tuple[str, str]]) -> Iterator[str]:
    for option, value in options:
        yield from (f"{option}={value}",) if value.startswith("-") else (option, value)


def _options(source: SourceRecord) -> tuple[tuple[str, str], ...]:
    options = (
        ("--images", source.images_root),
        ("--base", source.base),
        ("--split", source.split),
        ("--id-key", id_key_of(source)),
    )
    return tuple((option, value) for option, value in options if value is not None)
