"""Applies rules to a setting: writes its source files again, some annotations dropped, some corrected."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from audit.errors import UnavailableError
from audit.executors.executor import open_executor
from audit.jobs.decisions import Decider
from audit.jobs.files import write_text
from audit.jobs.filter_summary import (
    Counts,
    FilteredFile,
    FilterSummary,
    count_decisions,
    n_of,
    summaries,
)
from audit.jobs.filtered_files import FileToFilter, main_dialect, write_decisions, write_files
from audit.jobs.filtered_folder import (
    DECISIONS_FILE,
    RULES_FILE,
    SUMMARY_FILE,
    check_target,
    file_names,
    open_folder,
)
from audit.jobs.given_ids import giving_of
from audit.jobs.ingest_commands import ingest_commands, subset_name
from audit.jobs.measured import open_measured_masks
from audit.jobs.progress import Progress
from audit.jobs.rule_files import load_rule_set
from audit.jobs.stored_masks import open_mask_places
from audit.jobs.unchanged_sources import unchanged_sources
from audit.rules.rule import Action
from audit.rules.rule_set import RuleSet
from audit.rules.rule_toml import write_rule_set
from db.manifest import Manifest, SettingRecord
from db.population import Population

_HOW_TO_GO_ON = "ingest it as a subset, whose kept masks have the verdicts that they had:"
_BY_EYE = "the [evidence] of the rules certifies nothing: their thresholds were set by eye"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRequest:
    """What to filter, and who does it.

    Attributes:
        rules: a TOML file.
        out: folder for the result.
        workspace: as it was named, for the commands that ingest the result; None is the nearest upwards.
        scheduler: address of a Dask scheduler whose workers decide, or None for processes of this machine.
        n_workers: processes that decide, threads that write.
    """

    setting: str
    rules: Path
    out: Path
    workspace: Path | None
    scheduler: str | None
    n_workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterResult:
    """What became of a request.

    Attributes:
        out: the folder, absolute.
        replaces: whether it held what a former filter wrote.
    """

    summary: FilterSummary
    out: Path
    replaces: bool

    def as_lines(self) -> list[str]:
        """Give it for people: the table, what is in the folder, and how to go on."""
        replaced = " (in place of what was filtered there before)" if self.replaces else ""
        return [
            *self.summary.as_lines(),
            *(each.as_line() for each in self.summary.files),
            f"written to {self.out}{replaced}; {DECISIONS_FILE} says what was dropped or corrected, and why",
            *self.summary.remarks,
            *([_HOW_TO_GO_ON] if self.summary.commands else []),
            *(f"  {command}" for command in self.summary.commands),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _GoingOn:
    """The commands that ingest the result, and what is to be said of them."""

    commands: tuple[str, ...]
    remarks: tuple[str, ...]


def run_filter(
    population: Population,
    request: FilterRequest,
    *,
    checking: Progress,
    deciding: Progress,
    writing: Progress,
) -> FilterResult:
    """Write a setting's source files again as rules have them; an interruption leaves everything as it was.

    Args:
        population: holds the setting, and the features that the rules look at.
        request: what to filter.
        checking: of bytes of the sources, which must be those that were ingested.
        deciding: of annotations.
        writing: of bytes of the sources.

    Raises:
        InputError: the rules cannot be applied to the setting, features are missing, a source is gone or has
            changed, or the folder is not for this.
        UnavailableError: workers cannot be reached, or the disk is full.
        NotFoundError: there is no such setting.
    """
    setting = population.manifest().get(request.setting)
    rule_set = load_rule_set(population, setting, request.rules)
    target = request.out.resolve()
    replaces = check_target(target, setting, population)
    sources = unchanged_sources(setting, checking)
    givings = list(map(giving_of, setting.sources, sources))
    with open_folder(target) as folder:
        with (
            _named_errors(population),
            open_measured_masks(population, setting, rule_set.references) as masks,
            open_mask_places(population, setting) as places,
            open_executor(scheduler=request.scheduler, n_workers=request.n_workers) as execute,
        ):
            decider = Decider(
                population=population, setting=setting, rule_set=rule_set, givings=givings, execute=execute
            )
            decisions = decider.write_decisions(masks, places, folder.work, deciding)
        files = [
            FileToFilter(source=source, decisions=decided, name=name, dialect=main_dialect(record))
            for record, source, decided, name in zip(
                setting.sources, sources, decisions, file_names(setting.sources), strict=True
            )
        ]
        n_elements = write_files(files, folder.files, workers=request.n_workers, progress=writing)
        summary = _summary(files, n_elements, rule_set, request, setting, population.manifest())
        write_decisions(files, folder.files / DECISIONS_FILE)
        write_text(folder.files / RULES_FILE, write_rule_set(rule_set))
        write_text(folder.files / SUMMARY_FILE, json.dumps(summary.as_json(), ensure_ascii=False, indent=1))
    return FilterResult(summary=summary, out=target, replaces=replaces)


@contextmanager
def _named_errors(population: Population) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UnavailableError(
            f"the masks in {population.folder} cannot be decided on ({reason}): check that the disk has "
            "room, that nobody removed the population's files, and that Dask workers, if any, find them "
            "under the same path; nothing was written"
        ) from error


def _summary(
    files: Sequence[FileToFilter],
    n_elements: Sequence[int],
    rule_set: RuleSet,
    request: FilterRequest,
    setting: SettingRecord,
    manifest: Manifest,
) -> FilterSummary:
    counts = [count_decisions(file.decisions) for file in files]
    *splits, total = summaries(sum(counts, Counts()), [rule.name for rule in rule_set.rules])
    accounts = tuple(map(_account, files, n_elements, counts))
    goes_on = _how_to_go_on(manifest, setting, accounts, request)
    is_by_eye = rule_set.evidence is not None and rule_set.evidence.n_certifying == 0
    return FilterSummary(
        setting=request.setting,
        rules=str(request.rules.resolve()),
        files=accounts,
        splits=tuple(splits),
        total=total,
        commands=goes_on.commands,
        remarks=(*((_BY_EYE,) if is_by_eye else ()), *goes_on.remarks),
    )


def _how_to_go_on(
    manifest: Manifest, setting: SettingRecord, accounts: Sequence[FilteredFile], request: FilterRequest
) -> _GoingOn:
    """The commands that ingest what is kept, and files of which something was kept before."""
    folder = request.out.resolve()
    subset = subset_name(manifest, setting, folder)
    written = {
        source.path: folder / account.file
        for source, account in zip(setting.sources, accounts, strict=True)
        if account.n_kept or str(folder / account.file) in subset.held
    }
    commands = ingest_commands(setting, written, subset.name, request.workspace)
    empty = [account.file for account in accounts if not account.n_kept]
    if len(empty) == len(accounts):
        return _GoingOn(commands=(), remarks=("nothing is kept: there is nothing to ingest",))
    nothing = tuple(f"nothing is kept of {file}: there is nothing to ingest of it" for file in empty)
    return _GoingOn(commands=commands, remarks=(*nothing, *subset.remarks))


def _account(file: FileToFilter, n_elements: int, counts: Counts) -> FilteredFile:
    n_before, n_dropped = counts.total(), n_of(counts, Action.DROP)
    return FilteredFile(
        file=file.name,
        source=str(file.source.path.resolve()),
        n_before=n_before,
        n_dropped=n_dropped,
        n_corrected=n_of(counts, Action.CORRECT),
        n_kept=n_before - n_dropped,
        n_given_ids=sum(n for count, n in counts.items() if count.is_given and count.action != Action.DROP),
        n_left_out=n_elements - n_before,
    )
