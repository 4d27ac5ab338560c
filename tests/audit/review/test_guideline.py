import base64
import hashlib
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from audit.review.guideline import (
    MAX_CHARACTERS,
    MAX_IMAGE_BYTES,
    MAX_IMAGES_BYTES,
    read_guideline,
    render_guideline,
)
from audit.settings import DEFAULT_GUIDELINE

ALLOWED_TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td", "a", "span", "img", "hr", "br"),
}
ALLOWED_ATTRIBUTES = {
    "a": {"href", "title", "target", "rel"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "code": {"class"},
    "th": {"style"},
    "td": {"style"},
}


class Elements(HTMLParser):
    """Notes every element as a browser would see it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def check_safe(html: str) -> None:
    for tag, attributes in Elements(html).found:
        assert tag in ALLOWED_TAGS
        assert set(attributes) <= ALLOWED_ATTRIBUTES.get(tag, set())
        assert re.fullmatch(
            r"(https?://|mailto:).*|", attributes.get("href") or "", re.IGNORECASE | re.DOTALL
        )
        assert re.fullmatch(
            r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*|", attributes.get("src") or ""
        )
        assert re.fullmatch(r"text-align:(left|center|right)|", attributes.get("style") or "")


def png(side: int = 2) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (side, side)).save(stream, "PNG")
    return stream.getvalue()


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x) [y](file:///etc/passwd) [z](//evil.example) [r](../settings)",
    "<javascript:alert(1)>",
    '[x](https://a.example "a\\" onmouseover=\\"alert(1)")',
    '![" onerror="alert(1)](x.png)',
    "![x](javascript:alert(1)) ![y](data:image/svg+xml;base64,PHN2Zz4=) ![z](https://a.example/z.png)",
    '```" onclick="alert(1)\ncode\n```',
    "[r]\n\n[r]: javascript:alert(1) '\"><script>'",
    "| <script> |\n|:-:|\n| [x](javascript:1) |",
    "</article></div><script>alert(1)</script>",
    "<!-- --><style>*{display:none}</style>",
    "\x00\ufffe\u202e\ud800<b>",
    "![![![x](javascript:1)](javascript:2)](javascript:3)",
    "&lt;script&gt; &#x6A;avascript:",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_stays_text(tmp_path: Path, text: str) -> None:
    html = render_guideline(text, tmp_path)

    check_safe(html)
    assert "<script" not in html


@given(text=st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30)), max_size=6).map("".join))
def test_whatever_is_written_only_known_elements_come_out(text: str) -> None:
    check_safe(render_guideline(text, Path("/nowhere")))


@pytest.mark.parametrize(
    "piece", ["[", "![](a)", "*a_ ", "> ", "`", "- ", "a\n|-\n", "[a](<", "[a]: x\n", "<a "]
)
def test_a_guideline_that_is_hard_to_parse_is_parsed(tmp_path: Path, piece: str) -> None:
    file = tmp_path / "guideline.md"
    file.write_text(piece * (2 * MAX_CHARACTERS // len(piece)))

    guideline = read_guideline(file)

    assert guideline is not None
    check_safe(guideline.html)
    assert "The rest of guideline.md is too long" in guideline.html


def test_links_open_beside_the_page_and_know_nothing_of_it(tmp_path: Path) -> None:
    text = "[a](https://a.example/?b=1&c=2) <mailto:lead@a.example> [no](ftp://a.example)"
    html = render_guideline(text, tmp_path)

    links = [attributes for tag, attributes in Elements(html).found if tag == "a"]
    assert [each["href"] for each in links] == ["https://a.example/?b=1&c=2", "mailto:lead@a.example"]
    assert {(each["target"], each["rel"]) for each in links} == {("_blank", "noopener noreferrer")}
    assert "<span>no</span>" in html


def test_images_of_the_workspace_become_part_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "good examples").mkdir()
    (tmp_path / "good examples" / "crow.PNG").write_bytes(png())

    html = render_guideline("![a *good* crow](good%20examples/crow.PNG 'so')", tmp_path)

    [(_, image)] = [each for each in Elements(html).found if each[0] == "img"]
    address = image["src"] or ""
    assert base64.b64decode(address.removeprefix("data:image/png;base64,")) == png()
    assert (image["alt"], image["title"]) == ("a good crow", "so")


def test_no_image_comes_from_outside_of_the_workspace(tmp_path: Path) -> None:
    inside = tmp_path / "workspace"
    inside.mkdir()
    (tmp_path / "secret.png").write_bytes(png())
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    (inside / "notes.txt").write_text("no picture")
    addresses = ["../secret.png", str(tmp_path / "secret.png"), "link.png", "notes.txt", "gone.png"]
    addresses += ["%00.png", "https://a.example/a.png", "a" * 5000 + ".png"]

    html = render_guideline("\n".join(f"![seen {n}]({each})" for n, each in enumerate(addresses)), inside)

    assert not [tag for tag, _ in Elements(html).found if tag == "img"]
    assert all(f"seen {n}" in html for n in range(len(addresses)))


def test_large_images_are_shown_as_their_text(tmp_path: Path) -> None:
    (tmp_path / "huge.png").write_bytes(bytes(MAX_IMAGE_BYTES + 1))
    (tmp_path / "large.png").write_bytes(bytes(MAX_IMAGE_BYTES))

    html = render_guideline("![too huge](huge.png)" + "![one of many](large.png)" * 4, tmp_path)

    n_images = len([tag for tag, _ in Elements(html).found if tag == "img"])
    assert n_images == MAX_IMAGES_BYTES // MAX_IMAGE_BYTES
    assert "too huge" in html


def test_a_guideline_is_known_by_its_hash(tmp_path: Path) -> None:
    file = tmp_path / "guideline.md"
    file.write_bytes(b"\xef\xbb\xbf# Look\xff\n")

    guideline = read_guideline(file)

    assert guideline is not None
    assert guideline.html == "<h1>Look\ufffd</h1>\n"
    assert guideline.hash == hashlib.sha256(file.read_bytes()).hexdigest()


def test_without_a_readable_file_there_is_no_guideline(tmp_path: Path) -> None:
    assert read_guideline(tmp_path / "gone.md") is None
    assert read_guideline(tmp_path) is None


def test_the_guideline_of_a_new_workspace_names_what_the_page_asks(tmp_path: Path) -> None:
    html = render_guideline(DEFAULT_GUIDELINE, tmp_path)

    check_safe(html)
    for words in ("Correct", "Incorrect", "Unsure", "spills over", "part missing", "wrong object", "merged"):
        assert f"<strong>{words}</strong>" in html
