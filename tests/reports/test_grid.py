"""Table 1: what stands where."""

import pytest

from reports.grid import arrange, setting_name
from sampling.estimation.estimate import VerdictCounts
from tests.reports.builders import setting_of


def setting(name, reference=None, model=None):
    return setting_of(name, VerdictCounts(n_units=1, n_correct=1), reference=reference, model=model)


def names(grid):
    return [
        (row.reference, [[s.setting for s in of_model] for of_model in row.cells]) for row in grid.rows
    ], [s.setting for s in grid.spanning]


def test_references_are_rows_and_models_are_columns_in_the_order_of_the_settings():
    grid = arrange(
        (
            setting("a", "text", "SEEM"),
            setting("b", "label", "G-SAM"),
            setting("c", "text", "G-SAM"),
            setting("filtered"),
        )
    )

    assert grid.models == ("SEEM", "G-SAM")
    assert names(grid) == ([("text", [["a"], ["c"]]), ("label", [[], ["b"]])], ["filtered"])


def test_settings_that_share_a_pair_share_a_cell():
    grid = arrange((setting("old", "text", "SEEM"), setting("new", "text", "SEEM")))

    assert names(grid) == ([("text", [["old", "new"]])], [])


@pytest.mark.parametrize("halves", [{"reference": "text"}, {"model": "SEEM"}, {}])
def test_a_setting_without_reference_or_model_spans_all_models(halves):
    grid = arrange((setting("a", "label", "SEEM"), setting("half", **halves)))

    assert names(grid) == ([("label", [["a"]])], ["half"])


def test_without_any_pair_there_are_spanning_rows_alone():
    grid = arrange((setting("gc"), setting("ws")))

    assert (grid.models, grid.rows, len(grid.spanning)) == ((), (), 2)


def test_a_setting_is_called_by_its_pair_unless_another_shares_it():
    settings = (
        setting("old", "text", "SEEM"),
        setting("new", "text", "SEEM"),
        setting("c", "text", "G-SAM"),
        setting("half", "text"),
    )

    assert [setting_name(s, settings) for s in settings] == [
        "text × SEEM (old)",
        "text × SEEM (new)",
        "text × G-SAM",
        "half",
    ]


@pytest.mark.parametrize(
    "settings",
    [
        (setting("one", "R", "M"), setting("two", "R", "M"), setting("R × M (one)")),
        (setting("R × M"), setting("b", "R", "M")),
        (setting("a", "R × S", "M"), setting("b", "R", "S × M")),
        (setting("one", "R", "M"), setting("two", "R", "M"), setting("c", "R", "M (one)")),
    ],
)
def test_no_two_settings_are_called_the_same(settings):
    assert len({setting_name(each, settings) for each in settings}) == len(settings)


def test_the_lines_of_the_grid_are_those_of_table_one():
    settings = (
        setting("old", "text", "SEEM"),
        setting("new", "text", "SEEM"),
        setting("c", "label", "G-SAM"),
        setting("half"),
    )
    lines = [[each and each.setting for each in line] for line in arrange(settings).lines]
    assert lines == [["old", None], ["new", None], [None, "c"], ["half"]]
