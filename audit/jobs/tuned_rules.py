"""Writes tuned rule sets, and replaces only what was tuned before."""

from pathlib import Path

from audit.errors import InputError
from audit.jobs.files import write_text
from audit.rules.rule_set import RuleSet
from audit.rules.rule_toml import read_rule_set, write_rule_set


def refuse_foreign(out: Path) -> None:
    """Refuse a place where something lies that was not tuned: rules that somebody wrote would be lost.

    Raises:
        InputError: it is a folder, or a file other than a rule set with evidence.
    """
    if out.is_dir():
        raise InputError(f"--out {out} is a folder: name a file in it")
    if not out.exists():
        return
    try:
        is_tuned = read_rule_set(out.read_text(encoding="utf-8"), source=str(out)).evidence is not None
    except (InputError, UnicodeDecodeError):
        is_tuned = False
    if not is_tuned:
        raise InputError(f"--out {out} is there and was not tuned, so it is not replaced: name another file")


def save_rules(rule_set: RuleSet, out: Path) -> None:
    """Write a rule set in one step.

    Raises:
        InputError: as `refuse_foreign`, or its folder is not there.
        UnavailableError: the file system refuses.
    """
    refuse_foreign(out)
    write_text(out, write_rule_set(rule_set))
