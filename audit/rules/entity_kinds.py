"""Whether the types, categories and settings that rules name are any that there are."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from audit.features.references import FeatureReference
from audit.rules.keys import Form, Key, hint


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """What there is that rules may name. A misspelt type would drop nothing, and nobody would see it.

    Attributes:
        setting: that the rules are applied to.
        settings: all, that one among them.
        types: that entities have, or could have; None where nobody said what entities are.
        categories: the same.
    """

    setting: str
    settings: Collection[str]
    types: Collection[str] | None
    categories: Collection[str] | None

    def faults(self, thresholds: Mapping[Key, object]) -> list[str]:
        """What the thresholds of a rule name that is not there, as sentences without a full stop."""
        return [fault for key, value in thresholds.items() for fault in self._faults_of(key, value)]

    def _faults_of(self, key: Key, value: object) -> Iterator[str]:
        if isinstance(value, FeatureReference) and value.other is not None:
            yield from self._setting_faults(key, value, value.other)
        known = {Form.TYPES: self.types, Form.CATEGORIES: self.categories}.get(key.form)
        if known is None or not isinstance(value, tuple):
            return
        for name in value:
            if name not in known:
                yield f"{key.name} holds {name!r}, which no entity has{hint(name, sorted(known))}"

    def _setting_faults(self, key: Key, reference: FeatureReference, other: str) -> Iterator[str]:
        if other == self.setting:
            yield f"{key.name} = '{reference}' compares {other!r} with itself: name another setting"
        elif other not in self.settings:
            others = [name for name in self.settings if name != self.setting]
            yield f"{key.name} = '{reference}': there is no setting {other!r}{hint(other, others)}"
