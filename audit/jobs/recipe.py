"""The commands that ingest the same files, draw the same units and give the same accuracies."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePath

from audit.jobs.estimates import Figures
from audit.settings import FILE_NAME, Settings
from db.manifest import Manifest, SettingRecord, SourceRecord
from db.records import Sample, Unit
from reports.results import Span
from sampling.design.frame import DrawnUnit

_MADE = "audit"
"""What the recipe calls the workspace that it makes."""


def recipe(
    sample: Sample, units: Sequence[Unit], manifest: Manifest, settings: Settings, figures: Figures
) -> tuple[str, ...]:
    """Give lines of a shell that make a workspace with the sample and its report again.

    Files are named without their folders. A sample that was drawn in waves takes the verdicts between them,
    which the lines say instead of drawing. What is no command stands in comments: settings to be put into a
    file, and the file of entities, whose name nobody keeps.
    """
    span = ("--simultaneous",) if figures.span is Span.TABLE else ()
    return (
        f"mask-audit init {_MADE}",
        f'# {_MADE}/{FILE_NAME}: confidence = {settings.confidence}, settlement = "{settings.settlement}"',
        *_patterns("sources", settings.sources),
        *_patterns("categories", settings.categories),
        *(line for setting in manifest.settings for line in _ingest(setting)),
        *_entities(units),
        *_draw(sample),
        # An export names masks by annotation and setting, which the files give again.
        _command("verdicts", "import", "verdicts.csv"),
        _command(
            "report",
            "--sample",
            sample.name,
            "--estimand",
            figures.estimand,
            *span,
            "--out",
            "report",
        ),
    )


def _patterns(table: str, patterns: Mapping[str, str]) -> Iterator[str]:
    """A table of the settings, to be put at the end of their file."""
    if patterns:
        yield f"# at the end of {_MADE}/{FILE_NAME}: [{table}]"
    for name, pattern in patterns.items():
        yield f"# {json.dumps(name, ensure_ascii=False)} = {json.dumps(pattern, ensure_ascii=False)}"


def _entities(units: Sequence[Unit]) -> Iterator[str]:
    """Where units have a category or a source, which a file of entities may have said."""
    if any(unit.category is not None or unit.source is not None for unit in units):
        yield f"# mask-audit entities FILE --workspace {_MADE}  # the file of entities, where there was one"


def _ingest(setting: SettingRecord) -> Iterator[str]:
    """One line for all files that were ingested in the same way."""
    for options, sources in groupby(setting.sources, key=lambda source: _options(setting, source)):
        yield _command("ingest", *(_file(source.file) for source in sources), *options)


def _options(setting: SettingRecord, source: SourceRecord) -> tuple[str, ...]:
    values = {
        "--setting": setting.setting,
        "--reference": setting.reference,
        "--model": setting.model,
        "--split": source.split,
        "--images": _place(source.images_root),
        "--base": _place(source.base),
        "--id-key": source.id_key,
        "--match": source.matched[0] if source.matched else None,
        "--match-iou": f"{source.matched[1]:g}" if source.matched else None,
        "--subset-of": setting.subset_of,
    }
    return tuple(word for option, value in values.items() if value for word in (option, value))


def _draw(sample: Sample) -> tuple[str, ...]:
    if sample.waves:
        return (
            f"# The sample was drawn in {len(sample.waves)} waves, each by the verdicts on those before it:"
            " `mask-audit sample`, verdicts, `mask-audit sample --extend`, verdicts, and so on.",
        )
    of_annotations = sample.unit == DrawnUnit.ANNOTATION
    sizes = {
        stratum.split: stratum.n_units if of_annotations else stratum.n_entities_drawn
        for stratum in sample.strata
    }
    words = ["--name", sample.name, "--seed", str(sample.seed), "--frame", sample.frame]
    words += ["--allocate", ",".join(f"{split}={n}" for split, n in sizes.items())]
    if sample.contrast is not None:
        return (_command("sample", *words, "--contrast", sample.contrast.a, sample.contrast.b),)
    words += ["--unit", sample.unit, "--across", sample.across, "--size-measure", sample.size_measure]
    words += ["--per-entity", str(sample.per_entity), "--goal", sample.goal]
    if sample.target is not None:
        words += ["--certify", f"{sample.target:.10g}"]
    if sample.margin is not None:
        words += ["--margin", f"{sample.margin:.10g}"]
    return (_command("sample", *words),)


def _command(*words: str) -> str:
    return shlex.join(("mask-audit", *words, "--workspace", _MADE))


def _file(name: str) -> str:
    return f"./{name}" if name.startswith("-") else name


def _place(path: str | None) -> str | None:
    """An address as it is, a file or folder without the folders above it."""
    if path is None or "://" in path:
        return path
    return _file(PurePath(path).name)
