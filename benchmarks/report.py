"""A report of 18,000 verdicts in every format, beside pandas' DataFrame.to_html of its tables.

python -m benchmarks.report
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from audit.jobs.document_files import write_document_files
from audit.jobs.estimates import Figures
from audit.jobs.report_content import report_content
from benchmarks.estimates import N_CATEGORIES, N_UNITS, NOW, SETTINGS, a_state
from benchmarks.processes import best_of, measure_here, told
from db.manifest import Manifest
from reports.content import ReportContent
from reports.formats import Format, render, render_report
from reports.report_document import report_document
from sampling.estimation.estimands import Estimand

MOST_BYTES = 3_000_000
"""Of the page without its galleries."""


def a_content() -> ReportContent:
    """All that a report says of 2,000 units in 9 settings, 3 splits and 150 categories."""
    figures = Figures(confidence=0.95, table_confidence=0.95, estimand=Estimand.MIX)
    return report_content(a_state(), Manifest(settings=()), figures, version="", now=NOW)


def with_pandas() -> Callable[[], object]:
    """The tables alone, as HTML."""
    import pandas as pd

    content = a_content()

    def draw() -> list[str]:
        tables = (section.table for section in report_document(content).sections.values())
        return [
            pd.DataFrame(
                [[cell.line for cell in cells for _ in range(cell.span)] for cells in table.rows],
                columns=list(table.columns),
            ).to_html(index=False)
            for table in tables
            if table
        ]

    return draw


def with_page() -> Callable[[], object]:
    """The page with all in it: tables, figures, sentences, contents."""
    content = a_content()
    return lambda: render(content, [Format.HTML])


def with_every_format() -> Callable[[], object]:
    """Five formats, a CSV per table, figures as SVG and JSON."""
    content = a_content()
    return lambda: render_report(content, Format)


def from_verdicts_to_files() -> Callable[[], object]:
    """Estimates, five formats, PNGs where a Chromium is found, checksums, on disk."""

    def write() -> None:
        with TemporaryDirectory() as folder:
            write_document_files(Path(folder), render_report(a_content(), Format))

    return write


WAYS: dict[str, Callable[[], Callable[[], object]]] = {
    "pandas, the tables alone": with_pandas,
    "the HTML page": with_page,
    "every format": with_every_format,
    "from verdicts to files": from_verdicts_to_files,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--way", choices=WAYS)
    asked = parser.parse_args()
    if asked.way:
        measure_here(WAYS[asked.way](), n_cores=1)
        return
    print(
        f"{N_UNITS * len(SETTINGS):,} verdicts, {len(SETTINGS)} settings, {N_CATEGORIES} categories; one core"
    )
    measured = {name: best_of("benchmarks.report", "--way", name) for name in WAYS}
    peer = next(iter(measured.values()))
    for name, each in measured.items():
        print(told(name, each, peer))
    [page] = render(a_content(), [Format.HTML]).values()
    n_bytes = len(page.encode())
    print(f"  the page has {n_bytes:,} bytes, {n_bytes / MOST_BYTES:.0%} of the {MOST_BYTES:,} it may have")


if __name__ == "__main__":
    main()
