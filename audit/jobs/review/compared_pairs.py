"""The pairs of masks that two settings of a sample give to compare."""

from collections.abc import Collection, Mapping

from audit.errors import InputError
from audit.review.pairs import MaskPair, differing_pairs
from db.records import Sample
from db.samples import load_held, load_sample, load_settings, load_unit_masks
from db.store import Store, Transaction


def check_compared(store: Store, sample_name: str | None, compared: tuple[str, str]) -> None:
    """Raise InputError, in one sentence, unless a sample holds masks of two settings to compare.

    Raises:
        InputError: a setting is none of the sample's, it is named twice, or no two masks differ.
        StoreError: there is no such sample, or the store does not answer.
    """
    with store.reading() as transaction:
        load_pairs(transaction, load_sample(transaction, sample_name), compared)


def load_pairs(transaction: Transaction, sample: Sample, compared: tuple[str, str]) -> tuple[MaskPair, ...]:
    """Give the pairs of masks of two settings; raise InputError, in one sentence, where there are none.

    Args:
        transaction: an open one.
        sample: whose units.
        compared: the names of two settings.
    """
    a, b = compared
    if a == b:
        raise InputError(f"--compare names {a} twice: name two settings of sample {sample.name}")
    names = [each.setting for each in load_settings(transaction, sample.sample_id)]
    for name in compared:
        if name not in names:
            known = ", ".join(names) or "none"
            raise InputError(f"sample {sample.name} holds no setting {name}: name two of {known}")
    made = load_unit_masks(transaction, sample.sample_id)
    of_unit = {(each.setting, each.unit_id): each for each in made}
    unit_ids = sorted({each.unit_id for each in made})
    pairs = differing_pairs(a, b, {name: [of_unit[name, unit] for unit in unit_ids] for name in compared})
    if not pairs:
        raise InputError(
            f"nothing to compare: {a} and {b} have two different masks of no mention of sample {sample.name}"
        )
    return pairs


def present_pairs(
    transaction: Transaction, sample_id: int, pairs: Mapping[str, MaskPair], pair_ids: Collection[str]
) -> list[str]:
    """Give those of some pairs of which the sample holds both masks at present, in the order given."""
    mask_ids = [mask_id for pair_id in pair_ids for mask_id in pairs[pair_id].mask_ids]
    held = load_held(transaction, sample_id, mask_ids)
    return [pair_id for pair_id in pair_ids if held.issuperset(pairs[pair_id].mask_ids)]
