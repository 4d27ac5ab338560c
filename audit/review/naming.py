"""What is asked of a mask, in the words of its mention."""

import unicodedata

from db.records import Unit

# Unicode's categories of what shows nothing by itself, and blanks that it counts as letters or symbols.
_UNSEEN = {"Cc", "Cf", "Cs", "Mn", "Zl", "Zp", "Zs"}
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
_NO_TEXT = {"Cc", "Cs"}
"""Control characters and halves of surrogate pairs, which not every database takes as text."""


def shown_name(unit: Unit) -> str:
    """Give the name of a mention's entity, or its id where nothing of the name can be seen."""
    name = unit.entity_name or ""
    return name if any(map(_is_seen, name)) else unit.entity_id


def question_of(unit: Unit) -> str:
    """Give what is asked of a mention's mask as one line of text, for front ends that show one text."""
    question = f"Is the highlighted region “{shown_name(unit)}”, and is its outline good?"
    if unit.question and any(map(_is_seen, unit.question)):
        question += f" Question: {unit.question}"
    return " ".join(map(_without_controls, question.split()))


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN and character not in _BLANK_LETTERS


def _without_controls(word: str) -> str:
    return "".join(each for each in word if unicodedata.category(each) not in _NO_TEXT)
