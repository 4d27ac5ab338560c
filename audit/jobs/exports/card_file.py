"""Puts the section of a dataset card into a file: where there is one, between its markers alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.errors import InputError
from reports.content import ReportContent
from reports.exports.card import (
    MARKDOWN_MARKERS,
    YAML_MARKERS,
    card_metadata,
    card_section,
    render_card,
)

BYTE_ORDER_MARK = "\ufeff"
FENCE = "---"
"""The lines between which a file has its front matter, if its first line is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFile:
    """What the file is to say.

    Attributes:
        has_yaml: the figures stand in its front matter too.
    """

    text: str
    has_yaml: bool


def card_of(file: Path, content: ReportContent) -> CardFile:
    """Give what the file is to say; what is not between markers stays as it is.

    Markers of the YAML count in the front matter, those of the section below it.

    Raises:
        InputError: there is a file whose markers are not each there once, in order; or it cannot be read.
    """
    before = _text(file) if file.exists() else ""
    if not before.strip(BYTE_ORDER_MARK).strip():
        return CardFile(text=render_card(content), has_yaml=True)
    mark = BYTE_ORDER_MARK if before.startswith(BYTE_ORDER_MARK) else ""
    lines = before.removeprefix(BYTE_ORDER_MARK).split("\n")
    n_head = _n_lines_of_front_matter(lines)
    head, body = lines[:n_head], lines[n_head:]
    has_yaml = any(line.strip() in YAML_MARKERS for line in head)
    if has_yaml:
        head = _filled(file, head, YAML_MARKERS, card_metadata(content))
    body = _filled(file, body, MARKDOWN_MARKERS, card_section(content))
    return CardFile(text=mark + "\n".join((*head, *body)), has_yaml=has_yaml)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is there and is no UTF-8 text: name another file for the card") from error


def _n_lines_of_front_matter(lines: Sequence[str]) -> int:
    """How many lines it has with its fences; 0 where there is none."""
    fences = [place for place, line in enumerate(lines) if line.rstrip() == FENCE]
    return fences[1] + 1 if len(fences) > 1 and fences[0] == 0 else 0


def _filled(file: Path, lines: Sequence[str], markers: tuple[str, str], part: str) -> list[str]:
    """The lines with a part in place of what its markers enclose."""
    stripped = [line.strip() for line in lines]
    start, end = markers
    is_place = [stripped.count(marker) for marker in markers] == [1, 1]
    if not is_place or stripped.index(start) > stripped.index(end):
        where = "front matter" if markers == YAML_MARKERS else "text"
        raise InputError(
            f"{file} is there and its {where} has no one place for the figures: put the lines {start} and"
            f" {end} into it, once and in this order, or name another file"
        )
    return [*lines[: stripped.index(start)], part, *lines[stripped.index(end) + 1 :]]
