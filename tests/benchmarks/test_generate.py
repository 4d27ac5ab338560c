import json
from pathlib import Path

from audit.coco.columns import read_columns
from audit.coco.reader import read_images
from audit.coco.schema import ProblemTally
from audit.coco.source import open_source
from benchmarks.generate import BYTES_PER_ANNOTATION, write_file
from tests.audit.coco.annotation_files import only_chunk, options, read_file

N_ANNOTATIONS = 200


def generated(folder: Path, *, seed: int) -> Path:
    path = folder / f"generated-{seed}.json"
    write_file(path, n_annotations=N_ANNOTATIONS, seed=seed)
    return path


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    first = generated(tmp_path, seed=1).read_bytes()
    assert generated(tmp_path, seed=1).read_bytes() == first
    assert generated(tmp_path, seed=2).read_bytes() != first


def test_a_generated_file_has_nothing_wrong_and_is_read_in_columns(tmp_path):
    path = generated(tmp_path, seed=1)
    account = read_file(path)
    assert account.table.num_rows == N_ANNOTATIONS
    assert account.problems == ()
    columns = read_columns(only_chunk(path), options())
    assert columns is not None
    assert columns.is_read.all()
    tally = ProblemTally()
    images = [row for table in read_images(open_source(path), tally) for row in table.to_pylist()]
    assert [row["image_id"] for row in images] == account.table["image_id"].to_pylist()
    assert tally.problems() == ()


def test_masks_do_not_repeat_and_annotations_have_the_size_that_is_promised(tmp_path):
    path = generated(tmp_path, seed=1)
    parts = [part for parts in read_file(path).table["parts"].to_pylist() for part in parts]
    assert len(set(parts)) == len(parts)
    assert abs(path.stat().st_size / N_ANNOTATIONS / BYTES_PER_ANNOTATION - 1) < 0.1
    assert list(json.loads(path.read_bytes())) == ["images", "categories", "annotations"]
