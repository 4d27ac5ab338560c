"""How often a mask is to be read, and by whom: decided by chance that is fixed beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.review.tickets import share_of, ticket_of
from db.records import MaskReader, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRule:
    """How often masks are read.

    Attributes:
        first_readings: by different people before anything is known of the mask, 1 or more.
        second_share: of masks read correct once that somebody else reads again, in [0, 1].
        n_reviewers: people who take part; where there are fewer than two nothing is read again.
    """

    first_readings: int
    second_share: float
    n_reviewers: int = 2

    def second_probability(self, verdict: Verdict) -> float:
        """The chance that a mask whose first reading is this one is read by somebody else too, in [0, 1].

        >>> rule = ReadingRule(first_readings=1, second_share=0.1)
        >>> rule.second_probability(Verdict.CORRECT), rule.second_probability(Verdict.UNSURE)
        (0.1, 1.0)
        """
        if self.first_readings > 1 or verdict is not Verdict.CORRECT:
            return 1.0
        return self.second_share


def second_ticket(seed: int, mask_id: str) -> float:
    """The number in [0, 1) that chooses which masks are read again: the same for ever, uniform over masks.

    A mask is chosen where its ticket is below the probability that was fixed for it. Hashed tickets as in
    every draw of this project: whoever knows the sample's seed, which reports name, can compute them.

    Args:
        seed: the sample's.
        mask_id: which mask.

    >>> round(second_ticket(7, "m1"), 3)
    0.365
    """
    return share_of(ticket_of("second", seed, mask_id))


def readings_owed(readers: Sequence[MaskReader], rule: ReadingRule, ticket: float) -> int:
    """How many people are to read a mask, given who has read it.

    That is `first_readings`, or one more than one where the mask is to be read again: where a reading says
    incorrect or unsure, or the ticket is below a correct reading's probability. A reading for which no
    probability was fixed (an imported one) is taken by the rule in force.

    Args:
        readers: of this mask; those who only hold it have no say.
        rule: in force.
        ticket: the mask's, in [0, 1).

    >>> rule = ReadingRule(first_readings=1, second_share=0.1)
    >>> reader = MaskReader(mask_id="m", reviewer_id=1, verdict=Verdict.UNSURE, second_probability=1.0)
    >>> readings_owed([], rule, 0.5), readings_owed([reader], rule, 0.5)
    (1, 2)
    """
    is_read_again = rule.n_reviewers > 1 and any(
        ticket < _probability(each, each.verdict, rule) for each in readers if each.verdict is not None
    )
    return max(rule.first_readings, 1 + is_read_again)


def is_owed_to(reviewer_id: int, readers: Sequence[MaskReader], rule: ReadingRule, ticket: float) -> bool:
    """Whether a mask is to be given to somebody: it lacks a reading, and they neither read nor hold it.

    Args:
        reviewer_id: of whom.
        readers: of this mask, and those who hold it to be read.
        rule: in force.
        ticket: the mask's, in [0, 1).
    """
    people = {each.reviewer_id for each in readers}
    return reviewer_id not in people and len(people) < readings_owed(readers, rule, ticket)


def is_read_enough(readers: Sequence[MaskReader], rule: ReadingRule, ticket: float) -> bool:
    """Whether a mask has all the readings that it is owed; the arguments are those of `readings_owed`."""
    n_read = sum(each.verdict is not None for each in readers)
    return n_read >= readings_owed(readers, rule, ticket)


def _probability(reader: MaskReader, verdict: Verdict, rule: ReadingRule) -> float:
    if reader.second_probability is not None:
        return reader.second_probability
    return rule.second_probability(verdict)
