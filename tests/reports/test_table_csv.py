"""Tables as CSV, for spreadsheets and for programs."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from reports.blocks import Cell, Table
from reports.spreadsheet_text import FORMULA_STARTS, guarded
from reports.table_csv import render_table


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_row_has_a_field_for_each_column_and_what_stands_smaller_in_brackets():
    table = Table(
        columns=("Setting", "A", "B"),
        rows=(
            (Cell(text="x, y"), Cell(text="81.4 %", details=("79.6–83.0", "n = 2,000")), Cell(text="—")),
            (Cell(text="all"), Cell(text="94.8 %", span=2)),
        ),
    )

    assert read(render_table(table)) == [
        ["Setting", "A", "B"],
        ["x, y", "81.4 % (79.6–83.0, n = 2,000)", "—"],
        ["all", "94.8 %", ""],
    ]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_any_text_comes_back_and_none_begins_as_a_formula_does(texts):
    table = Table(columns=tuple(texts), rows=(tuple(Cell(text=text) for text in texts),))

    head, row = read(render_table(table))

    assert head == row == [guarded(text) for text in texts]
    assert [text.removeprefix("'") for text in row] == [text.removeprefix("'") for text in texts]


@given(st.sampled_from(FORMULA_STARTS), st.text(st.characters(exclude_categories=["N"]), min_size=1))
def test_what_a_spreadsheet_would_run_is_preceded_by_an_apostrophe(start, rest):
    assert guarded(start + rest) == f"'{start}{rest}"


def test_numbers_with_a_sign_stay_numbers():
    for number in ("+12.1", "-4.7", "+3.1 %", "-1,200"):
        assert guarded(number) == number
    for formula in ("-1+cmd()", "+1\n=cmd()", "+1 (=cmd())", "-.", "=1"):
        assert guarded(formula) == f"'{formula}"
