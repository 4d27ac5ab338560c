"""Loads what a board shows: which samples, settings and features there are; the masks and their verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.errors import InputError, NotReadyError
from audit.features.catalogue import Needs
from audit.features.references import OF_ONE, OF_PAIRS, FeatureReference, parse_reference
from audit.jobs.measured import refuse_unmeasured
from audit.jobs.progress import SILENT
from audit.jobs.tuning_data import TuningData, load_tuning_data
from audit.jobs.tuning_features import BY_DEFAULT, telling_features
from audit.jobs.tuning_masks import load_tuning_masks
from audit.jobs.workspace import Workspace
from audit.settings import Settings
from db.features import load_mark
from db.population import Population
from db.reviews import count_entries
from db.samples import load_samples
from db.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a board can be of.

    Attributes:
        samples: the latest first, at least one.
        settings: of the population, in order of ingestion, at least one.
        stamp: another one whenever masks, features, samples or verdicts are.
        at: when these were looked at.
    """

    samples: tuple[str, ...]
    settings: tuple[str, ...]
    stamp: str
    at: datetime

    def references(self, setting: str) -> tuple[FeatureReference, ...]:
        """The features that a mask of a setting may have; those that compare need another setting."""
        others = [name for name in self.settings if name != setting]
        alone = [
            FeatureReference(name=name)
            for name, feature in OF_ONE.items()
            if others or feature.needs is not Needs.SETTINGS
        ]
        if not others:
            return tuple(alone)
        lowest = [FeatureReference(name=name) for name in OF_PAIRS]
        of_pairs = [FeatureReference(name=name, other=other) for other in others for name in OF_PAIRS]
        return (*lowest, *(of_pairs if len(others) > 1 else ()), *alone)


def open_board(store: Store, settings: Settings) -> Workspace:
    """Give the workspace that an open page is of."""
    return Workspace(settings=settings, store=store, population=Population(settings.population_folder))


def load_choices(workspace: Workspace, now: datetime) -> Choices:
    """Give what a board can be of.

    Raises:
        NotReadyError: there are no masks or no sample, or the masks are not measured; it says what to do.
        StoreError: there is no sample, or the store does not answer.
    """
    manifest = workspace.population.manifest()
    if not manifest.settings:
        raise NotReadyError("there are no masks yet: mask-audit ingest FILE --setting NAME")
    refuse_unmeasured(workspace.population)
    with workspace.store.reading() as transaction:
        samples = load_samples(transaction)
        n_entries = count_entries(transaction)
    if not samples:
        raise NotReadyError("there is no sample yet: draw one with mask-audit sample, then review it")
    drawn = ",".join(
        f"{each.sample_id} {each.created_at.isoformat()} {sum(stratum.n_units for stratum in each.strata)}"
        for each in samples
    )
    return Choices(
        samples=tuple(each.name for each in reversed(samples)),
        settings=tuple(each.setting for each in manifest.settings),
        at=now,
        stamp=f"{workspace.settings.folder} {load_mark(workspace.population)} {drawn} {n_entries}",
    )


def load_usual_features(workspace: Workspace, setting: str) -> tuple[FeatureReference, ...]:
    """Give the features that a board shows at first: those that `tune` tries where nobody names any.

    None where none of them tells the masks of the setting apart.

    Raises:
        NotReadyError: the masks are not measured.
        StoreError: there is no such setting.
    """
    records = [workspace.population.manifest().get(setting)]
    masks = load_tuning_masks(workspace.population, records, BY_DEFAULT, (), progress=SILENT).masks
    try:
        return telling_features(masks).references
    except InputError:
        return ()


def load_board(workspace: Workspace, sample: str, setting: str, references: Sequence[str]) -> TuningData:
    """Load the masks of a setting with some features, and the verdicts of a sample on them.

    Raises:
        InputError: as of `load_tuning_data`, or the setting has no mask at all.
        StoreError: the same.
    """
    data = load_tuning_data(
        workspace,
        [setting],
        [parse_reference(each) for each in references],
        sample=sample,
        progress=SILENT,
    )
    if not data.masks.n_masks:
        raise InputError(f"setting {setting!r} has no masks: choose another, or ingest a file that has some")
    return data
