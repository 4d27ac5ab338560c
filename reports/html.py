"""The report as one HTML file: opens offline, asks nothing of any network, runs no script."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import cells, goals, numbers, sentences
from reports.content import ReportContent
from reports.drawing import design_facts
from reports.figures import axis as axes
from reports.grid import arrange, setting_name
from reports.sections import SECTIONS, table_one

TEMPLATES = Path(__file__).parent / "templates"

SIZE_CLASSES = ("small", "medium", "large")

LIMIT = r"[<>]?[+−]?[\d.]+"
FIGURE = re.compile(
    rf"(n(?:_eff)? = [\d,]+|p [=<] [\d.]+|\d{{4}}-\d\d-\d\d|{LIMIT}(?:–| to ){LIMIT}(?: %)?|{LIMIT} %)"
)


def render_html(content: ReportContent) -> str:
    """The whole report as one HTML document; every text of the content is escaped."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    reasons = _reasons(content)
    axis = axes.axis_of(content.settings)
    return (
        _environment()
        .get_template("report.html")
        .render(
            content=content,
            style=style,
            style_hash=b64encode(sha256(style.encode()).digest()).decode(),
            grid=arrange(content.settings),
            axis=axis,
            splits=_splits(content),
            categories=_categories(content),
            sizes=_sizes(content),
            reasons=reasons,
            most_of_reason=max((1, *reasons.values())),
            table_one=table_one,
            section_of=SECTIONS,
            design_facts=design_facts,
            cells=cells,
            goals=goals,
            sentences=sentences,
            numbers=numbers,
            name_of=lambda setting: setting_name(setting, content.settings),
            whisker_of=lambda result: axes.whisker_of(result, axis),
            models=tuple(dict.fromkeys(s.model for s in content.settings if s.model is not None)),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"tied": _tied, "percent": numbers.percent_text}
    return environment


def _tied(text: str) -> Markup:
    """The text, escaped, with no line break inside "79.6–83.0 %", "n = 2,000" or a date."""
    tied = Markup('<span class="tied">{}</span>')
    # Splitting by a group puts what it matched at the odd places.
    return Markup("").join(
        tied.format(part) if index % 2 else escape(part) for index, part in enumerate(FIGURE.split(text))
    )


def _splits(content: ReportContent) -> tuple[str, ...]:
    """Every split of any setting, in the order of the strata where it is one."""
    of_strata = (stratum.split for stratum in content.design.strata)
    of_settings = tuple(split for setting in content.settings for split in setting.by_split)
    return tuple(split for split in dict.fromkeys((*of_strata, *of_settings)) if split in of_settings)


def _categories(content: ReportContent) -> tuple[str, ...]:
    """Every category of any setting, the largest first."""
    n_units: dict[str, int] = {}
    for setting in content.settings:
        for category, result in setting.by_category.items():
            n_units[category] = max(n_units.get(category, 0), result.counts.n_units)
    return tuple(sorted(n_units, key=lambda category: (-n_units[category], category)))


def _sizes(content: ReportContent) -> tuple[str, ...]:
    """Every size class of any setting, from small to large."""
    found = {size for setting in content.settings for size in setting.by_size}
    return (*(size for size in SIZE_CLASSES if size in found), *sorted(found.difference(SIZE_CLASSES)))


def _reasons(content: ReportContent) -> dict[str, int]:
    """Every reason of any setting, and the most units that name it under one setting."""
    most: dict[str, int] = {}
    for setting in content.settings:
        for reason, n in setting.reasons.items():
            most[reason] = max(most.get(reason, 0), n)
    return most
