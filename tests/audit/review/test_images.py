import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from audit.review import images
from audit.review.images import (
    ReadableImage,
    Unjudgable,
    Unreachable,
    lasting_reason,
    read_image,
    read_plain_image,
)

STORED = (300, 451)
TURNED = (451, 300)
ORIENTATION_TAG = 0x0112


def save_cat(
    path: Path, *, orientation: int | None = None, mode: str = "RGB", **options: object
) -> Image.Image:
    image = Image.fromarray(data.chelsea()).convert(mode)
    if orientation is not None:
        exif = Image.Exif()
        exif[ORIENTATION_TAG] = orientation
        options["exif"] = exif.tobytes()
    image.save(path, **options)  # type: ignore[arg-type]
    return image


def shown(result: ReadableImage | Unjudgable | Unreachable) -> np.ndarray:
    """The pixels that a browser shows: it applies the orientation that the JPEG still names."""
    assert isinstance(result, ReadableImage), result
    image = Image.open(io.BytesIO(result.jpeg))
    assert image.format == "JPEG"
    assert image.getexif().get(ORIENTATION_TAG, 1) == 1
    assert (image.height, image.width) == (result.height, result.width)
    return np.asarray(image.convert("RGB")).astype(float)


def reason(result: ReadableImage | Unjudgable | Unreachable) -> str:
    assert isinstance(result, Unjudgable), "it can be shown"
    return result.reason


def test_a_jpeg_goes_out_byte_by_byte_as_it_is_on_disk(tmp_path: Path) -> None:
    save_cat(tmp_path / "cat.jpg", quality=80)

    result = read_image(str(tmp_path), "/cat.jpg", STORED)

    assert result == ReadableImage(jpeg=(tmp_path / "cat.jpg").read_bytes(), height=300, width=451)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_mask_of_the_stored_size_drops_the_orientation(tmp_path: Path, orientation: int) -> None:
    save_cat(tmp_path / "cat.jpg", orientation=orientation, quality=95)

    pixels = shown(read_image(str(tmp_path), "cat.jpg", STORED))

    assert np.abs(pixels - data.chelsea()).mean() < 5  # two JPEG encodings apart


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_mask_of_the_turned_size_applies_the_orientation(tmp_path: Path, orientation: int) -> None:
    save_cat(tmp_path / "cat.jpg", orientation=orientation, quality=95)
    # Exif 2.3, tag 274: what turns the stored pixels upright.
    upright = {
        5: lambda pixels: pixels.transpose(1, 0, 2),
        6: lambda pixels: np.rot90(pixels, -1),
        7: lambda pixels: np.rot90(pixels, 2).transpose(1, 0, 2),
        8: lambda pixels: np.rot90(pixels, 1),
    }[orientation](data.chelsea())

    pixels = shown(read_image(str(tmp_path), "cat.jpg", TURNED))

    assert np.abs(pixels - upright).mean() < 5


def test_a_square_photo_with_a_turn_is_shown_as_it_is_stored(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = 6
    square = data.astronaut()
    Image.fromarray(square).save(tmp_path / "a.jpg", exif=exif.tobytes(), quality=95)

    assert np.abs(shown(read_image(str(tmp_path), "a.jpg", (512, 512))) - square).mean() < 5


@pytest.mark.parametrize(
    ("orientation", "mask_size"), [(None, TURNED), (3, TURNED), (6, (300, 450)), (None, (150, 225))]
)
def test_a_mask_of_another_size_is_unjudgable(
    tmp_path: Path, orientation: int | None, mask_size: tuple[int, int]
) -> None:
    save_cat(tmp_path / "cat.jpg", orientation=orientation)

    told = reason(read_image(str(tmp_path), "cat.jpg", mask_size))

    assert told == f"mask is {mask_size[0]}×{mask_size[1]}, image is 300×451"


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("cmyk.jpg", "CMYK"),
        ("grey.jpg", "L"),
        ("grey.png", "L"),
        ("bits.png", "1"),
        ("palette.png", "P"),
        ("clear.png", "RGBA"),
        ("anim.gif", "P"),
        ("lossless.webp", "RGB"),
        ("cmyk.tif", "CMYK"),
        ("deep.tif", "F"),
    ],
)
def test_every_kind_of_picture_becomes_a_jpeg_that_looks_alike(tmp_path: Path, name: str, mode: str) -> None:
    saved = save_cat(tmp_path / name, mode=mode)

    pixels = shown(read_image(str(tmp_path), name, STORED))

    expected = np.asarray(saved.convert("RGB")).astype(float)
    assert np.corrcoef(pixels.ravel(), expected.ravel())[0, 1] > 0.9


