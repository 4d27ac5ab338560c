"""Saves what a board's sliders keep as rules; rules that nothing certifies say so."""

import shlex
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from audit.errors import InputError
from audit.features.catalogue import VERSION
from audit.jobs.files import write_text
from audit.jobs.tuned_rules import refuse_foreign
from audit.jobs.tuning_board.conditions import Condition, kept_masks
from audit.jobs.tuning_board.kept import Figures, what_is_kept
from audit.jobs.tuning_data import TuningData
from audit.jobs.workspace import Workspace
from audit.rules.evidence import Evidence
from audit.rules.rule_set import RuleSet
from audit.rules.rule_toml import write_rule_set
from sampling.estimation.estimate import Estimate

CERTIFIED_FILE = "rules.toml"
BY_EYE_FILE = "rules-by-eye.toml"

_NO_GUARANTEE = (
    "# Put by eye: nothing certifies these thresholds, and they carry no guarantee.\n"
    "# mask-audit tune finds thresholds that do.\n"
)


def rules_by_eye(
    data: TuningData, conditions: Sequence[Condition], target: float, figures: Figures, today: date
) -> RuleSet | None:
    """Give the rules that keep what conditions keep, with the evidence that nothing certifies them.

    Args:
        data: of one setting.
        conditions: those that drop no mask become no rule.
        target: the accuracy that was wanted.
        figures: what the accuracy is of.
        today: the day for the evidence.

    Returns:
        None where the conditions drop nothing.
    """
    rules = tuple(each.rule() for each in conditions if not each.holds(data.masks).all())
    if not rules:
        return None
    part = what_is_kept(data, kept_masks(data.masks, conditions), figures)
    accuracy = part.accuracy.estimate
    [setting] = data.settings
    evidence = Evidence(
        target=target,
        confidence=figures.confidence,
        estimand=figures.estimand,
        settings=(setting.setting,),
        sample=data.state.sample.name,
        seed=data.state.sample.seed,
        n_learning=len(data.verdicts.position),
        n_certifying=0,
        n_kept=0,
        n_errors=0,
        p_value=1.0,
        accuracy=accuracy.value if isinstance(accuracy, Estimate) else None,
        share_kept=part.share_kept,
        made_on=today,
        features_version=VERSION,
    )
    return RuleSet(setting=setting.setting, rules=rules, evidence=evidence)


def rules_text(rule_set: RuleSet) -> str:
    """Give a rule set as TOML, which begins with a warning where nothing certifies it."""
    text = write_rule_set(rule_set)
    return text if _is_certified(rule_set) else f"{_NO_GUARANTEE}{text}"


def rules_file(rule_set: RuleSet) -> str:
    """Give the name of the file for rules: those put by eye never take the place of certified ones."""
    return CERTIFIED_FILE if _is_certified(rule_set) else BY_EYE_FILE


def save_board_rules(workspace: Workspace, rule_set: RuleSet) -> Path:
    """Write rules into the workspace in one step; give where.

    Raises:
        InputError: rules that somebody wrote by hand lie there.
        UnavailableError: the file system refuses.
    """
    place = workspace.settings.folder / rules_file(rule_set)
    try:
        refuse_foreign(place)
    except InputError as error:
        raise InputError(
            f"{place} is there and was not made here, so it is not replaced: move it away, or download these"
        ) from error
    write_text(place, rules_text(rule_set))
    return place


def filter_command(workspace: Workspace, setting: str, rules: Path) -> str:
    """Give the command that filters a setting by rules that were saved, for a shell."""
    folder = workspace.settings.folder
    words = ("mask-audit", "filter", "--setting", setting, "--rules", rules)
    return shlex.join([*map(str, words), "--out", str(folder / "filtered"), "-w", str(folder)])


def _is_certified(rule_set: RuleSet) -> bool:
    return rule_set.evidence is not None and rule_set.evidence.n_certifying > 0
