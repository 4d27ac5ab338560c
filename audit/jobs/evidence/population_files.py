"""What a bundle holds of the population: which files there were, and what the report says of them."""

from dataclasses import replace
from pathlib import Path, PurePath
from shutil import copyfile

from audit.jobs.population_facts import load_population_facts
from audit.jobs.workspace import Workspace
from db.manifest import Manifest, SettingRecord, SourceRecord, save_manifest
from db.population_facts import save_facts
from db.records import Sample
from db.risk_frames import risk_frame_file
from sampling.estimation.estimate import NoEstimate

POPULATION_FOLDER = "population"


def write_population_files(folder: Path, workspace: Workspace, sample: Sample) -> None:
    """Write what is known of the population into the folder of a bundle: no annotation is in it.

    Of the ingested files there are names, fingerprints and accounts, but no place where they lay; of a sample
    by risk, what it was drawn from.
    """
    kept = folder / POPULATION_FOLDER
    kept.mkdir()
    save_manifest(kept, without_places(workspace.population.manifest()))
    facts = load_population_facts(workspace, sample.frame)
    if not isinstance(facts, NoEstimate):
        save_facts(kept, facts)
    frame = sample.waves[-1].frame if sample.waves else None
    if frame is not None:
        lies_at = risk_frame_file(workspace.population.folder, frame)
        if lies_at.is_file():
            copyfile(lies_at, kept / lies_at.name)


def without_places(manifest: Manifest) -> Manifest:
    """Give a manifest without a path of the machine that it was made on."""
    return Manifest(settings=tuple(map(_without_places, manifest.settings)))


def _without_places(setting: SettingRecord) -> SettingRecord:
    return replace(setting, sources=tuple(map(_nowhere, setting.sources)))


def _nowhere(source: SourceRecord) -> SourceRecord:
    return replace(
        source,
        path=source.file,
        images_root=None,
        base=None if source.base is None else PurePath(source.base).name,
    )
