"""Reports of real audits: what they say was looked at and accepted, and every format opens."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.reports.gold_documents import GOLD, gold_difference
from tests.reports.real_audits import (
    audit_braintumor,
    audit_coco_free,
    mask_audit,
    right_in_braintumor,
    right_in_coco_free,
)

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

AUDITS = {
    "coco_free": (audit_coco_free, right_in_coco_free),
    "braintumor": (audit_braintumor, right_in_braintumor),
}
MOST_HTML_BYTES = 3_000_000
MOST_PICTURE_BYTES = 40_000


@dataclass(frozen=True)
class RealReport:
    """The report of an audit, as the command wrote it."""

    name: str
    folder: Path
    workspace: Path
    data: Path

    def text(self, name: str) -> str:
        """A file of the report without what differs from run to run, or from machine to machine."""
        text = (self.folder / name).read_text(encoding="utf-8")
        text = text.replace(str(self.workspace), "WORKSPACE").replace(str(self.data), "DATA")
        text = text.replace(f"mask-audit {version('mask-audit')}", "mask-audit VERSION")
        for pattern, placeholder in SCRUBS:
            text = pattern.sub(placeholder, text)
        return LONG_NUMBER.sub(lambda found: f"{float(found[0]):.10g}", text)


SCRUBS = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(\+00:00|Z)?"), "TIME"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "DATE"),
    (re.compile(r"data:image/jpeg;base64,[A-Za-z0-9+/=]+"), "PICTURE"),
    (re.compile(r"<style>.*?</style>", re.DOTALL), "<style></style>"),
    (re.compile(r"<svg.*?</svg>", re.DOTALL), "<svg></svg>"),  # figures have tests of their own
    (re.compile(r"sha256-[A-Za-z0-9+/=]+"), "sha256-STYLE"),
)
LONG_NUMBER = re.compile(r"\b\d+\.\d{11,}(e-?\d+)?\b")


@pytest.fixture(scope="module", params=AUDITS)
def report(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealReport]:
    workspace = tmp_path_factory.mktemp(request.param) / "audit"
    audit, _ = AUDITS[request.param]
    audit(shared_data, workspace)
    folder = workspace / "report"
    mask_audit("report", "--out", folder, "-w", workspace)
    return RealReport(name=request.param, folder=folder, workspace=workspace, data=shared_data)


def written(report: RealReport) -> list[str]:
    """Every file of a report but pictures of figures, which need a browser."""
    files = (file.relative_to(report.folder) for file in report.folder.rglob("*") if file.is_file())
    return sorted(file.as_posix() for file in files if file.suffix != ".png")


def test_the_report_says_what_was_accepted(report: RealReport) -> None:
    names = written(report)
    kept = [name for name in names if re.fullmatch(r"report\.\w+|tables/.*\.csv", name)]
    assert "report.tex" in kept

    documents = {name: report.text(name) for name in kept} | {"files.txt": "\n".join(names) + "\n"}
    differences = [gold_difference(Path(report.name, name), text) for name, text in documents.items()]

    assert [difference for difference in differences if difference is not None] == []
    accepted = (file.relative_to(GOLD / report.name) for file in (GOLD / report.name).rglob("*.*"))
    assert {file.as_posix() for file in accepted} == documents.keys()


def test_as_many_masks_are_right_as_the_truth_files_say(report: RealReport) -> None:
    found = json.loads((report.folder / "report.json").read_text())["settings"]
    _, right_in = AUDITS[report.name]
    expected = right_in(report.data, report.workspace)

    assert expected
    assert {each["setting"]: each["n_correct"] for each in found}.items() >= expected.items()


def test_the_page_is_small_and_so_is_every_picture(report: RealReport) -> None:
    html = (report.folder / "report.html").read_text(encoding="utf-8")
    assert len(re.sub(r"data:image/jpeg;base64,[A-Za-z0-9+/=]+", "", html)) < MOST_HTML_BYTES

    pictures = sorted((report.folder / "gallery").iterdir())
    assert len(pictures) > 20
    for picture in pictures:
        assert picture.stat().st_size <= MOST_PICTURE_BYTES
        with Image.open(picture, formats=("JPEG",)) as image:
            image.load()


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_latex_compiles_as_it_is(report: RealReport, tmp_path: Path) -> None:
    shutil.copytree(report.folder, tmp_path / "report")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex"]
    for _ in range(2):  # widths of long tables settle in the second run
        done = subprocess.run(command, cwd=tmp_path / "report", capture_output=True, check=False)

    assert done.returncode == 0, done.stdout[-2000:].decode(errors="replace")
    assert (tmp_path / "report" / "report.pdf").stat().st_size > 10_000


@pytest.mark.browser
def test_the_page_opens_offline_and_shows_every_picture(report: RealReport, chromium: Any) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto((report.folder / "report.html").as_uri())

    widths = page.evaluate(
        """Promise.all([...document.querySelectorAll('.pictures > [role=img]')].map(picture => {
            const image = new Image();
            image.src = getComputedStyle(picture).backgroundImage.slice(5, -2);
            return image.decode().then(() => image.naturalWidth);
        }))"""
    )
    assert said == []
    assert len(widths) > 20
    assert min(widths) > 100
    assert page.locator(".pictures > *:not([aria-label]), .pictures > [aria-label='']").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
