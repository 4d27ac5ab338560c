"""Writes the files of a document into a folder, and the sums by which anybody checks them."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from audit.errors import InputError, UnavailableError
from audit.jobs.figure_pictures import NoFigurePictures, draw_figure_pictures
from audit.jobs.files import write_bytes, write_text
from reports.places import figure_png, figure_svg

SUMS = "SHA256SUMS"
NAME = re.compile(r"(?!\.)[\w.-]+(?:/(?!\.)[\w.-]+)*", re.ASCII)
SUM_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
FIGURE = re.compile(re.escape(figure_svg("KEY")).replace("KEY", "(.+)"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFiles:
    """What a folder was given.

    Attributes:
        files: every file that was written, in order, SHA256SUMS last.
        removed: what an earlier run wrote and this one does not.
        kept: what an earlier run wrote, somebody has changed since, and this one does not write: it stays.
        overwritten: what an earlier run wrote, somebody has changed since, and this one wrote again.
        no_pictures: why figures have no PNG, as a sentence; None where they have, or there is no figure.
    """

    folder: Path
    files: tuple[Path, ...]
    removed: tuple[Path, ...]
    kept: tuple[Path, ...]
    overwritten: tuple[Path, ...]
    no_pictures: str | None


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be one, before the work of filling it.

    Raises:
        InputError: a file is in its place, or a link that leads nowhere.
    """
    for part in (folder, *folder.parents):
        if part.is_dir() or not os.path.lexists(part):
            continue
        what = "a file" if part.exists() else "a link that leads to no folder"
        raise InputError(f"--out {folder} cannot be a folder: {part} is {what}; name another")


def check_outside(place: Path, population: Path) -> None:
    """Refuse a place in the population, whose files are not to be mixed with others.

    Raises:
        InputError: it is one.
    """
    # Not resolve, which raises where links lead in a circle.
    if Path(os.path.realpath(place)).is_relative_to(os.path.realpath(population)):
        raise InputError(f"--out {place} lies in the population: name a place outside of it")


