"""A CSV of statements stands in for a dump; a bad row refuses it, and every bad row is named."""

from pathlib import Path

import pytest

from audit.errors import InputError
from audit.wikidata.item import Item
from audit.wikidata.listing import read_listing

HEADER = "entity_id,name,instance_of,subclass_of"


def read(tmp_path: Path, *lines: str) -> list[Item]:
    file = tmp_path / "statements.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(read_listing(file, advance=int))


def test_classes_are_separated_and_whole_addresses_will_do(tmp_path: Path) -> None:
    assert read(
        tmp_path,
        HEADER,
        "Q146,house cat,Q55983715,Q39201; Q622852",
        "http://www.wikidata.org/entity/Q39201,,,http://www.wikidata.org/entity/Q729",
    ) == [
        Item(number=146, name="house cat", instance_of=(55983715,), subclass_of=(39201, 622852)),
        Item(number=39201, subclass_of=(729,)),
    ]


def test_names_may_be_left_out_and_short_rows_say_nothing_more(tmp_path: Path) -> None:
    assert read(tmp_path, "entity_id,instance_of,subclass_of", "Q1,Q2", "Q3") == [
        Item(number=1, instance_of=(2,)),
        Item(number=3),
    ]


def test_every_bad_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, HEADER, "Q1,,Q2,", "cat,,Q2,", "Q3,,P31,", "Q4,,,Q5;Q0", "Q6,,,,Q7")
    assert str(refused.value).endswith(
        "correct 4 rows: line 3: entity_id 'cat' is no id of Wikidata such as Q146; "
        "line 4: instance_of 'P31' is no id of Wikidata such as Q146; "
        "line 5: subclass_of 'Q0' is no id of Wikidata such as Q146; "
        "line 6: it has more cells than the first line has columns ('Q7')"
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("entity_id,type", "no Wikidata dump, and as a CSV has no column instance_of, subclass_of"),
        ("", "has no column entity_id"),
        (HEADER + ",name", "has the column name twice"),
    ],
)
def test_wrong_columns_are_refused(header: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        read(tmp_path, header)
