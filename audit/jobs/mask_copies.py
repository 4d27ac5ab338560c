"""Gives a sample its own copy of what every setting made of its mentions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from audit.coco.rle import RleError, area, decode_counts, union_counts
from db.manifest import SettingRecord
from db.mentions import PopulationMask, load_setting_masks
from db.population import Population
from db.records import Mask, MaskState

MASK_ID_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeMask:
    """What one setting made of one mention; `mask_id` where the state is present."""

    annotation_id: str
    setting: str
    state: MaskState
    mask_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskCopies:
    """The distinct masks of some mentions, and what each setting made of each."""

    masks: tuple[Mask, ...]
    made: tuple[MadeMask, ...]


def copy_masks(
    population: Population, settings: Iterable[SettingRecord], annotation_of: Mapping[str, str]
) -> MaskCopies:
    """Give the masks that settings made of mentions, equal masks of one mention once.

    Args:
        population: holds the masks.
        settings: whose masks.
        annotation_of: mention id → annotation id of the frame.
    """
    masks: dict[str, Mask] = {}
    made: list[MadeMask] = []
    for setting in settings:
        found = {row.mention_id: row for row in load_setting_masks(population, setting, list(annotation_of))}
        for mention_id, annotation_id in annotation_of.items():
            row = found.get(mention_id)
            mask = _mask(mention_id, row)
            if mask is not None:
                masks.setdefault(mask.mask_id, mask)
            made.append(
                MadeMask(
                    annotation_id=annotation_id,
                    setting=setting.setting,
                    state=MaskState.PRESENT if mask else _state(setting, row),
                    mask_id=mask.mask_id if mask else None,
                )
            )
    return MaskCopies(masks=tuple(masks.values()), made=tuple(made))


def mask_id_of(mention_id: str, *, height: int, width: int, canonical_counts: bytes) -> str:
    """Give the id of a mask of a mention: equal for equal pixels, whatever the encoding; tells nothing else.

    >>> mask_id_of("a", height=2, width=3, canonical_counts=b"132")
    'e5b9c4295fda493d91ecb407'
    """
    return mask_digest(mention_id, height=height, width=width, canonical_counts=canonical_counts).hex()


def mask_digest(mention_id: str, *, height: int, width: int, canonical_counts: bytes | memoryview) -> bytes:
    """Give `mask_id_of` as the bytes that its hex digits stand for."""
    content = sha256(f"mask-audit/1\nmask\n{mention_id}\n{height} {width}\n".encode())
    content.update(canonical_counts)
    return content.digest()[:MASK_ID_BYTES]


def _state(setting: SettingRecord, row: PopulationMask | None) -> MaskState:
    if row is None:
        return MaskState.DROPPED if setting.subset_of else MaskState.MISSING
    return MaskState.MISSING if row.parts_area == 0 else MaskState.UNREADABLE


def _mask(mention_id: str, row: PopulationMask | None) -> Mask | None:
    if row is None or not row.parts or not row.height or not row.width or not row.parts_area:
        return None
    try:
        canonical = union_counts(row.parts, height=row.height, width=row.width)
    except RleError:
        return None
    return Mask(
        mask_id=mask_id_of(mention_id, height=row.height, width=row.width, canonical_counts=canonical),
        height=row.height,
        width=row.width,
        parts=row.parts,
        area=area(decode_counts(canonical, height=row.height, width=row.width)),
        unjudgable=None,
    )
