"""Writes the tasks of a sample as files that people import by hand, for a server that is out of reach."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from audit.errors import InputError, UnavailableError
from audit.jobs.files import write_text
from audit.jobs.label_studio.image_places import ImagePlacing, check_placing, place_for_files
from audit.jobs.label_studio.outgoing_masks import (
    Outgoing,
    OutgoingMask,
    load_sampled_masks,
    read_outgoing,
)
from audit.jobs.pack_files import PackFiles, older_parts, pack_files
from audit.jobs.progress import Progress
from audit.jobs.workspace import Workspace
from audit.review.images import Unjudgable
from audit.review.label_studio.config import is_our_config, labeling_config
from audit.review.label_studio.tasks import MaskMode, task_json

MAX_FILE_BYTES = 100 * 1000**2
"""Of one file: a server takes no body beyond 250 MB, and what stands before it often less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilesRequest:
    """Which files to write.

    Attributes:
        file: ends in .json; several become FILE-1.json, FILE-2.json and so on.
        sample: None for the latest.
        mask_mode: how masks are shown.
        images: where pictures go; to upload them means that they are in the tasks themselves.
        max_file_bytes: of one file, unless a single task is larger.
    """

    file: Path
    sample: str | None = None
    mask_mode: MaskMode = MaskMode.BRUSH
    images: ImagePlacing = field(default_factory=ImagePlacing)
    max_file_bytes: int = MAX_FILE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTaskFiles:
    """What was written.

    Attributes:
        files: the tasks, in their order.
        config_file: the labeling config of the project that they are imported into.
        older_files: of an earlier push beside them, left as they are.
        n_masks: in all files.
        n_overlay: of these, those too complex for a brush and drawn into their pictures.
        n_unjudgable: masks left out because they cannot be shown, which is noted.
        n_left_out: masks left out because their images are out of reach now.
        n_bytes: of all files of tasks.
    """

    files: tuple[Path, ...]
    config_file: Path
    older_files: tuple[Path, ...]
    n_masks: int
    n_overlay: int
    n_unjudgable: int
    n_left_out: int
    n_bytes: int


def write_task_files(
    workspace: Workspace, request: TaskFilesRequest, *, progress: Progress
) -> WrittenTaskFiles:
    """Write a task of every mask of a sample, and the labeling config beside them: all of it or nothing.

    Raises:
        InputError: the file cannot be, the options do not fit, or there is nothing to write.
        UnavailableError: no image can be had now, or the file system refuses.
        StoreError: there is no such sample.
    """
    _check_file(request.file)
    config_file = _config_file(request.file)
    check_placing(request.images)
    with workspace.store.reading() as transaction:
        sampled = load_sampled_masks(transaction, request.sample)
    progress.start(len(sampled.order))
    left_out: list[Outgoing] = []
    with pack_files(request.file) as files:
        writer = _TaskWriter(files, request)
        for mask in read_outgoing(
            workspace.store, sampled, sampled.order, request.mask_mode, workspace.workers
        ):
            if isinstance(mask, OutgoingMask):
                writer.add(mask)
            else:
                left_out.append(mask)
            progress.advance(1)
        n_unjudgable = sum(isinstance(each, Unjudgable) for each in left_out)
        if not writer.n_masks:
            raise _nothing(request.file, n_unjudgable, len(left_out) - n_unjudgable)
        writer.end()
        write_text(config_file, labeling_config())
        written = files.place()
    return WrittenTaskFiles(
        files=written,
        config_file=config_file,
        older_files=older_parts(request.file, written),
        n_masks=writer.n_masks,
        n_overlay=writer.n_drawn if request.mask_mode is MaskMode.BRUSH else 0,
        n_unjudgable=n_unjudgable,
        n_left_out=len(left_out) - n_unjudgable,
        n_bytes=writer.n_bytes,
    )


def next_steps(written: WrittenTaskFiles) -> tuple[str, ...]:
    """Say what to do with the files, a line each."""
    notes = {
        "masks are too complex for a brush and are drawn into their pictures": written.n_overlay,
        "masks cannot be shown and are noted as unjudgable": written.n_unjudgable,
        "masks were left out, for their images are out of reach now": written.n_left_out,
    }
    names = ", then ".join(file.name for file in written.files)
    return (
        *(f"{n:,} {words}" for words, n in notes.items() if n),
        *(f"{file} is of an earlier push and was left as it is" for file in written.older_files),
        "in Label Studio: Create Project; Labeling Setup > Custom template > Code: paste the text of",
        f"  {written.config_file}",
        f"Save; then Import {names}, once each",
        "bring the answers back: Export > JSON there, and here",
        "  mask-audit label-studio pull --from-file EXPORT.json",
    )


class _TaskWriter:
    """Writes one array of tasks after the other."""

    def __init__(self, files: PackFiles, request: TaskFilesRequest) -> None:
        self._files = files
        self._max_bytes = request.max_file_bytes
        self._place = place_for_files(request.images)
        self._n_bytes_of_part = 0
        self.n_masks = 0
        self.n_drawn = 0
        self.n_bytes = 0

    def add(self, mask: OutgoingMask) -> None:
        addresses = self._place.put({mask.image_name: mask.jpeg})
        task = json.dumps(task_json(mask.task(addresses[mask.image_name])), separators=(",", ":")).encode()
        if self._n_bytes_of_part and self._n_bytes_of_part + len(task) + len(b",\n\n]\n") > self._max_bytes:
            self.end()
        if self._n_bytes_of_part:
            self._write(b",\n")
        else:
            self._files.begin_part()
            self._write(b"[\n")
        self._write(task)
        self.n_masks += 1
        self.n_drawn += mask.brush is None

    def end(self) -> None:
        self._write(b"\n]\n")
        self._n_bytes_of_part = 0

    def _write(self, content: bytes) -> None:
        self._files.write(content)
        self._n_bytes_of_part += len(content)
        self.n_bytes += len(content)


def _check_file(file: Path) -> None:
    if file.suffix.lower() != ".json":
        raise InputError(
            f"--to-file {file} does not end in .json, by which Label Studio knows it: name it so"
        )
    if not file.parent.is_dir():
        raise InputError(
            f"--to-file {file} cannot be written: {file.parent} is no folder; make it, or name another"
        )
    if file.is_dir():
        raise InputError(f"--to-file {file} is a folder: name a file in it")


def _config_file(file: Path) -> Path:
    """Give where the labeling config goes; it is written over an older one, and over nothing else."""
    config_file = file.with_suffix(".xml")
    if config_file.is_file() and not is_our_config(_text(config_file)):
        raise InputError(
            f"{config_file}, where the labeling config goes, holds something else: move it, "
            "or give --to-file another name"
        )
    return config_file


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnavailableError(f"{file} cannot be read: {error.strerror}") from error


def _nothing(file: Path, n_unjudgable: int, n_left_out: int) -> InputError | UnavailableError:
    kind = UnavailableError if n_left_out else InputError
    return kind(
        f"{file} was not written: {n_unjudgable:,} masks cannot be shown at all, and the images of "
        f"{n_left_out:,} cannot be had now"
    )
