"""Which columns and tables go into a bundle: a new one is given a place, or said to stay behind."""

from db.evidence import TABLES, choices_of, columns_of, key_columns
from db.tables import metadata

LEFT_BEHIND = {"journal.client_key", "preferences.client_key", "reviewers.link_hash"}


def test_every_table_is_bundled_but_those_of_label_studio() -> None:
    others = {table.name for table in metadata.sorted_tables if not table.name.startswith("label_studio")}
    assert set(TABLES) == others


def test_every_column_is_bundled_but_keys_and_links() -> None:
    behind = {
        f"{table}.{column.name}"
        for table in TABLES
        for column in metadata.tables[table].columns
        if column.name not in columns_of(table)
    }
    assert behind == LEFT_BEHIND
    assert "has_link" in columns_of("reviewers")


def test_a_table_comes_after_those_that_it_refers_to() -> None:
    for place, table in enumerate(TABLES):
        referred = {key.column.table.name for key in metadata.tables[table].foreign_keys}
        assert referred - {table} <= set(TABLES[:place])


def test_rows_have_keys_and_some_columns_few_values() -> None:
    assert key_columns("unit_masks") == ("unit_id", "setting")
    assert choices_of("journal", "verdict") == ("correct", "incorrect", "unsure", None)
    assert choices_of("journal", "flagged") == (False, True)
    assert choices_of("journal", "seconds") == ()
