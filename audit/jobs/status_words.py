"""The status of a workspace in words, and as plain values for scripts."""

import shlex
from typing import Any

from audit.jobs.measure import FeatureState
from audit.jobs.readings_left import ReadingsLeft, reviewers_lacking_text
from audit.jobs.status import SampleStatus, WorkspaceStatus
from reports.goals import aim_text, progress_texts
from reports.json_goal import goal_object
from reports.json_review import sources_object
from reports.numbers import count_text, counted_text, duration_text
from reports.sentences import origin_text
from reports.settlement import not_shown_text


def status_lines(found: WorkspaceStatus) -> list[str]:
    """Give the status for people."""
    settings = [
        f"setting {each.setting}: {count_text(each.n_annotations)} annotations" for each in found.settings
    ]
    samples = [line for sample in found.samples for line in _sample_lines(sample)]
    return [*settings, *_lines_of_features(found.features), *samples, f"next: {next_step(found)}"]


def status_json(found: WorkspaceStatus) -> dict[str, Any]:
    """Give the status for scripts."""
    features = {} if found.features is FeatureState.NONE else {"features": found.features}
    return {
        "settings": [
            {"setting": each.setting, "n_annotations": each.n_annotations} for each in found.settings
        ],
        **features,
        "samples": [_sample_json(each) for each in found.samples],
        "next": next_step(found),
    }


def next_step(found: WorkspaceStatus) -> str:
    """Give the command that brings the audit further."""
    if not found.settings:
        return "mask-audit ingest FILE --setting NAME"
    if not found.samples:
        return "mask-audit plan, then mask-audit sample"
    return _next_of(found.samples[-1])


def _next_of(latest: SampleStatus) -> str:
    if (latest.n_unread or latest.readings_left.n_owed) and not latest.is_done:
        return "mask-audit review"
    if latest.n_disputed:
        return "mask-audit review, and settle the disputed masks on the lead's page"
    name = shlex.quote(latest.name)
    n_more = max((min(each.n_beyond, each.n_left) for each in latest.goal.margins), default=0)
    if n_more:
        return f"mask-audit sample --extend --size {latest.n_units + n_more} --name {name}"
    if latest.goal.may_stop_early and not latest.is_reached:
        return f"mask-audit sample --extend --size N --name {name}"
    return "mask-audit report --out report"


def _lines_of_features(state: FeatureState) -> list[str]:
    said = {
        FeatureState.OUTDATED: "features: outdated; mask-audit measure brings them up to date",
        FeatureState.HARMED: "features: some are gone or cut short; mask-audit measure writes them again",
        FeatureState.WHOLE: "features: of every mask",
    }
    return [said[state]] if state in said else []


def _sample_lines(sample: SampleStatus) -> list[str]:
    left = ""
    if sample.n_unread and sample.seconds_per_verdict is not None:
        left = f", about {duration_text(sample.n_unread * sample.seconds_per_verdict)} left"
    if sample.is_done and sample.n_pending:
        left = ", the goal is reached"
    return [
        f"sample {sample.name}: {count_text(sample.n_units)} units, {count_text(sample.n_judged)} of "
        f"{count_text(sample.n_masks)} masks judged{left}",
        *_lines_of_sources(sample),
        *_lines_of_readings(sample),
        *_lines_for_the_lead(sample),
        f"  to {aim_text(sample.goal)}",
        *(f"  {setting}: {progress}" for setting, progress in progress_texts(sample.goal).items()),
        f"  masks of known answer: {sample.gold.sentence}",
    ]


def _lines_of_sources(sample: SampleStatus) -> list[str]:
    return [f"  {origin_text(sample.front_ends)}"] if len(sample.front_ends.counts) > 1 else []


def _lines_of_readings(sample: SampleStatus) -> list[str]:
    lines = []
    n_owed, lacking = sample.readings_left.n_owed, reviewers_lacking_text(sample.readings_left)
    if n_owed:
        pace = sample.seconds_per_verdict
        left = "" if pace is None else f", about {duration_text(n_owed * pace)} left"
        lines.append(f"  {counted_text(n_owed, 'reading')} owed (second readings){left}")
    if lacking:
        lines.append(f"  readings are lacking: {lacking}")
    return lines


def _lines_for_the_lead(sample: SampleStatus) -> list[str]:
    kinds = (("disputed", sample.n_disputed), ("flagged", sample.n_flagged))
    found = ", ".join(f"{counted_text(n, 'mask')} {kind}" for kind, n in kinds if n)
    lines = [f"  {found}: settle on the lead's page"] if found else []
    if sample.n_not_to_settle:
        lines.append(f"  {not_shown_text(sample.n_not_to_settle)}")
    return lines


def _sample_json(sample: SampleStatus) -> dict[str, Any]:
    pace = {} if sample.seconds_per_verdict is None else {"seconds_per_verdict": sample.seconds_per_verdict}
    return {
        "name": sample.name,
        "n_units": sample.n_units,
        "n_masks": sample.n_masks,
        "n_judged": sample.n_judged,
        "n_pending": sample.n_pending,
        "n_disputed": sample.n_disputed,
        "n_flagged": sample.n_flagged,
        "n_not_to_settle": sample.n_not_to_settle,
        **_readings_json(sample.readings_left),
        **sources_object(sample.front_ends),
        "gold": {"on": sample.gold.is_on, "state": sample.gold.sentence},
        "done": sample.is_done,
        **pace,
        "goal": goal_object(sample.goal, is_settled=sample.n_pending == 0),
    }


def _readings_json(left: ReadingsLeft) -> dict[str, int]:
    needed = {} if left.n_reviewers_needed is None else {"n_reviewers_needed": left.n_reviewers_needed}
    return {"n_readings_owed": left.n_owed, "n_reviewers": left.n_reviewers, **needed}
