"""What the report's page says in words of a choice."""

from collections import Counter
from collections.abc import Mapping, Sequence

from audit.jobs.gallery_draws import Specimen
from audit.jobs.report_board.choosing import Loosening
from audit.jobs.report_board.mask_filter import Facet
from audit.jobs.report_board.offered import COUNTED, REVIEWED
from audit.jobs.review_state import Outcome
from reports.numbers import count_text, counted_text, words_text

FACET_NAMES = {
    Facet.SPLIT: "Split",
    Facet.CATEGORY: "Category",
    Facet.SOURCE: "Source dataset",
    Facet.SETTING: "Setting",
    Facet.AGAINST: "Differs from",
    Facet.SIZE: "Mask size",
    Facet.OUTCOME: "Outcome",
    Facet.REASON: "Reason",
    Facet.REVIEWER: "Reviewer",
}

OUTCOME_NAMES = {
    Outcome.CORRECT: "Correct",
    Outcome.INCORRECT: "Incorrect",
    Outcome.UNSURE: "Unsure",
    Outcome.MISSING: "No mask",
    Outcome.UNJUDGABLE: "Cannot be judged",
    Outcome.PENDING: "Not judged yet",
    Outcome.DROPPED: "Dropped by its filter",
}

TOGETHER = {REVIEWED: "Reviewed", COUNTED: "Counted in the accuracy"}

NO_VERDICTS = (
    "There are no verdicts yet: judge masks on the first page, or import verdicts with"
    " mask-audit verdicts import. What stands below is of the sample alone."
)


def value_text(facet: Facet, value: str, names: Mapping[str, str]) -> str:
    """The value of a facet as people read it.

    >>> value_text(Facet.OUTCOME, "missing", {})
    'No mask'
    """
    if facet in (Facet.SETTING, Facet.AGAINST):
        return names.get(value, value)
    if facet is Facet.OUTCOME:
        return TOGETHER.get(value) or OUTCOME_NAMES[Outcome[value.upper()]]
    return words_text(value) if facet is Facet.REASON else value


def unknown_text(unknown: Sequence[tuple[Facet, str]]) -> str:
    """What an address asks for that is not in the sample."""
    told = ", ".join(f"{FACET_NAMES[facet].lower()} “{value}”" for facet, value in unknown)
    return f"The address asks for what this sample does not have, which is left out: {told}."


def unknown_sample_text(asked: str, shown: str) -> str:
    """That an address asks for a sample that there is none of, and which is shown instead."""
    return f"The address asks for a sample that is not there, “{asked}”: this is sample “{shown}”."


def found_text(specimens: Sequence[Specimen]) -> str:
    """How many masks are shown, and what became of them."""
    if any(len(each.masks) > 1 for each in specimens):
        told = counted_text(len(specimens), "mention")
        return f"{told} on which the two settings differ; of each, the first setting's mask and the second's."
    found = Counter(each.masks[0].outcome for each in specimens)
    told = ", ".join(
        f"{count_text(found[each])} {what.lower()}" for each, what in OUTCOME_NAMES.items() if found[each]
    )
    return f"{counted_text(len(specimens), 'mask')}: {told}. In an order by chance, always the same."


def loosening_texts(
    found: Sequence[Loosening], values: Mapping[Facet, str], sample: str
) -> tuple[tuple[str, str], ...]:
    """What to loosen where nothing matches: a sentence, and the address that shows what then does."""
    return tuple(
        (
            f"without {FACET_NAMES[each.facet].lower()} “{values[each.facet]}”: {count_text(each.n)}",
            each.loosened.address(sample),
        )
        for each in found
    )
