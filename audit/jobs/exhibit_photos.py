"""What every exhibit takes: the photo under its mask, and texts of a dataset cut to a length that fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from audit.errors import AuditError
from audit.review.images import ReadableImage, Unjudgable, Unreachable, read_image
from audit.review.roots import ROOT_UNREACHABLE, check_root

MOST_THREADS = 4
"""That draw at once: the largest photo takes a third of a gigabyte."""

LONGEST_TEXT = 160
"""Characters that are shown of a name or a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos:
    """Reads photos of roots that were asked once whether they answer.

    Attributes:
        unreachable: roots that do not: asking for each photo anew could take a minute each.
    """

    unreachable: frozenset[str]

    @classmethod
    def of(cls, roots: Iterable[str | None]) -> Self:
        """Ask roots, each once; None is no root."""
        different = {root for root in roots if root is not None}
        return cls(unreachable=frozenset(root for root in different if not _answers(root)))

    def read(
        self, root: str | None, file_name: str | None, size: tuple[int, int] | None
    ) -> ReadableImage | Unjudgable | Unreachable:
        """Give a photo, or why it cannot be had, as `read_image` does."""
        if root in self.unreachable:
            return Unreachable(reason=ROOT_UNREACHABLE)
        return read_image(root, file_name, size)


def shortened(text: str) -> str:
    """Give a text with as many characters as are shown."""
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1].rstrip()}…"


def _answers(root: str) -> bool:
    try:
        check_root(root)
    except AuditError:
        return False
    return True
