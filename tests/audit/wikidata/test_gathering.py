"""What is wanted is gathered from a dump or a CSV, with all steps between classes."""

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.wikidata.gathering import Gathered, gather
from audit.wikidata.roots import Kind
from audit.wikidata.walk import nearest_kinds
from tests.audit.wikidata.dumps import an_item, write_dump

NUMBERS = st.lists(st.integers(1, 9), max_size=3, unique=True)


def gathered(file: Path, wanted: set[int], starts: list[int] | None = None) -> Gathered:
    return gather(file, wanted, start=[].append if starts is None else starts.append, advance=int)


def test_only_wanted_items_are_named_and_only_their_classes_are_kept(tmp_path: Path) -> None:
    file = write_dump(
        tmp_path / "all.json.gz",
        [an_item("Q1", P31=["Q2"]), an_item("Q2", P31=["Q9"], P279=["Q3"]), an_item("Q4", P31=["Q2"])],
    )
    found = gathered(file, {1, 7})
    assert found.names == {1: "thing Q1"}
    assert found.found == {1}
    assert found.graph.instance_of.tolist() == [[1, 2]]
    assert found.graph.subclass_of.tolist() == [[2, 3]]


def test_a_merged_item_is_found_in_a_second_reading_where_its_new_one_was_not_wanted(tmp_path: Path) -> None:
    file = write_dump(
        tmp_path / "all.json",
        [an_item("Q8", P31=["Q2"]), an_item("Q2", P279=["Q3"]), {"entity": "Q7", "redirect": "Q8"}],
    )
    starts: list[int] = []
    found = gathered(file, {7}, starts)
    assert found.redirects == {7: 8}
    assert found.names == {8: "thing Q8"}
    assert found.graph.instance_of.tolist() == [[8, 2]]
    assert starts == [file.stat().st_size] * 2


def test_a_merged_item_whose_new_one_is_not_there_is_not_found(tmp_path: Path) -> None:
    file = write_dump(tmp_path / "all.json", [{"entity": "Q7", "redirect": "Q8"}, an_item("Q9")])
    found = gathered(file, {7})
    assert (found.found, found.redirects) == (frozenset(), {})


def test_a_step_to_a_merged_class_leads_on_to_the_new_one(tmp_path: Path) -> None:
    file = write_dump(
        tmp_path / "all.json", [an_item("Q1", P31=["Q2"]), {"entity": "Q2", "redirect": "Q3"}, an_item("Q3")]
    )
    graph = gathered(file, {1}).graph
    kinds = (Kind(name="thing", roots=(3,)),)
    assert nearest_kinds(np.array([1], np.uint32), graph, kinds).is_reached.tolist() == [True]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    items=st.dictionaries(st.integers(1, 9), st.tuples(NUMBERS, NUMBERS), min_size=1),
    wanted=st.sets(st.integers(1, 9)),
    random=st.randoms(),
)
def test_a_dump_and_a_csv_of_the_same_statements_are_the_same_in_any_order(
    items: dict[int, tuple[list[int], list[int]]],
    wanted: set[int],
    random: np.random.Generator,
    tmp_path: Path,
) -> None:
    entities = [
        an_item(f"Q{number}", P31=[f"Q{each}" for each in classes], P279=[f"Q{each}" for each in above])
        for number, (classes, above) in items.items()
    ]
    lines = [
        f"Q{number},thing Q{number},{part}"
        for number, (classes, above) in items.items()
        for part in [f"Q{each}," for each in classes] + [f",Q{each}" for each in above] + [","]
    ]
    random.shuffle(entities)
    random.shuffle(lines)
    dump = gathered(write_dump(tmp_path / "all.json", entities), wanted)
    file = tmp_path / "all.csv"
    file.write_text("\n".join(["entity_id,name,instance_of,subclass_of", *lines]))
    listing = gathered(file, wanted)
    assert dump.names == listing.names
    assert dump.found == listing.found == items.keys() & wanted
    for one, other in (
        (dump.graph.instance_of, listing.graph.instance_of),
        (dump.graph.subclass_of, listing.graph.subclass_of),
    ):
        assert sorted(one.tolist()) == sorted(other.tolist())
