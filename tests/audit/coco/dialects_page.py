"""The tables of docs/dialects.md.

    python -m tests.audit.coco.dialects_page ../shared/data/odd_coco

writes them anew.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.coco.schema import Problem, ProblemKind
from audit.jobs.examine import examine
from audit.jobs.progress import SILENT

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
    """What `doctor` says of a file."""
    found = examine([path], base=None, id_key=None, split=None, workers=2, progress=SILENT)
    for refusal in found.refusals:
        return FileOutcome(file=path.name, refusal=refusal.replace(f"{path} ", "it "))
    [account] = found.accounts
    return FileOutcome(
        file=path.name,
        n_annotations=account.n_annotations,
        dialects=account.dialects,
        problems=account.problems,
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
