"""Whether the types and categories that rules name are any that entities have."""

from collections.abc import Collection

from audit.errors import InputError
from audit.rules.catalogue import thresholds_of
from audit.rules.keys import Form, hint
from audit.rules.rule_set import RuleSet


def check_entity_kinds(rule_set: RuleSet, *, types: Collection[str], categories: Collection[str]) -> None:
    """Raise InputError, naming each type and category of a rule that is not a known one.

    A misspelt type would drop nothing, and nobody would see it.

    Args:
        rule_set: the rules.
        types: that entities have, or could have.
        categories: the same.
    """
    known = {Form.TYPES: sorted(types), Form.CATEGORIES: sorted(categories)}
    faults = [
        f"rule {number} ({rule.name!r}): {key.name} holds {name!r}, which no entity has"
        f"{hint(name, known[key.form])}"
        for number, rule in enumerate(rule_set.rules, 1)
        for key, value in thresholds_of(rule).items()
        if key.form in known and isinstance(value, tuple)
        for name in value
        if name not in known[key.form]
    ]
    if faults:
        raise InputError(f"the rules: {'; '.join(faults)}: correct what is named")
