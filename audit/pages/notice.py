"""What a page says where it shows no masks: one sentence, and perhaps a button below it."""

import re
from string import punctuation

import streamlit as st

_STYLE = """<style>
[data-testid="stHeader"] { display: none; }
[data-testid="stMainBlockContainer"] { max-width: 40rem; padding-top: 18vh; }
</style>"""

_LINK_SIGN = re.compile(r"(?<=https:)(?=//)|(?<=http:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
"""Where addresses, which GitHub's Markdown makes links of even if escaped, can be taken apart."""

_WORD_JOINER = "\u2060"
"""Has no width, and no line breaks there; Streamlit shows comments of HTML, and entities hide nothing."""


def tell(text: str) -> None:
    """Say what somebody can do."""
    _head()
    st.info(_sentence(text))


def refuse(text: str) -> None:
    """Say why somebody gets no further."""
    _head()
    st.error(_sentence(text))


def plain(text: str) -> str:
    r"""Give text that Streamlit shows as it is, where it would read Markdown.

    >>> plain("[a](b)"), plain("a@b")
    ('\\[a\\]\\(b\\)', 'a\\@\u2060b')
    """
    return _WORD_JOINER.join(map(_escaped, _LINK_SIGN.split(text)))


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in punctuation else letter for letter in text)


def _head() -> None:
    st.html(_STYLE)
    st.subheader("Mask review", anchor=False)


def _sentence(text: str) -> str:
    return plain(f"{text[:1].upper()}{text[1:]}.")
