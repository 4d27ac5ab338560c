"""Writes the statistics of a dataset in every format asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from audit.jobs.document_files import (
    WrittenFiles,
    check_folder,
    check_outside,
    write_document_files,
    written_text,
)
from audit.jobs.progress import Progress
from audit.jobs.report import ILLUSTRATED
from audit.jobs.stats.against import STATS_FILE, OtherDataset, load_others
from audit.jobs.stats.area_shares import count_area_shares
from audit.jobs.stats.dataset_numbers import naming_of, numbers_of, setting_to_count
from audit.jobs.stats.examples import ExampleRequest, draw_examples
from audit.jobs.workspace import Workspace
from db.manifest import SettingRecord
from db.population import Population
from db.statistics import count_elsewhere, open_statistics
from reports.formats import Format, render_document
from reports.numbers import count_text, counted_text
from reports.stats.content import OtherSetting, StatsContent
from reports.stats.document import stats_document
from reports.stats.json_document import numbers_json, others_json, render_stats_json


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsRequest:
    """What to count, and where to write it.

    Attributes:
        setting: None for the first that was ingested.
        against: other datasets.
        n_examples: masks that are shown; 0 for no pictures.
    """

    folder: Path
    setting: str | None
    against: tuple[OtherDataset, ...]
    n_examples: int
    formats: tuple[Format, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenStats:
    """What was counted, and the files it went to."""

    content: StatsContent
    files: WrittenFiles


def write_stats(
    workspace: Workspace, request: StatsRequest, *, now: datetime, counting: Progress, drawing: Progress
) -> WrittenStats:
    """Count the annotations of a setting and write what they are; every file is replaced whole.

    Raises:
        InputError: nothing is ingested, the folder cannot be one, or another dataset has no numbers.
        NotFoundError: there is no such setting.
        UnreachableError: the disk is full, or files of the population are gone.
    """
    check_folder(request.folder)
    check_outside(request.folder, workspace.population.folder)
    population, naming = workspace.population, naming_of(workspace.settings)
    setting = setting_to_count(population, request.setting)
    against = load_others(request.against, counting)
    area = count_area_shares(population, setting, counting)
    shown = ExampleRequest(
        n_examples=request.n_examples if ILLUSTRATED.intersection(request.formats) else 0,
        seed=workspace.settings.seed,
        workers=workspace.workers,
    )
    with open_statistics(population, setting, naming) as statistics:
        numbers = numbers_of(statistics, setting.setting, area)
        examples = draw_examples(population, setting, statistics, shown, drawing)
    content = StatsContent(
        numbers=numbers,
        files=tuple(source.file for source in setting.sources),
        others=_others(population, setting),
        against=against,
        examples=examples,
        version=f"mask-audit {version('mask-audit')}",
        created_at=now,
    )
    files = render_document(stats_document(content), request.formats)
    if Format.JSON in request.formats:
        files = {STATS_FILE: render_stats_json(content).encode(), **files}
    return WrittenStats(content=content, files=write_document_files(request.folder, files))


def summary(written: WrittenStats) -> list[str]:
    """Give the totals in words, and where the files are."""
    numbers = written.content.numbers
    lines = [
        f"{numbers.setting}: {counted_text(numbers.total.n_annotations, 'annotation')} of "
        f"{count_text(numbers.total.n_entities)} entities on {counted_text(numbers.n_images, 'image')}"
    ]
    lines += [
        f"{other.setting} shows the same mentions and is not counted: "
        f"{counted_text(other.n_annotations, 'annotation')}"
        for other in written.content.others
        if not other.n_elsewhere
    ]
    lines += [f"warning: {warning}" for warning in stats_document(written.content).warnings]
    return [*lines, *written_text(written.files)]


def as_json(written: WrittenStats) -> dict[str, object]:
    """Give what was counted, and the files that were written."""
    return {
        "files": [str(file) for file in written.files.files],
        "numbers": numbers_json(written.content.numbers),
        "settings_not_counted": others_json(written.content),
        "warnings": list(stats_document(written.content).warnings),
    }


def others_of(given: Sequence[tuple[str, Path]]) -> tuple[OtherDataset, ...]:
    """Give other datasets by name and place."""
    return tuple(OtherDataset(name=name, place=place) for name, place in given)


def _others(population: Population, counted: SettingRecord) -> tuple[OtherSetting, ...]:
    """The settings that are not counted; those filtered from the counted one have no mention of their own."""
    others = [each for each in population.manifest().settings if each.setting != counted.setting]
    looked_at = [each for each in others if each.subset_of != counted.setting]
    n_elsewhere = count_elsewhere(population, counted, looked_at)
    return tuple(
        OtherSetting(
            setting=each.setting,
            n_annotations=each.n_annotations,
            n_elsewhere=n_elsewhere.get(each.setting, 0),
            subset_of=each.subset_of,
        )
        for each in others
    )
