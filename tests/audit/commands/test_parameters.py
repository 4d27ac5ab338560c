"""Options that hold an accuracy or a size for each split are read as written, or refused."""

from collections.abc import Mapping

import click
import pytest

from audit.commands.parameters import SharesType, SizesType
from tests.datasets import Run


@pytest.mark.parametrize(
    ("written", "shares"),
    [
        ("0.95", {"": 0.95}),
        ("entity=0.96,query=0.88", {"entity": 0.96, "query": 0.88}),
        (" entity = 0.96 , query = .5 ", {"entity": 0.96, "query": 0.5}),
        ("a=b=0.9", {"a=b": 0.9}),
        ("0.9,wiki=0.8", {"": 0.9, "wiki": 0.8}),
    ],
)
def test_accuracies_are_of_all_splits_or_of_each(written: str, shares: Mapping[str, float]) -> None:
    assert SharesType().convert(written, None, None) == shares
    assert SharesType().convert(shares, None, None) == shares


@pytest.mark.parametrize(
    "written", ["", "0", "1", "1.5", "-0.1", "nan", "inf", "entity", "entity=", "entity=0.9,", "0.9,0.8"]
)
def test_what_is_no_accuracy_is_refused(written: str) -> None:
    with pytest.raises(click.BadParameter):
        SharesType().convert(written, None, None)


@pytest.mark.parametrize(
    ("written", "sizes"),
    [
        ("entity=1400,query=400", {"entity": 1400, "query": 400}),
        (" wiki = 0 ", {"wiki": 0}),
        ("a=b=3", {"a=b": 3}),
    ],
)
def test_sizes_are_whole_numbers_by_split(written: str, sizes: Mapping[str, int]) -> None:
    assert SizesType().convert(written, None, None) == sizes
    assert SizesType().convert(sizes, None, None) == sizes


@pytest.mark.parametrize(
    "written",
    ["", "7", "=7", "entity", "entity=", "entity=-1", "entity=1.5", "entity=٣", "entity=1,", "wiki=1,wiki=2"],
)
def test_what_is_no_size_is_refused(written: str) -> None:
    with pytest.raises(click.BadParameter):
        SizesType().convert(written, None, None)


@pytest.mark.parametrize("command", ["report", "stats", "export", "compare"])
@pytest.mark.parametrize(("out", "message"), [("", "it is empty"), ("\udcff", "is no UTF-8")])
def test_a_place_to_write_has_a_name_that_can_be_written(
    run: Run, command: str, out: str, message: str
) -> None:
    words = {"export": ["--format", "coco"], "compare": ["old.zip", "new.zip"]}.get(command, [])
    refused = run(command, *words, "--out", out)
    assert refused.status == 2
    assert message in refused.err
