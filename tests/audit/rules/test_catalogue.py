"""The table of rules has them all, and their thresholds are attributes of what it makes."""

import pytest

from audit.errors import InputError
from audit.rules.catalogue import KINDS, RuleKind, make_rule, thresholds_of
from audit.rules.entity_kinds import check_entity_kinds
from audit.rules.keys import Form
from audit.rules.rule import Kind
from audit.rules.rule_set import RuleSet

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


def test_types_and_categories_that_no_entity_has_are_named() -> None:
    rules = (
        make_rule(Kind.NON_VISUAL, name=None, values={"types": ["event", "evnet"]}),
        make_rule(Kind.INCOMPLETE_LOCATION, name="places", values={"categories": ["buildings"]}),
    )
    known = {"types": {"event", "location", "building"}, "categories": {"building", "animal"}}
    with pytest.raises(InputError) as caught:
        check_entity_kinds(RuleSet(rules=rules), **known)
    assert str(caught.value) == (
        "the rules: rule 1 ('non_visual'): types holds 'evnet', which no entity has (did you mean event?); "
        "rule 2 ('places'): categories holds 'buildings', which no entity has (did you mean building?): "
        "correct what is named"
    )
    check_entity_kinds(RuleSet(rules=rules), types={"evnet", *known["types"]}, categories={"buildings"})
