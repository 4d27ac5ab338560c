"""The LaTeX of a report, compiled by a real TeX as it is."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reports.formats import Format, render_report
from tests.reports.illustrations import illustrated, picture_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed"),
]

OVERFULL = re.compile(r"Overfull \\hbox \(([\d.]+)pt too wide\)")


def compiled(content, folder: Path) -> str:
    """What TeX says; its PDF is beside the LaTeX."""
    for name, written in render_report(content, [Format.LATEX]).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written)
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex"],
        cwd=folder,
        env=os.environ | {"max_print_line": "1000"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    said = run.stdout.decode("latin-1")
    assert run.returncode == 0, said[-2000:]
    return said


@pytest.mark.parametrize("name", ["published", "unfinished", "certifying", "contrasting", "empty", "hostile"])
def test_it_compiles_by_itself_and_nothing_runs_over_the_margin(name, request, tmp_path):
    content = illustrated(request.getfixturevalue(name), text="Ł & Ω_1")

    said = compiled(content, tmp_path)

    # Half an em is not seen; hostile names are shown by their numbers, which are longer than they say.
    limit = 40 if name == "hostile" else 5
    assert [float(width) for width in OVERFULL.findall(said) if float(width) > limit] == []


def test_it_prints_pictures_and_figures_that_lie_beside_it(published, tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "intervals.png").write_bytes(picture_of(0).jpeg)

    said = compiled(illustrated(published), tmp_path)

    assert "figures/intervals.png" in said
    assert said.count("gallery/mask-") >= 11


def test_it_says_what_pictures_show_and_figures_count_where_their_files_are_gone(published, tmp_path):
    text = render_report(illustrated(published), [Format.LATEX])["report.tex"]
    (tmp_path / "report.tex").write_bytes(text)

    subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=True,
    )

    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    shown = subprocess.run(
        ["pdftotext", "-layout", "report.pdf", "-"], cwd=tmp_path, capture_output=True, check=True
    ).stdout.decode()
    assert shown.count("A horse") > 17
    assert re.search(r"^\s*entity label × G-SAM\s+G-SAM\s+81\.4 %\s+79\.6 %\s+83\.0 %", shown, re.MULTILINE)


def test_letters_that_its_fonts_lack_are_shown_by_number_and_explained(published, make_content, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    compiled(make_content(*published.settings, title="Łódź Übung β 東 סוס"), tmp_path)

    shown = subprocess.run(
        ["pdftotext", "report.pdf", "-"], cwd=tmp_path, capture_output=True, check=True
    ).stdout.decode()

    title, explained = shown.splitlines()[0], " ".join(shown.split())
    assert title == "Łódź Übung β [U+6771] [U+05E1][U+05D5][U+05E1]"
    assert "XeLaTeX and LuaLaTeX take them from a font that has them" in explained
