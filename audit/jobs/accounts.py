"""The account of reading one file: what was in it, what was wrong with it, what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from audit.coco.schema import Action, Problem, ProblemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAccount:
    """What reading one file gave.

    Attributes:
        dialect: the most frequent dialect of its annotations, or "none" where it has none.
        dialects: annotations of each dialect.
        n_annotations: elements of its annotation array.
        n_written: rows of the population.
        n_normalised: rows that were not as they should be and were read all the same.
        n_skipped: elements left out.
    """

    file: str
    path: str
    fingerprint: str
    n_bytes: int
    dialects: Mapping[str, int]
    n_annotations: int
    n_written: int
    n_normalised: int
    n_skipped: int
    problems: tuple[Problem, ...]

    def with_ids_taken(self, n: int) -> "FileAccount":
        """Give the account after n of its annotations took the ids of another setting."""
        made_up = next((each for each in self.problems if each.kind is ProblemKind.ID_MADE_UP), None)
        if made_up is None:
            return self
        n_left = max(0, made_up.n - n)
        left = (replace(made_up, n=n_left, example_ids=()),) if n_left else ()
        others = tuple(each for each in self.problems if each is not made_up)
        return replace(self, n_normalised=self.n_normalised - (made_up.n - n_left), problems=(*left, *others))

    @property
    def dialect(self) -> str:
        """The most frequent dialect."""
        return max(self.dialects, key=lambda name: (self.dialects[name], name), default="none")

    def as_json(self) -> dict[str, Any]:
        """Give the account in the shape that `--json` promises."""
        return {
            "file": self.file,
            "dialect": self.dialect,
            "n_annotations": self.n_annotations,
            "n_written": self.n_written,
            "n_normalised": self.n_normalised,
            "n_skipped": self.n_skipped,
            "problems": [
                {"kind": problem.kind, "n": problem.n, "example_ids": list(problem.example_ids)}
                for problem in self.problems
            ],
        }

    def as_lines(self) -> list[str]:
        """Give the account in words, one line for the file and one for each problem."""
        dialects = ", ".join(f"{name} {n:,}" for name, n in sorted(self.dialects.items()))
        lines = [
            f"{self.file}: {self.n_annotations:,} annotations ({dialects or 'none'}), "
            f"{self.n_written:,} written, {self.n_normalised:,} normalised, {self.n_skipped:,} skipped"
        ]
        for problem in self.problems:
            examples = ", ".join(_printable(each) for each in problem.example_ids)
            fatal = " (fatal)" if problem.kind.action is Action.FATAL else ""
            named = f" [{examples}]" if examples else ""
            lines.append(f"  {problem.n:,} × {problem.kind}{fatal}: {problem.kind.sentence}{named}")
        return lines


def _printable(text: str) -> str:
    return text if text.isprintable() else repr(text)
