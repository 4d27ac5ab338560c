"""Whom an annotation is by, as reviewers are named here."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from audit.errors import InputError
from audit.jobs.label_studio.annotators import Annotators, annotator_fault
from audit.review.label_studio.answers import Signature


def name_of(
    given: Mapping[str, str], user: int | None = None, email: str = "", known: Mapping[int, str] | None = None
) -> str:
    signature = Signature(number=1, updated_at=datetime(2026, 1, 31, tzinfo=UTC), user=user, email=email)
    return Annotators(given, lambda: {1: "Ann@Example.org"}, known).name_of(signature)


def test_somebody_without_another_name_is_known_by_the_address() -> None:
    assert name_of({}, user=1) == "ann@example.org"
    assert name_of({}, email=" Ben@Example.org") == "ben@example.org"
    assert name_of({}, user=2) == "label-studio user 2"
    assert name_of({}) == ""


@pytest.mark.parametrize("key", ["ann@example.org", "ANN@example.ORG ", "1"])
def test_another_name_is_given_by_address_or_number(key: str) -> None:
    assert name_of({key: "Ann"}, user=1) == "Ann"


def test_a_name_told_before_is_kept_unless_another_one_is_given() -> None:
    assert name_of({}, user=7, known={7: "Gus"}) == "Gus"
    assert name_of({"7": "Gustav"}, user=7, known={7: "Gus"}) == "Gustav"


def test_the_server_is_asked_once_and_only_where_a_number_needs_it() -> None:
    asked = []

    def emails() -> dict[int, str]:
        asked.append(1)
        return {1: "a@b.org"}

    annotators = Annotators({}, emails)
    time = datetime(2026, 1, 31, tzinfo=UTC)
    annotators.name_of(Signature(number=1, updated_at=time, user=1, email="c@d.org"))
    assert asked == []
    for number in (1, 2, 3):
        annotators.name_of(Signature(number=number, updated_at=time, user=1, email=""))
    assert asked == [1]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("ann@example.org", ""),
        ("", "it names no annotator"),
        ("a\nb", "control characters"),
        ("x" * 201, "201"),
    ],
)
def test_a_name_that_will_not_do_is_told(name: str, fault: str) -> None:
    assert fault in annotator_fault(name)
    assert bool(annotator_fault(name)) == bool(fault)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ann@example.org": " "}, "'ann@example.org' has no name"),
        ({"ann@example.org": "a\nb"}, "control characters"),
        ({"ann@example.org": "ann", "ANN@example.org": "eve"}, "'ANN@example.org' stands twice"),
        ({"1": "Boss", "2": "boss"}, "'boss' and 'Boss' differ in upper and lower case alone"),
    ],
)
def test_a_table_that_will_not_do_is_told(given: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Annotators(given, dict)
