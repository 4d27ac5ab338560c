"""`bundle.json`: what a bundle is, what made it, and the question that its report answers."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from audit.errors import InputError
from audit.jobs.loaded_report import ReportQuestion
from db.evidence import SCHEMA_REVISION
from reports.results import Span
from sampling.estimation.estimands import Estimand

ABOUT_FILE = "bundle.json"
FORMAT = 1
"""The version of the layout of bundles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleAbout:
    """What is known of a bundle before any row is read.

    Attributes:
        created_at: when it, and the report in it, were made.
        version: of the program.
        schema: of its store, whose tables the rows are of.
        python: its version.
        libraries: name → version of those that compute or draw figures.
        sample: the name of the sample that it is about.
        question: that the report answers.
        n_shown: masks in each gallery of the report at most.
        has_names: reviewers and their remarks are in it as they are; else people have pseudonyms, and
            nothing that they wrote is in it.
        guideline_hashes: SHA-256 of each version of the guideline that a verdict names.
        n_rows: table → rows.
    """

    created_at: datetime
    version: str
    schema: str
    python: str
    libraries: Mapping[str, str]
    sample: str
    question: ReportQuestion
    n_shown: int
    has_names: bool
    guideline_hashes: tuple[str, ...]
    n_rows: Mapping[str, int]


def write_about(folder: Path, about: BundleAbout) -> None:
    """Write `bundle.json` into the folder of a bundle."""
    values = asdict(about)
    values["created_at"] = about.created_at.isoformat()
    values["question"] = {"estimand": about.question.estimand, "span": about.question.span}
    text = json.dumps({"format": FORMAT, **values}, ensure_ascii=False, indent=2)
    (folder / ABOUT_FILE).write_text(f"{text}\n", encoding="utf-8")


def read_about(folder: Path, file: Path) -> BundleAbout:
    """Read `bundle.json`.

    Args:
        folder: of the unpacked bundle.
        file: names the bundle in a message.

    Raises:
        InputError: it is not there, is damaged, or is of a format that this version does not know.
    """
    try:
        values = json.loads((folder / ABOUT_FILE).read_text(encoding="utf-8"))
        found = values.pop("format")
    except FileNotFoundError as error:
        raise InputError(f"{file} is no bundle: there is no {ABOUT_FILE} in it") from error
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise InputError(f"{file} is no bundle: {ABOUT_FILE} in it cannot be read") from error
    if type(found) is not int or found < 1:
        raise InputError(f"{file} is no bundle: {ABOUT_FILE} in it has no format")
    if found > FORMAT:
        raise InputError(
            f"{file} is a bundle of format {found}, this version of mask-audit knows {FORMAT}: "
            "use the version that made it, or a newer one"
        )
    try:
        about = _about(values)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(f"{file} is no bundle: {ABOUT_FILE} in it lacks or mistakes {error}") from error
    if about.schema != SCHEMA_REVISION:
        raise InputError(
            f"{file} has rows of schema {about.schema}, this version of mask-audit has {SCHEMA_REVISION}: "
            f"use mask-audit {about.version}, which made it"
        )
    return about


def _about(values: dict[str, Any]) -> BundleAbout:
    created_at = datetime.fromisoformat(values["created_at"])
    if created_at.tzinfo is None:
        raise ValueError("the zone of created_at")
    sample = _text(values["sample"])
    return BundleAbout(
        created_at=created_at,
        version=_text(values["version"]),
        schema=_text(values["schema"]),
        python=_text(values["python"]),
        libraries={_text(name): _text(each) for name, each in values["libraries"].items()},
        sample=sample,
        question=ReportQuestion(
            sample=sample,
            estimand=Estimand(values["question"]["estimand"]),
            span=Span(values["question"]["span"]),
        ),
        n_shown=_count(values["n_shown"]),
        has_names=_truth(values["has_names"]),
        guideline_hashes=tuple(_text(each) for each in values["guideline_hashes"]),
        n_rows={_text(table): _count(n) for table, n in values["n_rows"].items()},
    )


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"a number of things, where {str(value)[:40]} is")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"true or false, where {str(value)[:40]} is")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text, where {str(value)[:40]} is")
    return value
