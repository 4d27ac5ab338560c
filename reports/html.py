"""A document as one HTML file: opens offline, asks nothing of any network, runs no script."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from PIL import Image

from reports.blocks import Picture
from reports.document import Document
from reports.figure_table import figure_table
from reports.figures.figure import Figure
from reports.figures.svg import inline_style, render_inline_svg
from reports.numbers import percent_text

TEMPLATES = Path(__file__).parent / "templates"

LIMIT = r"[<>]?[+−]?[\d.]+"
FIGURE = re.compile(
    rf"(n(?:_eff)? = [\d,]+|p [=<] [\d.]+|\d{{4}}-\d\d-\d\d|{LIMIT}(?:–| to ){LIMIT}(?: %)?|{LIMIT} %)"
)


def render_html(document: Document) -> str:
    """The whole document as one page; every text of it is escaped."""
    return render_page("page.html", document)


def render_page(template: str, document: Document, **values: object) -> str:
    """A template that extends `page.html`, and takes these values besides the document."""
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8") + inline_style() + _pictures_style(document)
    return (
        _environment()
        .get_template(template)
        .render(document=document, style=style, policy=_policy(style, document), **values)
    )


def _policy(style: str, document: Document) -> str:
    """What the page may do: use its own style, by its hash, and show its own pictures."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    pictures = "img-src data:; " if document.has_pictures else ""
    return f"default-src 'none'; style-src 'sha256-{digest}'; {pictures}base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "tied": _tied,
        "percent": percent_text,
        "svg": _svg,
        "data_table": figure_table,
    }
    return environment


def _tied(text: str) -> Markup:
    """The text, escaped, with no line break inside "79.6–83.0 %", "n = 2,000" or a date."""
    tied = Markup('<span class="tied">{}</span>')
    # Splitting by a group puts what it matched at the odd places.
    return Markup("").join(
        tied.format(part) if index % 2 else escape(part) for index, part in enumerate(FIGURE.split(text))
    )


def _svg(figure: Figure) -> Markup:
    return Markup(render_inline_svg(figure))  # noqa: S704 (it escapes the figure itself)


def _pictures_style(document: Document) -> str:
    """A rule for each different picture: its bytes stand in the page once, however often it is shown."""
    pictures = {
        picture.name: picture
        for section in document.sections.values()
        for gallery in section.galleries
        for exhibit in gallery.exhibits
        for picture in exhibit.pictures
    }
    return "".join(map(_picture_rule, pictures.values()))


def _picture_rule(picture: Picture) -> str:
    with Image.open(BytesIO(picture.jpeg), formats=("JPEG",)) as image:
        width, height = image.size
    uri = f"data:image/jpeg;base64,{b64encode(picture.jpeg).decode()}"
    return f".picture-{picture.name} {{ aspect-ratio: {width} / {height}; background-image: url({uri}); }}\n"
