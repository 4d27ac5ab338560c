from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from audit.coco.reader import parse_chunk, read_chunks, read_links, refuse_without_masks
from audit.coco.schema import LINKS
from audit.coco.segmentation import Dialect
from audit.coco.source import open_source
from audit.errors import InputError
from tests.audit.coco.annotation_files import (
    coco_annotation,
    options,
    oven_annotation,
    read_annotations,
    write,
)


def test_threads_read_what_one_thread_reads(tmp_path):
    annotations = [
        oven_annotation(id=f"a{k}", label=["no confidence"] if k % 7 == 0 else None) for k in range(300)
    ]
    path = write(tmp_path / "file.json", annotations)
    chunks = list(read_chunks(open_source(path), chunk_bytes=10_000))
    assert len(chunks) > 8
    with ThreadPoolExecutor(4) as pool:
        tables = [parsed.table for parsed in pool.map(lambda chunk: parse_chunk(chunk, options()), chunks)]
    assert pa.concat_tables(tables).equals(read_annotations(tmp_path, annotations).table)


def test_a_chunk_tells_in_which_ways_its_masks_are_given(tmp_path):
    annotations = [
        oven_annotation(),
        oven_annotation(id="a2", segmentation=[[0, 0, 4, 0, 4, 4]], bbox=None),
        oven_annotation(id="a3", segmentation=[]),
        oven_annotation(id="a4", segmentation=None),
    ]
    (chunk,) = read_chunks(open_source(write(tmp_path / "file.json", annotations)))
    parsed = parse_chunk(chunk, options())
    assert parsed.dialects == {Dialect.RLE_LIST: 1, Dialect.POLYGONS: 1, Dialect.NONE: 2}
    assert parsed.n_without_segmentation == 2
    assert parsed.n_panoptic == 0


def test_chunks_tell_how_far_the_file_has_been_read(tmp_path):
    path = write(tmp_path / "file.json", [oven_annotation(id=f"a{k}") for k in range(100)])
    so_far = [chunk.n_bytes_read for chunk in read_chunks(open_source(path), chunk_bytes=10_000)]
    assert so_far == sorted(so_far)
    assert so_far[-1] == path.stat().st_size


def test_links_are_those_of_annotations_with_an_id_of_their_own(tmp_path):
    annotations = [coco_annotation(), coco_annotation(id=None), coco_annotation(id="b", category_id=None)]
    path = write(tmp_path / "file.json", {"images": [], "annotations": annotations})
    links = pa.concat_tables(read_links(open_source(path)))
    assert links.schema == LINKS
    assert links.to_pylist() == [
        {"annotation_id": "12", "image_id": "7", "category_id": "3"},
        {"annotation_id": "b", "image_id": "7", "category_id": None},
    ]


@pytest.mark.parametrize(("n_panoptic", "said"), [(0, "no segmentation in any annotation"), (3, "panoptic")])
def test_a_file_of_boxes_alone_is_refused_in_one_sentence(tmp_path, n_panoptic, said):
    source = open_source(write(tmp_path / "file.json", []))
    with pytest.raises(InputError, match=said):
        refuse_without_masks(source, n_annotations=3, n_without_segmentation=3, n_panoptic=n_panoptic)


@pytest.mark.parametrize(("n_annotations", "n_without"), [(0, 0), (3, 2)])
def test_a_file_with_a_mask_or_without_annotations_is_not_refused(tmp_path, n_annotations, n_without):
    source = open_source(write(tmp_path / "file.json", []))
    refuse_without_masks(source, n_annotations=n_annotations, n_without_segmentation=n_without, n_panoptic=0)
