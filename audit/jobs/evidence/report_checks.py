"""Renders a bundle's report from its rows again, and holds every file of it against the one that is there."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import isclose
from pathlib import Path

from audit.jobs.evidence.archive import files_in
from audit.jobs.evidence.checksums import SUMS_FILE
from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.figure_checks import ROUNDING
from audit.jobs.evidence.report_names import REPORT_FOLDER, REPORT_JSON
from audit.jobs.evidence.row_words import shown
from audit.jobs.report_galleries import GalleryLimits, report_galleries
from audit.jobs.review_state import ReviewState
from audit.jobs.workspace import Workspace
from reports.blocks import Exhibit, Gallery
from reports.content import ReportContent
from reports.formats import Format, render_report
from reports.galleries import ReportGalleries
from reports.sentences import name_of

_PICTURES = (".jpg", ".png")
_NO_PHOTO = "no photo: "
_REASON = re.compile(rf"{_NO_PHOTO}[^\n<}}|]*")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
_MOST_LINES = 5
_BEFORE = 20

_Change = Callable[[Exhibit, Path], Exhibit]


def check_report(
    folder: Path, workspace: Workspace, state: ReviewState, content: ReportContent, *, n_shown: int
) -> Check:
    """Hold the files of the report against what the rows give; of pictures only which there are.

    Args:
        folder: of the unpacked bundle.
        workspace: made of its rows; it has no photos.
        state: of the sample there.
        content: of the report, without galleries.
        n_shown: things in each gallery at most.
    """
    names = {setting: name_of(setting, content) for setting in state.masks_made}
    galleries = report_galleries(workspace, state, names, GalleryLimits(n_each=n_shown))
    stored = {
        name: (folder / REPORT_FOLDER / name).read_bytes()
        for name in files_in(folder / REPORT_FOLDER)
        if name != SUMS_FILE
    }
    found: list[list[Difference]] = []
    for change in (_with_its_photos, _without_photos):
        rendered = render_report(
            replace(content, galleries=_with_pictures(galleries, folder, change)), tuple(Format)
        )
        found.append(list(_file_differences(stored, rendered)))
        if not found[-1]:
            break
    fewest = min(found, key=len)
    return Check(
        name="report",
        said=f"{len(rendered):,} files, rendered again (of pictures, which there are)",
        differences=tuple(fewest),
    )


def follows_from_figures(check: Check) -> Check:
    """Give a check of files in short, where figures are not what they should be and so no file can be."""
    if not check.differences:
        return check
    files = dict.fromkeys(each.where.split()[0].rstrip(":") for each in check.differences)
    what = f"{len(files):,} files say what the figures above say ({', '.join(files)})"
    return replace(check, differences=(Difference(where=REPORT_FOLDER, what=shown(what, longest=200)),))


def _file_differences(stored: Mapping[str, bytes], rendered: Mapping[str, bytes]) -> Iterator[Difference]:
    for name, given in rendered.items():
        if name not in stored:
            yield _difference(name, "the file is gone")
        elif not name.endswith(_PICTURES) and f"{REPORT_FOLDER}/{name}" != REPORT_JSON:
            yield from _text_differences(name, stored[name], given)
    for name in sorted(stored.keys() - rendered.keys()):
        if not name.endswith(".png"):  # which a browser draws, where there is one
            yield _difference(name, "the rows give no such file")


def _text_differences(name: str, stored: bytes, rendered: bytes) -> Iterator[Difference]:
    lines = _line_differences(stored, rendered)
    for number, was, given in lines[:_MOST_LINES]:
        there, computed = _excerpts(was, given)
        yield _difference(f"{name} line {number}", f"it is “{there}”, the rows give “{computed}”")
    if len(lines) > _MOST_LINES:
        yield _difference(name, f"{len(lines) - _MOST_LINES:,} more lines are not what the rows give")


def _line_differences(stored: bytes, rendered: bytes) -> list[tuple[int, str, str]]:
    if stored == rendered:
        return []
    was, given = (
        _REASON.sub(_NO_PHOTO, each.decode(errors="replace")).split("\n") for each in (stored, rendered)
    )
    longest = max(len(was), len(given))
    padded = zip(_padded(was, longest), _padded(given, longest), strict=True)
    return [
        (number, one, other)
        for number, (one, other) in enumerate(padded, start=1)
        if one != other and not _is_same_but_for_rounding(one, other)
    ]


def _lines(text: bytes) -> list[str]:
    return _REASON.sub(_NO_PHOTO, text.decode(errors="replace")).split("\n")


def _excerpts(one: str, other: str) -> tuple[str, str]:
    """Give both lines from a little before the place where they part: a line of a page may be long."""
    parts_at = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    start = max(0, parts_at - _BEFORE)
    return shown(one[start:]), shown(other[start:])


def _padded(lines: Sequence[str], n: int) -> list[str]:
    return [*lines, *[""] * (n - len(lines))]


def _is_same_but_for_rounding(one: str, other: str) -> bool:
    if _NUMBER.split(one) != _NUMBER.split(other):
        return False
    numbers = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(a == b or isclose(float(a), float(b), rel_tol=ROUNDING, abs_tol=ROUNDING) for a, b in numbers)


def _with_pictures(galleries: ReportGalleries, folder: Path, change: _Change) -> ReportGalleries:
    """Give galleries with the pictures that the bundle has of what they show."""
    return replace(
        galleries,
        failures=_changed(galleries.failures, folder, change),
        verdicts=_changed(galleries.verdicts, folder, change),
        discordant=_changed(galleries.discordant, folder, change),
    )


def _changed(galleries: Sequence[Gallery], folder: Path, change: _Change) -> tuple[Gallery, ...]:
    return tuple(
        replace(gallery, exhibits=tuple(change(exhibit, folder) for exhibit in gallery.exhibits))
        for gallery in galleries
    )


def _with_its_photos(exhibit: Exhibit, folder: Path) -> Exhibit:
    """Give an exhibit as it is where its photos were at hand: that they are not now is no news."""
    kept = _without_photos(exhibit, folder)
    drawn_on_grey = kept.pictures == exhibit.pictures
    if drawn_on_grey:
        return kept
    return replace(kept, lines=tuple(line for line in kept.lines if not line.startswith(_NO_PHOTO)))


def _without_photos(exhibit: Exhibit, folder: Path) -> Exhibit:
    pictures = []
    for picture in exhibit.pictures:
        file = folder / REPORT_FOLDER / "gallery" / f"{picture.name}.jpg"
        pictures.append(replace(picture, jpeg=file.read_bytes()) if file.is_file() else picture)
    return replace(exhibit, pictures=tuple(pictures))


def _difference(name: str, what: str) -> Difference:
    return Difference(where=f"{REPORT_FOLDER}/{name}", what=what)
