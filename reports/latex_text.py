"""Text as LaTeX shows it literally."""

import re
import unicodedata

COMMANDS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "#": r"\#",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": "{-}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "…": r"\textellipsis{}",
    "×": r"\texttimes{}",
    "−": r"\textminus{}",
    "±": r"\textpm{}",
    "²": r"\texttwosuperior{}",
    "°": r"\textdegree{}",
    "≤": r"\ensuremath{\leq}",
    "≥": r"\ensuremath{\geq}",
    "→": r"\textrightarrow{}",
    "⚠": r"\textbf{!}",
}
# Capitals that look like Latin ones have no command.
GREEK_LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"
# Of Latin-1 and Latin Extended-A what the encoding T1 has, and the Romanian letters with a comma below.
OUTSIDE_PDFLATEX = re.compile(r"[^\x20-\x7eÀ-ÖØ-öø-ĥĨ-ķĹ-ľŁ-ňŊ-ťŨ-žȘ-ț]")
LONGEST_WORD = 16
# Up to a mark that a name may be broken after, else eight characters.
PIECE = re.compile(r"[^-_/.:]{1,12}[-_/.:]|.{1,8}")


def escaped(text: str) -> str:
    r"""The text as LaTeX shows it literally.

    What pdfLaTeX's fonts lack goes through `\unicodechar`, which the preamble defines as the character under
    XeLaTeX and LuaLaTeX and as its number under pdfLaTeX. Hyphens are braced so that none join into a dash,
    brackets and stars so that none is taken for an option of the line end before it.

    >>> print(escaped("50 % & a_b"))
    50 \% \& a\_b
    >>> print(escaped("סוס"))
    \unicodechar{05E1}\unicodechar{05D5}\unicodechar{05E1}
    """
    return " ".join(_breakable(word) for word in unicodedata.normalize("NFC", text).split())


def has_numbered_characters(latex: str) -> bool:
    r"""Some character of this LaTeX is one that pdfLaTeX shows by its number."""
    return r"\unicodechar{" in latex


def _breakable(word: str) -> str:
    """The word, with places to break it where it is too long for a line, such as a fingerprint."""
    if len(word) <= LONGEST_WORD:
        return "".join(map(_character, word))
    return r"\allowbreak{}".join("".join(map(_character, piece)) for piece in PIECE.findall(word))


def _character(character: str) -> str:
    if character in COMMANDS:
        return COMMANDS[character]
    if character in GREEK_LETTERS:
        return rf"\ensuremath{{\{_greek_name(character)}}}"
    if OUTSIDE_PDFLATEX.match(character):
        return rf"\unicodechar{{{ord(character):04X}}}"
    return character


def _greek_name(letter: str) -> str:
    """What LaTeX calls a letter; Unicode spells lambda otherwise."""
    name = unicodedata.name(letter).replace("LAMDA", "LAMBDA").rsplit(" ", 1)[-1].lower()
    return name.capitalize() if letter.isupper() else name
