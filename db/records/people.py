"""Who judges, and what they were given."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.records.verdicts import Purpose, Verdict


class Role(StrEnum):
    """What a person may do."""

    REVIEWER = "reviewer"
    LEAD = "lead"
    """Also settles what reviewers disagree on, and sees how the work goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """A person who judges.

    Attributes:
        role: what the person may do.
        created_at: when the name was made known.
        link_expires_at: when the personal link ends, or None where it has no end or there is no link.
        has_link: whether a personal link was made.
        disabled_at: when the person was shut out, or None.
        practised_at: when the practice round was finished, or None.
    """

    reviewer_id: int
    name: str
    role: Role = Role.REVIEWER
    created_at: datetime
    has_link: bool = False
    link_expires_at: datetime | None = None
    disabled_at: datetime | None = None
    practised_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A mask, or a pair of masks, given to one reviewer to judge.

    Attributes:
        task_id: a mask's id, or a pair's.
        reviewer_id: to whom.
        sample_id: for which sample.
        purpose: what its verdict will be for; fixed here, whatever a browser says.
        position: how many tasks the reviewer was given before it.
        assigned_at: when.
        lease_until: until then nobody else is given it in its place.
    """

    task_id: str
    reviewer_id: int
    sample_id: int
    purpose: Purpose
    position: int
    assigned_at: datetime
    lease_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskReader:
    """Somebody who has read a mask, or holds it to be read.

    Attributes:
        verdict: the reading that stands; None where the mask is held and not yet judged.
        second_probability: of that reading.
    """

    mask_id: str
    reviewer_id: int
    verdict: Verdict | None
    second_probability: float | None
