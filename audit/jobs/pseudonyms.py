"""What reviewers are called in what leaves the workspace: `reviewer-1` and so on, or their names."""

from collections.abc import Iterable
from enum import StrEnum

from db.reviewers import load_names_by_first_entry
from db.store import Store


class ReviewerNames(StrEnum):
    """What stands for a reviewer in a file for others."""

    PSEUDONYMS = "pseudonyms"
    REAL = "real"


def load_shown_names(store: Store, shown: ReviewerNames) -> dict[str, str]:
    """Give what each reviewer of a workspace is to be called.

    Pseudonyms are numbered over the whole workspace in the order of first entries. The journals only grow, so
    whoever has said anything keeps theirs, in every sample and at every time.
    """
    with store.reading() as transaction:
        names = load_names_by_first_entry(transaction)
    return pseudonyms(names) if shown is ReviewerNames.PSEUDONYMS else {name: name for name in names}


def pseudonyms(names: Iterable[str]) -> dict[str, str]:
    """Give a pseudonym to each name, by its place; it tells nothing else of the name.

    >>> pseudonyms(["Zoe", "reviewer-1"])
    {'Zoe': 'reviewer-1', 'reviewer-1': 'reviewer-2'}
    """
    return {name: f"reviewer-{place}" for place, name in enumerate(dict.fromkeys(names), start=1)}
