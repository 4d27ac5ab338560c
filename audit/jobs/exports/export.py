"""Writes verdicts and results for other tools."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from audit.errors import InputError
from audit.jobs.document_files import check_folder, check_outside
from audit.jobs.exports.audited import Audited, load_audited
from audit.jobs.exports.card_file import card_of
from audit.jobs.exports.coco_files import coco_files
from audit.jobs.exports.fiftyone_file import fiftyone_file
from audit.jobs.exports.judged_masks import load_audited_masks
from audit.jobs.exports.verdict_table import verdict_table
from audit.jobs.files import write_bytes
from audit.jobs.image_check import check_images
from audit.jobs.progress import Progress
from audit.jobs.pseudonyms import ReviewerNames
from audit.jobs.workspace import Workspace
from reports.exports.card import YAML_MARKERS
from reports.exports.croissant import render_croissant
from reports.exports.dictionary import render_dictionary
from reports.exports.verdict_file import VerdictFile
from reports.numbers import count_text
from reports.sentences import status_text


class ExportFormat(StrEnum):
    """What reads the export."""

    COCO = "coco"
    PARQUET = "parquet"
    CROISSANT = "croissant"
    CARD = "card"
    FIFTYONE = "fiftyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What to export, and where to.

    Attributes:
        out: a folder for `COCO` and `CROISSANT`, else a file.
        sample: None for the latest.
        setting: the only one to be exported; None for all of the sample's.
        names: what stands for reviewers.
    """

    format: ExportFormat
    out: Path
    sample: str | None
    setting: str | None
    names: ReviewerNames


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The files that were written, and what is to be said of them in whole sentences."""

    files: tuple[Path, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What is to be written, by file, in order; and what is to be said of it."""

    contents: Mapping[Path, bytes]
    remarks: tuple[str, ...] = ()


def write_export(
    workspace: Workspace, request: ExportRequest, *, now: datetime, progress: Progress
) -> Exported:
    """Write an export; every file is replaced whole. Its figures are those of a report made now.

    Raises:
        InputError: the sample has no such setting, or the place will not do.
        StoreError: there is no such sample.
    """
    _refuse_place(request)
    check_images(workspace.store, request.sample, workers=workspace.workers, progress=progress)
    audited = load_audited(workspace, request.sample, request.setting, request.names, now=now)
    made = _MAKERS[request.format](workspace, audited, request)
    _refuse_sources(workspace, made.contents)
    _refuse_folders(made.contents)
    if request.format not in _SUFFIXES:
        request.out.mkdir(parents=True, exist_ok=True)
    for file, content in made.contents.items():
        write_bytes(file, content)
    return Exported(files=tuple(made.contents), remarks=(status_text(audited.content), *made.remarks))


_SUFFIXES = {ExportFormat.PARQUET: ".parquet", ExportFormat.CARD: ".md", ExportFormat.FIFTYONE: ".json"}
"""Of the formats that go to a file; the others go to a folder."""


def _refuse_place(request: ExportRequest) -> None:
    out, suffix = request.out, _SUFFIXES.get(request.format)
    if suffix is not None:
        if out.suffix.lower() != suffix:
            raise InputError(
                f"--out {out} must name a file that ends in {suffix}, which {request.format} goes to"
            )
        if out.is_dir():
            raise InputError(f"--out {out} is a folder: name a file in it, or another")
        return
    check_folder(out)


def _refuse_sources(workspace: Workspace, files: Iterable[Path]) -> None:
    """An export must not take the place of what was audited."""
    ingested = {
        Path(path)
        for setting in workspace.population.manifest().settings
        for source in setting.sources
        for path in (source.path, source.base)
        if path is not None
    }
    for file in files:
        if Path(os.path.realpath(file)) in ingested:
            raise InputError(f"--out {file} is a file that was ingested: name another place")
        check_outside(file, workspace.population.folder)


def _refuse_folders(files: Iterable[Path]) -> None:
    """All of them, before any file is written."""
    for file in files:
        if file.is_dir():
            raise InputError(f"{file}, which is to be written, is a folder: move it, or name another place")


def _make_card(workspace: Workspace, audited: Audited, request: ExportRequest) -> _Made:
    del workspace
    card = card_of(request.out, audited.content)
    remark = (
        f"The YAML of {request.out} was not written: no line {YAML_MARKERS[0]} and no line {YAML_MARKERS[1]}"
        " stands in its front matter."
    )
    return _Made(contents={request.out: card.text.encode()}, remarks=() if card.has_yaml else (remark,))


def _make_coco(workspace: Workspace, audited: Audited, request: ExportRequest) -> _Made:
    texts = coco_files(audited, load_audited_masks(workspace.store, audited))
    n_nameless = len({unit.image_id for unit in audited.state.units if unit.file_name is None})
    remark = f"Photographs whose file nobody knows: {count_text(n_nameless)}; their file_name is null."
    return _Made(
        contents={request.out / name: text.encode() for name, text in texts.items()},
        remarks=(remark,) if n_nameless else (),
    )


def _make_fiftyone(workspace: Workspace, audited: Audited, request: ExportRequest) -> _Made:
    made = fiftyone_file(audited, load_audited_masks(workspace.store, audited))
    remark = (
        f"Photographs that are in no folder of this machine: {count_text(made.n_without_photograph)}; they"
        " and their masks are left out."
    )
    return _Made(
        contents={request.out: made.text.encode()}, remarks=(remark,) if made.n_without_photograph else ()
    )


def _make_parquet(workspace: Workspace, audited: Audited, request: ExportRequest) -> _Made:
    del workspace
    return _Made(contents=_table_and_dictionary(audited, request.out))


def _make_croissant(workspace: Workspace, audited: Audited, request: ExportRequest) -> _Made:
    del workspace
    table = request.out / "verdicts.parquet"
    contents = _table_and_dictionary(audited, table)
    described = _verdict_file(audited, request.names, table.name, contents[table])
    # Last: it names the table by its content.
    document = render_croissant(audited.content, described)
    return _Made(contents={**contents, request.out / "croissant.json": document.encode()})


_MAKERS: Mapping[ExportFormat, Callable[[Workspace, Audited, ExportRequest], _Made]] = {
    ExportFormat.COCO: _make_coco,
    ExportFormat.PARQUET: _make_parquet,
    ExportFormat.CROISSANT: _make_croissant,
    ExportFormat.CARD: _make_card,
    ExportFormat.FIFTYONE: _make_fiftyone,
}


def _table_and_dictionary(audited: Audited, table: Path) -> dict[Path, bytes]:
    dictionary = render_dictionary(audited.content, table.name)
    sink = pa.BufferOutputStream()
    pq.write_table(verdict_table(audited, dictionary), sink, compression="zstd")
    return {
        table: sink.getvalue().to_pybytes(),
        table.with_suffix(".dictionary.md"): dictionary.encode(),
    }


def _verdict_file(audited: Audited, names: ReviewerNames, name: str, content: bytes) -> VerdictFile:
    decided = [each.decided_at for each in audited.verdicts()]
    n_readings = [
        len(readings) for mask_id, readings in audited.state.readings.items() if mask_id in audited.mask_ids
    ]
    return VerdictFile(
        name=name,
        n_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        first_decided=min(decided, default=None),
        last_decided=max(decided, default=None),
        n_readings=sum(n_readings),
        n_masks=len(n_readings),
        n_masks_read_again=sum(n > 1 for n in n_readings),
        has_names=names is ReviewerNames.REAL,
    )
