"""Rule sets are read with all their faults, and read back as they were written."""

import math
import pickle
import tomllib
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.errors import InputError
from audit.features.references import NAMES, FeatureReference, parse_reference
from audit.names import name_fault
from audit.rules.catalogue import KINDS, make_rule
from audit.rules.evidence import EVIDENCE, Evidence
from audit.rules.feature_threshold import FeatureThreshold, threshold_rule
from audit.rules.keys import Form, Key, ValueFaults
from audit.rules.rule import Kind, Rule
from audit.rules.rule_set import RuleSet
from audit.rules.rule_toml import read_rule_set, write_rule_set

EVERY_KIND = """
format = 1
setting = "gc"

[[rule]]
kind = "non_visual"

[[rule]]
kind = "disagreement"
agreement = "iou"
otherwise = "drop"

[[rule]]
kind = "incomplete_location"
types = []

[[rule]]
kind = "dense_scene"
name = "flocks"
n_boxes = 12

[[rule]]
kind = "threshold"
feature = "inside:box prompt"
at_most = 1
unknown = "keep"
"""

CERTIFIED = Evidence(
    target=0.9,
    confidence=0.95,
    estimand="annotation",
    settings=("gc",),
    sample="first",
    seed=2**60,
    n_learning=100,
    n_certifying=200,
    n_kept=150,
    n_errors=3,
    p_value=1e-7,
    share_kept=0.7,
    made_on=date(2025, 1, 31),
    features_version=1,
)


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read_rule_set(text, source="rules.toml")
    assert str(caught.value).startswith("rules.toml: ")
    assert str(caught.value).endswith(": correct what is named")
    return str(caught.value)


def of_one(rule: str) -> str:
    return f"format = 1\n[[rule]]\n{rule}"


def test_a_file_may_leave_out_every_threshold_that_has_a_default() -> None:
    rule_set = read_rule_set(EVERY_KIND, source="rules.toml")
    assert rule_set.setting == "gc"
    names = ["non_visual", "disagreement", "incomplete_location", "flocks", "inside:box prompt"]
    assert [rule.name for rule in rule_set.rules] == names
    assert [rule.kind for rule in rule_set.rules] == list(Kind)
    assert [str(reference) for reference in rule_set.references] == [
        *("iou", "confidence_max", "n_boxes_same_type", "same_type_cover"),
        *("n_components_opened", "n_components_closed", "inside:box prompt"),
    ]
    assert rule_set.needs_entities
    assert rule_set.evidence is None


def test_rules_without_types_and_categories_need_no_entities() -> None:
    assert not read_rule_set(of_one('kind = "non_visual"\ntypes = []'), source="r").needs_entities
    assert read_rule_set(of_one('kind = "incomplete_location"\ntypes = []'), source="r").needs_entities


def test_a_rule_set_can_be_sent_to_another_process() -> None:
    rule_set = read_rule_set(EVERY_KIND, source="rules.toml")
    assert pickle.loads(pickle.dumps(rule_set)) == rule_set


def test_evidence_is_read_back_whole() -> None:
    rules = (threshold_rule(reference=parse_reference("iou"), at_least=0.5),)
    for evidence in (CERTIFIED, Evidence(**{**as_values(CERTIFIED), "accuracy": 0.94, "n_effective": 99.5})):
        rule_set = RuleSet(rules=rules, evidence=evidence)
        assert read_rule_set(write_rule_set(rule_set), source="r") == rule_set


def test_evidence_may_stand_without_a_rule() -> None:
    rule_set = RuleSet(rules=(), evidence=CERTIFIED)
    assert read_rule_set(write_rule_set(rule_set), source="r") == rule_set


def as_values(evidence: Evidence) -> dict[str, object]:
    return {key.name: getattr(evidence, key.name) for key in EVIDENCE}


def test_numbers_of_numpy_are_written_as_numbers() -> None:
    rule = threshold_rule(reference=parse_reference("iou"), at_least=np.float64(0.25))
    evidence = Evidence(**{**as_values(CERTIFIED), "n_kept": np.int64(7), "share_kept": np.float64(0.5)})
    text = write_rule_set(RuleSet(rules=(rule,), evidence=evidence))
    tables = tomllib.loads(text)
    assert tables["rule"][0]["at_least"] == 0.25
    assert (tables["evidence"]["n_kept"], tables["evidence"]["share_kept"]) == (7, 0.5)


