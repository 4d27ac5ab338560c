"""The commands that tell of rules: rules explain, rules list."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit.console import FILE, Outcome, speaks, workspace_option

if TYPE_CHECKING:
    from audit.jobs.explain_rules import ExplainedAnnotation, MaskSize
    from audit.rules.deciding import Explanation
    from audit.rules.keys import Key


@click.group()
def rules() -> None:
    """Tell what rules there are, and what they make of an annotation."""


@rules.command()
@click.argument("annotation_id", metavar="ANNOTATION_ID")
@click.option("--rules", "file", required=True, type=FILE, metavar="FILE", help="Rules as TOML.")
@click.option(
    "--setting", metavar="S", help="Whose annotation; by default the setting the rules were made for."
)
@click.option("--out", type=FILE, metavar="PNG", help="Draw the mask before and after, on the photo.")
@workspace_option
@speaks
def explain(
    *, workspace: Path | None, annotation_id: str, file: Path, setting: str | None, out: Path | None
) -> Outcome:
    """Say what each rule saw of an annotation and made of it.

    Every rule is asked for itself; the first that drops or corrects decides.

    \b
    mask-audit rules explain oven_query_val_00000107 --rules rules.toml --setting A
    mask-audit rules explain oven_query_val_00000107 --rules rules.toml --out why.png
    """
    from audit.jobs.explain_rules import explain_annotation
    from audit.jobs.workspace import open_workspace

    population = open_workspace(workspace).population
    found = explain_annotation(population, annotation_id, rules=file, setting=setting, picture=out)
    return Outcome(lines=list(_lines(found)), content=_content(found))


@rules.command("list")
@speaks
def list_kinds() -> Outcome:
    """List the kinds of rules and their thresholds.

    \b
    mask-audit rules list
    """
    from audit.rules.catalogue import KINDS

    return Outcome(
        lines=[
            line for kind in KINDS for line in (f"{kind.kind}: {kind.does}", *map(_key_line, kind.thresholds))
        ],
        content={
            "kinds": [
                {
                    "kind": kind.kind,
                    "does": kind.does,
                    "thresholds": [asdict(key) for key in kind.thresholds],
                }
                for kind in KINDS
            ]
        },
    )


def _key_line(key: "Key") -> str:
    texts = ", ".join(key.default) if isinstance(key.default, tuple) else key.default
    default = ", required" if key.is_required else "" if texts is None else f"; by default {texts}"
    return f"  {key.name} ({key.range}{default}): {key.means}"


def _lines(found: "ExplainedAnnotation") -> Iterator[str]:
    entity = f", {found.entity_name}" if found.entity_name else ""
    yield f"{found.annotation_id} of {found.setting} (split {found.split}{entity})"
    for rule in found.rules:
        decides = " ← decides" if rule.decided else ""
        yield f"{rule.name}: {rule.action}, {rule.why}{decides}"
        yield from (f"  {name} = {_told(value)}" for name, value in rule.saw.items())
    if not any(rule.decided for rule in found.rules):
        yield "no rule drops or corrects it: kept as it is"
    yield f"mask before: {_size(found.before)}"
    yield f"mask after: {'dropped' if found.action == 'drop' else _size(found.after)}"
    if found.picture is not None:
        yield f"drawn: {found.picture}"


def _told(value: object) -> str:
    return "unknown" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _size(size: "MaskSize | None") -> str:
    return "cannot be read" if size is None else size.in_words()


def _content(found: "ExplainedAnnotation") -> Mapping[str, Any]:
    return {
        "annotation_id": found.annotation_id,
        "setting": found.setting,
        "entity_name": found.entity_name,
        "split": found.split,
        "action": found.action,
        "rules": [_rule_content(rule) for rule in found.rules],
        "before": asdict(found.before) if found.before else None,
        "after": asdict(found.after) if found.after else None,
        "picture": str(found.picture) if found.picture else None,
    }


def _rule_content(rule: "Explanation") -> Mapping[str, Any]:
    return {
        "rule": rule.name,
        "kind": rule.kind,
        "saw": dict(rule.saw),
        "action": rule.action,
        "why": rule.why,
        "decided": rule.decided,
    }
