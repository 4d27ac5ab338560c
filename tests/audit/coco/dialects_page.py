"""The tables of docs/dialects.md.

    python -m tests.audit.coco.dialects_page ../shared/data/odd_coco

writes them anew.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.coco.reader import (
    ParseOptions,
    parse_chunk,
    read_categories,
    read_chunks,
    read_images,
    refuse_without_masks,
)
from audit.coco.schema import Problem, ProblemKind, ProblemTally
from audit.coco.source import open_source
from audit.errors import InputError

PAGE = Path(__file__).parents[3] / "docs" / "dialects.md"


@dataclass(frozen=True, kw_only=True)
class FileOutcome:
    """What became of a file: its account, or the sentence that refuses it (with the file's path left out)."""

    file: str
    n_annotations: int = 0
    dialects: Mapping[str, int] | None = None
    problems: Sequence[Problem] = ()
    refusal: str | None = None


def outcome_of(path: Path) -> FileOutcome:
    """Reads a file as far as the reader knows: nothing is joined."""
    try:
        return _read(path)
    except InputError as error:
        return FileOutcome(file=path.name, refusal=str(error).replace(f"{path} ", "it "))


def _read(path: Path) -> FileOutcome:
    source, tally = open_source(path), ProblemTally()
    sizes = {
        row["image_id"]: (row["height"], row["width"])
        for table in read_images(source, tally)
        for row in table.to_pylist()
        if row["height"]
    }
    for _ in read_categories(source, tally):
        pass
    options = ParseOptions(
        stem=source.stem,
        id_key=None,
        split=None,
        image_sizes=lambda ids: {image_id: sizes[image_id] for image_id in ids if image_id in sizes},
    )
    dialects: dict[str, int] = {}
    n_annotations = n_without_segmentation = n_panoptic = 0
    for chunk in read_chunks(source):
        parsed = parse_chunk(chunk, options)
        tally.merge(parsed.problems)
        n_annotations += len(chunk)
        n_without_segmentation += parsed.n_without_segmentation
        n_panoptic += parsed.n_panoptic
        for dialect, n in parsed.dialects.items():
            dialects[dialect.value] = dialects.get(dialect.value, 0) + n
    refuse_without_masks(
        source,
        n_annotations=n_annotations,
        n_without_segmentation=n_without_segmentation,
        n_panoptic=n_panoptic,
    )
    return FileOutcome(
        file=path.name, n_annotations=n_annotations, dialects=dialects, problems=tally.problems()
    )


def render_kinds() -> str:
    """The table of everything that can be wrong."""
    rows = [(f"`{kind.value}`", kind.action.value, kind.sentence.replace("|", "\\|")) for kind in ProblemKind]
    return _table(("kind", "action", "an element that …"), rows)


def render_files(outcomes: Iterable[FileOutcome]) -> str:
    """The table of what became of real files, by name."""
    rows = [_cells(outcome) for outcome in sorted(outcomes, key=lambda outcome: outcome.file)]
    return _table(("file", "annotations", "masks", "what was found"), rows)


def replaced(page: str, name: str, table: str) -> str:
    """The page with the table between its two marks of that name exchanged."""
    before, rest = page.split(f"<!-- {name} -->\n")
    _, after = rest.split(f"<!-- end of {name} -->")
    return f"{before}<!-- {name} -->\n{table}<!-- end of {name} -->{after}"


def odd_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.json") if path.name != "MANIFEST.json")


def _cells(outcome: FileOutcome) -> tuple[str, ...]:
    if outcome.refusal is not None:
        return f"`{outcome.file}`", "", "", f"**refused**: {outcome.refusal}"
    dialects = ", ".join(f"{n} {dialect}" for dialect, n in sorted((outcome.dialects or {}).items()))
    found = "; ".join(f"{problem.n} {problem.kind.value}" for problem in outcome.problems)
    return f"`{outcome.file}`", str(outcome.n_annotations), dialects, found or "nothing"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main(folder: Path) -> None:
    page = replaced(PAGE.read_text(encoding="utf-8"), "kinds", render_kinds())
    outcomes = [outcome_of(path) for path in odd_files(folder)]
    PAGE.write_text(replaced(page, "files", render_files(outcomes)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