def test_sixteen_bits_are_stretched_until_they_can_be_seen(tmp_path: Path) -> None:
    grey = np.asarray(Image.fromarray(data.chelsea()).convert("L")).astype(np.uint16)
    Image.fromarray(grey * 4 + 100).save(tmp_path / "deep.png")  # twelve bits at most, nearly black

    pixels = shown(read_image(str(tmp_path), "deep.png", STORED))

    assert pixels.min() < 10
    assert pixels.max() > 245


def test_transparent_pixels_are_shown_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (40, 30), (255, 0, 0, 0)).save(tmp_path / "clear.png")

    assert shown(read_image(str(tmp_path), "clear.png", (30, 40))).min() > 250


def test_of_an_animation_the_first_frame_is_shown(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "green")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])

    red, _, blue = shown(read_image(str(tmp_path), "a.gif", (30, 40))).mean(axis=(0, 1))

    assert red > 200
    assert blue < 60


@pytest.mark.parametrize("name", ["cat.jpg", "cat.png", "cat.webp", "cat.tif"])
def test_a_file_cut_short_is_unjudgable(tmp_path: Path, name: str) -> None:
    save_cat(tmp_path / name)
    whole = (tmp_path / name).read_bytes()

    for share in (0.02, 0.5, 0.9):
        (tmp_path / name).write_bytes(whole[: int(share * len(whole))])
        assert "broken" in reason(read_image(str(tmp_path), name, STORED))


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"<svg/>", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"]
)
def test_what_is_no_picture_is_unjudgable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)

    assert (
        reason(read_image(str(tmp_path), "a.jpg", STORED))
        == "the image file is broken or of an unknown format"
    )


def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    for width, height in [(9_500, 9_500), (60_000, 60_000), (20_000, 3)]:
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        content = (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(b""))
            + chunk(b"IEND", b"")
        )
        (tmp_path / "bomb.png").write_bytes(content)

        assert "more than" in reason(read_image(str(tmp_path), "bomb.png", (height, width)))


def test_a_very_heavy_jpeg_is_encoded_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_cat(tmp_path / "cat.jpg", quality=100)
    monkeypatch.setattr(images, "MAX_JPEG_BYTES", 1000)

    result = read_image(str(tmp_path), "cat.jpg", STORED)

    assert isinstance(result, ReadableImage)
    assert len(result.jpeg) < (tmp_path / "cat.jpg").stat().st_size


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_tag_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    save_cat(tmp_path / "cat.jpg", exif=b"Exif\0\0MM\0*\0\0\0\xff")

    assert isinstance(read_image(str(tmp_path), "cat.jpg", STORED), ReadableImage)


def test_an_image_that_the_dataset_does_not_give_is_unjudgable(tmp_path: Path) -> None:
    assert "without its images" in reason(read_image(None, "cat.jpg", STORED))
    assert "names its image" in reason(read_image(str(tmp_path), None, STORED))


def test_a_root_that_is_away_says_nothing_of_its_images(tmp_path: Path) -> None:
    away = Unreachable(reason="the image root cannot be reached")

    assert read_image(str(tmp_path / "no"), "cat.jpg", STORED) == away
    assert read_image(str(tmp_path), "cat.jpg", STORED) == away, (
        "a disk that is not mounted is an empty folder"
    )


