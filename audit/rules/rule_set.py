"""Rules in their order, and what is known of how good the masks are that they keep."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.features.references import FeatureReference
from audit.rules.evidence import Evidence
from audit.rules.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Rules, of which the first that drops or corrects an annotation decides.

    Attributes:
        setting: that they were made for; None where they are for any.
        rules: each with a name of its own; at least one, unless evidence shows that all may be kept.
        evidence: None where nothing was certified.

    Raises:
        ValueError: there is neither rule nor evidence, or two rules have the same name.
    """

    setting: str | None = None
    rules: tuple[Rule, ...]
    evidence: Evidence | None = None

    def __post_init__(self) -> None:
        if not self.rules and self.evidence is None:
            raise ValueError("there is no rule: give at least one [[rule]]")
        faults = same_name_faults([rule.name for rule in self.rules])
        if faults:
            raise ValueError("; ".join(faults))

    @property
    def references(self) -> tuple[FeatureReference, ...]:
        """The features that the rules look at, each once."""
        return tuple(dict.fromkeys(reference for rule in self.rules for reference in rule.references))

    @property
    def needs_entities(self) -> bool:
        """Whether a rule looks at types or categories of entities."""
        return any({"entity_type", "category"} & set(rule.columns) for rule in self.rules)


def same_name_faults(names: Sequence[str | None]) -> list[str]:
    """What is wrong with the names of rules in their order; None is no name.

    >>> same_name_faults(["iou", None, "iou"])
    ["rules 1 and 3 have the same name 'iou': give each its own"]
    """
    numbers: dict[str, list[str]] = {}
    for number, name in enumerate(names, 1):
        if name is not None:
            numbers.setdefault(name, []).append(str(number))
    return [
        f"rules {' and '.join(same)} have the same name {name!r}: give each its own"
        for name, same in numbers.items()
        if len(same) > 1
    ]
