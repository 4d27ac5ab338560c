"""Makes the frame for a contrast of two settings: the mentions on which they made different masks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from audit.errors import InputError
from audit.jobs.mask_identity import identify_masks
from audit.jobs.progress import Progress
from db.contrasts import Contrast, MaskSharing, count_shared_masks, open_contrast
from db.manifest import SettingRecord, frame_files
from db.population import Population
from db.records import FrameFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastFrame:
    """What a contrast is drawn from.

    Attributes:
        frame: the setting whose mentions are compared; `a`, `b` or another one.
        a: the first setting.
        b: the second setting; the difference is a − b.
        splits: splits that the frame is restricted to; empty means all.
    """

    frame: SettingRecord
    a: SettingRecord
    b: SettingRecord
    splits: tuple[str, ...]

    def files(self) -> tuple[FrameFile, ...]:
        """Give what a draw depends on, for the fingerprint: the files of the frame and of both settings."""
        files = {file for setting in (self.frame, self.a, self.b) for file in frame_files(setting)}
        return tuple(sorted(files, key=lambda file: (file.fingerprint, file.file)))


@contextmanager
def open_contrast_frame(
    population: Population, request: ContrastFrame, *, workers: int, progress: Progress
) -> Iterator[Contrast]:
    """Give the mentions on which two settings differ, to draw from, and how many there are of all.

    Masks are told apart first where they never were. The `differing` file of the result takes the place of
    the frame's own files in a draw.

    Args:
        population: holds the settings.
        request: what is compared.
        workers: threads that tell masks apart.
        progress: of the masks that are told apart.

    Raises:
        InputError: there is nothing to draw: a and b are one setting, have no mention of the frame in
            common, or made the same masks in a split.
        ConflictError: masks must be told apart, and another command is writing to the population.
        UnreachableError: the disk is full, or the population's files are gone.
    """
    if request.a.setting == request.b.setting:
        raise InputError(f"--contrast {request.a.setting!r} with itself: name two settings")
    identify_masks(population, (request.a, request.b), workers=workers, progress=progress)
    with open_contrast(population, request.frame, (request.a, request.b), splits=request.splits) as contrast:
        _refuse_nothing_in_common(request, contrast)
        _refuse_nothing_to_judge(request, contrast)
        yield contrast


def share_masks(
    population: Population,
    frame: SettingRecord,
    settings: Sequence[SettingRecord],
    *,
    workers: int,
    progress: Progress,
) -> MaskSharing:
    """Give how many different masks settings made of the mentions of a frame, which costs no verdict.

    Raises:
        ConflictError: masks must be told apart, and another command is writing to the population.
        UnreachableError: the disk is full, or the population's files are gone.
    """
    identify_masks(population, settings, workers=workers, progress=progress)
    return count_shared_masks(population, frame, settings, splits=())


def _refuse_nothing_in_common(request: ContrastFrame, contrast: Contrast) -> None:
    if not contrast.by_split:
        splits = ", ".join(request.splits) or "any split"
        raise InputError(f"--contrast: setting {request.frame.setting!r} has no annotation in {splits}")
    overall = contrast.overall
    a, b = request.a.setting, request.b.setting
    without = [
        repr(setting)
        for setting, n_missing in ((a, overall.n_missing_in_a), (b, overall.n_missing_in_b))
        if n_missing == overall.n_annotations
    ]
    if without:
        raise InputError(
            f"--contrast: {a!r} and {b!r} have {overall.n_annotations:,} mentions of "
            f"{request.frame.setting!r} to compare, none with a mask of {' or '.join(without)}: settings "
            "pair up by their ids, which must be the same (see ingest --id-key and --match)"
        )


def _refuse_nothing_to_judge(request: ContrastFrame, contrast: Contrast) -> None:
    a, b = request.a.setting, request.b.setting
    if not contrast.overall.n_differing:
        raise InputError(
            f"--contrast: {a!r} and {b!r} made the same mask of all {contrast.overall.n_annotations:,} "
            "mentions: their difference is 0, and there is nothing to judge"
        )
    alike = [split for split in request.splits if split in contrast.by_split and not _differ(contrast, split)]
    if alike:
        raise InputError(
            f"--contrast: {a!r} and {b!r} made the same mask of every mention of {', '.join(alike)}: "
            "their difference there is 0; leave it out of --allocate"
        )


def _differ(contrast: Contrast, split: str) -> bool:
    return contrast.by_split[split].n_differing > 0
