"""Exhibits of masks on their photos: a pair on one crop, and a reason where something cannot be had."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from audit.jobs.exhibits import load_exhibits
from audit.jobs.gallery_draws import ShownMask, Specimen, discordant_pairs, right_masks, shown_mask
from audit.jobs.review_state import Outcome, ReviewState
from db.records import Mask, Reason
from db.samples import add_masks
from db.store import Store
from reports.blocks import Exhibit
from tests.audit.jobs.shown_samples import MISSING, RIGHT, WRONG, a_rectangle, add_shown_sample, wrong

NAMES = {"A": "setting A", "B": "setting B"}
GREY = [150, 154, 160]


def exhibit_of(store: Store, specimen: Specimen) -> Exhibit:
    [exhibit] = load_exhibits(store, [specimen], NAMES, workers=2)
    return exhibit


def what_was_made(state: ReviewState) -> list[Specimen]:
    """What setting A made of each mention, also where that is nothing."""
    return [
        Specimen(unit=unit, masks=(shown_mask(state, made, outcome),))
        for unit, made, outcome in zip(state.units, state.masks_made["A"], state.outcomes["A"], strict=True)
    ]


def corner(jpeg: bytes) -> list[float]:
    return np.asarray(Image.open(BytesIO(jpeg)).convert("RGB"), float)[40:60, 5:25].mean(axis=(0, 1)).tolist()


def stored(store: Store, mask: Mask) -> ShownMask:
    with store.transaction() as transaction:
        add_masks(transaction, [mask], [])
    return ShownMask(settings=("B",), mask_id=mask.mask_id, outcome=Outcome.INCORRECT, reasons=())


def test_a_pair_says_what_each_setting_made_and_who_was_right(store: Store, tmp_path: Path) -> None:
    columns = {"A": [RIGHT], "B": [wrong(Reason.SPILLS_OVER, Reason.PART_MISSING)]}
    [pair] = discordant_pairs(add_shown_sample(store, tmp_path / "images", columns), "A", "B")

    exhibit = exhibit_of(store, pair)

    assert exhibit.lines == (
        "Crow",
        "what bird is this?",
        "setting A: correct",
        "setting B: incorrect (spills over, part missing)",
        "annotation a0",
    )
    first, second = exhibit.pictures
    assert first.name == f"mask-{pair.masks[0].mask_id[:12]}-beside-{pair.masks[1].mask_id[:12]}"
    assert first.jpeg != second.jpeg
    assert first.alt == "Crow: the mask, correct"


def test_where_a_setting_has_no_mask_the_photo_alone_is_seen(store: Store, tmp_path: Path) -> None:
    columns = {"A": [RIGHT], "B": [MISSING]}
    [pair] = discordant_pairs(add_shown_sample(store, tmp_path / "images", columns), "A", "B")

    exhibit = exhibit_of(store, pair)

    assert exhibit.lines[3] == "setting B: no mask"
    assert exhibit.pictures[1].name.startswith("no-mask-beside-")
    photo = np.asarray(Image.open(BytesIO(exhibit.pictures[1].jpeg)))
    assert photo[40:320].std() < 2


def test_a_missing_mask_alone_is_the_bare_photo_and_no_mask_that_cannot_be_decoded(
    store: Store, tmp_path: Path
) -> None:
    state = add_shown_sample(store, tmp_path / "images", {"A": [MISSING]})
    [missing] = what_was_made(state)

    exhibit = exhibit_of(store, missing)

    assert exhibit.lines[2:] == ("setting A: no mask", "annotation a0")
    assert [picture.name for picture in exhibit.pictures] == ["no-mask"]
    assert corner(exhibit.pictures[0].jpeg) == pytest.approx([120] * 3, abs=4)

    gone = exhibit_of(store, replace(missing, unit=replace(missing.unit, file_name="gone.jpg")))

    assert gone.pictures == ()
    assert gone.lines[-1] == "no photo: the image is missing"


def test_a_photo_without_a_mask_is_shown_upright(store: Store, tmp_path: Path) -> None:
    state = add_shown_sample(store, tmp_path / "images", {"A": [MISSING]})
    lying = Image.fromarray(np.repeat(np.array([[[0], [255]]], np.uint8), 3, axis=2)).resize((60, 40), 0)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise: what is left in the file is seen above
    lying.save(tmp_path / "images" / "0.jpg", exif=exif, quality=95)

    [picture] = exhibit_of(store, what_was_made(state)[0]).pictures

    pixels = np.asarray(Image.open(BytesIO(picture.jpeg)).convert("L"), float)
    middle = pixels.shape[1] // 2
    assert pixels[60, middle] < 20
    assert pixels[-60, middle] > 235


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"file_name": "gone.jpg"}, "the image is missing"),
        ({"images_root": None}, "the dataset was ingested without its images"),
        ({"images_root": "/no/such/folder"}, "the image root cannot be reached"),
        ({"file_name": "../outside.jpg"}, "the file name leads out of the image root"),
        ({"file_name": "text.jpg"}, "the image file is broken or of an unknown format"),
    ],
)
def test_a_photo_that_cannot_be_had_leaves_the_mask_on_grey_and_says_why(
    store: Store, tmp_path: Path, changes: dict[str, object], reason: str
) -> None:
    state = add_shown_sample(store, tmp_path / "images", {"A": [RIGHT]})
    (tmp_path / "images" / "text.jpg").write_text("no picture")
    Image.fromarray(np.zeros((40, 60, 3), np.uint8)).save(tmp_path / "outside.jpg")
    [specimen] = right_masks(state, "A")

    exhibit = exhibit_of(store, replace(specimen, unit=replace(specimen.unit, **changes)))

    assert exhibit.lines[-1] == f"no photo: {reason}"
    assert corner(exhibit.pictures[0].jpeg) == pytest.approx(GREY, abs=4)


def test_masks_of_different_sizes_are_shown_each_on_its_own(store: Store, tmp_path: Path) -> None:
    [specimen] = right_masks(add_shown_sample(store, tmp_path / "images", {"A": [RIGHT]}), "A")
    larger = stored(store, a_rectangle("b" * 64, (80, 120)))

    exhibit = exhibit_of(store, replace(specimen, masks=(*specimen.masks, larger)))

    assert exhibit.lines[-1] == "no photo: mask is 80×120, image is 40×60"
    fitting, clashing = (corner(picture.jpeg) for picture in exhibit.pictures)
    assert fitting == pytest.approx([120] * 3, abs=4)
    assert clashing == pytest.approx(GREY, abs=4)


def test_a_mask_that_cannot_be_decoded_is_said_and_the_other_shown(store: Store, tmp_path: Path) -> None:
    [specimen] = right_masks(add_shown_sample(store, tmp_path / "images", {"A": [RIGHT]}), "A")
    broken = stored(store, a_rectangle("b" * 64, parts=(b"\x7f\x7f",)))

    exhibit = exhibit_of(store, replace(specimen, masks=(*specimen.masks, broken)))

    assert exhibit.lines[-1] == "a mask cannot be decoded"
    assert len(exhibit.pictures) == 1


def test_masks_shown_several_times_give_the_same_pictures(store: Store, tmp_path: Path) -> None:
    columns = {"A": [RIGHT, WRONG], "B": [WRONG, RIGHT]}
    state = add_shown_sample(store, tmp_path / "images", columns)
    pair, _ = pairs = discordant_pairs(state, "A", "B")

    *_, first, again = load_exhibits(store, [*pairs, pair, pair], NAMES, workers=2)

    assert first == again
    assert first.pictures[0] is again.pictures[0]


def test_texts_of_the_dataset_stay_as_they_are(store: Store, tmp_path: Path) -> None:
    hostile = '<script>alert("1")</script> =cmd() \\input{x} \u202e\x00'
    state = add_shown_sample(store, tmp_path / "images", {"A": [RIGHT]}, entity_name=None, entity_id=hostile)

    exhibit = exhibit_of(store, right_masks(state, "A")[0])

    assert exhibit.lines[0] == hostile
    assert exhibit.pictures[0].name.replace("-", "").isalnum()


def test_names_and_questions_without_end_are_cut(store: Store, tmp_path: Path) -> None:
    state = add_shown_sample(
        store, tmp_path / "images", {"A": [RIGHT]}, entity_name="so long " * 50, question="why? " * 100
    )

    name, question, *_ = exhibit_of(store, right_masks(state, "A")[0]).lines

    assert name.startswith("so long so long")
    assert name.endswith("long…")
    assert max(len(name), len(question)) <= 160


def test_photos_of_sixteen_bits_are_shown(store: Store, tmp_path: Path) -> None:
    state = add_shown_sample(store, tmp_path / "images", {"A": [RIGHT]})
    deep = np.linspace(0, 65535, 60 * 40).reshape(40, 60).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "images" / "deep.png")
    [specimen] = right_masks(state, "A")

    exhibit = exhibit_of(store, replace(specimen, unit=replace(specimen.unit, file_name="deep.png")))

    assert exhibit.lines[-1] == "annotation a0"
    assert corner(exhibit.pictures[0].jpeg) != pytest.approx(GREY, abs=10)
