import pytest

from audit.demo.photographs import PHOTOGRAPHS, Photograph
from audit.errors import InputError


@pytest.mark.parametrize("photograph", PHOTOGRAPHS, ids=lambda photograph: photograph.image_id)
def test_every_photograph_comes_with_its_package_and_is_a_picture_of_three_channels(
    photograph: Photograph,
):
    pixels = photograph.pixels()

    assert pixels.shape[2] == 3
    assert min(pixels.shape[:2]) >= 300
    assert pixels.std() > 5


def test_a_photograph_that_its_package_does_not_have_is_named_with_the_package():
    absent = Photograph(file_name="eagle.png", package="skimage")

    with pytest.raises(InputError, match=r"eagle\.png is not in the package skimage"):
        absent.path()


def test_a_package_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr("sys.path", [])
    monkeypatch.delitem(__import__("sys").modules, "sklearn", raising=False)

    with pytest.raises(InputError, match="is not in the package sklearn"):
        Photograph(file_name="china.jpg", package="sklearn").path()


def test_a_picture_that_cannot_be_decoded_is_refused(monkeypatch, tmp_path):
    (tmp_path / "skimage" / "data").mkdir(parents=True)
    (tmp_path / "skimage" / "__init__.py").touch()
    (tmp_path / "skimage" / "data" / "chelsea.png").write_bytes(b"no picture")
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.delitem(__import__("sys").modules, "skimage", raising=False)

    with pytest.raises(InputError, match="cannot be decoded: reinstall skimage"):
        Photograph(file_name="chelsea.png", package="skimage").pixels()
