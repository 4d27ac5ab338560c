"""Commands that draw: sample, sample list, sample remove, sample-export."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit.console import FILE, Outcome, speaks, workspace_option
from audit.errors import InputError

if TYPE_CHECKING:
    from audit.jobs.drawing import Allocation
    from audit.jobs.sampled_units import SampleResult
    from db.records import Sample


DEFAULT_NAME = "main"


class SizesType(click.ParamType[Mapping[str, int]]):
    """Sizes by split, written `entity=1400,query=400`."""

    name = "SPLIT=N,…"

    def convert(
        self, value: str | Mapping[str, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> Mapping[str, int]:
        """Give the sizes by split."""
        if not isinstance(value, str):
            return value
        sizes: dict[str, int] = {}
        for item in value.split(","):
            split, separator, number = (part.strip() for part in item.rpartition("="))
            if not (split and separator and number.isascii() and number.isdigit()):
                self.fail(f"{item!r} is not SPLIT=N: write it like entity=1400,query=400", param, ctx)
            if split in sizes:
                self.fail(f"split {split!r} is given twice", param, ctx)
            sizes[split] = int(number)
        return sizes


@click.group(invoke_without_command=True)
@click.option("--size", type=click.IntRange(min=1), metavar="N", help="Units in all.")
@click.option("--allocate", type=SizesType(), help="Units of each split: entity=1400,query=400,wiki=200.")
@click.option(
    "--allocation",
    type=click.Choice(["proportional"]),
    default="proportional",
    show_default=True,
    help="How --size is shared out: in proportion to the entities (or annotations) of each split.",
)
@click.option("--fix", type=SizesType(), default=dict, help="Splits whose size is given: wiki=200.")
@click.option(
    "--unit",
    type=click.Choice(["entity", "annotation"]),
    default="entity",
    show_default=True,
    help="What is drawn: entities, one annotation each, or annotations directly.",
)
@click.option(
    "--per-entity",
    type=click.IntRange(1, 999_999),
    default=1,
    show_default=True,
    metavar="N",
    help="Annotations of each drawn entity.",
)
@click.option(
    "--across",
    type=click.Choice(["splits", "within-split"]),
    default="splits",
    show_default=True,
    help="An entity is drawn once over all splits, or once in each.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), metavar="S", help="Of the draw; by default audit.toml's."
)
@click.option("--frame", metavar="SETTING", help="Setting to draw from; by default the first ingested.")
@click.option("--name", metavar="NAME", help="Name of the sample; by default main (--extend: the latest).")
@click.option("--extend", is_flag=True, help="Grow the named sample to this size; every unit stays.")
@click.option("--carry", is_flag=True, help="Give the named sample the masks of settings ingested since.")
@workspace_option
@speaks
@click.pass_context
def sample(
    context: click.Context,
    *,
    workspace: Path | None,
    size: int | None,
    allocate: Mapping[str, int] | None,
    allocation: str,
    fix: Mapping[str, int],
    unit: str,
    per_entity: int,
    across: str,
    seed: int | None,
    frame: str | None,
    name: str | None,
    extend: bool,
    carry: bool,
) -> Outcome | None:
    """Draw a stratified sample.

    One annotation per entity, in the splits named; the same seed draws the same sample anywhere.

    \b
    mask-audit sample --allocate entity=1400,query=400,wiki=200 --seed 7
    mask-audit sample --size 2000 --fix wiki=200
    mask-audit sample --extend --size 3000
    mask-audit sample --carry
    mask-audit sample list
    """
    if context.invoked_subcommand is not None:
        _refuse_options_before(context, context.invoked_subcommand)
        return None
    from audit.jobs.sample import SampleRequest, draw_sample
    from audit.jobs.sample_growth import carry_masks, extend_sample
    from audit.jobs.workspace import open_workspace
    from sampling.design.frame import Across, DrawnUnit

    place = open_workspace(workspace)
    if carry:
        _refuse_design(context, "--carry", allowed=("carry", "name"))
        return _said(carry_masks(place.store, place.population, name))
    sizes = _allocation(size, allocate, fix, allocation)
    if extend:
        _refuse_design(
            context, "--extend", allowed=("extend", "name", "size", "allocate", "allocation", "fix")
        )
        return _said(extend_sample(place.store, place.population, name, sizes))
    request = SampleRequest(
        name=name or DEFAULT_NAME,
        seed=place.settings.seed if seed is None else seed,
        frame=frame,
        unit=DrawnUnit(unit),
        across=Across(across),
        per_entity=per_entity,
        allocation=sizes,
    )
    return _said(draw_sample(place.store, place.population, request, datetime.now(UTC)))


@sample.command("list")
@workspace_option
@speaks
def list_samples(workspace: Path | None) -> Outcome:
    """Name the samples."""
    from audit.jobs.sample import load_all_samples
    from audit.jobs.workspace import open_workspace

    samples = load_all_samples(open_workspace(workspace).store)
    return Outcome(
        lines=[f"{each.name}: {_strata_text(each)}, seed {each.seed}" for each in samples]
        or ["no sample yet: draw one with mask-audit sample --size N"],
        content={"samples": [_sample_json(each) for each in samples]},
    )


@sample.command("remove")
@click.argument("name")
@workspace_option
@speaks
def remove_sample(name: str, workspace: Path | None) -> Outcome:
    """Remove a sample.

    Its verdicts stay, and count again when its mentions are drawn again.
    """
    from audit.jobs.sample import remove
    from audit.jobs.workspace import open_workspace

    n_units = remove(open_workspace(workspace).store, name)
    return Outcome(
        lines=[f"sample {name} with {n_units:,} units removed; its verdicts stay in the journal"],
        content={"name": name, "n_units": n_units},
    )


@click.command("sample-export")
@click.argument("file", metavar="FILE.csv", type=FILE)
@click.option("--sample", "name", metavar="NAME", help="By default the latest.")
@workspace_option
@speaks
def sample_export(file: Path, name: str | None, workspace: Path | None) -> Outcome:
    """Write a sample as CSV.

    One row per unit, with tickets, probabilities and weights.

    \b
    mask-audit sample-export sample.csv
    """
    from audit.jobs.sample_export import export_sample
    from audit.jobs.workspace import open_workspace

    n_rows = export_sample(open_workspace(workspace).store, file, name)
    return Outcome(
        lines=[f"{n_rows:,} units written to {file}"], content={"file": str(file), "n_rows": n_rows}
    )


def _allocation(
    size: int | None, allocate: Mapping[str, int] | None, fix: Mapping[str, int], allocation: str
) -> "Allocation":
    from audit.jobs.drawing import Explicit, Proportional

    del allocation  # proportional is the only way to share out a size so far
    if allocate is not None and (size is not None or fix):
        raise InputError("--allocate names the size of every split: leave out --size and --fix")
    if allocate is not None:
        return Explicit(sizes=allocate)
    if size is None:
        raise InputError("how many? give --size N, or --allocate with a size for each split")
    return Proportional(size=size, fixed=fix)


def _refuse_design(context: click.Context, flag: str, *, allowed: tuple[str, ...]) -> None:
    given = _options_given(context, besides=(*allowed, "workspace", "as_json"))
    if given:
        raise InputError(f"{flag} keeps the sample's own design: leave out {', '.join(given)}")


def _refuse_options_before(context: click.Context, subcommand: str) -> None:
    given = _options_given(context, besides=())
    if given:
        raise InputError(f"{', '.join(given)} must stand after {subcommand!r}, or it would mean nothing")


def _options_given(context: click.Context, *, besides: tuple[str, ...]) -> list[str]:
    return [
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name not in besides
        and context.get_parameter_source(parameter.name) is click.core.ParameterSource.COMMANDLINE
    ]


def _said(result: "SampleResult") -> Outcome:
    done = [f"{result.n_new_units:,} units drawn"] if result.n_new_units else []
    if result.new_settings:
        done.append(f"masks of {', '.join(result.new_settings)} copied")
    if result.n_moved_images:
        done.append(f"{result.n_moved_images:,} images found in their new place")
    return Outcome(
        lines=[
            f"sample {result.sample.name}: {'; '.join(done) or 'there already, nothing to do'}",
            f"  {_strata_text(result.sample)}, seed {result.sample.seed}",
            "next: mask-audit review",
        ],
        content=_sample_json(result.sample)
        | {"n_new_units": result.n_new_units, "new_settings": list(result.new_settings)},
    )


def _strata_text(sample: "Sample") -> str:
    if sample.unit == "annotation":
        return ", ".join(
            f"{each.split} {each.n_units:,} of {each.n_annotations:,} annotations" for each in sample.strata
        )
    return ", ".join(
        f"{each.split} {each.n_units:,} units of {each.n_entities_drawn:,} of {each.n_entities:,} entities"
        for each in sample.strata
    )


def _sample_json(sample: "Sample") -> dict[str, Any]:
    return {
        "name": sample.name,
        "seed": sample.seed,
        "strata": [
            {"split": each.split, "n": each.n_units, "n_entities": each.n_entities} for each in sample.strata
        ],
    }
