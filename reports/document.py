"""A document: what a report, or the statistics of a dataset, say in every format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reports.blocks import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Sections in order, and what stands above them.

    Attributes:
        key: names the files of each format: `report` gives `report.html`.
        lede: the question that it answers, as a sentence.
        status: the sentence that says how far what it says can be relied on.
        is_done: the status is good news.
        facts: a few pairs of a term and what it is: sample, seed, version.
        warnings: whole sentences.
        sections: by their keys, which name anchors and the files of tables; in order.
        provenance: a sentence that says what all figures come from, without a full stop.
        version: the program and its version.
        created_at: when it was made, timezone-aware.
    """

    key: str
    title: str
    lede: str
    status: str
    is_done: bool
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    sections: Mapping[str, Section]
    provenance: str
    version: str
    created_at: datetime

    @property
    def has_pictures(self) -> bool:
        """Some section shows a gallery."""
        return any(section.galleries for section in self.sections.values())
