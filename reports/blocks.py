"""What a section of the report is made of, before any format writes it."""

from dataclasses import dataclass

from reports.figures.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One field of a table: a text, what stands smaller beside or below it, and the columns it spans."""

    text: str
    details: tuple[str, ...] = ()
    span: int = 1

    @property
    def line(self) -> str:
        """All of it on one line."""
        return f"{self.text} ({', '.join(self.details)})" if self.details else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: `n_labels` columns of text on the left, the others are numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    n_labels: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a gallery.

    Attributes:
        name: names its file and is unique in a document; lower-case letters, digits and hyphens.
        jpeg: at most 40,000 bytes.
        alt: what is seen, for those who cannot see it.
    """

    name: str
    jpeg: bytes
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One thing of a gallery: pictures that are seen beside each other, and lines of text below."""

    pictures: tuple[Picture, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Things to be looked at, drawn by chance.

    Attributes:
        key: unique in a document; lower-case letters, digits and hyphens.
        caption: how they were chosen, out of how many.
    """

    key: str
    title: str
    caption: str
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it; each may be absent."""

    title: str
    table: Table | None = None
    points: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    code: str = ""
    figures: tuple[Figure, ...] = ()
    galleries: tuple[Gallery, ...] = ()

    @property
    def has_content(self) -> bool:
        """There is something under the heading."""
        return bool(
            self.table or self.points or self.paragraphs or self.code or self.figures or self.galleries
        )
