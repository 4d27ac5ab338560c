"""Reads what a bundle holds beside its rows and report: its settings, and what it says of the population."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from audit.errors import InputError
from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.json_shapes import fits
from audit.jobs.evidence.population_files import POPULATION_FOLDER
from audit.jobs.evidence.settings_file import SETTINGS_FILE, load_settings_file
from db.manifest import FILE_NAME, FORMAT, SettingRecord
from db.population_facts import FACTS_FILE, PopulationFacts

MANIFEST = f"{POPULATION_FOLDER}/{FILE_NAME}"
FACTS = f"{POPULATION_FOLDER}/{FACTS_FILE}"


def check_parts(folder: Path) -> Check:
    """Tell whether the settings, the manifest and the facts of an unpacked bundle can be read."""
    differences = [*_settings_differences(folder), *_manifest_differences(folder)]
    if (folder / FACTS).is_file():
        differences += _facts_differences(folder)
    said = "the settings, and what is said of the population, can be read"
    return Check(name="settings", said=said, differences=tuple(differences))


def _settings_differences(folder: Path) -> Iterator[Difference]:
    with TemporaryDirectory(prefix="mask-audit-") as place:
        try:
            load_settings_file(folder, Path(place))
        except InputError as error:
            yield Difference(where=SETTINGS_FILE, what=str(error).removeprefix(f"{SETTINGS_FILE}: "))


def _manifest_differences(folder: Path) -> Iterator[Difference]:
    found = _json(folder / MANIFEST)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        yield Difference(where=MANIFEST, what=f"it is gone or damaged, or not of format {FORMAT}")
    elif not fits(found.get("settings"), tuple[SettingRecord, ...]):
        yield Difference(where=MANIFEST, what="its settings are not what a population's manifest has")


def _facts_differences(folder: Path) -> Iterator[Difference]:
    if not fits(_json(folder / FACTS), PopulationFacts):
        yield Difference(where=FACTS, what="it is damaged, or does not say what the population is of")


def _json(file: Path) -> object:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # what is none is of no shape
        return None
