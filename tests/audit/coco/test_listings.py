import pytest

from audit.coco.reader import read_categories, read_images
from audit.coco.schema import ProblemTally
from audit.coco.source import open_source
from tests.audit.coco.annotation_files import write

LISTINGS = {"images": read_images, "categories": read_categories}


def read_listing(tmp_path, key, elements, chunk_bytes=1 << 16):
    path = write(tmp_path / "file.json", {key: elements, "annotations": []})
    tally = ProblemTally()
    rows = [
        row
        for table in LISTINGS[key](open_source(path), tally, chunk_bytes=chunk_bytes)
        for row in table.to_pylist()
    ]
    return rows, {problem.kind.value: problem.example_ids for problem in tally.problems()}


def image(**changes):
    elements = {"id": 7, "file_name": "a.jpg", "height": 6, "width": 8, "license": 1} | changes
    return {key: value for key, value in elements.items() if value is not None}


def test_images_of_one_form_and_of_mixed_forms_are_read_alike(tmp_path):
    images = [image(id=k, file_name=f"/0{k}/a{k}.jpg") for k in range(4)]
    expected = [
        {"image_id": str(k), "file_name": f"0{k}/a{k}.jpg", "height": 6, "width": 8} for k in range(4)
    ]
    assert read_listing(tmp_path, "images", images) == (expected, {})
    rows, found = read_listing(tmp_path, "images", [*images, image(id=4.0)])
    assert rows[:4] == expected
    assert found == {"id_as_float": ("4",)}


@pytest.mark.parametrize(
    ("changes", "row", "kind"),
    [
        ({"file_name": None}, {"file_name": None}, "image_without_file_name"),
        ({"file_name": "/"}, {"file_name": None}, "image_without_file_name"),
        ({"file_name": "a\\b.jpg"}, {"file_name": "a/b.jpg"}, "file_name_backslash"),
        ({"file_name": "../b.jpg"}, {"file_name": "../b.jpg"}, "file_name_outside"),
        ({"file_name": "c:/b.jpg"}, {"file_name": "c:/b.jpg"}, "file_name_outside"),
        ({"height": None}, {"height": None, "width": None}, "image_without_size"),
        ({"width": 0}, {"height": None, "width": None}, "image_without_size"),
        ({"width": "8"}, {"width": 8}, "number_as_text"),
        ({"id": 2.0}, {"image_id": "2"}, "id_as_float"),
    ],
)
def test_what_is_wrong_with_an_image_is_named(tmp_path, changes, row, kind):
    rows, found = read_listing(tmp_path, "images", [image(id=1), image(**changes)])
    expected = {"image_id": "7", "file_name": "a.jpg", "height": 6, "width": 8} | row
    assert rows[1] == expected
    assert found == {kind: (expected["image_id"],)}


def test_dots_and_colons_within_names_are_no_way_out(tmp_path):
    names = ["a..b.jpg", "x:y.jpg", "über/ö.jpg", "12:30.jpg"]
    rows, found = read_listing(
        tmp_path, "images", [image(id=k, file_name=name) for k, name in enumerate(names)]
    )
    assert [row["file_name"] for row in rows] == names
    assert found == {}


def test_lvis_images_are_found_by_the_end_of_their_url(tmp_path):
    url = "http://images.cocodataset.org/val2017/000000397133.jpg"
    rows, found = read_listing(tmp_path, "images", [image(file_name=None, coco_url=url)])
    assert rows[0]["file_name"] == "val2017/000000397133.jpg"
    assert found == {}


def test_images_without_an_id_and_what_is_no_image_are_left_out(tmp_path):
    rows, found = read_listing(tmp_path, "images", [image(id=None), image(), 3, image(id=False)])
    assert [row["image_id"] for row in rows] == ["7"]
    assert found["image_without_id"] == ("element 0", "element 3")
    assert found["not_an_object"] == ("element 2",)


def test_an_image_listed_twice_is_given_twice(tmp_path):
    rows, _ = read_listing(tmp_path, "images", [image(), image()])
    assert len(rows) == 2


def test_categories_of_one_form_and_of_mixed_forms_are_read_alike(tmp_path):
    categories = [{"id": f"Q{k}", "name": f"n{k}", "supercategory": None if k else "s"} for k in range(3)]
    expected = [
        {"category_id": f"Q{k}", "name": f"n{k}", "supercategory": None if k else "s"} for k in range(3)
    ]
    assert read_listing(tmp_path, "categories", categories) == (expected, {})
    rows, found = read_listing(tmp_path, "categories", [*categories, {"id": 1}, {"name": "x"}])
    assert rows == [*expected, {"category_id": "1", "name": None, "supercategory": None}]
    assert found == {"category_without_name": ("1",), "category_without_id": ("element 4",)}


@pytest.mark.parametrize("chunk_bytes", [8, 64, 1000])
def test_listings_are_read_in_windows_of_any_size(tmp_path, chunk_bytes):
    images = [image(id=k, file_name=f"{k}.jpg") for k in range(50)]
    assert read_listing(tmp_path, "images", images, chunk_bytes) == read_listing(tmp_path, "images", images)


def test_a_list_of_results_lists_no_images(tmp_path):
    source = open_source(write(tmp_path / "file.json", [{"images": [1]}]))
    assert list(read_images(source, ProblemTally())) == []
