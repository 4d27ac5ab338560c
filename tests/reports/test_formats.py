"""The files that each format of a document gives."""

import json
from base64 import b64encode

import pytest

from reports.blocks import Section
from reports.formats import Format, render_document, render_report
from reports.markdown import section_lines
from reports.report_document import report_document
from tests.reports.illustrations import illustrated


def folders_of(files):
    return {name.split("/")[0] if "/" in name else name for name in files}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Format.HTML, {"report.html"}),
        (Format.MARKDOWN, {"report.md", "figures", "gallery"}),
        (Format.LATEX, {"report.tex", "figures", "gallery"}),
        (Format.CSV, {"report.csv", "tables"}),
        (Format.JSON, {"report.json", "figures"}),
    ],
)
def test_each_format_comes_with_what_it_shows(chosen, expected, published):
    assert folders_of(render_report(illustrated(published), [chosen])) == expected


def test_every_table_figure_and_picture_is_a_file_of_its_own(published):
    content = illustrated(published)
    sections = report_document(content).sections
    figures = [figure.key for section in sections.values() for figure in section.figures]

    files = render_report(content, Format)

    assert {name for name in files if name.startswith("tables/")} == {
        f"tables/{key}.csv" for key, section in sections.items() if section.table
    }
    assert {name for name in files if name.startswith("figures/")} == {
        f"figures/{key}.{suffix}" for key in figures for suffix in ("svg", "json")
    }
    assert len(figures) == len(set(figures)) >= 3
    pictures = [name for name in files if name.startswith("gallery/")]
    assert len(pictures) == 11
    assert all(files[name].startswith(b"\xff\xd8") for name in pictures)


def test_any_document_is_rendered_under_its_own_key(published):
    document = report_document(published)

    files = render_document(document, Format)

    assert folders_of(files) == {"report.html", "report.md", "report.tex", "tables", "figures"}
    assert document.title in files["report.html"].decode()


def test_figures_are_plotly_s_own_and_drawings_without_script(published):
    files = render_report(published, [Format.JSON, Format.MARKDOWN])

    for name, written in files.items():
        if name.startswith("figures/") and name.endswith(".json"):
            assert set(json.loads(written)) >= {"data", "layout"}
        if name.endswith(".svg"):
            assert b"<script" not in written


def test_the_page_holds_each_picture_once_and_is_light_without_them(published):
    content = illustrated(published)

    page = render_report(content, [Format.HTML])["report.html"]
    shown = [
        picture
        for gallery in (*content.galleries.failures, *content.galleries.discordant)
        for exhibit in gallery.exhibits
        for picture in exhibit.pictures
    ]
    different = {picture.name: b64encode(picture.jpeg) for picture in shown}

    assert len(different) < len(shown) == page.count(b'role="img" class="picture-')
    assert [page.count(data) for data in different.values()] == [1] * len(different)
    assert len(page) - sum(map(len, different.values())) < 3_000_000 / 10


def test_markdown_sets_commands_as_code_and_dataset_text_never(published):
    text = "by `mask-audit verdicts export`, of `<b>` and `mask-audit <b>`"
    section = Section(title="Again", paragraphs=(text,))

    assert list(section_lines(section))[2] == (
        r"by `mask-audit verdicts export`, of \`\<b\>\` and \`mask-audit \<b\>\`"
    )
