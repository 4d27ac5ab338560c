"""Brings annotation files into the population: all of the files named become part of a setting, or none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from audit.coco.source import Source
from audit.errors import InputError
from audit.jobs.accounts import FileAccount
from audit.jobs.matching import match_by_overlap
from audit.jobs.progress import Progress
from audit.jobs.reading import ReadRequest, fingerprint, stage_source
from audit.jobs.sources import (
    Way,
    check_id_key,
    open_base,
    open_sources,
    plan_reading,
    refuse_shared_ids,
)
from audit.names import check_name
from audit.review.roots import check_root
from db.manifest import Manifest, ProblemRecord, SettingRecord, SourceRecord, frame_files
from db.manifest import fingerprint as files_fingerprint
from db.population import ANNOTATIONS_FILE, Population
from db.population_checks import count_common
from db.subset_mentions import take_mentions


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
        subset_of: the setting that this one is filtered from; a mask is of the mention which that setting has
            under its id.
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
    _check_request(request)
    sources = open_sources(request.files)
    base = open_base(request.base)
    with population.staging() as staging:
        manifest = population.manifest()
        setting, remarks = _setting(manifest, request)
        way = _way(manifest, request, base)
        plan = plan_reading(population, setting, sources, way)
        progress.start(sum(source.n_bytes for source in plan.to_read))
        read = ReadRequest(
            setting=request.setting, base=base, id_key=request.id_key, split=request.split, workers=workers
        )
        folders = [staging.new_folder() for _ in plan.to_read]
        accounts = [
            stage_source(source, folder, read, progress)
            for source, folder in zip(plan.to_read, folders, strict=True)
        ]
        staged = [(folder, _record(account, way)) for account, folder in zip(accounts, folders, strict=True)]
        remarks += plan.remarks
        if request.match is not None and staged:
            theirs = manifest.get(request.match)
            matched = match_by_overlap(
                population, theirs, staged, setting=request.setting, least_iou=request.match_iou
            )
            accounts = [
                account.with_ids_taken(n) for account, n in zip(accounts, matched.n_matched, strict=True)
            ]
            staged = [
                (folder, _record(account, way)) for account, folder in zip(accounts, folders, strict=True)
            ]
            remarks.append(matched.sentence(request.setting, theirs.setting))
        if request.strictness is Strictness.STRICT:
            _refuse_problems(accounts)
        whole_of = manifest.get(setting.subset_of) if setting.subset_of else None
        if whole_of is not None:
            for folder in folders:
                take_mentions(folder / ANNOTATIONS_FILE, population.files(whole_of, ANNOTATIONS_FILE))
        kept = replace(setting, sources=plan.kept)
        files = population.files(kept, ANNOTATIONS_FILE)
        files += [str(folder / ANNOTATIONS_FILE) for folder in folders]
        refuse_shared_ids(request.setting, files, subset_of=setting.subset_of)
        if request.subset_of is not None:
            if not kept.n_annotations + sum(record.n_written for _, record in staged):
                raise InputError(_no_masks(request.subset_of))
            remarks.append(_subset_remark(population, manifest.get(request.subset_of), files))
        whole = staging.commit(kept, staged)
    return IngestResult(
        setting=request.setting,
        accounts=tuple(accounts),
        remarks=tuple(remarks),
        n_annotations=whole.n_annotations,
        n_bytes_on_disk=population.n_bytes(),
    )


def _way(manifest: Manifest, request: IngestRequest, base: Source | None) -> Way:
    matched = None
    if request.match is not None:
        theirs = frame_files(manifest.get(request.match))
        matched = (request.match, request.match_iou, files_fingerprint(theirs))
    return Way(
        split=request.split,
        images_root=_checked_root(request.images),
        base=str(base.path.resolve()) if base else None,
        base_fingerprint=fingerprint(base) if base else None,
        id_key=request.id_key,
        matched=matched,
    )


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


def _setting(manifest: Manifest, request: IngestRequest) -> tuple[SettingRecord, list[str]]:
    """The setting as it is to be, and remarks on what is new about it."""
    _refuse_itself(manifest, request)
    asked = {"reference": request.reference, "model": request.model, "subset_of": request.subset_of}
    held = manifest.find(request.setting)
    if held is None:
        return _described(SettingRecord(setting=request.setting), asked), []
    news = {}
    for option, new in asked.items():
        old = getattr(held, option)
        if new is None or new == old:
            continue
        if old is not None:
            raise InputError(
                f"setting {held.setting!r} has {option.replace('_', ' ')} {old!r}, not {new!r}: "
                "leave the option out, or name another --setting"
            )
        news[option] = new
    remarks = [
        f"setting {held.setting} has {option.replace('_', ' ')} {new} now" for option, new in news.items()
    ]
    return _described(held, asked), remarks


def _refuse_itself(manifest: Manifest, request: IngestRequest) -> None:
    for option, other in (("--match", request.match), ("--subset-of", request.subset_of)):
        if other == request.setting:
            raise InputError(f"{option} {other!r} is the setting itself: name another one")
        if other is not None:
            manifest.get(other)
    if request.subset_of is not None and manifest.origins().get(request.subset_of) == request.setting:
        raise InputError(
            f"--subset-of {request.subset_of!r}: that setting is filtered from {request.setting!r} itself: "
            "name the one that this is filtered from"
        )


def _described(setting: SettingRecord, asked: Mapping[str, str | None]) -> SettingRecord:
    return replace(
        setting,
        reference=asked["reference"] or setting.reference,
        model=asked["model"] or setting.model,
        subset_of=asked["subset_of"] or setting.subset_of,
    )


def _check_request(request: IngestRequest) -> None:
    for option, name in (
        ("--setting", request.setting),
        ("--reference", request.reference),
        ("--model", request.model),
        ("--split", request.split),
        ("--id-key", request.id_key),
        ("--images", request.images),
    ):
        if name is not None:
            check_name(option, name)
    if not 0 < request.match_iou <= 1:
        raise InputError(f"--match-iou {request.match_iou:g} is not above 0 and at most 1")
    check_id_key(request.id_key)


def _record(account: FileAccount, way: Way) -> SourceRecord:
    return SourceRecord(
        file=account.file,
        path=account.path,
        fingerprint=account.fingerprint,
        n_bytes=account.n_bytes,
        split=way.split,
        images_root=way.images_root,
        base=way.base,
        base_fingerprint=way.base_fingerprint,
        id_key=way.id_key,
        matched=way.matched,
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


def _no_masks(whole: str) -> str:
    return (
        f"--subset-of {whole!r}: the files hold no mask, so nothing was ingested; where a filter kept "
        "nothing, there is nothing to ingest"
    )


def _subset_remark(population: Population, whole: SettingRecord, files: Sequence[str]) -> str:
    n = count_common(files, population.files(whole, ANNOTATIONS_FILE))
    if n == 0:
        raise InputError(
            f"--subset-of {whole.setting!r}: no mask is of one of its mentions, so nothing was ingested; "
            "its ids must be the same (see --id-key and --match)"
        )
    return f"{n:,} of its masks are of mentions of {whole.setting}"
