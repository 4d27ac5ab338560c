"""Checks a bundle: that nothing in it was altered, and that its report is what its rows give."""

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from audit.errors import InputError
from audit.jobs.evidence.about import BundleAbout, read_about
from audit.jobs.evidence.about_checks import check_about, has_sample
from audit.jobs.evidence.archive import unpack
from audit.jobs.evidence.checksums import check_sums
from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.figure_checks import check_figures, computed_content
from audit.jobs.evidence.guideline_file import check_guideline
from audit.jobs.evidence.mask_checks import check_masks
from audit.jobs.evidence.members import check_members, check_pictures
from audit.jobs.evidence.outcomes import OUTCOMES_FILE, outcome_differences
from audit.jobs.evidence.part_checks import check_parts
from audit.jobs.evidence.rebuilt import load_rebuilt_state, rebuilt_workspace
from audit.jobs.evidence.redraw import check_draw
from audit.jobs.evidence.report_checks import check_report, follows_from_figures
from audit.jobs.evidence.row_checks import check_rows
from audit.jobs.evidence.row_fit import check_fit
from audit.jobs.evidence.rows import ROWS_FOLDER, FiledRows, read_rows
from audit.jobs.evidence.rule_files import check_rule_files
from audit.jobs.evidence.sample_checks import check_order, check_sources, check_tickets, check_weights
from audit.jobs.evidence.seeds import seeds_named
from audit.jobs.evidence.signature_check import check_signature
from audit.jobs.progress import Progress
from audit.jobs.review_state import ReviewState
from audit.jobs.workspace import Workspace
from db.errors import StoreError
from db.population import Population
from sampling.errors import DesignError, EstimateError

_NOT_COMPUTABLE = (
    InputError,
    StoreError,
    DesignError,
    EstimateError,
    ArithmeticError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    MemoryError,
    RecursionError,
)
"""What rows that somebody altered can lead to, each of which is a finding and no fault of the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRequest:
    """What to check.

    Attributes:
        file: the bundle.
        population: at hand, to draw from again, or None; nothing is written there.
        signer: whom to trust, or None: see `check_signature`.
        workers: threads.
    """

    file: Path
    population: Population | None
    signer: str | None
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What became of a check.

    Attributes:
        file: the bundle.
        about: what it is.
        checks: in their order.
        remarks: that are no differences, as sentences.
    """

    file: Path
    about: BundleAbout
    checks: tuple[Check, ...]
    remarks: tuple[str, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Everything that is not as it should be."""
        return tuple(each for check in self.checks for each in check.differences)


def verify_bundle(request: VerifyRequest, *, progress: Progress) -> Verification:
    """Check a bundle in a temporary folder; nothing of it is run, and nothing is written elsewhere.

    Raises:
        InputError: it is no bundle, is damaged, or of a newer format; or nobody can be the signer, or the
            program that checks signatures is not there.
        UnavailableError: the disk is full.
    """
    with TemporaryDirectory(prefix="mask-audit-") as place:
        folder = Path(place)
        names = unpack(request.file, folder)
        about = read_about(folder, request.file)
        found = read_rows(folder)
        checks = (
            check_sums(folder, names),
            check_members(folder, names),
            check_signature(folder, request.signer),
            check_about(about, found),
            check_rows(folder, found, about.n_rows),
            *_checks_of_content(folder, about, found, request, progress),
            check_pictures(names),
            check_guideline(folder, found.values()),
            check_rule_files(folder),
        )
    remarks = [*_version_remarks(about), *(remark for check in checks for remark in check.remarks)]
    return Verification(file=request.file, about=about, checks=checks, remarks=tuple(remarks))


def _checks_of_content(
    folder: Path, about: BundleAbout, found: FiledRows, request: VerifyRequest, progress: Progress
) -> Sequence[Check]:
    fitting = check_fit(found), check_parts(folder)
    if any(each.differences for each in fitting) or not has_sample(about, found):
        said = "not computed, as what they are made of does not fit together"
        return *fitting, Check(name="figures", said=said, is_done=False)
    return *fitting, *_computed(folder, about, found, request, progress)


def _computed(
    folder: Path, about: BundleAbout, found: FiledRows, request: VerifyRequest, progress: Progress
) -> Sequence[Check]:
    checks: list[Check] = []
    try:
        with rebuilt_workspace(folder, found.values()) as workspace:
            state = load_rebuilt_state(workspace, about.sample)
            checks += [
                check_sources(state.sample),
                check_tickets(state, seeds_named(folder)),
                check_weights(state),
                check_order(state),
                check_masks(workspace, state),
                check_draw(state, workspace, request.population, workers=request.workers, progress=progress),
            ]
            checks += _report_checks(folder, workspace, state, about)
    except _NOT_COMPUTABLE as error:
        what = f"the rows do not fit together, so that nothing more can be computed: {_said(error)}"
        fault = Difference(where=ROWS_FOLDER, what=what)
        checks.append(Check(name="figures", said="not all could be computed", differences=(fault,)))
    return checks


def _report_checks(
    folder: Path, workspace: Workspace, state: ReviewState, about: BundleAbout
) -> Iterator[Check]:
    n_outcomes = sum(map(len, state.outcomes.values()))
    yield Check(
        name="outcomes",
        said=f"{n_outcomes:,} lines of {OUTCOMES_FILE}, one for each unit and setting",
        differences=tuple(outcome_differences(folder, state)),
    )
    content = computed_content(workspace, about)
    figures = check_figures(folder, about, content)
    yield figures
    if about.version != version("mask-audit"):
        said = f"mask-audit {about.version} wrote its files, and no other version writes the same"
        yield Check(name="report", said=said, is_done=False)
        return
    report = check_report(folder, workspace, state, content, n_shown=about.n_shown)
    yield follows_from_figures(report) if figures.differences else report


def _version_remarks(about: BundleAbout) -> Iterator[str]:
    here = {"mask-audit": version("mask-audit"), "Python": platform.python_version()}
    made_with = {"mask-audit": about.version, "Python": about.python}
    others = [
        f"{name} {made_with[name]}, here is {here[name]}" for name in here if here[name] != made_with[name]
    ]
    if others:
        yield f"It was made with {'; '.join(others)}."


def _said(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
