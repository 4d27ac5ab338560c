"""One COCO file per setting: the sampled masks with their verdicts, and the audit in `info`."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from audit.coco.judged import judged_document
from audit.jobs.exports.audited import Audited
from audit.jobs.exports.judged_masks import findings, judged_mask, verdict_keys, without_mask
from db.records import Mask
from reports.content import ReportContent
from reports.json_document import render_json
from reports.numbers import time_text

_NOT_IN_NAMES = re.compile(r"[^\w.-]+", re.ASCII)


def coco_files(audited: Audited, masks: Mapping[str, Mask]) -> dict[str, str]:
    """Give the text of each file, by name.

    A setting has the name that it would have beside all others of the sample, whose files may lie there. An
    annotation's id is the dataset's own where these are integers, else its unit's number: the same in
    every file, and for as long as the sample is kept.
    """
    infos = audit_infos(audited.content)
    names = file_names(setting.setting for setting in audited.state.settings)
    return {
        f"{names[each.setting]}.json": _document(audited, each.setting, masks, infos[each.setting])
        for each in audited.settings
    }


def file_names(settings: Iterable[str]) -> dict[str, str]:
    """Give a name that every file system takes for each of several names.

    >>> file_names(["G-SAM × box", "g-sam   box", "..", "NUL"])
    {'G-SAM × box': 'G-SAM-box', 'g-sam   box': 'g-sam-box-2', '..': 'setting', 'NUL': 'setting-NUL'}
    """
    names: dict[str, str] = {}
    for setting in settings:
        plain = _NOT_IN_NAMES.sub("-", setting)[:100].strip(".-")
        if not plain or _is_reserved(plain):
            plain = f"setting-{plain}".rstrip("-")
        taken, name, place = {each.casefold() for each in names.values()}, plain, 1
        while name.casefold() in taken:
            place += 1
            name = f"{plain}-{place}"
        names[setting] = name
    return names


def audit_infos(content: ReportContent) -> dict[str, dict[str, Any]]:
    """Give what an audit found of each setting, as `report.json` has it."""
    report = json.loads(render_json(content))
    keys = ("version", "created_at", "complete", "warnings", "sample", "settlement")
    common = {key: report[key] for key in keys}
    return {found["setting"]: {**common, **found} for found in report["settings"]}


def _document(audited: Audited, setting: str, masks: Mapping[str, Mask], audit: Mapping[str, Any]) -> str:
    state, content = audited.state, audited.content
    judged = [
        judged_mask(
            finding,
            masks[finding.made.mask_id],
            finding.unit.unit_id,
            {"audit": verdict_keys(state, finding)},
        )
        for finding in findings(state, setting)
        if finding.made.mask_id is not None
    ]
    info = {
        "description": f"Masks of setting {setting} in audit sample {content.sample}, with verdicts",
        "version": content.version,
        "date_created": time_text(content.created_at),
        "audit": {**audit, "without_mask": without_mask(state, setting)},
    }
    return json.dumps(judged_document(judged, info), ensure_ascii=False, allow_nan=False) + "\n"


def _is_reserved(name: str) -> bool:
    """Whether Windows takes a name for a device."""
    return re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name) is not None
