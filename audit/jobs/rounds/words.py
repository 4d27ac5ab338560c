"""What the command says of two rounds."""

from collections.abc import Iterator

from audit.jobs.document_files import written_text
from audit.jobs.rounds.compare import ComparedRounds, RoundsRequest
from reports.numbers import counted_text
from reports.rounds.content import RoundsContent
from reports.rounds.json_object import rounds_object
from reports.rounds.words import (
    difference_text,
    figure_text,
    mentions_text,
    presence_text,
    status_text,
)


def summary(found: ComparedRounds, request: RoundsRequest) -> list[str]:
    """Give the differences of every setting in words, what changed, and where the files are."""
    content = found.content
    lines = [*_setting_lines(content), f"mentions in both: {mentions_text(content)}"]
    lines += [
        f"setting {each.setting}: {presence_text(each)}" for each in content.presence if not each.is_same
    ]
    lines += [f"{each.what}: {each.old} → {each.new}" for each in content.changes]
    lines += [status_text(content), *(f"warning: {warning}" for warning in content.warnings)]
    if request.carried_file is not None:
        lines.append(f"{counted_text(found.n_carried_masks, 'verdict')} written to {request.carried_file}")
    if found.written is not None:
        lines += written_text(found.written)
    return lines


def as_json(found: ComparedRounds) -> dict[str, object]:
    """Give everything that was found, and the files that were written."""
    files = () if found.written is None else found.written.files
    return {
        **rounds_object(found.content),
        "n_carried_masks": found.n_carried_masks,
        "files": [str(file) for file in files],
    }


def _setting_lines(content: RoundsContent) -> Iterator[str]:
    if not content.settings:
        yield "no setting is in both samples"
    for each in content.settings:
        old, new = (figure_text(of_round[content.estimand]) for of_round in (each.old, each.new))
        yield f"{each.setting}: {old} → {new}: {difference_text(each, content.estimand)}"
