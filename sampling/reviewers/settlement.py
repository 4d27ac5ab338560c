"""What a unit is taken for where its reviewers disagree."""

from enum import StrEnum


class Settlement(StrEnum):
    """What settles a unit on which reviewers disagree; a lead's verdict does under every policy."""

    MAJORITY = "majority"
    """What most reviewers say; without a majority it is unsure, and disputed."""
    UNANIMOUS = "unanimous"
    """Unsure, and disputed."""
    ADJUDICATED = "adjudicated"
    """Pending, and disputed."""
    DAWID_SKENE = "dawid-skene"
    """What is most likely, by Dawid and Skene's model of each reviewer's errors."""
