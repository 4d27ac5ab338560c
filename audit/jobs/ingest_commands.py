"""The commands that ingest what a filter wrote, as a person would type them."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from audit.jobs.given_ids import id_key_of
from audit.names import with_ending
from db.manifest import Manifest, SettingRecord, SourceRecord

FILTERED = " after filtering"
"""How the settings end that the commands name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsetName:
    """The setting that the filtered files are to be ingested as.

    Attributes:
        held: paths of the files that it has already.
        remarks: what stands under the names that were passed over.
    """

    name: str
    held: frozenset[str]
    remarks: tuple[str, ...]


def subset_name(manifest: Manifest, setting: SettingRecord, folder: Path) -> SubsetName:
    """Give the first name that is free, or that of what was filtered into this folder before.

    Args:
        manifest: of the population.
        setting: that is filtered.
        folder: that the filtered files are in, resolved.
    """
    passed: list[SettingRecord] = []
    for number in count(1):
        name = with_ending(setting.setting, FILTERED if number == 1 else f"{FILTERED} {number}")
        held = manifest.find(name)
        if held is None or _is_of(held, setting, folder):
            break
        passed.append(held)
    paths = frozenset(source.path for source in held.sources) if held else frozenset()
    remarks = tuple(_passed_over(each, setting, name) for each in passed)
    return SubsetName(name=name, held=paths, remarks=remarks)


def ingest_commands(
    setting: SettingRecord, written: Mapping[str, Path], name: str, workspace: Path | None
) -> tuple[str, ...]:
    """Give the commands: one for all sources that were read in the same way.

    Args:
        setting: that was filtered.
        written: path of a source → path of its filtered file, of those to be ingested.
        name: of the setting that they become.
        workspace: as it was named, or None where it is found from the working folder.
    """
    groups: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    for source in setting.sources:
        if source.path in written:
            groups.setdefault(_options(source), []).append(written[source.path])
    named = [("--setting", name), ("--subset-of", setting.setting)]
    if workspace is not None:
        named.append(("--workspace", str(workspace.resolve())))
    return tuple(
        shlex.join(["mask-audit", "ingest", *map(str, files), *_words((*named, *way))])
        for way, files in groups.items()
    )


def _is_of(held: SettingRecord, setting: SettingRecord, folder: Path) -> bool:
    """Whether a setting is what was filtered from another into a folder, and nothing besides."""
    return held.subset_of == setting.setting and all(
        Path(source.path).parent == folder for source in held.sources
    )


def _passed_over(held: SettingRecord, setting: SettingRecord, name: str) -> str:
    if held.subset_of != setting.setting:
        return f"there is a setting {held.setting!r} of another origin: this one is named {name!r}"
    folders = " and ".join(sorted({str(Path(source.path).parent) for source in held.sources}))
    return (
        f"{held.setting!r} is what was filtered into {folders}: this one is named {name!r}; filter into "
        "the same folder again to replace the former"
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
