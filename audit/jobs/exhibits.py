"""Makes exhibits of a gallery: reads the masks and the photos of mentions, draws them, says what is seen."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.jobs.exhibit_photos import MOST_THREADS, Photos, shortened
from audit.jobs.gallery_draws import ShownMask, Specimen
from audit.jobs.mask_thumbnails import decode_mask
from audit.jobs.progress import SILENT, Progress
from audit.jobs.review_state import Outcome
from audit.review.exhibit import draw_exhibit
from audit.review.images import ReadableImage
from db.records import Mask, Unit
from db.samples import load_masks
from db.store import Store
from reports.blocks import Exhibit, Picture
from reports.numbers import words_text

_VERDICTS = {
    Outcome.CORRECT: "correct",
    Outcome.INCORRECT: "incorrect",
    Outcome.UNSURE: "unsure",
    Outcome.PENDING: "not judged yet",
    Outcome.UNJUDGABLE: "cannot be judged",
}

_Key = tuple[str | None, ...]
_Size = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """Pictures of a specimen, and why some lack the photo or a mask, as clauses."""

    pictures: tuple[Picture, ...]
    lacks: tuple[str, ...]


def load_exhibits(
    store: Store,
    specimens: Sequence[Specimen],
    names: Mapping[str, str],
    *,
    workers: int,
    progress: Progress = SILENT,
) -> tuple[Exhibit, ...]:
    """Give an exhibit of each specimen; a photo that cannot be had leaves its masks on grey.

    Args:
        store: the workspace's.
        specimens: of one sample; those with the same masks are drawn once.
        names: what people call each setting.
        workers: threads that read files.
        progress: counts specimens drawn.
    """
    different = {_masks_of(each): each for each in specimens}
    mask_ids = sorted({mask_id for masks in different for mask_id in masks if mask_id is not None})
    with store.reading() as transaction:
        masks = {mask.mask_id: mask for mask in load_masks(transaction, mask_ids)}
    photos = Photos.of(each.unit.images_root for each in specimens)
    progress.start(len(different))
    drawn: dict[_Key, _Drawn] = {}
    with ThreadPoolExecutor(min(workers, MOST_THREADS)) as pool:
        made = pool.map(lambda each: _draw(each, masks, photos), different.values())
        for key, pictures in zip(different, made, strict=True):
            drawn[key] = pictures
            progress.advance(1)
    return tuple(_exhibit(each, drawn[_masks_of(each)], names) for each in specimens)


def _masks_of(specimen: Specimen) -> _Key:
    return tuple(mask.mask_id for mask in specimen.masks)


def _exhibit(specimen: Specimen, drawn: _Drawn, names: Mapping[str, str]) -> Exhibit:
    unit = specimen.unit
    lines = [
        shortened(_shown_name(unit)),
        shortened(unit.question or ""),
        *(_verdict_line(mask, names) for mask in specimen.masks),
        f"annotation {unit.annotation_id}",
        *drawn.lacks,
    ]
    return Exhibit(pictures=drawn.pictures, lines=tuple(line for line in lines if line))


def _verdict_line(mask: ShownMask, names: Mapping[str, str]) -> str:
    made_by = ", ".join(names[setting] for setting in mask.settings)
    return f"{made_by}: {_said_of(mask)}"


def _said_of(mask: ShownMask) -> str:
    if mask.mask_id is None:
        return "no mask"
    reasons = ", ".join(map(words_text, mask.reasons))
    return f"{_VERDICTS[mask.outcome]} ({reasons})" if reasons else _VERDICTS[mask.outcome]


def _draw(specimen: Specimen, masks: Mapping[str, Mask], photos: Photos) -> _Drawn:
    """Draw the masks of a specimen on one crop; masks of different sizes, on a crop each.

    Where a setting made no mask, and none beside it tells the size, the photo is shown whole.
    """
    jpegs: dict[str | None, bytes] = {}
    lacks: dict[str, None] = {}
    for size, together in _by_size(_masks_of(specimen), masks).items():
        photo = photos.read(specimen.unit.images_root, specimen.unit.file_name, size)
        if isinstance(photo, ReadableImage):
            drawn = draw_exhibit(tuple(together.values()), photo.jpeg)
        else:
            drawn = draw_exhibit(tuple(together.values()), None)
            lacks[f"no photo: {photo.reason}"] = None
        jpegs |= zip(together, drawn, strict=True)
    if None in _masks_of(specimen) and None not in jpegs:
        photo = photos.read(specimen.unit.images_root, specimen.unit.file_name, None)
        if isinstance(photo, ReadableImage):
            nothing = np.zeros((photo.height, photo.width), np.bool_)
            [jpegs[None]] = draw_exhibit((nothing,), photo.jpeg)
        else:
            lacks[f"no photo: {photo.reason}"] = None
    if not jpegs.keys() >= set(_masks_of(specimen)) - {None}:
        lacks["a mask cannot be decoded"] = None
    pictures = tuple(
        Picture(name=_name(mask, specimen), jpeg=jpegs[mask.mask_id], alt=_alt(mask, specimen.unit))
        for mask in specimen.masks
        if mask.mask_id in jpegs
    )
    return _Drawn(pictures=pictures, lacks=tuple(lacks))


def _by_size(mask_ids: _Key, masks: Mapping[str, Mask]) -> dict[_Size, dict[str | None, NDArray[np.bool_]]]:
    """Decode masks, those of one size together; no mask is an empty one of the size of the first, if any."""
    found: dict[_Size, dict[str | None, NDArray[np.bool_]]] = {}
    for mask_id in mask_ids:
        mask = None if mask_id is None else masks.get(mask_id)
        pixels = None if mask is None else decode_mask(mask)
        if pixels is not None:
            height, width = pixels.shape
            found.setdefault((height, width), {})[mask_id] = pixels
    if None in mask_ids and found:
        size, together = next(iter(found.items()))
        together[None] = np.zeros(size, np.bool_)
    return found


def _name(mask: ShownMask, specimen: Specimen) -> str:
    """Name a picture by what is seen: the mask, and those beside it, which it shares its crop with."""
    own = "no-mask" if mask.mask_id is None else f"mask-{mask.mask_id[:12]}"
    beside = "-".join(each.mask_id[:12] for each in specimen.masks if each.mask_id and each is not mask)
    return f"{own}-beside-{beside}" if beside else own


def _alt(mask: ShownMask, unit: Unit) -> str:
    name = shortened(_shown_name(unit))
    if mask.mask_id is None:
        return f"{name}: the photo, no mask"
    return f"{name}: the mask, {_VERDICTS[mask.outcome]}"


def _shown_name(unit: Unit) -> str:
    return unit.entity_name or unit.entity_id