def some_texts() -> st.SearchStrategy[str]:
    visible = st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \"'\\#=[]")
    return st.text(visible, min_size=1, max_size=8).filter(lambda text: name_fault(text) is None)


def some_values(key: Key) -> st.SearchStrategy[object]:
    lowest, highest = key.lowest, key.highest
    texts = st.lists(some_texts(), min_size=1, max_size=3, unique=True)
    return {
        Form.NUMBER: st.floats(lowest or 0, 1 if highest is None else highest),
        Form.COUNT: st.integers(int(lowest or 0), 2**62 if highest is None else int(highest)),
        Form.TEXT: some_texts(),
        Form.TEXTS: texts,
        Form.WORDS: st.just(["when", "wann", "なぜ"]),
        Form.TYPES: texts,
        Form.CATEGORIES: texts,
        Form.CHOICE: st.sampled_from(key.choices or ("",)),
        Form.FEATURE: st.sampled_from(NAMES) | some_texts().map(lambda other: f"iou:{other}"),
        Form.DATE: st.dates(),
    }[key.form]


@st.composite
def some_rules(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(KINDS))
    values = {key.name: draw(some_values(key)) for key in kind.thresholds}
    if kind.kind is Kind.DISAGREEMENT:
        values["agreement"] = draw(st.sampled_from(["consensus_iou", "iou", "inside:box prompt"]))
    if kind.kind is Kind.THRESHOLD:
        reference = parse_reference(str(values["feature"]))
        ends = st.floats(
            reference.feature.lowest or 0, reference.feature.highest or 1e9, allow_infinity=False
        )
        values["at_least"], values["at_most"] = sorted([draw(ends), draw(ends)])
        del values[draw(st.sampled_from(["at_least", "at_most", "unknown"]))]
    else:
        left_out = draw(st.sets(st.sampled_from(sorted(values))))
        values = {name: value for name, value in values.items() if name not in left_out}
    return make_rule(kind.kind, name=draw(some_texts()), values=values)


