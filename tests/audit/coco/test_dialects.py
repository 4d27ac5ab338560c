"""docs/dialects.md says what the reader does; to write its tables anew, see `dialects_page`."""

import json

import pytest

from audit.coco.reader import read_images
from audit.coco.schema import ProblemTally
from audit.coco.source import open_source
from tests.audit.coco.annotation_files import read_file
from tests.audit.coco.dialects_page import (
    PAGE,
    odd_files,
    outcome_of,
    render_files,
    render_kinds,
    replaced,
)


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


def test_the_page_lists_every_kind_of_problem(page):
    assert page == replaced(page, "kinds", render_kinds())


@pytest.mark.slow
@pytest.mark.real_data
def test_the_page_tells_what_becomes_of_every_odd_file(page, shared_data):
    outcomes = [outcome_of(path) for path in odd_files(shared_data / "odd_coco")]
    assert page == replaced(page, "files", render_files(outcomes))


@pytest.mark.slow
@pytest.mark.real_data
def test_every_refusal_of_an_odd_file_is_one_sentence(shared_data):
    refusals = [outcome_of(path).refusal for path in odd_files(shared_data / "odd_coco")]
    assert sum(refusal is not None for refusal in refusals) > 0
    assert all("\n" not in refusal and refusal.endswith(".") for refusal in refusals if refusal)


@pytest.mark.slow
@pytest.mark.real_data
def test_every_annotation_of_an_odd_file_is_accounted_for(shared_data):
    for path in odd_files(shared_data / "odd_coco"):
        content = json.loads(path.read_bytes())
        expected = len(content if isinstance(content, list) else content["annotations"])
        outcome = outcome_of(path)
        assert outcome.refusal or outcome.n_annotations == expected


@pytest.mark.real_data
def test_real_results_of_whole_number_fields_have_nothing_wrong_but_their_ids(shared_data):
    for path in sorted((shared_data / "yolact4").glob("*.results.json")):
        n_results = len(json.loads(path.read_bytes()))
        account = read_file(path, chunk_bytes=1 << 20)
        assert account.table.num_rows == n_results
        assert set(account.kinds) <= {"id_made_up", "empty_mask"}
        assert account.kinds["id_made_up"] == n_results


@pytest.mark.real_data
def test_results_that_name_their_annotation_take_its_id(shared_data):
    path = shared_data / "coco_free" / "derived" / "derived_gc_instances_val2017.json"
    account = read_file(path, id_key="source_ann_id")
    expected = [str(result["source_ann_id"]) for result in json.loads(path.read_bytes())]
    assert account.table["annotation_id"].to_pylist() == expected
    assert "id_made_up" not in account.kinds


@pytest.mark.real_data
def test_lvis_images_without_a_file_name_get_one(shared_data):
    source = open_source(shared_data / "lvis_gt100" / "lvis_val_100.json")
    tally = ProblemTally()
    images = [row for table in read_images(source, tally) for row in table.to_pylist()]
    assert len(images) == 100
    assert all(row["file_name"].endswith(".jpg") for row in images)
    assert tally.problems() == ()
