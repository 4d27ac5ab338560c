"""Every kind of rule, in one table: what it does, and its thresholds with their ranges and defaults."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from audit.features.references import FeatureReference
from audit.rules.dense_scene import DenseScene
from audit.rules.disagreement import Disagreement, Otherwise, agreement_faults
from audit.rules.feature_threshold import Unknown, range_faults, threshold_rule
from audit.rules.incomplete_location import IncompleteLocation, place_faults
from audit.rules.keys import Form, Key, ValueFaults, check_values
from audit.rules.non_visual import INTERROGATIVES, NON_VISUAL_TYPES, NonVisual, word_faults
from audit.rules.rule import Kind, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleKind:
    """One kind of rule.

    Attributes:
        kind: its name in a file.
        does: what it does, in a sentence.
        thresholds: its keys, which are attributes of its rules.
        faults_of: what is wrong with the values together; those that cannot be read are not among them.
        of: makes a rule of a name, or of None for the rule's own, and the values of the thresholds.
    """

    kind: Kind
    does: str
    thresholds: tuple[Key, ...]
    faults_of: Callable[[Mapping[str, Any]], list[str]]
    of: Callable[[str | None, dict[str, Any]], Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRule:
    """A rule as far as it can be read.

    Attributes:
        rule: None where something is wrong.
        thresholds: the values that can be read.
        faults: everything that is wrong, as sentences without a full stop.
    """

    rule: Rule | None
    thresholds: Mapping[Key, object]
    faults: tuple[str, ...]


_UNKNOWN_CONFIDENCE = Key(
    name="unknown_confidence",
    form=Form.NUMBER,
    default=1.0,
    lowest=0,
    highest=1,
    means="Weight of a mask without a confidence, such as an end-to-end model's.",
)


def _range_faults(values: Mapping[str, Any]) -> list[str]:
    ends = {key: values[key] for key in ("at_least", "at_most") if key in values}
    return range_faults(values.get("feature"), ends)


def _place_faults(values: Mapping[str, Any]) -> list[str]:
    both = ("types", "categories")
    return place_faults(*(values[key] for key in both)) if values.keys() >= set(both) else []


def _threshold(name: str | None, values: dict[str, Any]) -> Rule:
    feature: FeatureReference = values["feature"]
    return threshold_rule(
        name=name,
        reference=feature,
        at_least=values["at_least"],
        at_most=values["at_most"],
        unknown=Unknown(values["unknown"]),
    )


def _disagreement(name: str | None, values: dict[str, Any]) -> Rule:
    return Disagreement(
        name=name or Kind.DISAGREEMENT.value, **values | {"otherwise": Otherwise(values["otherwise"])}
    )


KINDS: tuple[RuleKind, ...] = (
    RuleKind(
        kind=Kind.NON_VISUAL,
        does="Drops entities of types that have no look of their own, and questions that ask for no thing.",
        thresholds=(
            Key(
                name="types",
                form=Form.TYPES,
                default=NON_VISUAL_TYPES,
                means="Types of entities to drop; [] for none, which needs no entities.",
            ),
            Key(
                name="words",
                form=Form.WORDS,
                default=INTERROGATIVES,
                means="Words that a question to drop begins with, or goes on with after a comma or the like.",
            ),
        ),
        faults_of=lambda values: (
            word_faults(values.get("types"), values["words"]) if "words" in values else []
        ),
        of=lambda name, values: NonVisual(name=name or Kind.NON_VISUAL.value, **values),
    ),
    RuleKind(
        kind=Kind.DISAGREEMENT,
        does="Where the settings agree little, takes the mask that they support best.",
        thresholds=(
            Key(
                name="agreement",
                form=Form.FEATURE,
                default="consensus_iou",
                means="Feature that says how far the other settings agree with the mask.",
            ),
            Key(
                name="agreement_below",
                form=Form.NUMBER,
                default=0.5,
                lowest=0,
                highest=1,
                means="Agreement under which the mask is looked at.",
            ),
            Key(
                name="least_support",
                form=Form.NUMBER,
                default=0.5,
                lowest=0,
                highest=1,
                means=(
                    "Support that the best candidate must have: mean intersection over union with the masks "
                    "of all settings, weighted by their confidences."
                ),
            ),
            Key(
                name="otherwise",
                form=Form.CHOICE,
                default="keep",
                choices=tuple(Otherwise),
                means="What becomes of the annotation where no candidate has it.",
            ),
            _UNKNOWN_CONFIDENCE,
        ),
        faults_of=lambda values: agreement_faults(values["agreement"]) if "agreement" in values else [],
        of=_disagreement,
    ),
    RuleKind(
        kind=Kind.INCOMPLETE_LOCATION,
        does="Takes the whole image for locations and buildings of which the detector was not sure.",
        thresholds=(
            Key(
                name="types",
                form=Form.TYPES,
                default=("location", "building"),
                means="Types of entities that are places.",
            ),
            Key(
                name="categories",
                form=Form.CATEGORIES,
                default=("location", "building"),
                means="Categories of entities that are places; one of either is enough.",
            ),
            Key(
                name="confidence_below",
                form=Form.NUMBER,
                default=0.4,
                lowest=0,
                highest=1,
                means="Highest confidence of the annotation, under which the whole image is taken.",
            ),
        ),
        faults_of=_place_faults,
        of=lambda name, values: IncompleteLocation(name=name or Kind.INCOMPLETE_LOCATION.value, **values),
    ),
    RuleKind(
        kind=Kind.DENSE_SCENE,
        does=(
            "Where many boxes of one type cover much of the image and the mask is in many pieces, inverts it "
            "if the settings support the inverse better."
        ),
        thresholds=(
            Key(
                name="n_boxes",
                form=Form.COUNT,
                default=5,
                lowest=2,
                highest=10_000,
                means="Least number of boxes of one type (`n_boxes_same_type`).",
            ),
            Key(
                name="cover",
                form=Form.NUMBER,
                default=0.5,
                lowest=0,
                highest=1,
                means="Least share of the image that they cover (`same_type_cover`).",
            ),
            Key(
                name="n_components",
                form=Form.COUNT,
                default=5,
                lowest=1,
                highest=1_000_000,
                means=(
                    "Least number of pieces of the mask, both opened and closed (`n_components_opened`, "
                    "`n_components_closed`)."
                ),
            ),
            _UNKNOWN_CONFIDENCE,
        ),
        faults_of=lambda _: [],
        of=lambda name, values: DenseScene(name=name or Kind.DENSE_SCENE.value, **values),
    ),
    RuleKind(
        kind=Kind.THRESHOLD,
        does="Drops annotations with a feature outside of a range.",
        thresholds=(
            Key(
                name="feature",
                form=Form.FEATURE,
                is_required=True,
                means="Feature that is looked at.",
            ),
            Key(
                name="at_least",
                form=Form.NUMBER,
                means="Least value that is kept; in the range of the feature.",
            ),
            Key(
                name="at_most",
                form=Form.NUMBER,
                means="Greatest value that is kept; in the range of the feature.",
            ),
            Key(
                name="unknown",
                form=Form.CHOICE,
                default="drop",
                choices=tuple(Unknown),
                means="What becomes of annotations of which the feature is unknown.",
            ),
        ),
        faults_of=_range_faults,
        of=_threshold,
    ),
)
"""In the order in which they were published."""

OF_KIND = {each.kind: each for each in KINDS}


def make_rule(kind: Kind, *, name: str | None, values: Mapping[str, object]) -> Rule:
    """A rule of a kind, with defaults for the thresholds that are not given.

    Args:
        kind: of the rule.
        name: of the rule; where None, the kind's, or the feature's of a threshold.
        values: of thresholds, as a file gives them.

    Raises:
        ValueFaults: naming everything that is wrong.

    >>> rule = make_rule(Kind.THRESHOLD, name=None, values={"feature": "iou:box", "at_least": 0.5})
    >>> rule.name, rule.passes
    ('iou:box', 'iou:box is at least 0.5')
    """
    draft = draft_rule(kind, name=name, values=values)
    if draft.rule is None:
        raise ValueFaults(draft.faults)
    return draft.rule


def draft_rule(kind: Kind, *, name: str | None, values: Mapping[str, object]) -> DraftRule:
    """A rule of a kind, or what can be read of it; the arguments are those of `make_rule`."""
    found = OF_KIND[kind]
    checked = check_values(found.thresholds, values)
    faults = (*checked.faults, *found.faults_of(checked.values))
    thresholds = {key: checked.values[key.name] for key in found.thresholds if key.name in checked.values}
    rule = None if faults else found.of(name, checked.values)
    return DraftRule(rule=rule, thresholds=thresholds, faults=faults)


def thresholds_of(rule: Rule) -> dict[Key, object]:
    """The value of each threshold of a rule, in the order of the catalogue; None where it has none."""
    return {key: getattr(rule, key.name) for key in OF_KIND[rule.kind].thresholds}
