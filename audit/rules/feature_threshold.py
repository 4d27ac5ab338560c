"""Drops annotations with a feature outside of a range."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audit.coco.buffers import from_flags, from_numbers, repeated
from audit.features.column import Flags
from audit.features.references import FeatureReference
from audit.rules.keys import ValueFaults
from audit.rules.mention import Reals
from audit.rules.rule import Kind, Rulings, dropping
from audit.rules.subjects import Subjects


class Unknown(StrEnum):
    """What becomes of an annotation of which a feature is unknown."""

    DROP = "drop"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureThreshold:
    """Drops annotations with a feature outside of a range, whose ends are in it.

    Attributes:
        name: of the rule.
        feature: that is looked at.
        at_least: the beginning of the range; None where it has none.
        at_most: the end of the range; None where it has none.
        unknown: what becomes of those of which the feature is unknown.

    Raises:
        ValueFaults: neither end is given, one that the feature cannot have, or the greater one first.
    """

    name: str
    feature: FeatureReference
    at_least: float | None
    at_most: float | None
    unknown: Unknown

    kind: ClassVar[Kind] = Kind.THRESHOLD
    columns: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        faults = range_faults(self.feature, {"at_least": self.at_least, "at_most": self.at_most})
        if faults:
            raise ValueFaults(faults)

    @property
    def references(self) -> tuple[FeatureReference, ...]:
        """The one feature."""
        return (self.feature,)

    @property
    def passes(self) -> str:
        """Why it keeps."""
        ends = [
            *([f"at least {_shown(self.at_least)}"] if self.at_least is not None else []),
            *([f"at most {_shown(self.at_most)}"] if self.at_most is not None else []),
        ]
        unknown = " or unknown" if self.unknown is Unknown.KEEP else ""
        return f"{self.feature} is {' and '.join(ends)}{unknown}"

    def judge(self, subjects: Subjects) -> Rulings:
        """Drop what is outside."""
        values = subjects.feature(self.feature)
        nowhere = np.zeros(len(values.values), np.bool_)
        is_under = nowhere if self.at_least is None else values.is_known & (values.values < self.at_least)
        is_over = nowhere if self.at_most is None else values.is_known & (values.values > self.at_most)
        is_lost = nowhere if self.unknown is Unknown.KEEP else ~values.is_known
        places = np.flatnonzero(is_under | is_over | is_lost)
        return dropping(places, self._whys(values.values[places], is_under[places], is_lost[places]))

    def _whys(self, values: Reals, is_under: Flags, is_lost: Flags) -> pa.Array:
        """A sentence for each dropped one, of which those neither under nor unknown are over."""
        low, high = self.at_least or 0.0, self.at_most or 0.0
        # Rounded, unless the rounded number would be on the other side of the end.
        rounded = np.round(values, 4)
        is_told = np.where(is_under, rounded < low, rounded > high)
        numbers = pc.cast(from_numbers(np.where(is_told, rounded, values)), pa.string())
        ends = pa.array([f", over {_shown(high)}", f", under {_shown(low)}"], pa.string())
        comparisons = ends.take(from_numbers(is_under.astype(np.int64)))
        n = len(values)
        told = pc.binary_join_element_wise(repeated(f"{self.feature} is ", n), numbers, comparisons, "")
        return pc.if_else(from_flags(is_lost), repeated(f"{self.feature} is unknown", n), told)


def range_faults(feature: FeatureReference | None, ends: Mapping[str, float | None]) -> list[str]:
    """What is wrong with a range, as sentences without a full stop.

    Args:
        feature: that is looked at; None where it cannot be told.
        ends: under `at_least` and `at_most`, None where it is not given; without those that cannot be read.
    """
    low, high = ends.get("at_least"), ends.get("at_most")
    faults = []
    if low is None and high is None and len(ends) == 2:
        faults.append("neither at_least nor at_most is given: give one of them, or both")
    if feature is not None:
        faults += [
            f"{key} = {end!r}: {feature} is {_range(feature)}"
            for key, end in ends.items()
            if end is not None and not _is_possible(feature, end)
        ]
    if low is not None and high is not None and low > high:
        faults.append(f"at_least = {low!r} is above at_most = {high!r}: swap them")
    return faults


def _is_possible(feature: FeatureReference, end: float) -> bool:
    lowest, highest = feature.feature.lowest, feature.feature.highest
    return isfinite(end) and (lowest is None or end >= lowest) and (highest is None or end <= highest)


def _range(feature: FeatureReference) -> str:
    lowest, highest = feature.feature.lowest, feature.feature.highest
    begins = "a number" if lowest is None else f"a number from {lowest:g}"
    return begins if highest is None else f"{begins} to {highest:g}"


def threshold_rule(
    *,
    reference: FeatureReference,
    name: str | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    unknown: Unknown = Unknown.DROP,
) -> FeatureThreshold:
    """The rule that drops what has a feature outside of a range; its name is the feature's unless given.

    Raises:
        ValueFaults: as in `FeatureThreshold`.

    >>> from audit.features.references import parse_reference
    >>> threshold_rule(reference=parse_reference("iou:box"), at_least=0.5).passes
    'iou:box is at least 0.5'
    """
    return FeatureThreshold(
        name=name or str(reference),
        feature=reference,
        at_least=None if at_least is None else float(at_least),
        at_most=None if at_most is None else float(at_most),
        unknown=unknown,
    )


def _shown(end: float) -> str:
    return repr(end).removesuffix(".0")
