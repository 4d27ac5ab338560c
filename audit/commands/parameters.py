"""What options may look like that are more than a word or a number."""

import os
from collections.abc import Mapping
from math import isnan, nan
from pathlib import Path

import click

from audit.errors import InputError


class SharesType(click.ParamType[Mapping[str, float]]):
    """An accuracy for all splits, written `0.95`, or one for each, written `entity=0.96,query=0.88`."""

    name = "P|SPLIT=P,…"

    def convert(
        self, value: str | Mapping[str, float], param: click.Parameter | None, ctx: click.Context | None
    ) -> Mapping[str, float]:
        """Give the accuracies by split; one for all stands under the empty name."""
        if not isinstance(value, str):
            return value
        shares: dict[str, float] = {}
        for item in value.split(","):
            split, _, number = (part.strip() for part in item.rpartition("="))
            try:
                share = float(number)
            except ValueError:
                share = nan
            if not 0 < share < 1:
                self.fail(f"{item!r} gives no accuracy between 0 and 1, such as entity=0.95", param, ctx)
            if split in shares:
                self.fail(f"split {split!r} is given twice", param, ctx)
            shares[split] = share
        return shares


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
            if not (split and separator and number.isascii() and number.isdigit() and len(number) < 19):
                self.fail(f"{item!r} is not SPLIT=N: write it like entity=1400,query=400", param, ctx)
            if split in sizes:
                self.fail(f"split {split!r} is given twice", param, ctx)
            sizes[split] = int(number)
        return sizes


class PlaceToWriteType(click.Path):
    """A file or folder that is to be written, which may not be there yet."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        """Give the place; an empty name would be the current folder."""
        if not os.fspath(value):
            self.fail("it is empty: name a place, such as ./out", param, ctx)
        if not is_text(os.fspath(value)):
            self.fail(f"{os.fspath(value)!r} is no UTF-8: name a place that is", param, ctx)
        return super().convert(value, param, ctx)


PLACE_TO_WRITE = PlaceToWriteType()


def is_text(given: str) -> bool:
    """Tell whether a word of the command line was UTF-8; one that was not cannot be written into a file."""
    try:
        given.encode()
    except UnicodeEncodeError:
        return False
    return True


def refuse_nan(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """Give the number; one that is none is refused, which a range alone does not do."""
    if value is not None and isnan(value):
        raise click.BadParameter("it is not a number", context, option)
    return value


def refuse_both_workers(scheduler: str | None, workers: int | None) -> None:
    """Raise InputError where workers of a cluster and processes of this machine are asked for at once."""
    if scheduler is not None and workers is not None:
        raise InputError(
            "--workers are processes of this machine, and --scheduler takes others: give one of them"
        )


def options_given(context: click.Context) -> dict[str, str]:
    """Give the options that stand on the command line: the parameter's name → how it is written there."""
    return {
        str(parameter.name): parameter.opts[0]
        for parameter in context.command.params
        if context.get_parameter_source(str(parameter.name)) is click.core.ParameterSource.COMMANDLINE
    }
