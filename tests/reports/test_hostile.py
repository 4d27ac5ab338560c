"""Texts that attack a format come out as texts."""

import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.formats import Format, render
from reports.html import render_html
from reports.latex import escaped as latex_escaped
from reports.latex import render_latex
from reports.markdown import escaped as markdown_escaped
from reports.markdown import render_markdown

CONTENTS = ["published", "unfinished", "certifying", "contrasting", "empty", "hostile"]


class Reader(HTMLParser):
    """Collects the tags, the attributes and the text of a document."""

    def __init__(self, document):
        super().__init__()
        self.tags, self.attributes, self.texts = set(), [], []
        self.feed(document)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("name", CONTENTS)
def test_html_runs_nothing_and_asks_for_nothing(name, request):
    document = Reader(render_html(request.getfixturevalue(name)))

    assert not document.tags & {"script", "link", "img", "iframe", "object", "base", "form", "a"}
    names = {attribute for attribute, _ in document.attributes}
    assert not names & {"style", "src", "href", "xlink:href"}
    assert not [attribute for attribute in names if attribute.startswith("on")]


def test_html_allows_its_own_style_by_hash_and_nothing_else(published):
    text = render_html(published)
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL)[1]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]

    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style
    assert "@import" not in style


def test_html_shows_hostile_texts_as_they_are(hostile):
    text = "".join(Reader(render_html(hostile)).texts)

    for warning in hostile.warnings:
        assert warning in text


def test_markdown_tables_keep_their_columns(hostile):
    markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py reads the document back")
    tokens = (
        markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table").parse(render_markdown(hostile))
    )

    n_cells, widths = 0, set()
    for token in tokens:
        n_cells += token.type in ("td_open", "th_open")
        if token.type == "tr_close":
            widths.add(n_cells)
            n_cells = 0
    inline = [child for token in tokens for child in token.children or ()]
    assert widths == {2, 3, 4, 5, 6, 7, 11}
    assert {child.type for child in inline} <= {"text", "strong_open", "strong_close", "text_special"}
    assert not [token for token in tokens if token.type == "html_block"]
    shown = "".join(child.content for child in inline)
    for warning in hostile.warnings:
        assert " ".join(warning.split()) in shown.replace("\ufffd", "\x00")


@given(st.text())
def test_escaped_markdown_stays_on_one_line_and_out_of_cells(text):
    escaped = markdown_escaped(text)

    assert len(escaped.splitlines()) <= 1
    assert not re.search(r"(?<!\\)(\\\\)*[|<>*_`\[\]]", escaped)


@given(st.text())
def test_escaped_latex_has_only_our_own_commands(text):
    escaped = latex_escaped(text)

    without_commands = re.sub(r"\\(?:[{}#$%&_]|[a-z]+\{[0-9A-F!]*\})", "", escaped)
    assert not set(without_commands) & set("\\#$%&_^~")
    assert without_commands.count("{") == without_commands.count("}")


@pytest.mark.parametrize("chosen", Format)
def test_what_no_file_can_hold_becomes_a_replacement_character(chosen, make_content, published):
    content = make_content(*published.settings, sample="a\x00b\x1b\ud800c")

    (text,) = render(content, [chosen]).values()

    text.encode()
    assert not set(text) & {"\x00", "\x1b"}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("name", CONTENTS)
def test_latex_compiles_by_itself(name, request, tmp_path):
    (tmp_path / "report.tex").write_text(render_latex(request.getfixturevalue(name)), encoding="utf-8")

    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )

    assert run.returncode == 0, run.stdout.decode("latin-1")[-2000:]