def write_document_files(folder: Path, files: Mapping[str, bytes]) -> WrittenFiles:
    """Write files whole, with PNGs of the figures among them and `SHA256SUMS`, which `sha256sum -c` reads.

    What an earlier run wrote and this one does not is removed where it is as that run left it; what somebody
    changed or added stays. A file that no run wrote is never replaced.

    Args:
        folder: made where it is not there.
        files: path relative to the folder → bytes.

    Raises:
        InputError: the folder cannot be one, holds another document, a file that no run wrote or a folder in
            the place of a file, or a part of it is a link out of it.
        UnavailableError: the file system refuses.
    """
    check_folder(folder)
    earlier = _earlier_sums(folder)
    _check_document(folder, files, earlier)
    for name in files:
        _make_parent(folder, name)
    pngs = _figure_pngs(files)
    if not isinstance(pngs, NoFigurePictures):
        files = {**files, **pngs}
    _check_files(folder / name for name in (*files, SUMS))
    _check_known(folder, files, earlier)
    overwritten = tuple(
        file
        for name, digest in earlier.items()
        if name in files and (file := folder / name).is_file() and _digest(file) != digest
    )
    removed, kept = _clear(folder, {name: digest for name, digest in earlier.items() if name not in files})
    sums = {name: sha256(content).hexdigest() for name, content in files.items()}
    write_text(folder / SUMS, "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))
    # After the sums: a run that was interrupted knows its files when it is run again.
    for name, content in files.items():
        write_bytes(folder / name, content)
    return WrittenFiles(
        folder=folder,
        files=(*(folder / name for name in files), folder / SUMS),
        removed=removed,
        kept=kept,
        overwritten=overwritten,
        no_pictures=pngs.reason if isinstance(pngs, NoFigurePictures) else None,
    )


def written_text(written: WrittenFiles) -> list[str]:
    """Say where the files are: those of the folder by name, those of its folders by number."""
    inside: dict[str, int] = {}
    beside = []
    for file in written.files:
        name = file.relative_to(written.folder)
        if len(name.parts) == 1:
            beside.append(str(file))
        else:
            inside[name.parts[0]] = inside.get(name.parts[0], 0) + 1
    folders = (f"{written.folder / name} ({n:,})" for name, n in inside.items())
    lines = [f"written: {', '.join((*beside, *folders))}"]
    if written.no_pictures:
        lines.append(f"figures have no PNG: {written.no_pictures}")
    if written.removed:
        lines.append(f"removed from an earlier run: {_names(written.removed, written.folder)}")
    if written.overwritten:
        lines.append(f"replaced though changed: {_names(written.overwritten, written.folder)}")
    if written.kept:
        lines.append(f"left, as it was changed since it was written: {_names(written.kept, written.folder)}")
    return lines


def _names(files: tuple[Path, ...], folder: Path) -> str:
    shown = [str(file.relative_to(folder)) for file in files[:3]]
    return ", ".join([*shown, f"and {len(files) - 3:,} more"] if len(files) > 3 else shown)


def _figure_pngs(files: Mapping[str, bytes]) -> dict[str, bytes] | NoFigurePictures:
    keys = {found[1]: name for name in files if (found := FIGURE.fullmatch(name))}
    if not keys:
        return {}
    drawn = draw_figure_pictures({key: files[name].decode() for key, name in keys.items()})
    if isinstance(drawn, NoFigurePictures):
        return drawn
    return {figure_png(key): content for key, content in drawn.pngs.items()}


def _make_parent(folder: Path, name: str) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a file of a document")
    parent = (folder / name).parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        is_inside = parent.resolve().is_relative_to(folder.resolve())
    except FileExistsError as error:
        raise InputError(f"{parent} is a file where a folder is needed: move it, or name another") from error
    except OSError as error:
        raise UnavailableError(f"{parent} cannot be made: {error.strerror}") from error
    if not is_inside:
        raise InputError(f"{parent} is a link that leads out of {folder}: remove it, or name another folder")


def _check_files(files: Iterable[Path]) -> None:
    """Refuse folders in the places of files, before any file is written."""
    for file in files:
        if file.is_dir():
            raise InputError(f"{file} is a folder where a file is needed: move it, or name another")


def _check_known(folder: Path, files: Iterable[str], earlier: Mapping[str, str]) -> None:
    """Refuse to replace files that no earlier run wrote."""
    known = {*earlier, SUMS} if earlier else set()
    foreign = tuple(
        file for name in (*files, SUMS) if name not in known and (file := folder / name).is_file()
    )
    if foreign:
        raise InputError(
            f"--out {folder} holds files that no earlier run wrote: {_names(foreign, folder)};"
            " move them, or name another folder"
        )


def _check_document(folder: Path, files: Mapping[str, bytes], earlier: Mapping[str, str]) -> None:
    """Refuse to clear away another document, such as the statistics of the dataset."""
    others = {name for name in earlier if "/" not in name}
    if others and not {_stem(name) for name in others} & {_stem(name) for name in files}:
        raise InputError(f"--out {folder} holds another document, {min(others)}: name another folder")


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def _earlier_sums(folder: Path) -> dict[str, str]:
    """What an earlier run wrote, by its SHA256SUMS; lines that no run wrote are passed over."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    found = (match for line in lines if (match := SUM_LINE.fullmatch(line)))
    return {match[2]: match[1] for match in found if NAME.fullmatch(match[2])}


def _clear(folder: Path, stale: Mapping[str, str]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Remove stale files that are as their run left them; those that are not are the second of the pair."""
    removed, kept = [], []
    for name, digest in stale.items():
        file = folder / name
        if not file.is_file() or not file.resolve().is_relative_to(folder.resolve()):
            continue
        if _digest(file) != digest:
            kept.append(file)
            continue
        try:
            file.unlink()
        except OSError as error:
            raise UnavailableError(f"{file} of an earlier run cannot be removed: {error.strerror}") from error
        removed.append(file)
    _remove_empty({PurePosixPath(name).parent for name in stale}, folder)
    return tuple(removed), tuple(kept)


def _digest(file: Path) -> str:
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise UnavailableError(f"{file} of an earlier run cannot be read: {error.strerror}") from error


def _remove_empty(parents: Iterable[PurePosixPath], folder: Path) -> None:
    for parent in parents:
        inside = folder / parent
        if inside != folder and inside.is_dir() and not any(inside.iterdir()):
            inside.rmdir()
