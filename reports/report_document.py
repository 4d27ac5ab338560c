"""The report as a document, which every format writes."""

from reports.blocks import Section
from reports.content import ReportContent
from reports.document import Document
from reports.numbers import count_text, date_text
from reports.sections import SECTIONS, table_one
from reports.sentences import provenance_text, status_text

LEDE = "How accurate are these machine-made masks? People judged a random sample of them."
TABLE_ONE = "table-1"


def report_document(content: ReportContent) -> Document:
    """All that the report says, Table 1 first; sections without anything under their heading are left out."""
    made = {TABLE_ONE: table_one(content), **{key: make(content) for key, make in SECTIONS.items()}}
    return Document(
        key="report",
        title=content.title,
        lede=LEDE,
        status=status_text(content),
        is_done=content.is_complete and bool(content.settings),
        facts=_facts(content),
        warnings=content.warnings,
        sections=_with_content(made),
        provenance=provenance_text(content),
        version=content.version,
        created_at=content.created_at,
    )


def _with_content(sections: dict[str, Section]) -> dict[str, Section]:
    return {key: section for key, section in sections.items() if section.has_content}


def _facts(content: ReportContent) -> tuple[tuple[str, str], ...]:
    return (
        ("Sample", content.sample),
        ("Units", count_text(content.n_units)),
        ("Settings", count_text(len(content.settings))),
        ("Seed", str(content.design.seed)),
        ("Drawn", date_text(content.sampled_at)),
        ("Verdicts", count_text(content.n_verdicts)),
        ("Reported", date_text(content.created_at)),
        ("Version", content.version),
    )
