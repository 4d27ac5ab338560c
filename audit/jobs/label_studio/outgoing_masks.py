"""Reads the masks of a sample into what a task shows, several at a time and a little ahead."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from audit.coco.rle import RleError, decode_counts, mask_of_runs, union_runs
from audit.jobs.review.items import note_unjudgable
from audit.review.images import ReadableImage, Unjudgable, Unreachable, read_plain_image
from audit.review.label_studio.brush import TooComplexError, encode_brush
from audit.review.label_studio.drawing import overlay_jpeg
from audit.review.label_studio.tasks import MaskMode, Task
from audit.review.naming import question_of
from audit.review.queue import ticket_order
from db.records import Mask, Sample, Unit
from db.samples import load_mask_units, load_masks, load_sample, load_units
from db.store import Store, Transaction

READ_AHEAD = 48
"""Masks read while the server is busy with those before them."""

DRAWN = "-drawn"
"""In the name of a picture that shows its mask by itself."""

_QUEUE = "label-studio"
"""Whose order tasks take: that of a reviewer of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledMasks:
    """The distinct masks of a sample that eyes can judge.

    Attributes:
        units: by id.
        mask_units: mask id → id of the mention.
        order: of the masks, block after block, at random inside each.
    """

    sample: Sample
    units: Mapping[int, Unit]
    mask_units: Mapping[str, int]
    order: tuple[str, ...]

    def unit_of(self, mask_id: str) -> Unit:
        """Give the mention of a mask."""
        return self.units[self.mask_units[mask_id]]

    def questions(self) -> dict[str, str]:
        """Give what is asked of every mask, by mask."""
        return {mask_id: question_of(self.unit_of(mask_id)) for mask_id in self.order}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMask:
    """A mask ready to be sent.

    Attributes:
        jpeg: the photo of the mask's size, or where there is no brush the picture with the mask drawn in.
        brush: as `encode_brush` gives it, or None.
    """

    mask_id: str
    question: str
    height: int
    width: int
    jpeg: bytes
    brush: list[int] | None

    @property
    def image_name(self) -> str:
        """The picture's file name, made of its content alone: equal pictures have one."""
        return f"{sha256(self.jpeg).hexdigest()[:32]}{DRAWN if self.brush is None else ''}.jpg"

    @property
    def n_bytes(self) -> int:
        """What it takes on its way, about."""
        return len(self.jpeg) + 4 * len(self.brush or ())

    def task(self, address: str) -> Task:
        """Give its task, whose picture is found at an address."""
        return Task(
            item_uid=self.mask_id,
            image=address,
            question=self.question,
            height=self.height,
            width=self.width,
            brush=self.brush,
        )


Outgoing = OutgoingMask | Unjudgable | Unreachable


def load_sampled_masks(transaction: Transaction, name: str | None) -> SampledMasks:
    """Give the masks of a sample; None for the latest."""
    sample = load_sample(transaction, name)
    units = {unit.unit_id: unit for unit in load_units(transaction, sample.sample_id)}
    mask_units = load_mask_units(transaction, sample.sample_id)
    order = ticket_order(
        mask_units,
        seed=sample.seed,
        reviewer=_QUEUE,
        block_of={unit.unit_id: unit.block for unit in units.values() if unit.block is not None},
    )
    return SampledMasks(sample=sample, units=units, mask_units=mask_units, order=order)


def needs_brush(image: str) -> bool:
    """Tell whether a task's picture is the plain photo, over which its mask must be drawn.

    A picture that came inside a file has no name, which would tell.

    >>> needs_brush("/data/upload/7/1a2b3c4d-00ff.jpg"), needs_brush("data:image/jpeg;base64,/9j/4AAQ")
    (True, False)
    """
    return not image.startswith("data:") and not image.endswith(f"{DRAWN}.jpg")


def read_outgoing(
    store: Store, sampled: SampledMasks, mask_ids: Sequence[str], mask_mode: MaskMode, workers: int
) -> Generator[Outgoing]:
    """Read masks and photos in the order asked, and note in the store what cannot be shown.

    Args:
        store: holds the masks.
        sampled: the sample's masks.
        mask_ids: which of them.
        mask_mode: how they are shown.
        workers: threads; at most `READ_AHEAD` masks are ready and not taken yet.
    """
    with ThreadPoolExecutor(workers) as pool:
        try:
            pending: deque[tuple[Mask, Future[Outgoing]]] = deque()
            for mask in _masks(store, mask_ids):
                unit = sampled.unit_of(mask.mask_id)
                pending.append((mask, pool.submit(_outgoing, mask, unit, mask_mode)))
                if len(pending) == READ_AHEAD:
                    yield _noted(store, *pending.popleft())
            while pending:
                yield _noted(store, *pending.popleft())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _masks(store: Store, mask_ids: Iterable[str]) -> Iterator[Mask]:
    rest = iter(mask_ids)
    while some := list(islice(rest, READ_AHEAD)):
        with store.reading() as transaction:
            found = load_masks(transaction, some)
        yield from found


def _noted(store: Store, mask: Mask, reading: Future[Outgoing]) -> Outgoing:
    outgoing = reading.result()
    note_unjudgable(store, mask, outgoing)
    return outgoing


def _outgoing(mask: Mask, unit: Unit, mask_mode: MaskMode) -> Outgoing:
    photo = read_plain_image(unit.images_root, unit.file_name, (mask.height, mask.width))
    if not isinstance(photo, ReadableImage):
        return photo
    try:
        pixels = _pixels(mask)
    except (RleError, ValueError, IndexError):
        return Unjudgable(reason="the mask cannot be decoded")
    brush = _brush(pixels) if mask_mode is MaskMode.BRUSH else None
    return OutgoingMask(
        mask_id=mask.mask_id,
        question=question_of(unit),
        height=mask.height,
        width=mask.width,
        jpeg=overlay_jpeg(photo.jpeg, pixels) if brush is None else photo.jpeg,
        brush=brush,
    )


def _pixels(mask: Mask) -> NDArray[np.bool_]:
    runs = [decode_counts(part, height=mask.height, width=mask.width) for part in mask.parts]
    pixels = mask_of_runs(union_runs(runs), height=mask.height, width=mask.width)
    if not pixels.any():
        raise ValueError("nothing would be seen of an empty mask")
    return pixels


def _brush(pixels: NDArray[np.bool_]) -> list[int] | None:
    try:
        return encode_brush(pixels)
    except TooComplexError:
        return None
