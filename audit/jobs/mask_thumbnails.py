"""Small pictures of sampled masks, for those who look at many."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.coco.rle import RleError, decode_counts, mask_of_runs, union_runs
from audit.review.images import ReadableImage, read_image
from audit.review.thumbnail import draw_thumbnail
from db.records import Mask, Unit
from db.samples import load_masks
from db.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A mask to be seen.

    Attributes:
        jpeg: of the mask on its photo, or on grey; None where the mask cannot be decoded.
        lacks: why it is not on its photo, as a clause; None where it is.
    """

    jpeg: bytes | None
    lacks: str | None


def load_thumbnail(store: Store, mask_id: str, unit: Unit) -> Thumbnail:
    """Give the thumbnail of a mask; a photo that cannot be had leaves the mask alone.

    Args:
        store: the workspace's.
        mask_id: of the sample.
        unit: the mention, which names the photo.
    """
    with store.reading() as transaction:
        masks = load_masks(transaction, [mask_id])
    pixels = decode_mask(masks[0]) if masks else None
    if pixels is None:
        return Thumbnail(jpeg=None, lacks="the mask cannot be decoded")
    height, width = pixels.shape
    photo = read_image(unit.images_root, unit.file_name, (height, width))
    if isinstance(photo, ReadableImage):
        return Thumbnail(jpeg=draw_thumbnail(pixels, photo.jpeg), lacks=None)
    return Thumbnail(jpeg=draw_thumbnail(pixels, None), lacks=photo.reason)


def decode_mask(mask: Mask) -> NDArray[np.bool_] | None:
    """Give a mask as bool [height, width]; None where its run lengths are broken."""
    try:
        parts = [decode_counts(part, height=mask.height, width=mask.width) for part in mask.parts]
        return mask_of_runs(union_runs(parts), height=mask.height, width=mask.width)
    except (RleError, ValueError):
        return None
