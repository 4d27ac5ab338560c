"""What one annotation says; whatever a server or a file may hold instead is refused with the reason."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.review.label_studio.answers import Answer, read_answer, read_signature
from db.records import Reason, Verdict
from tests.audit.review.label_studio.annotations import an_annotation, choices, comment

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("correct"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
BRUSH = {"from_name": "mask", "type": "brushlabels", "readonly": True, "value": {"rle": [1, 2]}}


def refusal(*results: Any) -> str:
    answer = read_answer(an_annotation(*results))
    assert answer.verdict is None
    return answer.refusal


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([choices("verdict", "correct")], (Verdict.CORRECT, ())),
        ([BRUSH, choices("verdict", "correct")], (Verdict.CORRECT, ())),
        (
            [choices("reasons", "part_missing", "wrong_object"), choices("verdict", "incorrect")],
            (Verdict.INCORRECT, (Reason.WRONG_OBJECT, Reason.PART_MISSING)),
        ),
        (
            [choices("verdict", "unsure"), choices("unsure_reasons", "image_unusable")],
            (Verdict.UNSURE, (Reason.IMAGE_UNUSABLE,)),
        ),
        ([choices("verdict", "unsure"), choices("reasons")], (Verdict.UNSURE, ())),
    ],
)
def test_an_annotation_says_a_verdict_and_its_reasons(results: list[Any], said: tuple[Any, ...]) -> None:
    answer = read_answer(an_annotation(*results))
    assert (answer.verdict, answer.reasons) == said
    assert answer.refusal == ""


@pytest.mark.parametrize(
    ("results", "clause"),
    [
        ([], "it holds no verdict"),
        ([BRUSH, comment("fine")], "it holds no verdict"),
        ([choices("verdict", "correct", "unsure")], "it holds 2 verdicts: 'correct', 'unsure'"),
        (
            [choices("verdict", "correct"), choices("verdict", "incorrect")],
            "it holds 2 verdicts: 'correct', 'incorrect'",
        ),
        ([choices("verdict", "Correct")], "'Correct' is an unknown choice of verdict"),
        (
            [choices("verdict", "correct"), choices("reasons", "spills_over")],
            "it gives the reason 'spills_over' under correct",
        ),
        (
            [choices("verdict", "unsure"), choices("reasons", "spills_over")],
            "it gives the reason 'spills_over' under unsure",
        ),
        (
            [choices("verdict", "incorrect"), choices("reasons", "image_unusable")],
            "'image_unusable' is an unknown choice of reasons",
        ),
        ([choices("mood", "good")], "it holds a result of the unknown control 'mood'"),
        (
            [choices("verdict", "correct"), choices("image", "x")],
            "it holds a result of the unknown control 'image'",
        ),
        ([{"type": "relation"}], "one of its results names no control"),
        (["correct"], "one of its results names no control"),
        (
            [{"from_name": "verdict", "value": {"choices": [["correct"]]}}],
            "its result of verdict is malformed",
        ),
        ([{"from_name": "verdict"}], "its result of verdict is malformed"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason(results: list[Any], clause: str) -> None:
    assert refusal(*results) == clause


def test_a_skip_says_nothing_whatever_was_chosen_before() -> None:
    for results in ([choices("verdict", "correct")], [choices("mood", "good")], "broken"):
        assert read_answer({"was_cancelled": True, "result": results}) == Answer()
    assert (
        read_answer({"was_cancelled": "yes", "result": []}).refusal
        == "it does not say whether it was skipped"
    )


def test_a_comment_is_its_texts_without_what_a_database_refuses() -> None:
    answer = read_answer(
        an_annotation(choices("verdict", "correct"), comment("one\x00two", "three"), comment("\ud800"))
    )
    assert answer.comment == "one\N{REPLACEMENT CHARACTER}two\nthree\n\N{REPLACEMENT CHARACTER}"
    plain = {"from_name": "comment", "value": {"text": "not a list"}}
    assert read_answer(an_annotation(choices("verdict", "correct"), plain)).comment == "not a list"


@pytest.mark.parametrize(
    ("lead_time", "seconds"),
    [
        (2.5, 2.5),
        (3, 3.0),
        (0, 0.0),
        (None, None),
        (-1, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        (True, None),
        ("2.5", None),
        (30 * 86_400, None),
    ],
)
def test_only_a_time_to_go_by_is_taken(lead_time: Any, seconds: float | None) -> None:
    annotation = an_annotation(choices("verdict", "correct")) | {"lead_time": lead_time}
    assert read_answer(annotation).seconds == seconds


@given(ANY_JSON)
def test_whatever_json_it_may_be_is_taken_or_refused(annotation: Any) -> None:
    read_signature(annotation)
    answer = read_answer(annotation)
    assert answer.verdict is None or not answer.refusal
    answer.refusal.encode()


@given(
    st.fixed_dictionaries(
        {"was_cancelled": st.sampled_from([False, None, 0, "", 1]) | ANY_JSON},
        optional={
            "lead_time": ANY_JSON,
            "result": ANY_JSON
            | st.lists(
                st.fixed_dictionaries(
                    {"from_name": st.sampled_from(["verdict", "reasons", "comment", "mask"]) | ANY_JSON},
                    optional={
                        "value": ANY_JSON
                        | st.fixed_dictionaries(
                            {}, optional={"choices": ANY_JSON, "text": ANY_JSON | st.lists(st.text())}
                        )
                    },
                ),
                max_size=4,
            ),
        },
    )
)
def test_what_looks_like_an_annotation_is_taken_or_refused(annotation: Any) -> None:
    answer = read_answer(annotation)
    assert answer.verdict is None or not answer.refusal
    assert "\x00" not in answer.comment + answer.refusal
    (answer.comment + answer.refusal).encode()


def test_a_signature_says_which_annotation_it_is_and_whose() -> None:
    by_number = an_annotation() | {"id": 5, "completed_by": 3, "updated_at": "2026-01-31T12:00:00.25Z"}
    signature = read_signature(by_number)
    assert signature is not None
    assert (signature.number, signature.user, signature.email) == (5, 3, "")
    assert signature.updated_at.isoformat() == "2026-01-31T12:00:00.250000+00:00"

    by_person = read_signature(by_number | {"completed_by": {"id": 3, "email": "Ann@example.org"}})
    assert by_person is not None
    assert (by_person.user, by_person.email) == (3, "Ann@example.org")


@pytest.mark.parametrize(
    "wrong", [{"id": None}, {"id": True}, {"id": 2**63}, {"updated_at": None}, {"updated_at": "yesterday"}]
)
def test_an_annotation_without_id_or_time_has_no_signature(wrong: dict[str, Any]) -> None:
    assert read_signature(an_annotation() | wrong) is None
