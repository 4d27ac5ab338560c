import json

import pytest

from audit.review.naming import question_of, shown_name
from tests.builders import a_unit


@pytest.mark.parametrize("name", ["", " ", "\u200b\u2060", "\u00ad\ufeff\u3164", "\u2800", None])
def test_a_mention_whose_name_shows_nothing_goes_by_its_id(name: str | None) -> None:
    assert shown_name(a_unit("7", entity_name=name)) == "Q7"
    assert shown_name(a_unit("7", entity_name=f"{name or ''}é")) == f"{name or ''}é"


def test_the_question_names_the_entity_and_quotes_the_question_of_the_dataset() -> None:
    asked = "Is the highlighted region “Crow”, and is its outline good?"

    assert question_of(a_unit("7")) == f"{asked} Question: what bird is this?"
    assert question_of(a_unit("7", question=None)) == asked
    assert question_of(a_unit("7", question=" \u200b ")) == asked


def test_the_question_is_one_line_of_text_that_any_database_takes() -> None:
    name = "a\n\x00b\ud800 \x1f  <script>$x {{y}}</script> 🐦"

    asked = question_of(a_unit("7", entity_name=name, question="\r\n"))

    assert asked == "Is the highlighted region “a b <script>$x {{y}}</script> 🐦”, and is its outline good?"
    assert json.loads(json.dumps(asked).encode()) == asked
