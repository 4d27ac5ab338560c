"""The command that tunes thresholds by verdicts."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.commands.parameters import refuse_nan
from audit.console import FILE, Outcome, progress_bar, speaks, workspace_option
from audit.errors import InputError

if TYPE_CHECKING:
    from audit.features.references import FeatureReference

_OPEN_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command()
@click.option(
    "--setting",
    "settings",
    required=True,
    multiple=True,
    metavar="S",
    help="Whose masks; given several times, one rule set for all of them.",
)
@click.option(
    "--target",
    type=_OPEN_SHARE,
    callback=refuse_nan,
    required=True,
    metavar="P",
    help="Accuracy that the kept masks are to have at least.",
)
@click.option(
    "--confidence",
    type=_OPEN_SHARE,
    callback=refuse_nan,
    metavar="C",
    help="How sure that is to be; by default audit.toml's.",
)
@click.option(
    "--estimand",
    type=click.Choice(["mix", "entity", "annotation"]),
    default="annotation",
    show_default=True,
    help="What that accuracy counts.",
)
@click.option(
    "--features",
    metavar="F,…",
    help="What to set thresholds on (iou, iou:OTHER, confidence_max, …); by default agreement, confidence, "
    "size and shape, as far as they differ among the masks.",
)
@click.option("--sample", "name", metavar="NAME", help="Whose verdicts; by default the latest.")
@click.option(
    "--rules",
    "base",
    type=FILE,
    metavar="BASE",
    help="Rules that go before the thresholds. What they correct counts by verdicts on the corrected mask.",
)
@click.option(
    "--out", type=FILE, default=Path("rules.toml"), show_default=True, metavar="FILE", help="The rule set."
)
@workspace_option
@speaks
def tune(
    *,
    settings: tuple[str, ...],
    target: float,
    confidence: float | None,
    estimand: str,
    features: str | None,
    name: str | None,
    base: Path | None,
    out: Path,
    workspace: Path | None,
) -> Outcome:
    """Find thresholds whose kept masks are accurate enough, with a guarantee.

    A fifth of the verdicts chooses what to try, the others certify it. Where they cannot, nothing is written
    and the exit status is 2. Choose target and features first: asking the same verdicts again until an answer
    pleases voids the guarantee.

    \b
    mask-audit tune --setting gc --target 0.9
    mask-audit tune --setting gc --target 0.95 --features iou,confidence_max --out strict.toml
    mask-audit tune --setting gc --setting ws --target 0.9 --confidence 0.9
    mask-audit tune --setting gc --target 0.9 --rules published.toml --out whole.toml
    """
    from audit.jobs.tune import Tuned, TuneRequest, run_tune
    from audit.jobs.tune_words import next_steps, refusal, tune_json, tune_lines
    from audit.jobs.tuned_rules import refuse_foreign, save_rules
    from audit.jobs.workspace import open_workspace
    from sampling.estimation.estimands import Estimand
    from sampling.thresholds.kept import Guarantee

    place = open_workspace(workspace)
    refuse_foreign(out)
    request = TuneRequest(
        settings=tuple(dict.fromkeys(settings)),
        guarantee=Guarantee(target=target, confidence=confidence or place.settings.confidence),
        estimand=Estimand(estimand),
        references=() if features is None else _references(features),
        sample=name,
        base=base,
    )
    with progress_bar("reading features", unit=" masks") as progress:
        result = run_tune(place, request, today=datetime.now(UTC).date(), progress=progress)
    lines = tune_lines(result)
    written = None
    if isinstance(result.outcome, Tuned):
        save_rules(result.outcome.rule_set, out)
        written = out
        lines.extend(next_steps(result, out))
    return Outcome(lines=lines, content=tune_json(result, written=written), error=refusal(result))


def _references(features: str) -> "tuple[FeatureReference, ...]":
    from audit.features.references import parse_reference

    named = [each.strip() for each in features.split(",") if each.strip()]
    if not named:
        raise InputError("--features names none: leave it out, or write it like iou,confidence_max")
    return tuple(dict.fromkeys(parse_reference(each) for each in named))
