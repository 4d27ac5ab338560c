"""The draw: seeded tickets that anyone can recompute, and the smallest of them.

Every annotation and every entity has a ticket, a hash of the seed and its id. Phase 1 picks each entity's
annotations by the smallest annotation tickets; phase 2 takes in each stratum the entities with the smallest
entity tickets. A ticket depends on nothing else, so a draw depends neither on the order of a file nor on
shards nor on the engine that sorts, and a longer draw extends a shorter one (bottom-k sampling with permanent
random numbers: Ohlsson, "Coordination of samples using permanent random numbers", in Business Survey Methods,
Wiley 1995, ch. 9).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from heapq import nsmallest

from sampling.checks import as_whole
from sampling.design.frame import Across, Candidate, DrawnUnit, FrameUnit
from sampling.errors import DesignError


def annotation_ticket(seed: int, annotation_id: str) -> str:
    """The annotation's ticket: 64 lower-case hex digits, compared as text.

    SHA-256 of the UTF-8 bytes `mask-audit/1`, `annotation`, the seed in decimal and the id, joined by line
    feeds.

    >>> annotation_ticket(7, "oven_query_val_00000107")
    '97e84c75c1db9c195cbec8b0c20503aab09014f741b3752779ae8807fc846df1'
    """
    return _ticket(DrawnUnit.ANNOTATION, seed, annotation_id)


def entity_ticket(seed: int, entity_id: str) -> str:
    """The entity's ticket: like `annotation_ticket`, with `entity` and the entity's id.

    It is independent of the tickets of the entity's annotations. Ordering entities by their smallest
    annotation ticket instead would favour entities with many annotations: the minimum of many is smaller.

    >>> entity_ticket(7, "Q388450")
    'c7a00f0d9b160212c296b9ad1e2ee00d499327281d0d198e6cf326679f259361'
    """
    return _ticket(DrawnUnit.ENTITY, seed, entity_id)


def wave_ticket(seed: int, wave: int) -> str:
    """The ticket of a systematic wave: like `annotation_ticket`, with `wave` and its number from 0.

    Its first 8 bytes / 2^64 is where the wave begins.

    >>> wave_ticket(7, 0)[:16]
    '3893f64eb0dffc14'
    """
    return _ticket("wave", seed, str(wave))


def _ticket(kind: str, seed: int, identifier: str) -> str:
    return sha256(f"mask-audit/1\n{kind}\n{seed}\n{identifier}".encode()).hexdigest()


def entity_candidates(
    frame: Iterable[FrameUnit], seed: int, across: Across, per_entity: int
) -> list[Candidate]:
    """Phase 1: every entity of the frame with its `per_entity` smallest annotation tickets.

    An entity with fewer annotations gives all it has. Under `Across.SPLITS` an entity is one candidate, in
    the split of its smallest annotation ticket; under `Across.WITHIN_SPLIT` it is one candidate in each of
    its splits.

    Args:
        frame: every annotation that can be drawn, in any order, each once.
        seed: names the draw.
        across: over which annotations of an entity to pick.
        per_entity: annotations picked of each entity, at least 1.

    Returns:
        The candidates by stratum and ticket.

    Raises:
        DesignError: `per_entity` is below 1, or an annotation is in the frame twice.
    """
    if as_whole("per_entity", per_entity) < 1:
        raise DesignError(f"per_entity is {per_entity}: pick at least 1 annotation of each entity")
    groups: dict[tuple[str, str], list[FrameUnit]] = defaultdict(list)
    for unit in _each_once(frame):
        groups[unit.entity_id, _group_split(unit, across)].append(unit)
    return sorted((_pick(units, seed, per_entity) for units in groups.values()), key=_draw_order)


def _group_split(unit: FrameUnit, across: Across) -> str:
    return unit.split if across is Across.WITHIN_SPLIT else ""


def _pick(units: list[FrameUnit], seed: int, per_entity: int) -> Candidate:
    picked = nsmallest(
        per_entity,
        units,
        key=lambda unit: (annotation_ticket(seed, unit.annotation_id), unit.annotation_id),
    )
    return Candidate(
        stratum=picked[0].split,
        entity_id=picked[0].entity_id,
        annotation_ids=tuple(unit.annotation_id for unit in picked),
        n_annotations=len(units),
        ticket=entity_ticket(seed, picked[0].entity_id),
    )


def annotation_candidates(frame: Iterable[FrameUnit], seed: int) -> list[Candidate]:
    """Every annotation of the frame as a candidate of its own, for `DrawnUnit.ANNOTATION`.

    Args:
        frame: every annotation that can be drawn, in any order, each once.
        seed: names the draw.

    Returns:
        The candidates by stratum and ticket; `n_annotations` counts the entity's annotations in all splits.

    Raises:
        DesignError: an annotation is in the frame twice.
    """
    units = list(_each_once(frame))
    n_annotations: dict[str, int] = defaultdict(int)
    for unit in units:
        n_annotations[unit.entity_id] += 1
    return sorted(
        (
            Candidate(
                stratum=unit.split,
                entity_id=unit.entity_id,
                annotation_ids=(unit.annotation_id,),
                n_annotations=n_annotations[unit.entity_id],
                ticket=annotation_ticket(seed, unit.annotation_id),
            )
            for unit in units
        ),
        key=_draw_order,
    )


def _each_once(frame: Iterable[FrameUnit]) -> Iterator[FrameUnit]:
    seen: set[str] = set()
    for unit in frame:
        if unit.annotation_id in seen:
            raise DesignError(
                f"annotation {unit.annotation_id!r} is in the frame twice: give each an id of its own"
            )
        seen.add(unit.annotation_id)
        yield unit


def draw(candidates: Iterable[Candidate], sizes: Mapping[str, int]) -> list[Candidate]:
    """Phase 2: in each stratum the candidates with the n_h smallest tickets; equal tickets go by id.

    Args:
        candidates: what phase 1 made of the frame, in any order.
        sizes: n_h of each stratum; a stratum that is not named is not drawn from.

    Returns:
        The drawn candidates by stratum and ticket.

    Raises:
        DesignError: a size is negative or above what its stratum has; every such stratum is named.
    """
    of_stratum: dict[str, list[Candidate]] = {stratum: [] for stratum in sizes}
    for candidate in candidates:
        if candidate.stratum in of_stratum:
            of_stratum[candidate.stratum].append(candidate)
    faults = [
        f"stratum {stratum!r} has {len(of_stratum[stratum])} to draw from and {n_h} are asked"
        for stratum, n_h in sizes.items()
        if not 0 <= as_whole(f"the size of stratum {stratum!r}", n_h) <= len(of_stratum[stratum])
    ]
    if faults:
        raise DesignError("; ".join(faults))
    return [
        candidate
        for stratum in sorted(sizes)
        for candidate in nsmallest(sizes[stratum], of_stratum[stratum], key=_draw_order)
    ]


def _draw_order(candidate: Candidate) -> tuple[str, str, str, tuple[str, ...]]:
    return candidate.stratum, candidate.ticket, candidate.entity_id, candidate.annotation_ids
