"""Writes a bundle: everything that the figures of a sample's report are made of, in one file."""

import platform
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

from audit.jobs.evidence.about import BundleAbout, write_about
from audit.jobs.evidence.archive import files_in, pack, refuse_target
from audit.jobs.evidence.checksums import write_sums
from audit.jobs.evidence.guideline_file import guideline_hashes, write_guideline_file
from audit.jobs.evidence.outcomes import write_outcomes
from audit.jobs.evidence.population_files import write_population_files
from audit.jobs.evidence.privacy import with_pseudonyms, without_places
from audit.jobs.evidence.rebuilt import load_rebuilt_state, rebuilt_workspace
from audit.jobs.evidence.report_names import REPORT_FOLDER
from audit.jobs.evidence.rows import write_rows
from audit.jobs.evidence.rule_files import write_rule_files
from audit.jobs.evidence.settings_file import write_settings_file
from audit.jobs.evidence.signing import Signer
from audit.jobs.loaded_report import ReportQuestion
from audit.jobs.progress import Progress
from audit.jobs.pseudonyms import ReviewerNames, pseudonyms
from audit.jobs.report import ReportRequest, write_report
from audit.jobs.workspace import Workspace
from db.evidence import SCHEMA_REVISION, Row, load_evidence
from db.records import Sample
from db.reviewers import load_names_by_first_entry
from db.samples import load_sample
from reports.formats import Format

_LIBRARIES = ("numpy", "scipy", "pandas", "scikit-learn", "duckdb", "pyarrow", "sqlalchemy", "pillow")


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRequest:
    """What to bundle, and where to.

    Attributes:
        file: the zip; replaced whole where it is one.
        question: that its report answers.
        n_shown: masks in each gallery of the report at most.
        rules: files of rule sets, besides those in the workspace's folder.
        names: whether reviewers stand in it under their names.
        signer: who signs it, or None.
    """

    file: Path
    question: ReportQuestion
    n_shown: int
    rules: tuple[Path, ...]
    names: ReviewerNames
    signer: Signer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBundle:
    """A bundle that was written.

    Attributes:
        file: the zip.
        about: what it is.
        n_bytes: of the zip.
        rules: the files whose rule sets are in it.
        signed_with: the program that signed it, or None.
    """

    file: Path
    about: BundleAbout
    n_bytes: int
    rules: tuple[Path, ...]
    signed_with: str | None


def write_bundle(
    workspace: Workspace, request: BundleRequest, *, now: datetime, progress: Progress
) -> WrittenBundle:
    """Bundle a sample as one moment saw it, whatever reviewers do meanwhile.

    The rows are taken in one reading transaction. The report is made of a workspace of these rows, so that
    it is of them and no others, and calls people what the rows call them.

    Raises:
        InputError: something is in the way of the file, a rule set is none, or the key or its program cannot
            sign.
        StoreError: there is no such sample.
        UnavailableError: the disk is full.
    """
    refuse_target(request.file)
    if request.signer is not None:
        request.signer.refuse_unusable()
    with TemporaryDirectory(prefix="mask-audit-") as place:
        folder = Path(place)
        sample, rows = _load(workspace, request)
        write_settings_file(folder, workspace.settings)
        write_guideline_file(folder, workspace.settings)
        write_population_files(folder, workspace, sample)
        rules = write_rule_files(folder, workspace.settings.folder, request.rules)
        question = replace(request.question, sample=sample.name)
        asked = ReportRequest(
            question=question,
            folder=folder / REPORT_FOLDER,
            formats=tuple(Format),
            n_shown=request.n_shown,
        )
        rows = _write_report(folder, rows, asked, now=now, progress=progress)
        write_rows(folder, rows)
        about = BundleAbout(
            created_at=now,
            version=version("mask-audit"),
            schema=SCHEMA_REVISION,
            python=platform.python_version(),
            libraries=_libraries(),
            sample=sample.name,
            question=question,
            n_shown=request.n_shown,
            has_names=request.names is ReviewerNames.REAL,
            guideline_hashes=guideline_hashes(rows),
            n_rows={table: len(of_table) for table, of_table in rows.items()},
        )
        write_about(folder, about)
        write_sums(folder, files_in(folder))
        signed_with = None if request.signer is None else request.signer.sign(folder)
        pack(folder, request.file, progress=progress)
    return WrittenBundle(
        file=request.file,
        about=about,
        n_bytes=request.file.stat().st_size,
        rules=rules,
        signed_with=signed_with,
    )


def summary(written: WrittenBundle) -> list[str]:
    """Give in words what is in a bundle."""
    about = written.about
    people = "reviewers stand in it under their names" if about.has_names else "reviewers have pseudonyms"
    signed = f"signed with {written.signed_with}" if written.signed_with else "not signed"
    return [
        f"{written.file}: sample {about.sample}, {sum(about.n_rows.values()):,} rows, "
        f"{written.n_bytes:,} bytes; {people}; {signed}",
        *(f"with the rules of {file}" for file in written.rules),
        f"anybody checks it with: mask-audit verify {shlex.quote(str(written.file))}",
    ]


def _load(workspace: Workspace, request: BundleRequest) -> tuple[Sample, Mapping[str, Sequence[Row]]]:
    with workspace.store.reading() as transaction:
        sample = load_sample(transaction, request.question.sample)
        rows = load_evidence(transaction, sample.sample_id)
        names = load_names_by_first_entry(transaction)
    return sample, rows if request.names is ReviewerNames.REAL else with_pseudonyms(rows, pseudonyms(names))


def _write_report(
    folder: Path,
    rows: Mapping[str, Sequence[Row]],
    asked: ReportRequest,
    *,
    now: datetime,
    progress: Progress,
) -> Mapping[str, Sequence[Row]]:
    """Write the report of some rows; give the rows as the report left them, without what is private in them.

    A report notes which masks cannot be shown, and is of what it noted.
    """
    with rebuilt_workspace(folder, rows) as rebuilt:
        write_report(rebuilt, asked, now=now, progress=progress)
        state = load_rebuilt_state(rebuilt, asked.question.sample)
        write_outcomes(folder, state)
        with rebuilt.store.reading() as transaction:
            return without_places(load_evidence(transaction, state.sample.sample_id))


def _libraries() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
