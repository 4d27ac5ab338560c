"""What the commands for Label Studio say when they are done: lines for people, and the same as JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from audit.console import Outcome

if TYPE_CHECKING:
    from audit.jobs.label_studio.pulled import PullResult
    from audit.jobs.label_studio.pushed import PushResult
    from audit.jobs.label_studio.status import ProjectStatus
    from audit.jobs.label_studio.task_files import WrittenTaskFiles
    from db.records import HeldAnnotation

MAX_REFUSALS = 20
"""Refusals that a summary names; JSON names all."""


def push_outcome(pushed: "PushResult") -> Outcome:
    """Say what was handed to a server."""
    return Outcome(
        lines=[
            f"sample {pushed.sample} in project {pushed.project}{' (new)' if pushed.is_new else ''}: "
            f"{pushed.n_pushed:,} of {pushed.n_masks:,} masks pushed, {pushed.n_there:,} were there already",
            *pushed.remarks,
            f"they are judged at {pushed.url}; then: mask-audit label-studio pull",
        ],
        content={
            "sample": pushed.sample,
            "project": pushed.project,
            "url": pushed.url,
            "is_new": pushed.is_new,
            "n_masks": pushed.n_masks,
            "n_pushed": pushed.n_pushed,
            "n_there": pushed.n_there,
            "n_overlay": pushed.n_overlay,
            "n_unjudgable": pushed.n_unjudgable,
            "n_left_out": pushed.n_left_out,
            "n_repaired": pushed.n_repaired,
            "n_surplus_removed": pushed.n_surplus_removed,
            "n_duplicates": pushed.n_duplicates,
            "remarks": list(pushed.remarks),
        },
    )


def file_outcome(written: "WrittenTaskFiles") -> Outcome:
    """Say what was written for a server that is out of reach."""
    from audit.jobs.label_studio.task_files import next_steps

    return Outcome(
        lines=[
            f"{written.n_masks:,} masks, {written.n_bytes / 1e6:,.1f} MB, in",
            *(f"  {each}" for each in written.files),
            *next_steps(written),
        ],
        content={
            "files": [str(each) for each in written.files],
            "config_file": str(written.config_file),
            "n_masks": written.n_masks,
            "n_overlay": written.n_overlay,
            "n_unjudgable": written.n_unjudgable,
            "n_left_out": written.n_left_out,
            "bytes": written.n_bytes,
        },
    )


def pull_outcome(pulled: "PullResult") -> Outcome:
    """Say what came back."""
    return Outcome(
        lines=[
            f"verdicts: {pulled.n_new:,} new, {pulled.n_changed:,} changed, {pulled.n_withdrawn:,} taken "
            f"back; {pulled.n_judgements:,} stand there, {pulled.n_skipped:,} skipped",
            *pulled.remarks,
            *_refusal_lines(pulled.refused),
        ],
        content={
            "sample": pulled.sample,
            "project": pulled.project,
            "url": pulled.url,
            "is_whole": pulled.is_whole,
            "n_tasks_read": pulled.n_tasks_read,
            "n_new": pulled.n_new,
            "n_changed": pulled.n_changed,
            "n_withdrawn": pulled.n_withdrawn,
            "n_judgements": pulled.n_judgements,
            "n_skipped": pulled.n_skipped,
            "n_older": pulled.n_older,
            "n_gone": pulled.n_gone,
            "n_foreign": pulled.n_foreign,
            "n_outdated": pulled.n_outdated,
            "refused": _refusals_json(pulled.refused),
            "new_reviewers": list(pulled.new_reviewers),
            "is_config_changed": pulled.is_config_changed,
            "remarks": list(pulled.remarks),
        },
    )


def status_outcome(found: "ProjectStatus") -> Outcome:
    """Say how far a project is."""
    from audit.jobs.label_studio.status import status_lines

    pulled = {} if found.pulled_at is None else {"pulled_at": found.pulled_at.isoformat()}
    return Outcome(
        lines=[*status_lines(found), *_refusal_lines(found.refused)],
        content={
            "sample": found.sample,
            "project": found.project,
            "title": found.title,
            "url": found.url,
            "n_masks": found.n_masks,
            "n_pushed": found.n_pushed,
            "n_judged": found.n_judged,
            "n_skipped": found.n_skipped,
            "n_missing": found.n_missing,
            "n_unpulled": found.n_unpulled,
            "n_duplicates": found.n_duplicates,
            "n_foreign": found.n_foreign,
            "n_changed_by_hand": found.n_changed_by_hand,
            "n_without_mask": found.n_without_mask,
            "refused": _refusals_json(found.refused),
            "is_config_changed": found.is_config_changed,
            **pulled,
        },
    )


def _refusal_lines(refused: Sequence["HeldAnnotation"]) -> list[str]:
    from audit.jobs.label_studio.refusals import refusal_line

    if not refused:
        return []
    n_more = len(refused) - MAX_REFUSALS
    return [
        f"refused annotations, from which nothing is taken: {len(refused):,}",
        *(f"  {refusal_line(each)}" for each in refused[:MAX_REFUSALS]),
        *([f"  and {n_more:,} more (--json names all)"] if n_more > 0 else []),
    ]


def _refusals_json(refused: Sequence["HeldAnnotation"]) -> list[dict[str, Any]]:
    return [
        {
            "task": each.task_number,
            "annotation": each.annotation_number,
            "annotator": each.annotator,
            "reason": each.refusal,
        }
        for each in refused
    ]
