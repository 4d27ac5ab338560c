"""What a sample is to show; it decides in which order the sample is reviewed and what may be said when."""

from enum import StrEnum


class Goal(StrEnum):
    """What a sample is drawn for."""

    DESCRIBE = "describe"
    """The accuracy of a sample of planned size."""
    CERTIFY = "certify"
    """That the accuracy is at least a target, as soon as the verdicts show it."""
    ESTIMATE = "estimate"
    """The accuracy to a wanted half width, with as many verdicts as that takes."""
    COMPARE = "compare"
    """The difference of two settings."""
    TUNE = "tune"
    """Thresholds whose kept masks reach a target."""

    @property
    def is_sequential(self) -> bool:
        """The review may stop where the verdicts say so: units come in a stored order of blocks."""
        return self in (Goal.CERTIFY, Goal.ESTIMATE)