def test_only_lasting_reasons_are_kept() -> None:
    away, missing = Unreachable(reason="the image root cannot be reached"), Unjudgable(reason="missing")
    shown = ReadableImage(jpeg=b"", height=1, width=1)

    assert lasting_reason(missing, None) == "missing"
    assert lasting_reason(shown, "missing") is None
    assert lasting_reason(away, None) is None
    assert lasting_reason(away, "missing") == "missing"
    for passed in ("the image root cannot be reached", "the image cannot be fetched (TimeoutError)"):
        assert lasting_reason(away, passed) is None


def test_a_jpeg_of_a_few_pixels_is_shown(tmp_path: Path) -> None:
    Image.new("RGB", (3, 5)).save(tmp_path / "tiny.jpg")

    assert shown(read_image(str(tmp_path), "tiny.jpg", (5, 3))).shape == (5, 3, 3)


def with_place(orientation: int) -> bytes:
    """A photo that says in every way there is where and how it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # GPSLatitude
    file = io.BytesIO()
    Image.fromarray(data.chelsea()).save(
        file,
        "JPEG",
        quality=95,
        exif=exif,
        comment=b"taken at home",
        xmp=b"<x:xmpmeta>home</x:xmpmeta>",
        icc_profile=b"home",
        dpi=(300, 300),
    )
    return file.getvalue()


@pytest.mark.parametrize(
    ("orientation", "mask_size"),
    [(1, STORED), (3, STORED), (6, STORED), (8, STORED), (6, TURNED), (8, TURNED)],
)
def test_a_plain_photo_is_pixels_alone(tmp_path: Path, orientation: int, mask_size: tuple[int, int]) -> None:
    (tmp_path / "cat.jpg").write_bytes(with_place(orientation))
    upright = {6: lambda cat: np.rot90(cat, -1), 8: lambda cat: np.rot90(cat, 1)}
    wanted = data.chelsea() if mask_size == STORED else upright[orientation](data.chelsea())

    result = read_plain_image(str(tmp_path), "cat.jpg", mask_size)

    assert np.abs(shown(result) - wanted).mean() < 5
    assert isinstance(result, ReadableImage)
    assert set(Image.open(io.BytesIO(result.jpeg)).info) == {
        "jfif",
        "jfif_density",
        "jfif_unit",
        "jfif_version",
    }
    assert b"home" not in result.jpeg
    assert b"Exif" not in result.jpeg


def test_a_plain_photo_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(with_place(1))

    first, again = (read_plain_image(str(tmp_path), "cat.jpg", STORED) for _ in range(2))

    assert first == again
    assert first != read_image(str(tmp_path), "cat.jpg", STORED)


@pytest.mark.parametrize(
    ("name", "mode"), [("clear.png", "RGBA"), ("grey.jpg", "L"), ("deep.png", "I;16"), ("cmyk.jpg", "CMYK")]
)
def test_every_kind_of_picture_becomes_plain(tmp_path: Path, name: str, mode: str) -> None:
    if mode == "I;16":
        Image.fromarray(data.chelsea()[..., 0].astype(np.uint16) * 256).save(tmp_path / name)
    else:
        save_cat(tmp_path / name, mode=mode)

    assert shown(read_plain_image(str(tmp_path), name, STORED)).shape == (300, 451, 3)


def test_what_cannot_be_judged_is_no_plain_photo_either(tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(with_place(1)[:5000])
    (tmp_path / "cat.jpg").write_bytes(with_place(6))

    assert reason(read_plain_image(None, "cat.jpg", STORED)) == "the dataset was ingested without its images"
    assert reason(read_plain_image(str(tmp_path), "cut.jpg", STORED)).startswith("the image file is broken")
    assert (
        reason(read_plain_image(str(tmp_path), "cat.jpg", (300, 450))) == "mask is 300×450, image is 300×451"
    )
