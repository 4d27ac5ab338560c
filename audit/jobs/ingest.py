"""Brings annotation files into the population: all of the files named become part of a setting, or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from audit.coco.source import Source, open_source
from audit.errors import InputError
from audit.jobs.accounts import FileAccount
from audit.jobs.matching import match_by_overlap
from audit.jobs.progress import Progress
from audit.jobs.reading import ReadRequest, fingerprint, stage_source
from audit.names import check_name
from audit.review.roots import check_root
from db.manifest import Manifest, ProblemRecord, SettingRecord, SourceRecord
from db.population import ANNOTATIONS_FILE, Population
from db.population_checks import find_shared_ids


class Strictness(StrEnum):
    """What to do about files in which something is wrong."""

    TOLERANT = "tolerant"
    """Normalise or skip, and say so."""
    STRICT = "strict"
    """Refuse them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRequest:
    """What to ingest; the options of the command, as they were given.

    Attributes:
        images: folder or URL that file names are relative to.
        match: the setting whose ids the masks take, by overlap of at least `match_iou`.
        subset_of: the setting that this one is filtered from.
    """

    files: tuple[Path, ...]
    setting: str
    reference: str | None = None
    model: str | None = None
    split: str | None = None
    images: str | None = None
    base: Path | None = None
    id_key: str | None = None
    match: str | None = None
    match_iou: float = 0.5
    subset_of: str | None = None
    strictness: Strictness = Strictness.TOLERANT


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """What became of a request.

    Attributes:
        accounts: of the files that were read.
        remarks: what was skipped, replaced or matched, in sentences.
        n_annotations: of the whole setting.
    """

    setting: str
    accounts: tuple[FileAccount, ...]
    remarks: tuple[str, ...]
    n_annotations: int
    n_bytes_on_disk: int


def run_ingest(
    population: Population, request: IngestRequest, *, workers: int, progress: Progress
) -> IngestResult:
    """Read files into a setting of the population; an interruption leaves it as it was.

    A file whose content is part of the setting already, read in the same way, is skipped; one that was
    ingested from the same place with other content, or is now to be read in another way, is replaced.

    Raises:
        InputError: an option contradicts another or the population, a file cannot be read, an id stands in
            two files, or, where strict, something is wrong in a file.
    """
    images_root = _checked_root(request.images)
    sources = _open_sources(request.files)
    base = open_source(request.base) if request.base else None
    base_fingerprint = fingerprint(base) if base else None
    with population.staging() as staging:
        setting = _setting(population.manifest(), request)
        plan = _plan(setting, sources, request, images_root, base_fingerprint)
        progress.start(sum(source.n_bytes for source in plan.to_read))
        read = ReadRequest(
            setting=request.setting, base=base, id_key=request.id_key, split=request.split, workers=workers
        )
        staged: list[tuple[Path, SourceRecord]] = []
        accounts: list[FileAccount] = []
        for source in plan.to_read:
            folder = staging.new_folder()
            account = stage_source(source, folder, read, progress)
            accounts.append(account)
            staged.append((folder, _record(account, request, images_root, base_fingerprint)))
        if request.strictness is Strictness.STRICT:
            _refuse_problems(accounts)
        remarks = [*plan.remarks]
        if request.match is not None and staged:
            theirs = population.manifest().get(request.match)
            matched = match_by_overlap(population, theirs, staged, least_iou=request.match_iou)
            remarks.append(matched.sentence(request.setting, theirs.setting))
        kept = replace(setting, sources=plan.kept)
        _refuse_shared_ids(population, kept, staged)
        whole = staging.commit(kept, staged)
    return IngestResult(
        setting=request.setting,
        accounts=tuple(accounts),
        remarks=tuple(remarks),
        n_annotations=whole.n_annotations,
        n_bytes_on_disk=population.n_bytes(),
    )


def examine(
    files: Sequence[Path],
    *,
    base: Path | None,
    id_key: str | None,
    split: str | None,
    workers: int,
    progress: Progress,
) -> list[FileAccount]:
    """Give the account that ingesting would give of each file, and write nothing that stays.

    Raises:
        InputError: a file cannot be read.
    """
    sources = _open_sources(files)
    request = ReadRequest(
        setting="", base=open_source(base) if base else None, id_key=id_key, split=split, workers=workers
    )
    progress.start(sum(source.n_bytes for source in sources))
    accounts = []
    for source in sources:
        with TemporaryDirectory(prefix="mask-audit-") as folder:
            accounts.append(stage_source(source, Path(folder), request, progress))
    return accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Which files to read, which of the setting's sources stay, and what to say of the others."""

    to_read: tuple[Source, ...]
    kept: tuple[SourceRecord, ...]
    remarks: tuple[str, ...]


