"""The pairs of masks that two settings made of the same mentions: which there are, and how each is shown."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from audit.review.choices import Side
from audit.review.queue import ONE_BLOCK, ticket_order
from audit.review.tickets import ticket_of
from db.records import Preference, UnitMask

_OTHER = {Preference.FIRST: Preference.SECOND, Preference.SECOND: Preference.FIRST}


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskPair:
    """Two different masks of one mention.

    Attributes:
        pair_id: opaque; tells neither masks nor settings.
        mask_ids: the first and the second mask, in order of their ids, whatever settings made them.
    """

    pair_id: str
    unit_id: int
    mask_ids: tuple[str, str]


def differing_pairs(a: str, b: str, masks_made: Mapping[str, Sequence[UnitMask]]) -> tuple[MaskPair, ...]:
    """Give the pairs of two settings: one for each unit of which they made two different masks.

    Where one has no mask, or both have the same, there is nothing to compare.

    Args:
        a: one setting.
        b: the other; their order makes no difference.
        masks_made: what each setting made of each unit, in the same order of units.
    """
    found = []
    for one, other in zip(masks_made[a], masks_made[b], strict=True):
        if one.mask_id is None or other.mask_id is None or one.mask_id == other.mask_id:
            continue
        first, second = sorted((one.mask_id, other.mask_id))
        found.append(
            MaskPair(pair_id=_pair_id((a, b), (first, second)), unit_id=one.unit_id, mask_ids=(first, second))
        )
    return tuple(found)


def pair_order(
    pairs: Collection[MaskPair], *, seed: int, reviewer: str, block_of: Mapping[int, int] = ONE_BLOCK
) -> tuple[str, ...]:
    """All pair ids in the order of one reviewer; the arguments are those of `review_order` for masks."""
    pair_units = {pair.pair_id: pair.unit_id for pair in pairs}
    return ticket_order(pair_units, seed=seed, reviewer=reviewer, block_of=block_of)


def left_of(pair: MaskPair, *, seed: int, reviewer: str) -> Preference:
    """Give which mask of a pair this reviewer has at the left: the first or the second, by a coin.

    The coin is a hashed ticket: it falls the same way whenever the pair is shown to this reviewer, and
    unrelated ways for other pairs and other reviewers.

    >>> pair = MaskPair(pair_id="p", unit_id=1, mask_ids=("m1", "m2"))
    >>> [left_of(pair, seed=7, reviewer=name).value for name in ("ann", "bob", "eve")]
    ['first', 'second', 'second']
    """
    is_odd = int(ticket_of("left", seed, reviewer, *pair.mask_ids)[:2], 16) % 2
    return Preference.SECOND if is_odd else Preference.FIRST


def as_preference(side: Side, left: Preference) -> Preference:
    """Say of a pair what was said of its places; `left` is the mask that was at the left.

    >>> as_preference(Side.LEFT, Preference.SECOND).value, as_preference(Side.SAME, Preference.SECOND).value
    ('second', 'same')
    """
    if side is Side.SAME:
        return Preference.SAME
    return left if side is Side.LEFT else _OTHER[left]


def as_side(preference: Preference, left: Preference) -> Side:
    """Say of the places of a pair what was said of its masks; `left` is the mask at the left.

    >>> as_side(Preference.FIRST, Preference.SECOND).value
    'right'
    """
    if preference is Preference.SAME:
        return Side.SAME
    return Side.LEFT if preference is left else Side.RIGHT


def settled_preference(preferences: Collection[Preference]) -> Preference:
    """Give what most reviewers of a pair prefer; where nothing has the most votes, neither is better.

    Args:
        preferences: one per reviewer, at least one.

    >>> settled_preference([Preference.FIRST, Preference.SAME, Preference.FIRST]).value
    'first'
    >>> settled_preference([Preference.FIRST, Preference.SAME]).value
    'same'
    """
    ranked = Counter(preferences).most_common(2)
    is_tied = len(ranked) == 2 and ranked[0][1] == ranked[1][1]
    return Preference.SAME if is_tied else ranked[0][0]


def _pair_id(settings: tuple[str, str], mask_ids: tuple[str, str]) -> str:
    # With the settings in it, an assignment tells which two settings somebody asked to compare: their masks
    # may be the masks of others too.
    return f"pair-{ticket_of('pair', *sorted(settings), *mask_ids)}"
