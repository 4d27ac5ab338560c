"""Opens a bundle as a workspace, for whoever wants to compute with it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from audit.errors import InputError
from audit.jobs.evidence.about import BundleAbout, read_about
from audit.jobs.evidence.archive import unpack
from audit.jobs.evidence.checksums import check_sums
from audit.jobs.evidence.members import check_members
from audit.jobs.evidence.part_checks import check_parts
from audit.jobs.evidence.rebuilt import rebuilt_workspace
from audit.jobs.evidence.report_names import REPORT_JSON
from audit.jobs.evidence.row_fit import check_fit
from audit.jobs.evidence.rows import read_rows
from audit.jobs.workspace import Workspace
from db.errors import StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBundle:
    """A bundle as long as it is open.

    Attributes:
        about: what it is, and the question of its report.
        workspace: made of its rows; its population has a manifest and no annotations.
        report: its `report.json`.
        folder: its files, unpacked.
    """

    about: BundleAbout
    workspace: Workspace
    report: dict[str, Any]
    folder: Path


@contextmanager
def open_bundle(file: Path) -> Iterator[OpenedBundle]:
    """Give a bundle whose checksums hold, opened in a temporary folder that is gone afterwards.

    Raises:
        InputError: it is no bundle, is damaged, of a newer format, or was altered.
    """
    with TemporaryDirectory(prefix="mask-audit-") as place:
        folder = Path(place)
        names = unpack(file, folder)
        about = read_about(folder, file)
        found = read_rows(folder)
        checks = (
            check_sums(folder, names),
            check_members(folder, names),
            check_fit(found),
            check_parts(folder),
        )
        altered = [*found.differences, *(each for check in checks for each in check.differences)]
        if altered:
            raise InputError(
                f"{file} was altered ({altered[0]}): `mask-audit verify {file}` names everything"
            )
        report = _report(folder, file)
        with ExitStack() as opened:
            try:
                workspace = opened.enter_context(rebuilt_workspace(folder, found.values()))
            except StoreError as error:
                raise InputError(f"{file} is no whole bundle: {error}") from error
            yield OpenedBundle(about=about, workspace=workspace, report=report, folder=folder)


def _report(folder: Path, file: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / REPORT_JSON).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{file} is no bundle: {REPORT_JSON} in it cannot be read") from error
    if not isinstance(found, dict):
        raise InputError(f"{file} is no bundle: {REPORT_JSON} in it is no object")
    return found
