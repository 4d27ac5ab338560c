"""What a page is told once, when it is opened: what is done there, its keys, its guideline, where to go."""

from dataclasses import dataclass
from enum import StrEnum

from audit.review.guideline import Guideline
from audit.review.key_bindings import Binding


class DeskKind(StrEnum):
    """What is done at a desk."""

    REVIEW = "review"
    """A reviewer reads masks; some of them, unmarked, are of known answer."""
    SETTLE = "settle"
    """A lead settles masks on which reviewers disagree."""
    COMPARE = "compare"
    """A reviewer says which of two masks of a mention is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Another page of this server; `href` is relative to this one."""

    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a page is told once.

    Attributes:
        bindings: what can be done here, and by which keys.
        hand: the one that holds the mouse, "right" or "left".
        guideline: None where there is none to read.
        n_practice: masks of known answer that the reviewer judges first; None where there are none.
        links: where else this person may go.
    """

    kind: DeskKind
    bindings: tuple[Binding, ...]
    hand: str
    guideline: Guideline | None
    n_practice: int | None
    links: tuple[Link, ...]
