"""Any row that is altered, in any of its columns, is noticed by its hash, and named."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.jobs.evidence.about import read_about
from audit.jobs.evidence.archive import files_in
from audit.jobs.evidence.checksums import check_sums
from audit.jobs.evidence.row_checks import check_rows
from audit.jobs.evidence.rows import ROWS_FOLDER, read_rows, row_line
from db.evidence import TABLES, choices_of, columns_of, row_fault
from tests.audit.jobs.evidence.forging import Forgery


@pytest.fixture(scope="module")
def unpacked(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Forgery:
    """A bundle whose files each test puts back as they were."""
    return Forgery(bundle, tmp_path_factory.mktemp("unpacked"))


def named(unpacked: Forgery) -> list[str]:
    """The differences that hashes of rows alone tell."""
    about = read_about(unpacked.folder, unpacked.folder)
    found = read_rows(unpacked.folder)
    return [str(each) for each in check_rows(unpacked.folder, found, about.n_rows).differences]


def test_the_bundle_has_rows_of_every_table(unpacked: Forgery) -> None:
    assert [table for table in TABLES if not unpacked.rows(table)] == []


def test_rows_that_nobody_touched_hold(unpacked: Forgery) -> None:
    assert named(unpacked) == []
    assert check_sums(unpacked.folder, files_in(unpacked.folder)).differences == ()


def other_value(table: str, column: str, value: object, data: st.DataObject) -> object:
    choices = [each for each in choices_of(table, column) if each != value]
    if choices:
        return data.draw(st.sampled_from(choices))
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return "something else"
    if isinstance(value, int | float):
        return value + data.draw(st.integers(1, 9))
    return f"{value}{data.draw(st.text(st.characters(codec='utf-8', exclude_characters=chr(0)), min_size=1))}"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_that_is_altered_is_noticed(unpacked: Forgery, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(TABLES))
    file = unpacked.folder / ROWS_FOLDER / f"{table}.jsonl"
    before = file.read_bytes()
    rows = unpacked.rows(table)
    place = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from(columns_of(table)))
    was = rows[place][column]
    rows[place][column] = other_value(table, column, was, data)
    try:
        file.write_text("".join(f"{row_line(row)}\n" for row in rows), newline="")
        found = named(unpacked)
    finally:
        file.write_bytes(before)
    assert any(each.startswith(f"rows/{table}.jsonl row {place + 1}: ") for each in found), found
    if choices_of(table, column):
        assert any(
            f"its hash is of the row with {'nothing' if was is None else was}" in each for each in found
        )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_rows_that_are_gone_or_moved_are_noticed(unpacked: Forgery, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(TABLES))
    file = unpacked.folder / ROWS_FOLDER / f"{table}.jsonl"
    before = file.read_bytes()
    lines = before.decode().splitlines(keepends=True)
    change = data.draw(st.sampled_from(["drop", "double", "move"]))
    place = data.draw(st.integers(0, len(lines) - 1))
    if change == "drop":
        del lines[place]
    elif change == "double":
        lines.insert(place, lines[place])
    elif len(lines) > 1:
        lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(place))
    try:
        file.write_text("".join(lines))
        found = named(unpacked)
    finally:
        file.write_bytes(before)
    assert bool(found) is ("".join(lines).encode() != before)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_byte_of_any_file_that_is_altered_is_noticed(unpacked: Forgery, data: st.DataObject) -> None:
    names = files_in(unpacked.folder)
    file = unpacked.folder / data.draw(st.sampled_from(names))
    before = file.read_bytes()
    content = bytearray(before)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        file.write_bytes(content)
        assert check_sums(unpacked.folder, names).differences != ()
    finally:
        file.write_bytes(before)


def test_a_row_tells_what_keeps_it_from_being_one(unpacked: Forgery) -> None:
    row = unpacked.rows("journal")[0]
    assert row_fault("journal", row) is None
    assert row_fault("journal", [1]) == "it is no object"
    assert row_fault("journal", row | {"more": 1}) == "it has a strange column ['more']"
    assert row_fault("journal", dict(reversed(row.items()))) == "its columns are in another order"
    assert row_fault("journal", row | {"mask_id": None}) == "mask_id is empty"
    assert row_fault("journal", row | {"entry_id": True}) == "entry_id = True is not of its kind"
    assert row_fault("journal", row | {"entry_id": 2**63}) == f"entry_id = {2**63} is not of its kind"
    assert row_fault("journal", row | {"decided_at": "2026-01-01"}) is not None
    assert row_fault("journal", row | {"comment": "\ud800"}) is not None
    assert row_fault("journal", row | {"guideline_hash": "0" * 65}) is not None
    reviewer = unpacked.rows("reviewers")[0]
    assert row_fault("reviewers", reviewer | {"has_link": 1}) == "has_link is neither true nor false"


def test_a_number_of_rows_that_is_not_the_one_named_is_told(unpacked: Forgery) -> None:
    found = read_rows(unpacked.folder)
    told = check_rows(unpacked.folder, found, dict.fromkeys(TABLES, 1)).differences
    assert f"rows/units.jsonl: it has {40} rows, bundle.json says 1" in [str(each) for each in told]


def test_no_image_is_looked_for_where_a_row_says(bundle: Path, tmp_path: Path) -> None:
    forgery = Forgery(bundle, tmp_path)
    forgery.change("units", lambda rows: [row.update(images_root="/etc") for row in rows])
    units = read_rows(forgery.folder).values()["units"]
    assert {row["images_root"] for row in units} == {None}
    assert {row["images_root"] for row in forgery.rows("units")} == {"/etc"}
