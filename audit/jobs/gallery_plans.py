"""Plans the galleries of a report: which there are, what each may show, and how many pictures that takes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from audit.jobs.gallery_draws import (
    Specimen,
    discordant_pairs,
    distinct_wrong_masks,
    right_masks,
    wrong_masks,
)
from audit.jobs.review_state import Outcome, ReviewState
from db.records import Reason
from reports.numbers import count_text, words_text
from sampling.comparison.family import all_pairs

EXAMPLES_OF_REASON = 2
"""That the gallery of typical failures shows at most."""

MOST_PAIRS = 8
"""Pairs of settings that have a gallery of their own at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPlan:
    """A gallery before anything is drawn.

    Attributes:
        kind: what its things are, in the plural.
        specimens: that are to be shown, the most wanted first.
        n: how many there are to choose from.
        choice: which of them are shown, where not all are.
        headings: what stands above each specimen; empty where nothing does.
        remark: what else its caption says.
    """

    key: str
    title: str
    kind: str
    specimens: tuple[Specimen, ...]
    n: int
    choice: str = "those with the smallest tickets"
    headings: tuple[str, ...] = ()
    remark: str = ""


def plan_failures(state: ReviewState, n_each: int) -> Iterator[GalleryPlan]:
    """Give the gallery of typical failures, if anybody gave a reason."""
    n_examples = min(n_each, EXAMPLES_OF_REASON)
    wrong = distinct_wrong_masks(state)
    n_named = Counter(reason for specimen in wrong for reason in specimen.masks[0].reasons)
    examples = _examples(wrong, [reason for reason, _ in n_named.most_common()], n_examples)
    if not examples:
        return
    n_without = sum(not specimen.masks[0].reasons for specimen in wrong)
    unexplained = f" No reason was given for {count_text(n_without)}." if n_without else ""
    yield GalleryPlan(
        key="failures",
        title="Typical failures",
        kind="Masks judged incorrect",
        specimens=tuple(examples),
        n=len(wrong),
        headings=tuple(
            f"{words_text(reason).capitalize()}: {count_text(n_named[reason])} of {count_text(len(wrong))}"
            for reason in examples.values()
        ),
        choice=f"of each reason at most {n_examples}, those with the smallest tickets",
        remark=(
            " The most frequent reason comes first; a mask may have several, and one that several settings"
            f" made counts once.{unexplained}"
        ),
    )


def _examples(
    wrong: Sequence[Specimen], reasons: Sequence[Reason], n_examples: int
) -> dict[Specimen, Reason]:
    """Of each reason the first masks of mentions that stand for no reason before it."""
    found: dict[Specimen, Reason] = {}
    mentions: set[int] = set()
    for reason in reasons:
        fresh = (
            each for each in wrong if reason in each.masks[0].reasons and each.unit.unit_id not in mentions
        )
        for example in islice(fresh, n_examples):
            mentions.add(example.unit.unit_id)
            found[example] = reason
    return found


def plan_verdicts(state: ReviewState, names: Mapping[str, str], n_each: int) -> Iterator[GalleryPlan]:
    """Give of every setting the gallery of its wrong masks, then that of its right ones."""
    for number, setting in enumerate(state.masks_made, start=1):
        wrong, right = wrong_masks(state, setting), right_masks(state, setting)
        yield GalleryPlan(
            key=f"wrong-{number}",
            title=f"Wrong masks: {names[setting]}",
            kind="Masks judged incorrect",
            specimens=wrong[:n_each],
            n=len(wrong),
            remark=_missing_text(sum(each is Outcome.MISSING for each in state.outcomes[setting])),
        )
        yield GalleryPlan(
            key=f"right-{number}",
            title=f"Right masks: {names[setting]}",
            kind="Masks judged correct",
            specimens=right[:n_each],
            n=len(right),
        )


def plan_discordant(state: ReviewState, names: Mapping[str, str], n_each: int) -> Iterator[GalleryPlan]:
    """Give of every two settings the gallery of the mentions that they were judged differently on."""
    numbers = {setting: number for number, setting in enumerate(state.masks_made, start=1)}
    for a, b in all_pairs(list(state.masks_made)):
        pairs = discordant_pairs(state, a, b)
        n_for_a = sum(pair.masks[0].outcome is Outcome.CORRECT for pair in pairs)
        yield GalleryPlan(
            key=f"discordant-{numbers[a]}-{numbers[b]}",
            title=f"Judged differently: {names[a]} and {names[b]}",
            kind="Mentions of which one mask is right and the other wrong or missing",
            specimens=pairs[:n_each],
            n=len(pairs),
            remark=(
                f" {names[a]}, shown first, is right on {count_text(n_for_a)}, and {names[b]} on"
                f" {count_text(len(pairs) - n_for_a)}."
            ),
        )


def most_discordant(plans: Sequence[GalleryPlan]) -> tuple[GalleryPlan, ...]:
    """Keep of the galleries of pairs those with the most mentions to choose from, in their order."""
    largest = sorted((plan for plan in plans if plan.n), key=lambda plan: -plan.n)[:MOST_PAIRS]
    return tuple(plan for plan in plans if plan in largest)


def affordable(plans: Sequence[GalleryPlan], most_pictures: int) -> list[GalleryPlan]:
    """Shorten galleries to so many different pictures: each shows one thing before any shows a second."""
    pictures: set[object] = set()
    n_shown = [0] * len(plans)
    for place in range(max((len(plan.specimens) for plan in plans), default=0)):
        for number, plan in enumerate(plans):
            if place >= len(plan.specimens):
                continue
            wanted = pictures | plan.specimens[place].pictures
            if len(wanted) > most_pictures:
                return [_shortened(plan, n) for plan, n in zip(plans, n_shown, strict=True)]
            pictures, n_shown[number] = wanted, place + 1
    return list(plans)


def _shortened(plan: GalleryPlan, n: int) -> GalleryPlan:
    return replace(plan, specimens=plan.specimens[:n], headings=plan.headings[:n])


def _missing_text(n_missing: int) -> str:
    if n_missing == 0:
        return ""
    return f" Mentions without a mask, which are wrong too and have none to show: {count_text(n_missing)}."
