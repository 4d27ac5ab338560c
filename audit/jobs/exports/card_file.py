"""Puts the section of a dataset card into a file: where there is one, between its markers alone."""

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


def card_text(file: Path, content: ReportContent) -> str:
    """Give what the file is to say; what is not between markers stays as it is.

    Raises:
        InputError: there is a file without markers, or it cannot be read.
    """
    if not file.exists():
        return render_card(content)
    try:
        before = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is there and is no UTF-8 text: name another file for the card") from error
    if not before.strip():
        return render_card(content)
    after = _filled(before, MARKDOWN_MARKERS, card_section(content))
    if after is None:
        start, end = MARKDOWN_MARKERS
        raise InputError(
            f"{file} is there and has no place for the section: put the lines {start} and {end} into it, once"
            " and in this order, or name another file"
        )
    return _filled(after, YAML_MARKERS, card_metadata(content)) or after


def _filled(text: str, markers: tuple[str, str], part: str) -> str | None:
    """The text with a part in place of what its markers enclose; None unless each is there once, in order."""
    lines = text.split("\n")
    stripped = [line.strip() for line in lines]
    if [stripped.count(marker) for marker in markers] != [1, 1]:
        return None
    start, end = map(stripped.index, markers)
    return "\n".join((*lines[:start], part, *lines[end + 1 :])) if start < end else None
