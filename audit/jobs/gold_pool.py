"""Which masks of known answer a sample has, and whether there are enough to mix some in."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from db.gold import load_gold
from db.records import GoldMask, Known
from db.store import Store
from reports.numbers import count_text, exact_percent_text


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldState:
    """Whether masks of known answer are mixed into what reviewers are shown.

    Attributes:
        is_on: they are.
        sentence: so, or why not, as a clause for people.
    """

    is_on: bool
    sentence: str


def load_gold_state(store: Store, sample_id: int, *, share: float) -> GoldState:
    """Give whether masks of known answer are mixed into a sample's review.

    Args:
        store: the workspace's.
        sample_id: which sample.
        share: of such masks among those shown, in [0, 0.5].
    """
    with store.reading() as transaction:
        return gold_state(load_gold(transaction, sample_id), share=share)


def gold_state(gold: Sequence[GoldMask], *, share: float) -> GoldState:
    """Say whether masks of known answer are mixed in, and why not where they are not.

    >>> gold_state([], share=0.0).sentence
    'off, as gold_share is 0 in audit.toml'
    """
    if share == 0:
        return GoldState(is_on=False, sentence="off, as gold_share is 0 in audit.toml")
    lacking = lacking_text(gold)
    if lacking:
        return GoldState(is_on=False, sentence=f"off, and no practice round, as {lacking}")
    n = Counter(each.known for each in gold if each.can_be_shown)
    return GoldState(
        is_on=True,
        sentence=(
            f"{exact_percent_text(share)} of what reviewers are shown (found correct by a lead:"
            f" {count_text(n[Known.RIGHT])}, found incorrect: {count_text(n[Known.NATURAL])}, made wrong on"
            f" purpose: {count_text(n[Known.SYNTHETIC])})"
        ),
    )


def lacking_text(gold: Sequence[GoldMask]) -> str:
    """Say which kind of mask of known answer is lacking, as a clause; nothing where there are both."""
    found = {each.known for each in gold if each.can_be_shown}
    if not found:
        return "no mask is known to be correct or incorrect before a lead has settled some"
    if Known.RIGHT not in found:
        return "no mask is known to be correct: a lead has found none to be so"
    if found == {Known.RIGHT}:
        return "no mask is known to be incorrect: some are made when a reviewer next opens the page"
    return ""
