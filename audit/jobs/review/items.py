"""Reads masks and photographs into what a page shows, and notes for good what cannot be shown."""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime

from audit.coco.rle import RleError, area, decode_counts, mask_of_runs, union_runs
from audit.coco.rle_kernels import Runs
from audit.review.images import ReadableImage, Unjudgable, Unreachable, lasting_reason, read_image
from audit.review.outgoing import Layer, Picture, Rest
from audit.review.overlay import crop_box, joint_box, mask_box, mask_png
from db.records import Mask, Unit
from db.samples import load_masks, load_unjudgable, mark_unjudgable
from db.store import Store

MAX_RETRIES = 50
"""Unjudgable masks tried again when a page is opened: an image may have been put in its place."""

MAX_PARTS = 50
"""Parts of one annotation that a reviewer can step through; nobody looks at more, and each is a picture."""

Content = Picture | Unjudgable | Unreachable


def read_picture(masks: Sequence[Mask], unit: Unit) -> Content:
    """Give a mask on its photo, or two masks of one mention, or why they cannot be shown.

    Args:
        masks: one, or two of the same size.
        unit: the mention, which names the photo.
    """
    height, width = masks[0].height, masks[0].width
    photo = read_image(unit.images_root, unit.file_name, (height, width))
    if not isinstance(photo, ReadableImage):
        return photo
    try:
        layers = tuple(_layer(_runs(mask), mask) for mask in masks)
        parts, rest = _parts(masks[0]) if len(masks) == 1 else ((), None)
    except (RleError, ValueError, IndexError):
        return Unjudgable(reason="the mask cannot be decoded")
    box = joint_box([layer.box for layer in layers])
    crop = crop_box(box, image_height=height, image_width=width)
    return Picture(photo=photo, crop=crop, masks=layers, parts=parts, rest=rest)


def note_unjudgable(store: Store, mask: Mask, content: object) -> None:
    """Note for good why a mask cannot be shown, or that it can; an outage is not noted."""
    reason = lasting_reason(content, mask.unjudgable)
    if mask.unjudgable != reason:
        with store.transaction() as transaction:
            mark_unjudgable(transaction, mask.mask_id, reason)


def retry_unjudgable(
    store: Store, sample_id: int, order: Sequence[str], unit_of: Mapping[str, Unit], now: datetime
) -> None:
    """Try some of the unjudgable masks again: others at every opening, and a root that fails only once.

    Args:
        store: the workspace's.
        sample_id: which sample.
        order: its masks.
        unit_of: mask id → its mention.
        now: decides which are tried.
    """
    with store.reading() as transaction:
        marked = load_unjudgable(transaction, sample_id)
        waiting = deque(mask_id for mask_id in order if mask_id in marked)
        waiting.rotate(-MAX_RETRIES * int(now.timestamp()))
        masks = load_masks(transaction, list(waiting)[:MAX_RETRIES])
    failed: dict[str | None, Unreachable] = {}
    for mask in masks:
        unit = unit_of[mask.mask_id]
        content = failed.get(unit.images_root) or read_picture([mask], unit)
        if isinstance(content, Unreachable):
            failed[unit.images_root] = content
        note_unjudgable(store, mask, content)


def _runs(mask: Mask) -> list[Runs]:
    return [decode_counts(part, height=mask.height, width=mask.width) for part in mask.parts]


def _parts(mask: Mask) -> tuple[tuple[Layer, ...], Rest | None]:
    runs = [each for each in _runs(mask) if area(each)]
    if len(runs) == 1:
        return (), None
    further = runs[MAX_PARTS:]
    rest = Rest(n_parts=len(further), layer=_layer(further, mask)) if further else None
    return tuple(_layer([each], mask) for each in runs[:MAX_PARTS]), rest


def _layer(runs: Sequence[Runs], mask: Mask) -> Layer:
    pixels = mask_of_runs(union_runs(runs), height=mask.height, width=mask.width)
    box = mask_box(pixels)
    return Layer(png=mask_png(pixels, box), box=box)
