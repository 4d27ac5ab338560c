"""The demo's photographs, found where scikit-image and scikit-learn installed them; nothing is downloaded."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from audit.errors import InputError

Pixels = NDArray[np.uint8]
"""A photograph, shape (height, width, 3), blue-green-red as OpenCV reads it."""

CREDITS = """\
The photographs of this folder come with scikit-image and scikit-learn, which credit them so:

astronaut.png          Eileen Collins. NASA, public domain
camera.png             Lav Varshney, CC0
chelsea.png            Stefan van der Walt, CC0
clock_motion.png       Stefan van der Walt, public domain
coffee.png             Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0
coins.png              Greek coins from Pompeii. Brooklyn Museum, no known copyright restrictions
hubble_deep_field.jpg  NASA, public domain
moon.png               the surface of the Moon; the packages state no author and no licence
rocket.jpg             the launch of DSCOVR on a Falcon 9. SpaceX, public domain
motorcycle_*.png       Nera Nesic, Porter Westling, Xi Wang, York Kitajima, Greg Krathwohl and
                       Daniel Scharstein, Middlebury 2014 stereo benchmark; no licence is stated
china.jpg              danielbuechele, Flickr, CC BY 2.0 (creativecommons.org/licenses/by/2.0)
flower.jpg             vultilion, Flickr, CC BY 2.0 (creativecommons.org/licenses/by/2.0)

The masks beside them were made by mask-audit.
"""

_FOLDER_IN_PACKAGE = {"skimage": "data", "sklearn": "datasets/images"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """One picture that an installed package brings along.

    Attributes:
        file_name: as the package calls it, for example "chelsea.png".
        package: the import name of the package, "skimage" or "sklearn".
    """

    file_name: str
    package: str

    @property
    def image_id(self) -> str:
        """The file name without its ending."""
        return Path(self.file_name).stem

    def path(self) -> Path:
        """Where the picture lies on this machine.

        Raises:
            InputError: the package is not installed, or came without the picture.
        """
        spec = find_spec(self.package)
        for folder in (spec and spec.submodule_search_locations) or ():
            path = Path(folder) / _FOLDER_IN_PACKAGE[self.package] / self.file_name
            if path.is_file():
                return path
        message = f"the demo's photograph {self.file_name} is not in the package {self.package}: reinstall it"
        raise InputError(message)

    def pixels(self) -> Pixels:
        """The picture in memory.

        Raises:
            InputError: it is not there or cannot be decoded.
        """
        pixels = cv2.imread(str(self.path()), cv2.IMREAD_COLOR)
        if pixels is None:
            raise InputError(
                f"the demo's photograph {self.path()} cannot be decoded: reinstall {self.package}"
            )
        return pixels.astype(np.uint8, copy=False)


PHOTOGRAPHS = (
    Photograph(file_name="astronaut.png", package="skimage"),
    Photograph(file_name="camera.png", package="skimage"),
    Photograph(file_name="chelsea.png", package="skimage"),
    Photograph(file_name="clock_motion.png", package="skimage"),
    Photograph(file_name="coffee.png", package="skimage"),
    Photograph(file_name="coins.png", package="skimage"),
    Photograph(file_name="hubble_deep_field.jpg", package="skimage"),
    Photograph(file_name="moon.png", package="skimage"),
    Photograph(file_name="motorcycle_left.png", package="skimage"),
    Photograph(file_name="motorcycle_right.png", package="skimage"),
    Photograph(file_name="rocket.jpg", package="skimage"),
    Photograph(file_name="china.jpg", package="sklearn"),
    Photograph(file_name="flower.jpg", package="sklearn"),
)
"""Every photograph of the demo."""
