"""The table of rules has them all, and their thresholds are attributes of what it makes."""

import pytest

from audit.rules.catalogue import KINDS, RuleKind, draft_rule, make_rule, thresholds_of
from audit.rules.entity_kinds import KnownNames
from audit.rules.keys import Form
from audit.rules.rule import Kind

NEEDED = {Kind.THRESHOLD: {"feature": "iou", "at_least": 0.5}}


def test_every_kind_is_there_once() -> None:
    assert [each.kind for each in KINDS] == list(Kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_default_will_do_and_becomes_an_attribute(kind: RuleKind) -> None:
    rule = make_rule(kind.kind, name=None, values=NEEDED.get(kind.kind, {}))
    assert rule.kind is kind.kind
    for key, value in thresholds_of(rule).items():
        given = NEEDED.get(kind.kind, {}).get(key.name, key.default)
        assert value == given or str(value) == given


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_number_is_bounded_and_its_bounds_will_do(kind: RuleKind) -> None:
    if kind.kind is Kind.THRESHOLD:
        return  # the bounds are the feature's
    for key in kind.thresholds:
        if key.form in (Form.NUMBER, Form.COUNT):
            for end in (key.lowest, key.highest):
                rule = make_rule(kind.kind, name=None, values={key.name: end})
                assert thresholds_of(rule)[key] == end


def test_types_categories_and_settings_that_are_not_there_are_named() -> None:
    known = KnownNames(
        setting="gc",
        settings=("gc", "ws"),
        types=("event", "location", "building"),
        categories=("building", "location", "animal"),
    )

    def faults(kind: Kind, **values: object) -> list[str]:
        return known.faults(draft_rule(kind, name=None, values=values).thresholds)

    assert faults(Kind.NON_VISUAL, types=["event", "evnet"]) == [
        "types holds 'evnet', which no entity has (did you mean event?)"
    ]
    assert faults(Kind.INCOMPLETE_LOCATION, categories=["buildings"]) == [
        "categories holds 'buildings', which no entity has (did you mean building?)"
    ]
    assert faults(Kind.THRESHOLD, feature="iou:gc", at_least=0.5) == [
        "feature = 'iou:gc' compares 'gc' with itself: name another setting"
    ]
    assert faults(Kind.DISAGREEMENT, agreement="iou:sw") == [
        "agreement = 'iou:sw': there is no setting 'sw' (there are ws)"
    ]
    assert faults(Kind.INCOMPLETE_LOCATION) == faults(Kind.DISAGREEMENT, agreement="iou:ws") == []


def test_where_nobody_said_what_entities_are_no_type_is_unknown() -> None:
    known = KnownNames(setting="gc", settings=("gc",), types=None, categories=None)
    draft = draft_rule(Kind.NON_VISUAL, name=None, values={"types": ["evnet"]})
    assert known.faults(draft.thresholds) == []
