"""Decides when a reviewer is shown a mask of known answer, and which; the same tickets decide alike."""

from collections.abc import Collection, Container, Iterable, Sequence

from audit.review.choices import REASON_WORDING
from audit.review.outgoing import Practice
from audit.review.synthetic import CHANGE_TOLD, Change
from audit.review.tickets import share_of, ticket_of
from db.records import GoldMask, Known, Verdict

PREFERRED: dict[Verdict, tuple[Known, ...]] = {
    Verdict.CORRECT: (Known.RIGHT,),
    Verdict.INCORRECT: (Known.NATURAL, Known.SYNTHETIC),
}
"""What is shown where a mask of that answer is wanted, the more telling kind first."""


def answer_wanted(position: int, *, share: float, seed: int, reviewer: str) -> Verdict | None:
    """The answer of the mask of known answer to be shown at a position; None where none is to be.

    Over many positions `share` of them want one, correct and incorrect in equal parts. Whoever knows the
    sample's seed, which reports name, can compute the turns: they keep nobody out who is set on cheating.

    Args:
        position: how many tasks the reviewer was given before.
        share: in [0, 0.5].
        seed: the sample's.
        reviewer: name.

    >>> turns = [answer_wanted(n, share=0.5, seed=1, reviewer="ann") for n in range(1000)]
    >>> turns.count(None), turns.count(Verdict.CORRECT), turns.count(Verdict.INCORRECT)
    (507, 246, 247)
    """
    turn = share_of(ticket_of("gold turn", seed, reviewer, position))
    if turn >= share:
        return None
    return Verdict.CORRECT if turn < share / 2 else Verdict.INCORRECT


def choose_gold(
    gold: Iterable[GoldMask],
    answer: Verdict,
    *,
    met: Container[str],
    apart_from: Container[int],
    seed: int,
    reviewer: str,
) -> GoldMask | None:
    """The mask of known answer to show a reviewer; None where there is none left of that answer.

    Args:
        gold: of the sample.
        answer: the wanted one.
        met: masks that the reviewer was handed or has judged.
        apart_from: units whose masks the reviewer is shown shortly before or after.
        seed: the sample's.
        reviewer: name.
    """
    left = [
        each
        for each in gold
        if each.can_be_shown and each.mask_id not in met and each.unit_id not in apart_from
    ]
    for known in PREFERRED[answer]:
        of_kind = _shuffled([each for each in left if each.known is known], seed, reviewer)
        if of_kind:
            return of_kind[0]
    return None


def practice_round(
    gold: Collection[GoldMask], *, n: int, met: Container[str], seed: int, reviewer: str
) -> tuple[GoldMask, ...]:
    """The masks of known answer that a new reviewer judges first, in order; none where a kind is lacking.

    Correct and incorrect ones in equal parts as far as there are, mixed, each of another mention. Synthetic
    masks come before natural ones, which can tell more later.

    Args:
        gold: of the sample.
        n: at most so many.
        met: masks that the reviewer was handed or has judged.
        seed: the sample's.
        reviewer: name.
    """
    left = _shuffled([each for each in gold if each.can_be_shown and each.mask_id not in met], seed, reviewer)
    right = [each for each in left if each.known is Known.RIGHT]
    natural = [each for each in left if each.known is Known.NATURAL]
    wrong = [*(each for each in left if each.known is Known.SYNTHETIC), *natural]
    chosen: dict[int, GoldMask] = {}
    while len(chosen) < n:
        next_right, next_wrong = _first_apart(right, chosen), _first_apart(wrong, chosen)
        in_turn = (next_wrong, next_right) if len(chosen) % 2 else (next_right, next_wrong)
        mask = in_turn[0] or in_turn[1]
        if mask is None:
            break
        chosen[mask.unit_id] = mask
    if len({each.known is Known.RIGHT for each in chosen.values()}) < 2:
        return ()
    return tuple(_shuffled(chosen.values(), seed, reviewer))


def practice_answer(mask: GoldMask) -> Practice:
    """What a reviewer is told of a practice mask once it is judged.

    >>> right = GoldMask(mask_id="a", unit_id=1, known=Known.RIGHT, can_be_shown=True)
    >>> practice_answer(right).told
    'A lead found it correct.'
    """
    if mask.known is Known.RIGHT:
        return Practice(verdict=Verdict.CORRECT, told="A lead found it correct.")
    if mask.change is not None:
        return Practice(verdict=Verdict.INCORRECT, told=CHANGE_TOLD[Change(mask.change)])
    why = "".join(f" {REASON_WORDING[reason].meaning}" for reason in mask.reasons)
    return Practice(verdict=Verdict.INCORRECT, told=f"A lead found it incorrect.{why}")


def _first_apart(gold: Iterable[GoldMask], units: Container[int]) -> GoldMask | None:
    return next((each for each in gold if each.unit_id not in units), None)


def _shuffled(gold: Iterable[GoldMask], seed: int, reviewer: str) -> Sequence[GoldMask]:
    return sorted(gold, key=lambda each: ticket_of("gold mask", seed, reviewer, each.mask_id))
