"""Asks the rules of a set in their order what becomes of annotations."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from audit.features.column import Column, Flags, to_arrow
from audit.rules.rule import ACTIONS, Action, Kind, NewMask, Rule, Rulings, number_of
from audit.rules.rule_set import RuleSet
from audit.rules.subjects import Longs, MentionMasks, Subjects

DECISIONS = pa.schema(
    [
        pa.field("action", pa.string(), nullable=False),
        pa.field("rule", pa.string()),
        pa.field("why", pa.string()),
        pa.field("parts", pa.list_(pa.binary())),
        pa.field("height", pa.int32()),
        pa.field("width", pa.int32()),
    ]
)
"""`rule` and `why` are null where the action is keep; the new mask is null unless it is correct."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one rule saw of an annotation and said of it.

    Attributes:
        name: of the rule.
        kind: of the rule.
        saw: what it looked at, by name; None where unknown.
        action: what it says.
        why: a sentence without a full stop.
        decided: whether it is the first that does not keep.
        mask: that takes the place of the annotation's; None unless the action is to correct.
    """

    name: str
    kind: Kind
    saw: Mapping[str, object]
    action: Action
    why: str
    decided: bool
    mask: NewMask | None


def apply_rules(rule_set: RuleSet, subjects: pa.Table, masks: MentionMasks) -> pa.Table:
    """What becomes of annotations, `DECISIONS`, in their order.

    Each rule is asked about those that no rule before it dropped or corrected.

    Args:
        rule_set: the rules.
        subjects: a row per annotation, with the columns and features that the rules look at.
        masks: asked for the mentions whose masks decide; a position is a row of `subjects`.
    """
    undecided: Longs = np.arange(subjects.num_rows)
    decisions = _Decisions(subjects.num_rows)
    for number, rule in enumerate(rule_set.rules):
        if not len(undecided):
            break
        rulings = rule.judge(Subjects(subjects, undecided, masks))
        is_decided = rulings.actions != number_of(Action.KEEP)
        decisions.add(number, undecided, rulings, is_decided)
        undecided = np.delete(undecided, rulings.places[is_decided])
    return decisions.table([rule.name for rule in rule_set.rules])


def explain_rules(rule_set: RuleSet, subject: pa.Table, masks: MentionMasks) -> tuple[Explanation, ...]:
    """What each rule says of one annotation, asked for itself; only the first that does not keep decides.

    Args:
        rule_set: the rules.
        subject: one row, as in `apply_rules`.
        masks: as in `apply_rules`.
    """
    explanations: list[Explanation] = []
    is_open = True
    for rule in rule_set.rules:
        found = _explanation(rule, subject, masks, is_open=is_open)
        is_open = is_open and not found.decided
        explanations.append(found)
    return tuple(explanations)


class _Decisions:
    """What was decided so far, rule by rule."""

    def __init__(self, n_subjects: int) -> None:
        self._actions = np.zeros(n_subjects, np.int32)
        self._rules = np.full(n_subjects, -1, np.int32)
        self._places_of_whys: Longs = np.full(n_subjects, -1)
        self._whys: list[pa.Array] = []
        self._n_whys = 0
        self._masks: dict[int, NewMask] = {}

    def add(self, rule: int, positions: Longs, rulings: Rulings, is_decided: Flags) -> None:
        """Take what a rule decides of the rows at some positions."""
        rows = positions[rulings.places[is_decided]]
        self._actions[rows] = rulings.actions[is_decided]
        self._rules[rows] = rule
        self._places_of_whys[rows] = self._n_whys + np.flatnonzero(is_decided)
        self._whys.append(rulings.whys)
        self._n_whys += len(rulings.whys)
        self._masks |= {int(positions[place]): mask for place, mask in rulings.masks.items()}

    def table(self, names: list[str]) -> pa.Table:
        """All of it, `DECISIONS`."""
        places: Longs = np.full(len(self._actions), -1)
        places[list(self._masks)] = np.arange(len(self._masks))
        masks = list(self._masks.values())
        columns = [
            _taken(pa.array(list(ACTIONS), pa.string()), self._actions),
            _taken(pa.array(names, pa.string()), self._rules),
            _taken(
                pa.concat_arrays(self._whys) if self._whys else pa.array([], pa.string()),
                self._places_of_whys,
            ),
            _taken(pa.array([(mask.counts,) for mask in masks], pa.list_(pa.binary())), places),
            _taken(pa.array([mask.height for mask in masks], pa.int32()), places),
            _taken(pa.array([mask.width for mask in masks], pa.int32()), places),
        ]
        return pa.table(columns, schema=DECISIONS)


def _explanation(rule: Rule, subject: pa.Table, masks: MentionMasks, *, is_open: bool) -> Explanation:
    """What a rule says; it decides unless it keeps, or another one decided before."""
    rulings = rule.judge(Subjects(subject, np.zeros(1, np.int64), masks))
    is_named = len(rulings.places) > 0
    action = ACTIONS[rulings.actions[0]] if is_named else Action.KEEP
    seen = (*rule.columns, *map(str, rule.references))
    return Explanation(
        name=rule.name,
        kind=rule.kind,
        saw={name: subject[name][0].as_py() for name in seen},
        action=action,
        why=rulings.whys[0].as_py() if is_named else rule.passes,
        decided=is_open and action is not Action.KEEP,
        mask=rulings.masks.get(0),
    )


def _taken(values: pa.Array, places: NDArray[np.integer]) -> pa.Array:
    """The values at some places, null where a place is negative."""
    return values.take(to_arrow(Column(values=places, is_known=places >= 0), pa.int64()))
