"""The first rule that drops or corrects decides, and explanations say what every rule saw."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.features.references import FeatureReference, parse_reference
from audit.rules.catalogue import make_rule
from audit.rules.deciding import DECISIONS, apply_rules, explain_rules
from audit.rules.feature_threshold import FeatureThreshold, Unknown, threshold_rule
from audit.rules.rule import Action, Kind
from audit.rules.rule_set import RuleSet
from tests.audit.features.mask_rows import pixels_of
from tests.audit.rules.mentions import SUBJECT, MasksOf, decisions, other, own, pixels_after

LEFT = pixels_of("###.....", "###.....", "###.....")
RIGHT = pixels_of(".....###", ".....###", ".....###")

PLACES = make_rule(Kind.INCOMPLETE_LOCATION, name="places", values={})
DISAGREEING = make_rule(Kind.DISAGREEMENT, name="disagreeing", values={})
SMALL = threshold_rule(name="small", reference=FeatureReference(name="area_share"), at_least=0.3)

UNSURE_PLACE = {"entity_type": "location", "confidence_max": 0.2, "consensus_iou": 0.1, "area_share": 0.2}
MENTION = own(LEFT), other("a", RIGHT), other("b", RIGHT)


@pytest.mark.parametrize(
    ("rules", "decider"),
    [
        ((PLACES, DISAGREEING, SMALL), "places"),
        ((DISAGREEING, PLACES, SMALL), "disagreeing"),
        ((SMALL, PLACES, DISAGREEING), "small"),
    ],
)
def test_the_first_that_does_not_keep_decides_and_later_ones_do_not_see_it(
    rules: Sequence[FeatureThreshold], decider: str
) -> None:
    masks = MasksOf(MENTION)
    [found] = decisions(rules, [UNSURE_PLACE], masks)
    assert found["rule"] == decider
    assert masks.asked == ([] if decider == "small" else [0])


def test_each_subject_gets_its_own_mask_back() -> None:
    subjects = [
        UNSURE_PLACE | {"confidence_max": 0.9},
        UNSURE_PLACE | {"consensus_iou": 0.9},
        UNSURE_PLACE | {"consensus_iou": 0.9, "confidence_max": 0.9},
        UNSURE_PLACE | {"consensus_iou": 0.9, "confidence_max": 0.9, "area_share": 0.5},
        UNSURE_PLACE | {"confidence_max": None},
    ]
    right_first = own(RIGHT), other("a", LEFT), other("b", LEFT)
    masks = MasksOf(MENTION, MENTION, MENTION, MENTION, right_first)
    found = decisions((PLACES, DISAGREEING, SMALL), subjects, masks)
    assert [each["action"] for each in found] == ["correct", "correct", "drop", "keep", "correct"]
    assert [each["rule"] for each in found] == ["disagreeing", "places", "small", None, "disagreeing"]
    assert np.array_equal(pixels_after(found[0]), RIGHT)
    assert pixels_after(found[1]).all()
    assert np.array_equal(pixels_after(found[4]), LEFT)
    assert [each["parts"] for each in found[2:4]] == [None, None]
    assert [each["why"] for each in found[2:4]] == ["area_share is 0.2, under 0.3", None]
    assert masks.asked == [1, 0, 4]


def test_no_subject_gives_no_decision() -> None:
    table = pa.table({"area_share": pa.array([], pa.float64())})
    found = apply_rules(RuleSet(rules=(SMALL,)), table, MasksOf())
    assert found.schema == DECISIONS
    assert found.num_rows == 0


def test_subjects_in_several_chunks_are_one_table() -> None:
    chunks = [pa.table({"area_share": pa.array([value], pa.float64())}) for value in (0.1, 0.5, None)]
    found = apply_rules(RuleSet(rules=(SMALL,)), pa.concat_tables(chunks), MasksOf())
    assert found["action"].to_pylist() == ["drop", "keep", "drop"]


NAMES = ("area", "iou:a", "solidity")


@st.composite
def threshold_rules(draw: st.DrawFn) -> list[FeatureThreshold]:
    rules = []
    for number in range(draw(st.integers(1, 4))):
        low, high = sorted(draw(st.tuples(st.integers(0, 4), st.integers(0, 4))))
        ends = draw(
            st.sampled_from(
                [{"at_least": low / 4}, {"at_most": high / 4}, {"at_least": low / 4, "at_most": high / 4}]
            )
        )
        reference = parse_reference(draw(st.sampled_from(NAMES)))
        unknown = draw(st.sampled_from(list(Unknown)))
        rules.append(threshold_rule(name=f"rule {number}", reference=reference, unknown=unknown, **ends))
    return rules


@given(
    rules=threshold_rules(),
    rows=st.lists(
        st.fixed_dictionaries({name: st.none() | st.integers(0, 4).map(lambda n: n / 4) for name in NAMES}),
        min_size=1,
        max_size=12,
    ),
)
@settings(deadline=None)
def test_thresholds_decide_as_they_would_one_subject_and_rule_at_a_time(
    rules: list[FeatureThreshold], rows: list[dict[str, float | None]]
) -> None:
    schema = pa.schema([pa.field(name, pa.float64()) for name in NAMES])
    table = pa.Table.from_pylist(rows, schema=schema)
    found = apply_rules(RuleSet(rules=tuple(rules)), table, MasksOf())
    for decided, row in zip(found.to_pylist(), rows, strict=True):
        outside = [rule.name for rule in rules if is_outside(row[str(rule.feature)], rule)]
        assert decided["action"] == ("drop" if outside else "keep")
        assert decided["rule"] == (outside[0] if outside else None)
        assert (decided["why"] is None) == (not outside)


def is_outside(value: float | None, rule: FeatureThreshold) -> bool:
    if value is None:
        return rule.unknown is Unknown.DROP
    return (rule.at_least is not None and value < rule.at_least) or (
        rule.at_most is not None and value > rule.at_most
    )


def test_an_explanation_says_what_each_rule_saw_and_which_one_decided() -> None:
    rule_set = RuleSet(rules=(SMALL, DISAGREEING, PLACES))
    table = pa.Table.from_pylist([SUBJECT | UNSURE_PLACE | {"area_share": 0.5}])
    small, disagreeing, places = explain_rules(rule_set, table, MasksOf(MENTION))

    assert (small.name, small.kind, small.action, small.decided) == (
        *("small", Kind.THRESHOLD),
        *(Action.KEEP, False),
    )
    assert (dict(small.saw), small.why) == ({"area_share": 0.5}, "area_share is at least 0.3")
    assert small.mask is None

    assert (disagreeing.action, disagreeing.decided) == (Action.CORRECT, True)
    assert dict(disagreeing.saw) == {"consensus_iou": 0.1}
    assert disagreeing.mask is not None

    assert (places.action, places.decided) == (Action.CORRECT, False)
    assert dict(places.saw) == {"entity_type": "location", "category": None, "confidence_max": 0.2}


def test_an_explanation_agrees_with_the_decision() -> None:
    rule_set = RuleSet(rules=(PLACES, DISAGREEING, SMALL))
    for changes in ({}, {"confidence_max": 0.9}, {"consensus_iou": None, "confidence_max": None}):
        table = pa.Table.from_pylist([SUBJECT | UNSURE_PLACE | changes])
        [found] = apply_rules(rule_set, table, MasksOf(MENTION)).to_pylist()
        [decider] = [each for each in explain_rules(rule_set, table, MasksOf(MENTION)) if each.decided]
        assert (found["rule"], found["action"], found["why"]) == (decider.name, decider.action, decider.why)
        assert found["parts"] == (None if decider.mask is None else [decider.mask.counts])
