"""A threshold drops what is outside of a range, and says truly what it saw."""

import pytest

from audit.features.references import parse_reference
from audit.rules.feature_threshold import Unknown, threshold_rule
from tests.audit.rules.mentions import MasksOf, decisions

AREA = parse_reference("area")


def actions(values: list[float | None], **rule: object) -> list[str]:
    rules = [threshold_rule(reference=AREA, **rule)]
    return [each["action"] for each in decisions(rules, [{"area": value} for value in values], MasksOf())]


def whys(values: list[float | None], **rule: object) -> list[str | None]:
    rules = [threshold_rule(reference=AREA, **rule)]
    return [each["why"] for each in decisions(rules, [{"area": value} for value in values], MasksOf())]


def test_both_ends_of_the_range_are_in_it() -> None:
    assert actions([1, 2, 3, 4], at_least=2, at_most=3) == ["drop", "keep", "keep", "drop"]
    assert actions([1, 2], at_least=2) == ["drop", "keep"]
    assert actions([1, 2], at_most=1) == ["keep", "drop"]


@pytest.mark.parametrize("unknown", Unknown)
def test_what_is_unknown_is_dropped_or_kept_as_the_rule_says(unknown: Unknown) -> None:
    assert actions([None, 5], at_least=2, unknown=unknown) == [unknown.value, "keep"]


def test_a_reason_names_the_value_and_the_end() -> None:
    assert whys([1, 9, None, 3], at_least=2, at_most=4.5) == [
        "area is 1, under 2",
        "area is 9, over 4.5",
        "area is unknown",
        None,
    ]


def test_a_rounded_value_is_never_on_the_wrong_side_in_words() -> None:
    assert whys([0.123456789, 0.499999, 0.12499], at_least=0.5) == [
        "area is 0.1235, under 0.5",
        "area is 0.499999, under 0.5",
        "area is 0.125, under 0.5",
    ]
    assert whys([0.50000001], at_most=0.5) == ["area is 0.50000001, over 0.5"]


def test_counts_that_are_whole_numbers_are_compared_too() -> None:
    rule = threshold_rule(reference=parse_reference("n_components"), at_most=3)
    found = decisions([rule], [{"n_components": n} for n in (1, 3, 4)], MasksOf())
    assert [each["action"] for each in found] == ["keep", "keep", "drop"]


def test_why_it_keeps_says_the_range() -> None:
    assert threshold_rule(reference=AREA, at_least=2, at_most=4, unknown=Unknown.KEEP).passes == (
        "area is at least 2 and at most 4 or unknown"
    )
