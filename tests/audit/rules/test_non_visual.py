"""What has no look is dropped: by the type of the entity, or by what the question asks."""

import unicodedata

import pytest

from audit.rules.catalogue import make_rule
from audit.rules.non_visual import NON_VISUAL_TYPES
from audit.rules.rule import Kind
from audit.wikidata.roots import Grouping, load_kinds
from tests.audit.rules.mentions import MasksOf, decisions

RULE = make_rule(Kind.NON_VISUAL, name=None, values={})
WORDS_ALONE = make_rule(Kind.NON_VISUAL, name=None, values={"types": []})
TYPES_ALONE = make_rule(Kind.NON_VISUAL, name=None, values={"words": []})


def why(question: str | None, rule: object = RULE, **subject: object) -> str | None:
    [found] = decisions([rule], [{"question": question} | subject], MasksOf())
    assert found["action"] == ("keep" if found["why"] is None else "drop")
    return found["why"]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("when was this built?", "when"),
        ("How is this animal called?", "how"),
        ("WHY IS IT RED", "why"),
        ("how", "how"),
        ("how many legs does it have?", "how"),
        ("how's it made?", "how"),
        ("  When?", "when"),
        ("¿How is this made?", "how"),
        ("“Why” is asked here", "why"),
        ("in this picture, how tall is the tower?", "how"),
        ("What is this,why is it here?", "why"),
        ("In which year, why, was it built?", "why"),
        ("It is a bird. When does it sing?", "when"),
        ("これは何？ how old", "how"),
    ],
)
def test_a_question_that_begins_with_an_interrogative_is_dropped(question: str, word: str) -> None:
    assert why(question) == why(question, WORDS_ALONE) == f"the question asks {word}"


@pytest.mark.parametrize(
    "question",
    [
        None,
        "",
        "what kind of bird is this?",
        "however it came, what is this?",
        "whenever",
        "howdah of which elephant?",
        "What shows how it is made?",
        "In which year, and why, was it built?",
        "in the year when it was built",
        "a know-how centre",
        "wh y",
        "how_many is a variable",
        "how2 is a title",
    ],
)
def test_other_questions_are_kept(question: str | None) -> None:
    assert why(question) is None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_of_any_language_are_met_in_either_form(form: str) -> None:
    words = [unicodedata.normalize(form, word) for word in ("où", "πώς", "как", "à quelle heure", "क्यों")]
    rule = make_rule(Kind.NON_VISUAL, name=None, values={"types": [], "words": words})
    for question in ("Où est-il ?", "ΠΏΣ", "Как это", "À quelle  heure arrive-t-il ?", "क्यों?"):
        for asked in (unicodedata.normalize("NFC", question), unicodedata.normalize("NFD", question)):
            assert why(asked, rule) is not None
    assert why("oùi", rule) is None


def test_an_entity_of_a_type_without_a_look_is_dropped_whatever_the_question() -> None:
    assert why("what is this?", entity_type="event") == "the entity is of the type event"
    assert why("when was this?", entity_type="event") == "the entity is of the type event"
    assert why("when was this?", TYPES_ALONE, entity_type="building") is None
    assert why("what is this?", entity_type="location") is None
    assert why("what is this?", entity_type=None) is None
    assert why("what is this?", entity_type="Event") is None


def test_a_rule_looks_only_at_what_it_drops_by() -> None:
    assert WORDS_ALONE.columns == ("question",)
    assert TYPES_ALONE.columns == ("entity_type",)


def test_the_types_are_those_that_the_program_has_after_the_visible_ones() -> None:
    names = [kind.name for kind in load_kinds(None, Grouping.TYPE)]
    assert tuple(names[names.index("location") + 1 :]) == NON_VISUAL_TYPES