@settings(deadline=None, max_examples=40)
@given(
    rules=st.lists(some_rules(), min_size=1, max_size=5, unique_by=lambda rule: rule.name),
    setting=st.none() | some_texts(),
    values=st.none() | st.fixed_dictionaries({key.name: some_values(key) for key in EVIDENCE}),
)
def test_what_is_written_reads_back_as_equal(
    rules: list[Rule], setting: str | None, values: dict[str, object] | None
) -> None:
    evidence = None if values is None else Evidence(**values | {"settings": tuple(values["settings"])})
    rule_set = RuleSet(setting=setting, rules=tuple(rules), evidence=evidence)
    text = write_rule_set(rule_set)
    assert read_rule_set(text, source="rules.toml") == rule_set
    assert write_rule_set(read_rule_set(text, source="rules.toml")) == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "format is missing: give format = 1; there is no rule: give at least one [[rule]]"),
        ("format = 1", "there is no rule: give at least one [[rule]]"),
        ("format = 1\nrule = []", "there is no rule: give at least one [[rule]]"),
        ("format = 1\nrule = 3", "rule must be a list of tables, each begun by [[rule]]"),
        ("format = 1\n[rule]\nkind = 'threshold'", "rule must be a list of tables, each begun by [[rule]]"),
        ("format = 2\n[[rule]]\nkind='non_visual'", "format = 2 is not known here: give format = 1"),
        ("format = true\n[[rule]]\nkind='non_visual'", "format = True is not known here: give format = 1"),
        (of_one(""), "rule 1: kind is missing: give one of non_visual, disagreement"),
        (of_one("kind = 'treshold'"), "rule 1: kind = 'treshold' is not known (did you mean threshold?)"),
        (of_one("kind = ['threshold']"), "rule 1: kind = ['threshold'] is not known"),
        (of_one("kind = 'threshold'"), "rule 1: feature is missing: give a feature"),
        (of_one("kind = 'threshold'\nfeature = 'iou'"), "rule 1: neither at_least nor at_most is given"),
        (of_one("kind = 'threshold'\nfeature = 'uoi'"), "rule 1: feature = 'uoi': there is no feature 'uoi'"),
        (of_one("kind = 'threshold'\nfeature = 3"), "rule 1: feature = 3: give a feature"),
        (
            of_one("kind = 'threshold'\nfeature = \"iou:a\\tb\""),
            "rule 1: feature = 'iou:a\\tb': it has control characters",
        ),
        (
            of_one("kind = 'threshold'\nfeature = 'iou'\nat_least = 1.5"),
            "rule 1: at_least = 1.5: iou is a number from 0 to 1",
        ),
        (
            of_one("kind = 'threshold'\nfeature = 'area'\nat_most = -1"),
            "rule 1: at_most = -1.0: area is a number from 0",
        ),
        (
            of_one("kind = 'threshold'\nfeature = 'iou'\nat_least = 0.9\nat_most = 0.1"),
            "rule 1: at_least = 0.9 is above at_most = 0.1: swap them",
        ),
        (of_one("kind = 'threshold'\nfeature = 'iou'\nat_least = nan"), "at_least = nan: give a number"),
        (of_one("kind = 'threshold'\nfeature = 'area'\nat_most = inf"), "at_most = inf: give a number"),
        (of_one("kind = 'threshold'\nfeature = 'iou'\nat_least = '0.5'"), "at_least = '0.5': give a number"),
        (of_one("kind = 'threshold'\nfeature = 'iou'\nat_least = true"), "at_least = True: give a number"),
        (of_one("kind = 'disagreement'\nagreement_below = 1.1"), "= 1.1: give a number from 0 to 1"),
        (of_one("kind = 'disagreement'\notherwise = 'Drop'"), "otherwise = 'Drop': give drop or keep"),
        (of_one("kind = 'disagreement'\niou = 0.5"), "rule 1: unknown key 'iou' (there are agreement,"),
        (of_one("kind = 'disagreement'\nagreement = 'area'"), "agreement = 'area' is no share that compares"),
        (of_one("kind = 'disagreement'\nagreement = 'n_voters'"), "give consensus_iou, or one of iou"),
        (of_one("kind = 'dense_scene'\nn_boxes = 1"), "n_boxes = 1: give a whole number from 2 to 10,000"),
        (of_one("kind = 'dense_scene'\nn_boxes = 5.0"), "n_boxes = 5.0: give a whole number from 2"),
        (of_one("kind = 'non_visual'\ntypes = 'event'"), "types = 'event': give a list of types of entities"),
        (of_one("kind = 'non_visual'\ntypes = [3]"), "types = [3]: give a list of types of entities"),
        (of_one("kind = 'non_visual'\ntypes = ['a', 'a']"), "types = ['a', 'a']: 'a' stands twice"),
        (of_one("kind = 'non_visual'\ntypes = ['']"), "types = ['']: it has no name"),
        (of_one("kind = 'non_visual'\nwords = ['how.*']"), "words hold 'how.*': give letters"),
        (of_one("kind = 'non_visual'\nwords = [' how']"), "words hold ' how': give letters"),
        (of_one("kind = 'non_visual'\nwords = ['a?', '']"), "words hold 'a?', '': give letters"),
        (of_one("kind = 'non_visual'\nwords = [3]"), "words = [3]: give a list of words"),
        (of_one("kind = 'non_visual'\ntypes = []\nwords = []"), "types and words are both empty"),
        (
            of_one("kind = 'incomplete_location'\ntypes = []\ncategories = []"),
            "types and categories are both empty",
        ),
        (of_one("kind = 'non_visual'\nname = 3"), "rule 1: name = 3: give a text"),
        (of_one("kind = 'non_visual'\nname = ''"), "rule 1 (''): name has no name"),
        ("setting = 3\n" + of_one("kind = 'non_visual'"), "setting = 3: give a text"),
        ("seting = 'gc'\n" + of_one("kind = 'non_visual'"), "unknown key 'seting' (did you mean setting?)"),
        ("evidence = 3\n" + of_one("kind = 'non_visual'"), "evidence must be a table, begun by [evidence]"),
        (of_one("kind = 'non_visual'\n[evidence]\nmade_on = '2025-01-31'"), "give a date such as 2025-01-31"),
        (of_one("kind = 'non_visual'\n[evidence]\nmade_on = 2025-01-31T10:00:00"), "give a date such as"),
        (of_one("kind = 'non_visual'\n[evidence]\nn_kept = -1"), "evidence: n_kept = -1: give a whole"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_what_was_needed(text: str, fault: str) -> None:
    assert fault in refusal(text)


def test_all_faults_of_a_file_are_told_at_once() -> None:
    told = refusal("""
        formt = 1
        [[rule]]
        kind = "disagreemnt"
        [[rule]]
        kind = "disagreement"
        name = "agree"
        agreement_below = 2
        least_support = "high"
        [[rule]]
        kind = "threshold"
        name = "agree"
        feature = "iou"
        at_least = 0.5
        [evidence]
        target = 2
    """)
    for fault in (
        "unknown key 'formt' (did you mean format?)",
        "format is missing",
        "rule 1: kind = 'disagreemnt' is not known (did you mean disagreement?)",
        "rule 2 ('agree'): agreement_below = 2: give a number from 0 to 1",
        "rule 2 ('agree'): least_support = 'high': give a number from 0 to 1",
        "rules 2 and 3 have the same name 'agree': give each its own",
        "evidence: target = 2: give a number from 0 to 1",
        "evidence: sample is missing: give a text",
    ):
        assert fault in told
    assert "\n" not in told


def test_a_value_that_cannot_be_read_hides_no_fault_of_the_others() -> None:
    told = refusal("""
        format = 1
        [[rule]]
        kind = "threshold"
        name = "both ends"
        feature = "iou"
        at_least = 7
        at_most = -1
        unknown = "maybe"
        [[rule]]
        kind = "threshold"
        name = "one end"
        feature = "iou"
        at_least = "high"
        [[rule]]
        kind = "disagreement"
        agreement = "area"
        otherwise = "maybe"
        [[rule]]
        kind = "non_visual"
        types = 3
        words = ["how?"]
    """)
    for fault in (
        "rule 1 ('both ends'): unknown = 'maybe': give drop or keep",
        "rule 1 ('both ends'): at_least = 7.0: iou is a number from 0 to 1",
        "rule 1 ('both ends'): at_most = -1.0: iou is a number from 0 to 1",
        "rule 1 ('both ends'): at_least = 7.0 is above at_most = -1.0: swap them",
        "rule 2 ('one end'): at_least = 'high': give a number",
        "rule 3: otherwise = 'maybe'",
        "rule 3: agreement = 'area' is no share",
        "rule 4: types = 3",
        "rule 4: words hold 'how?'",
    ):
        assert fault in told
    assert "neither" not in told


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_rule_set("\ufeff" + EVERY_KIND, source="r") == read_rule_set(EVERY_KIND, source="r")


def test_two_rules_that_would_have_the_same_name_by_themselves_must_be_given_one() -> None:
    first = of_one("kind = 'threshold'\nfeature = 'iou'\nat_least = 0.1\n")
    told = refusal(first + "[[rule]]\nkind = 'threshold'\nfeature = 'iou'\nat_most = 0.9")
    assert "rules 1 and 2 have the same name 'iou': give each its own" in told


@pytest.mark.parametrize("text", ["format = ", "a = " + "[" * 10_000, "format = 1\nformat = 1"])
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^rules\.toml cannot be read as TOML: "):
        read_rule_set(text, source="rules.toml")


def test_a_long_value_is_cut_in_the_message() -> None:
    told = refusal(of_one(f"kind = 'disagreement'\notherwise = '{'x' * 5000}'"))
    assert len(told) < 300


def test_rules_made_by_a_program_are_held_to_the_same_ranges() -> None:
    with pytest.raises(ValueError, match="iou is a number from 0 to 1"):
        threshold_rule(reference=FeatureReference(name="iou"), at_least=7)
    with pytest.raises(ValueError, match="iou is a number from 0 to 1"):
        threshold_rule(reference=FeatureReference(name="iou"), at_most=math.nan)
    with pytest.raises(ValueFaults, match="cover = 3: give a number from 0 to 1"):
        make_rule(Kind.DENSE_SCENE, name=None, values={"cover": 3})
    with pytest.raises(ValueError, match="there is no rule"):
        RuleSet(rules=())
    rule = threshold_rule(reference=FeatureReference(name="iou"), at_least=0.5)
    with pytest.raises(ValueError, match="rules 1 and 2 have the same name 'iou'"):
        RuleSet(rules=(rule, rule))
    assert isinstance(rule, FeatureThreshold)
