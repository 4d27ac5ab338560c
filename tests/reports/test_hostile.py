"""Texts that attack a format come out as texts."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.formats import Format, render, render_report
from reports.latex_text import escaped as latex_escaped
from reports.markdown import escaped as markdown_escaped
from reports.markdown import render_markdown
from reports.report_document import report_document
from reports.report_html import render_report_html
from tests.reports.illustrations import illustrated

HOSTILE_ALT = """x" onerror="alert(1)" ' <script>alert(2)</script> ](javascript:alert(3))"""
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
    content = illustrated(request.getfixturevalue(name), text=HOSTILE_ALT)
    document = Reader(render_report_html(content))

    assert not document.tags & {"script", "link", "iframe", "object", "base", "form"}
    names = {attribute for attribute, _ in document.attributes}
    assert not names & {"style", "xlink:href"}
    assert not [attribute for attribute in names if attribute.startswith("on")]
    assert not names & {"src", "srcset"}
    links = {value for attribute, value in document.attributes if attribute == "href"}
    anchors = [value for attribute, value in document.attributes if attribute == "id"]
    assert links <= {f"#{anchor}" for anchor in anchors}
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize("has_pictures", [False, True])
def test_html_allows_its_own_style_by_hash_its_own_pictures_and_nothing_else(has_pictures, published):
    text = render_report_html(illustrated(published) if has_pictures else published)
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL)[1]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]

    digest = b64encode(sha256(style.encode()).digest()).decode()
    pictures = "img-src data:; " if has_pictures else ""
    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; {pictures}base-uri 'none'; form-action 'none'"
    )
    assert ("url(" in style) == has_pictures
    assert "url(" not in re.sub(r"url\(data:image/jpeg;base64,[A-Za-z0-9+/=]+\)", "", style)
    assert "@import" not in style


def test_html_shows_hostile_texts_as_they_are(hostile):
    text = "".join(Reader(render_report_html(hostile)).texts)

    for warning in hostile.warnings:
        assert warning in text


def test_markdown_tables_keep_their_columns_and_links_stay_beside_the_file(hostile):
    markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py reads the document back")
    document = report_document(illustrated(hostile, text=HOSTILE_ALT))
    tokens = (
        markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table").parse(render_markdown(document))
    )

    tables = [[]]
    for token in tokens:
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append(0)
        elif token.type in ("td_open", "th_open"):
            tables[-1][-1] += 1
    inline = [child for token in tokens for child in token.children or ()]
    assert [set(rows) for rows in tables[1:]] == [
        {len(section.table.columns)} for section in document.sections.values() if section.table
    ]
    ours = {"text", "strong_open", "strong_close", "text_special", "softbreak", "hardbreak", "image"}
    commands = [child.content for child in inline if child.type == "code_inline"]
    assert {child.type for child in inline} <= {*ours, "code_inline"}
    assert commands
    assert all(command.startswith("mask-audit ") for command in commands)
    assert not [token for token in tokens if token.type == "html_block"]
    linked = {child.attrs["src"] for child in inline if child.type == "image"}
    assert linked <= set(render_report(illustrated(hostile, text=HOSTILE_ALT), [Format.MARKDOWN]))
    assert len(linked) > 10
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

    without_commands = re.sub(r"\\(?:[{}#$%&_]|ensuremath\{\\[A-Za-z]+\}|[a-z]+\{[0-9A-F!]*\})", "", escaped)
    assert not set(without_commands) & set("\\#$%&_^~")
    assert without_commands.count("{") == without_commands.count("}")


@pytest.mark.parametrize("chosen", Format)
def test_what_no_file_can_hold_becomes_a_replacement_character(chosen, make_content, published):
    content = make_content(*published.settings, sample="a\x00b\x1b\ud800c")

    (text,) = render(content, [chosen]).values()

    text.encode()
    assert not set(text) & {"\x00", "\x1b"}
