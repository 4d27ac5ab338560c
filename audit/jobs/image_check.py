"""Finds the masks of a sample that nobody could judge, before a report counts them as pending."""

from collections.abc import Container, Iterable
from concurrent.futures import ThreadPoolExecutor

from audit.errors import AuditError
from audit.jobs.progress import Progress
from audit.review.images import Unreachable, lasting_reason, read_image
from audit.review.roots import ROOT_UNREACHABLE, check_root
from db.records import Mask, Unit
from db.reviews import load_standing
from db.samples import load_mask_units, load_masks, load_sample, load_units, mark_unjudgable
from db.store import Store


def check_images(store: Store, sample_name: str | None, *, workers: int, progress: Progress) -> None:
    """Note which masks without a verdict have no usable image, and take back notes that no longer hold.

    Images on a server are left to the reviewer's page, which fetches them anyway; so are units that were
    ingested without a root, and those whose root cannot be reached now, which says nothing of the images: of
    these a note is only taken back where its reason may have passed.
    """
    with store.reading() as transaction:
        sample = load_sample(transaction, sample_name)
        units = {unit.unit_id: unit for unit in load_units(transaction, sample.sample_id)}
        mask_units = load_mask_units(transaction, sample.sample_id)
        judged = {each.mask_id for each in load_standing(transaction, sample.sample_id)}
        masks = load_masks(transaction, [mask_id for mask_id in mask_units if mask_id not in judged])
    roots = _reachable({unit.images_root for unit in units.values()})
    progress.start(len(masks))
    with ThreadPoolExecutor(workers) as pool:
        reasons = {}
        for mask, reason in pool.map(
            lambda mask: _reason(mask, units[mask_units[mask.mask_id]], roots), masks
        ):
            progress.advance(1)
            if reason != mask.unjudgable:
                reasons[mask.mask_id] = reason
    with store.transaction() as transaction:
        for mask_id, reason in reasons.items():
            mark_unjudgable(transaction, mask_id, reason)


def _reason(mask: Mask, unit: Unit, roots: Container[str | None]) -> tuple[Mask, str | None]:
    if unit.images_root in roots:
        found = read_image(unit.images_root, unit.file_name, (mask.height, mask.width))
    else:
        found = Unreachable(reason=ROOT_UNREACHABLE)
    return mask, lasting_reason(found, mask.unjudgable)


def _reachable(roots: Iterable[str | None]) -> set[str | None]:
    reachable: set[str | None] = set()
    for root in roots:
        if root is None or not _is_local(root):
            continue
        try:
            check_root(root)
        except AuditError:
            continue
        reachable.add(root)
    return reachable


def _is_local(root: str) -> bool:
    return all(url.partition("://")[0] in ("file", "zip", "tar") for url in root.split("::") if "://" in url)
