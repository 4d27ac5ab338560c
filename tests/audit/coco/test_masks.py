import numpy as np
import pytest
from PIL import Image

from audit.coco import rle
from audit.coco.masks import read_png
from audit.coco.reader import read_images
from audit.coco.schema import ProblemKind, ProblemTally
from audit.coco.source import open_source
from tests.audit.coco.annotation_files import box_mask, read_file

MASK = box_mask(1, 1, 4, 3)


def with_palette(mask):
    image = Image.new("P", mask.shape[::-1])
    image.putdata((mask.ravel() * 5).tolist())
    image.putpalette([200, 100, 50] * 256)
    return image


def with_alpha(mask, *, colour):
    pixels = np.zeros((*mask.shape, 4), np.uint8)
    pixels[mask] = (*colour, 255)
    return Image.fromarray(pixels)


FORMS = {
    "8 bits": Image.fromarray(MASK.astype(np.uint8)),
    "1 bit": Image.fromarray(MASK),
    "16 bits": Image.fromarray(MASK.astype(np.uint16) * 256),
    "palette, whose colour 0 is not black": with_palette(MASK),
    "colour": Image.fromarray((MASK[:, :, None] * np.array([0, 0, 9])).astype(np.uint8)),
    "white on transparent": with_alpha(MASK, colour=(255, 255, 255)),
    "black on transparent": with_alpha(MASK, colour=(0, 0, 0)),
    "white on opaque black": Image.fromarray(
        np.dstack([MASK * 255, MASK * 255, MASK * 255, np.full(MASK.shape, 255)]).astype(np.uint8)
    ),
    "grey with transparency": Image.fromarray(
        np.dstack([MASK * 7, np.full(MASK.shape, 255)]).astype(np.uint8)
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_mask_is_what_is_not_zero_in_any_kind_of_png(tmp_path, form):
    path = tmp_path / "mask.png"
    FORMS[form].save(path)
    assert np.array_equal(read_png(path), MASK)


def test_a_folder_gives_a_row_for_each_file_under_its_id(tmp_path):
    folder = tmp_path / "masks"
    folder.mkdir()
    Image.fromarray(MASK).save(folder / "a1.png")
    Image.fromarray(np.zeros_like(MASK)).save(folder / "a2.png")
    (folder / "a3.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("not a mask")
    account = read_file(folder)
    assert [row["annotation_id"] for row in account.rows] == ["a1", "a2", "a3"]
    first, empty, broken = account.rows
    assert first["parts"] == [rle.encode_runs(rle.runs_of_mask(MASK))]
    assert (first["height"], first["width"], first["parts_area"]) == (*MASK.shape, MASK.sum())
    assert (first["image_id"], first["category_id"], first["id_is_made_up"]) == (None, None, False)
    assert (empty["parts"], empty["parts_area"]) == ([], 0)
    assert (broken["parts"], broken["parts_area"]) == (None, None)
    assert account.kinds == {"empty_mask": 1, "png_unreadable": 1}
    assert account.example_ids(ProblemKind.PNG_UNREADABLE) == ("a3",)
    assert list(read_images(open_source(folder), ProblemTally())) == []


def test_a_picture_cut_off_is_unreadable(tmp_path):
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (64, 64), np.uint8)).save(tmp_path / "a.png")
    whole = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    assert read_file(tmp_path).kinds == {"png_unreadable": 1}
