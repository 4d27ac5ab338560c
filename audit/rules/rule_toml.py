"""Rule sets as TOML: read with all their faults at once, and written so that they read back the same."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from numbers import Integral, Real
from typing import Any

from audit.errors import InputError
from audit.features.references import FeatureReference
from audit.names import name_fault
from audit.rules.catalogue import draft_rule, thresholds_of
from audit.rules.evidence import EVIDENCE, Evidence
from audit.rules.keys import Key, ValueFaults, hint, read_values
from audit.rules.rule import Kind, Rule
from audit.rules.rule_set import RuleSet, same_name_faults

FORMAT = 1

_BYTE_ORDER_MARK = "\ufeff"

_TABLE_KEYS = ("format", "setting", "rule", "evidence")


FaultsOf = Callable[[Mapping[Key, object]], list[str]]
"""The thresholds of a rule that can be read → what else is wrong with them, as sentences."""


def read_rule_set(text: str, *, source: str, faults_of: FaultsOf = lambda _: []) -> RuleSet:
    """The rule set of a TOML file.

    Args:
        text: of the file.
        source: names it in a message.
        faults_of: says what is wrong with thresholds where the rules are to be applied.

    Raises:
        InputError: it is no TOML; or naming everything that is wrong in it, each with the number and name of
            its rule.

    >>> rule_set = read_rule_set('''
    ... format = 1
    ... [[rule]]
    ... kind = "threshold"
    ... feature = "iou:box"
    ... at_least = 0.5
    ... ''', source="rules.toml")
    >>> rule_set.rules[0].passes
    'iou:box is at least 0.5'
    """
    try:
        tables = tomllib.loads(text.removeprefix(_BYTE_ORDER_MARK))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{source} cannot be read as TOML: {error}") from error
    faults = _head_faults(tables)
    if "evidence" not in tables and tables.get("rule", []) == []:
        faults.append("there is no rule: give at least one [[rule]]")
    rules = _read_rules(tables.get("rule", []), faults, faults_of)
    evidence = _read_evidence(tables.get("evidence"), faults)
    if faults:
        raise InputError(f"{source}: {'; '.join(faults)}: correct what is named")
    return RuleSet(setting=tables.get("setting"), rules=tuple(rules), evidence=evidence)


def write_rule_set(rule_set: RuleSet) -> str:
    """A rule set as TOML, with every threshold; read back it gives an equal one."""
    head = {"format": FORMAT, "setting": rule_set.setting}
    blocks = [_lines(head), *(f"[[rule]]\n{_lines(_values(rule))}" for rule in rule_set.rules)]
    if rule_set.evidence is not None:
        blocks.append(f"[evidence]\n{_lines(asdict(rule_set.evidence))}")
    return "\n".join(blocks)


def _head_faults(tables: Mapping[str, Any]) -> list[str]:
    faults = [f"unknown key {key!r}{hint(key, _TABLE_KEYS)}" for key in tables if key not in _TABLE_KEYS]
    found = tables.get("format")
    if type(found) is not int or found != FORMAT:
        told = "is missing" if found is None else f"= {found!r} is not known here"
        faults.append(f"format {told}: give format = {FORMAT}")
    return faults + _name_faults("setting", tables.get("setting"))


def _read_rules(tables: object, faults: list[str], faults_of: FaultsOf) -> list[Rule]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        faults.append("rule must be a list of tables, each begun by [[rule]]")
        return []
    rules: list[Rule] = []
    names: list[str | None] = []
    for number, table in enumerate(tables, 1):
        name = table.get("name") if isinstance(table.get("name"), str) else None
        try:
            rules.append(_rule(table, faults_of))
            name = rules[-1].name
        except ValueFaults as error:
            which = f"rule {number}" if name is None else f"rule {number} ({name!r})"
            faults += [f"{which}: {fault}" for fault in error.faults]
        names.append(name)
    faults += same_name_faults(names)
    return rules


def _rule(table: Mapping[str, Any], faults_of: FaultsOf) -> Rule:
    """The rule of a table; raises ValueFaults."""
    kind, name = table.get("kind"), table.get("name")
    faults = _name_faults("name", name)
    try:
        values = {key: value for key, value in table.items() if key not in ("kind", "name")}
        draft = draft_rule(_kind(kind), name=name, values=values)
    except ValueFaults as error:
        raise ValueFaults([*faults, *error.faults]) from error
    faults += [*draft.faults, *faults_of(draft.thresholds)]
    if faults or draft.rule is None:
        raise ValueFaults(faults)
    return draft.rule


def _kind(text: object) -> Kind:
    if text is None:
        raise ValueFaults([f"kind is missing: give one of {', '.join(Kind)}"])
    if not isinstance(text, str) or text not in list(Kind):
        raise ValueFaults([f"kind = {text!r} is not known{hint(text, list(Kind))}"])
    return Kind(text)


def _name_faults(key: str, name: object) -> list[str]:
    if name is None:
        return []
    if not isinstance(name, str):
        return [f"{key} = {name!r}: give a text"]
    fault = name_fault(name)
    return [f"{key} {fault}"] if fault else []


def _read_evidence(table: object, faults: list[str]) -> Evidence | None:
    if table is None:
        return None
    if not isinstance(table, dict):
        faults.append("evidence must be a table, begun by [evidence]")
        return None
    try:
        values: dict[str, Any] = read_values(EVIDENCE, table)
        return Evidence(**values)
    except ValueFaults as error:
        faults += [f"evidence: {fault}" for fault in error.faults]
        return None


def _values(rule: Rule) -> dict[str, object]:
    thresholds = {key.name: value for key, value in thresholds_of(rule).items()}
    return {"name": rule.name, "kind": rule.kind} | thresholds


def _lines(values: Mapping[str, object]) -> str:
    return "".join(f"{key} = {_toml(value)}\n" for key, value in values.items() if value is not None)


def _toml(value: object) -> str:
    match value:
        case tuple():
            return f"[{', '.join(_toml(each) for each in value)}]"
        case str() | FeatureReference():
            return f'"{_escaped(str(value))}"'
        case date():
            return value.isoformat()
        case Integral():
            return str(int(value))
        case Real():
            return repr(float(value))
        case _:
            raise TypeError(f"{value!r} has no place in a rule set")


def _escaped(text: str) -> str:
    r"""Text for a basic string of TOML. Names have no control characters: `audit.names` refuses them.

    >>> _escaped('a "b" \\ c')
    'a \\"b\\" \\\\ c'
    """
    return text.replace("\\", "\\\\").replace('"', '\\"')