def _plan(
    setting: SettingRecord,
    sources: Sequence[Source],
    request: IngestRequest,
    images_root: str | None,
    base_fingerprint: str | None,
) -> _Plan:
    to_read: list[Source] = []
    kept = list(setting.sources)
    remarks: list[str] = []
    for source in sources:
        old = _held(source, kept)
        if old is None:
            to_read.append(source)
        elif (
            _is_read_alike(old, request, images_root, base_fingerprint)
            and fingerprint(source) == old.fingerprint
        ):
            remarks.append(f"{source.name}: part of {setting.setting} already, skipped")
            if not Path(old.path).exists():
                kept[kept.index(old)] = replace(old, path=str(source.path.resolve()))
        else:
            kept.remove(old)
            to_read.append(source)
            remarks.append(f"{source.name}: replaces what {old.path} held before")
    return _Plan(to_read=tuple(to_read), kept=tuple(kept), remarks=tuple(remarks))


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


def _is_read_alike(
    record: SourceRecord, request: IngestRequest, images_root: str | None, base_fingerprint: str | None
) -> bool:
    return (record.split, record.images_root, record.id_key, record.base_fingerprint) == (
        request.split,
        images_root,
        request.id_key,
        base_fingerprint,
    )


def _open_sources(files: Sequence[Path]) -> list[Source]:
    sources = [open_source(file) for file in files]
    paths = [source.path.resolve() for source in sources]
    repeated = sorted({str(path) for path in paths if paths.count(path) > 1})
    if repeated:
        raise InputError(f"{', '.join(repeated)} is named twice: name every file once")
    return sources


def _checked_root(images: str | None) -> str | None:
    if images is None:
        return None
    check_root(images)
    return _absolute(images)


def _absolute(root: str) -> str:
    """The root as it is found from any working folder: local paths, also of archives, made absolute."""
    before, chained, last = root.rpartition("::")
    protocol, is_url, rest = last.partition("://")
    if not is_url:
        return before + chained + str(Path(last).resolve())
    if protocol in ("zip", "tar") and not chained:
        return f"{protocol}://{Path(rest).resolve()}"
    return root


def _setting(manifest: Manifest, request: IngestRequest) -> SettingRecord:
    _check_names(manifest, request)
    asked = SettingRecord(
        setting=request.setting,
        reference=request.reference,
        model=request.model,
        subset_of=request.subset_of,
        matched_to=request.match,
        match_iou=request.match_iou if request.match else None,
    )
    held = manifest.find(request.setting)
    if held is None:
        return asked
    for option in ("reference", "model", "subset_of"):
        new, old = getattr(asked, option), getattr(held, option)
        if new is not None and new != old:
            raise InputError(
                f"setting {held.setting!r} has {option.replace('_', ' ')} {old!r}, not {new!r}: "
                "leave the option out, or name another --setting"
            )
    return replace(
        held,
        matched_to=asked.matched_to or held.matched_to,
        match_iou=asked.match_iou or held.match_iou,
    )


def _check_names(manifest: Manifest, request: IngestRequest) -> None:
    for option, name in (
        ("--setting", request.setting),
        ("--reference", request.reference),
        ("--model", request.model),
        ("--split", request.split),
    ):
        if name is not None:
            check_name(option, name)
    if not 0 < request.match_iou <= 1:
        raise InputError(f"--match-iou {request.match_iou:g} is not above 0 and at most 1")
    for option, other in (("--match", request.match), ("--subset-of", request.subset_of)):
        if other is None:
            continue
        if other == request.setting:
            raise InputError(f"{option} {other!r} is the setting itself: name another one")
        manifest.get(other)


def _record(
    account: FileAccount, request: IngestRequest, images_root: str | None, base_fingerprint: str | None
) -> SourceRecord:
    return SourceRecord(
        file=account.file,
        path=account.path,
        fingerprint=account.fingerprint,
        n_bytes=account.n_bytes,
        split=request.split,
        images_root=images_root,
        base=str(request.base.resolve()) if request.base else None,
        base_fingerprint=base_fingerprint,
        id_key=request.id_key,
        folder="",
        n_annotations=account.n_annotations,
        n_written=account.n_written,
        n_normalised=account.n_normalised,
        n_skipped=account.n_skipped,
        dialects=dict(account.dialects),
        problems=tuple(
            ProblemRecord(kind=problem.kind, n=problem.n, example_ids=problem.example_ids)
            for problem in account.problems
        ),
    )


def _refuse_problems(accounts: Iterable[FileAccount]) -> None:
    found = [
        f"{account.file}: {problem.n:,} × {problem.kind} ({', '.join(problem.example_ids)})"
        for account in accounts
        for problem in account.problems
    ]
    if found:
        raise InputError(f"--strict, and nothing was ingested: {'; '.join(found)}")


def _refuse_shared_ids(
    population: Population, kept: SettingRecord, staged: Sequence[tuple[Path, SourceRecord]]
) -> None:
    files = population.files(kept, ANNOTATIONS_FILE)
    files += [str(folder / ANNOTATIONS_FILE) for folder, _ in staged]
    shared = find_shared_ids(files) if len(files) > 1 else None
    if shared is not None:
        raise InputError(
            f"{shared.n:,} annotation ids stand in more than one file of setting {kept.setting!r} "
            f"({', '.join(shared.example_ids)}, …), and nothing was ingested: make the ids of a setting "
            "unique, or ingest the files as settings of their own"
        )
