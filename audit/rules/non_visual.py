"""Drops what has no look of its own: entities of some types, and questions that do not ask for a thing."""

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audit.coco.buffers import as_flags, from_flags, repeated
from audit.features.references import FeatureReference
from audit.names import LONGEST
from audit.rules.keys import ValueFaults
from audit.rules.rule import Kind, Rulings, dropping
from audit.rules.subjects import Longs, Subjects

NON_VISUAL_TYPES = (
    "time",
    "event",
    "method",
    "game",
    "technology",
    "chart reasoning",
    "quantity",
    "language",
    "field of study",
    "organization",
)
"""Of the types that come with the program, those without a look. A location may be what the picture shows."""

INTERROGATIVES = ("when", "how", "why")

_SPACE = r"[\s\p{Z}]"
_BEFORE = rf"(?:^[\s\p{{Z}}\p{{P}}\p{{S}}]*|[,;:.?!…–—(¿，；：。？！、]{_SPACE}*)"
_AFTER = r"(?:$|[^\p{L}\p{M}\p{N}_])"


@dataclass(frozen=True, slots=True, kw_only=True)
class NonVisual:
    """Drops entities of some types, and annotations whose question begins with one of some words.

    A question begins at its first letter, and anew right after a comma or another mark that ends a phrase:
    "In which year, why, …" asks why, "In which year, and why, …" and "the way how it is made" do not. Words
    are whole ("however" is none), in any case and either Unicode form; "how many" and "how's" begin with
    "how".

    Attributes:
        name: of the rule.
        types: of entities, as `entities` names them.
        words: or phrases, of letters.

    Raises:
        ValueFaults: there is nothing to drop by, or a word that no question can hold as one.
    """

    name: str
    types: tuple[str, ...]
    words: tuple[str, ...]

    kind: ClassVar[Kind] = Kind.NON_VISUAL
    references: ClassVar[tuple[FeatureReference, ...]] = ()

    def __post_init__(self) -> None:
        faults = word_faults(self.types, self.words)
        if faults:
            raise ValueFaults(faults)

    @property
    def columns(self) -> tuple[str, ...]:
        """What the rule drops by."""
        return (("entity_type",) if self.types else ()) + (("question",) if self.words else ())

    @property
    def passes(self) -> str:
        """Why it keeps."""
        return "neither the type of the entity nor the question is one to drop by"

    def judge(self, subjects: Subjects) -> Rulings:
        """Drop by the type, then by the question; an unknown one drops nothing."""
        n = len(subjects.positions)
        by_type, of_type = self._types_met(subjects) if self.types else _none(n)
        by_word, of_word = self._words_met(subjects) if self.words else _none(n)
        places: Longs = np.flatnonzero(as_flags(pc.or_(by_type, by_word)))
        whys = pc.if_else(by_type, of_type, of_word)
        return dropping(places, whys.filter(pc.or_(by_type, by_word)))

    def _types_met(self, subjects: Subjects) -> tuple[pa.Array, pa.Array]:
        types = subjects.texts("entity_type")
        is_met = pc.is_in(types, value_set=pa.array(self.types, pa.string()))
        return is_met, _joined("the entity is of the type ", types)

    def _words_met(self, subjects: Subjects) -> tuple[pa.Array, pa.Array]:
        questions = pc.utf8_normalize(subjects.texts("question"), "NFC")
        found = pc.extract_regex(questions, _pattern(self.words))
        words = pc.utf8_lower(pc.struct_field(found, "word"))
        return pc.is_valid(found), _joined("the question asks ", words)


def word_faults(types: tuple[str, ...] | None, words: tuple[str, ...]) -> list[str]:
    """What is wrong with what to drop by, as sentences without a full stop; types are None where not read."""
    if not words and types == ():
        return ["types and words are both empty: give one of them, or leave the rule out"]
    wrong = [repr(word[:LONGEST]) for word in words if not _is_phrase(word)]
    if not wrong:
        return []
    return [
        f"words hold {', '.join(wrong)}: give letters, with single spaces between words, at most {LONGEST}"
    ]


def _pattern(words: tuple[str, ...]) -> str:
    """A regular expression as RE2 has it, which alone knows classes of Unicode and reads a text once."""
    normal = [unicodedata.normalize("NFC", word) for word in words]
    phrases = "|".join(word.replace(" ", f"{_SPACE}+") for word in normal)
    return rf"(?i){_BEFORE}(?P<word>{phrases}){_AFTER}"


def _is_phrase(word: str) -> bool:
    return len(word) <= LONGEST and all(map(_is_of_letters, word.split(" ")))


def _is_of_letters(word: str) -> bool:
    """Whether a word has only letters and what is written on them, which some scripts keep apart."""
    return word != "" and all(unicodedata.category(letter)[0] in "LM" for letter in word)


def _joined(words: str, texts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(repeated(words, len(texts)), texts, "")


def _none(n: int) -> tuple[pa.Array, pa.Array]:
    return from_flags(np.zeros(n, np.bool_)), repeated("", n)
