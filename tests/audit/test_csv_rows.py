"""CSV files as people and spreadsheets save them."""

from pathlib import Path

import pytest

from audit.csv_rows import SURPLUS, open_csv
from audit.errors import InputError


def rows(tmp_path: Path, content: bytes) -> list[tuple[int, dict[str, str]]]:
    file = tmp_path / "table.csv"
    file.write_bytes(content)
    with open_csv(file, "entities") as table:
        return list(table.rows)


def test_columns_that_a_spreadsheet_left_empty_are_none(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfid,name,,\r\n1,crow,,\r\n2,,,\r\n,,,\r\n3\r\n"
    assert rows(tmp_path, content) == [
        (2, {"id": "1", "name": "crow"}),
        (3, {"id": "2", "name": ""}),
        (5, {"id": "3"}),
    ]


@pytest.mark.parametrize(
    ("line", "surplus"), [("1,crow,black,", "black"), ("1,crow,,black", "black"), ("1,crow,a,b,c", "a, b, c")]
)
def test_a_cell_under_no_name_is_surplus(line: str, surplus: str, tmp_path: Path) -> None:
    found = rows(tmp_path, f"id,name,,\n{line}\n".encode())
    assert found == [(2, {"id": "1", "name": "crow", SURPLUS: surplus})]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id;name\n1;crow\n", "separates its columns by semicolons: save it with commas"),
        (b"id\tname\n1\tcrow\n", "separates its columns by tabs: save it with commas"),
        (b"id,name,id\n1,crow,1\n", "has the column id twice"),
        ("id,name\n1,Café\n".encode("cp1252"), r"cannot be read as CSV in UTF-8 .*save it in that encoding"),
        ("id,name\n1,crow\n".encode("utf-16"), r"cannot be read as CSV in UTF-8 .*save it in that encoding"),
        (b'id,name\n1,"crow\n', "cannot be read as CSV in UTF-8: unexpected end of data"),
    ],
)
def test_what_a_spreadsheet_saved_otherwise_is_refused_with_what_to_do(
    content: bytes, said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said):
        rows(tmp_path, content)
