"""Computes a bundle's report from its rows again, and names every figure that is not the same."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from math import isclose
from pathlib import Path

from audit.jobs.evidence.about import BundleAbout
from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.report_names import REPORT_JSON
from audit.jobs.evidence.row_words import shown
from audit.jobs.loaded_report import load_report_content
from audit.jobs.workspace import Workspace
from reports.content import ReportContent
from reports.json_document import render_json

ROUNDING = 1e-9
"""Two machines may round the last digits of a figure otherwise."""

_LABELS = ("setting", "name", "split", "a", "b")


def computed_content(workspace: Workspace, about: BundleAbout) -> ReportContent:
    """Compute what the report of a bundle says, from a workspace that was made of its rows.

    Raises:
        StoreError: there is no such sample.
    """
    content = load_report_content(workspace, about.question, now=about.created_at)
    return replace(content, version=f"mask-audit {about.version}")


def check_figures(folder: Path, about: BundleAbout, content: ReportContent) -> Check:
    """Hold every value of `report.json` against what the rows give.

    Another version of the program may say more of the same figures: of its report, what both say is held.
    """
    computed = json.loads(render_json(content))
    try:
        return _check_values(folder, about, computed)
    except (OSError, ValueError, RecursionError):
        fault = Difference(where=REPORT_JSON, what="the file is gone, or it is no JSON")
        return Check(name="figures", said="none", differences=(fault,))


def _check_values(folder: Path, about: BundleAbout, computed: object) -> Check:
    stored = json.loads((folder / REPORT_JSON).read_text(encoding="utf-8"))
    if about.version != version("mask-audit"):
        stored, computed = _in_both(stored, computed), _in_both(computed, stored)
    return Check(
        name="figures",
        said=f"{_n_values(computed):,} values of report.json, computed again from the rows",
        differences=tuple(value_differences(stored, computed, "")),
    )


def value_differences(stored: object, computed: object, path: str) -> Iterator[Difference]:
    """Name every place where two values of JSON are not the same, but for rounding.

    >>> [str(each) for each in value_differences({"n": [1, 2]}, {"n": [1, 3]}, "")]
    ['report/report.json n[1]: it is 2, the rows give 3']
    """
    if isinstance(stored, dict) and isinstance(computed, dict):
        yield from _object_differences(stored, computed, path)
    elif isinstance(stored, list) and isinstance(computed, list):
        yield from _list_differences(stored, computed, path)
    elif not _is_same(stored, computed):
        yield _difference(path, f"it is {_shown(stored)}, the rows give {_shown(computed)}")


def _in_both(value: object, other: object) -> object:
    """Give a value without what another one has no key for."""
    if isinstance(value, dict) and isinstance(other, dict):
        return {key: _in_both(each, other[key]) for key, each in value.items() if key in other}
    if isinstance(value, list) and isinstance(other, list) and len(value) == len(other):
        return [_in_both(each, its_other) for each, its_other in zip(value, other, strict=True)]
    return value


def _object_differences(
    stored: Mapping[str, object], computed: Mapping[str, object], path: str
) -> Iterator[Difference]:
    for key in dict.fromkeys((*computed, *stored)):
        inner = f"{path}.{key}" if path else key
        if key not in stored:
            yield _difference(inner, f"it is gone, the rows give {_shown(computed[key])}")
        elif key not in computed:
            yield _difference(inner, f"it is {_shown(stored[key])}, the rows give nothing")
        else:
            yield from value_differences(stored[key], computed[key], inner)


def _list_differences(
    stored: Sequence[object], computed: Sequence[object], path: str
) -> Iterator[Difference]:
    if len(stored) != len(computed):
        yield _difference(path, f"it has {len(stored)} entries, the rows give {len(computed)}")
    for place, (each, other) in enumerate(zip(stored, computed, strict=False)):
        yield from value_differences(each, other, f"{path}[{place}]{_label(other)}")


def _label(value: object) -> str:
    """Say of what an object of a list is, as its place in the list tells nobody."""
    if not isinstance(value, dict):
        return ""
    said = [str(value[key]) for key in _LABELS if isinstance(value.get(key), str)]
    return f" ({', '.join(said)})" if said else ""


def _is_same(stored: object, computed: object) -> bool:
    if isinstance(stored, float) and isinstance(computed, float):
        return stored == computed or isclose(stored, computed, rel_tol=ROUNDING, abs_tol=ROUNDING)
    return type(stored) is type(computed) and stored == computed


def _difference(path: str, what: str) -> Difference:
    return Difference(where=f"{REPORT_JSON} {path}", what=what)


def _shown(value: object) -> str:
    return shown(json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value)


def _n_values(value: object) -> int:
    if isinstance(value, dict):
        return sum(map(_n_values, value.values()))
    return sum(map(_n_values, value)) if isinstance(value, list) else 1
