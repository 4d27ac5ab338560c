"""What is known of how good the masks are that a rule set keeps."""

from dataclasses import dataclass
from datetime import date

from audit.rules.keys import Form, Key

EVIDENCE: tuple[Key, ...] = (
    Key(
        name="target",
        form=Form.NUMBER,
        is_required=True,
        lowest=0,
        highest=1,
        means="Accuracy that the kept masks have at least.",
    ),
    Key(
        name="confidence",
        form=Form.NUMBER,
        is_required=True,
        lowest=0,
        highest=1,
        means="How sure that is.",
    ),
    Key(name="estimand", form=Form.TEXT, is_required=True, means="What the accuracy is of."),
    Key(name="settings", form=Form.TEXTS, is_required=True, means="Settings whose verdicts certify."),
    Key(name="sample", form=Form.TEXT, is_required=True, means="Sample that the verdicts are of."),
    Key(
        name="seed",
        form=Form.COUNT,
        is_required=True,
        lowest=0,
        means="Seed that parted the verdicts that choose from those that certify.",
    ),
    Key(
        name="n_learning",
        form=Form.COUNT,
        is_required=True,
        lowest=0,
        means="Verdicts that chose the thresholds.",
    ),
    Key(
        name="n_certifying",
        form=Form.COUNT,
        is_required=True,
        lowest=0,
        means="Verdicts that certify them.",
    ),
    Key(name="n_kept", form=Form.COUNT, is_required=True, lowest=0, means="Of these, on kept masks."),
    Key(
        name="n_errors",
        form=Form.COUNT,
        is_required=True,
        lowest=0,
        means="Of these, that found the mask incorrect.",
    ),
    Key(
        name="n_effective",
        form=Form.NUMBER,
        lowest=0,
        means="Verdicts of equal weight that would say as much; absent where all weigh the same.",
    ),
    Key(
        name="p_value",
        form=Form.NUMBER,
        is_required=True,
        lowest=0,
        highest=1,
        means="Of the test that the accuracy is under the target.",
    ),
    Key(
        name="accuracy",
        form=Form.NUMBER,
        lowest=0,
        highest=1,
        means="Estimated accuracy of the kept masks.",
    ),
    Key(
        name="share_kept",
        form=Form.NUMBER,
        is_required=True,
        lowest=0,
        highest=1,
        means="Share of the population that is kept.",
    ),
    Key(
        name="n_outside",
        form=Form.COUNT,
        default=0,
        lowest=0,
        means="Masks that the sample could not have drawn: nothing is certified of them.",
    ),
    Key(
        name="n_pending",
        form=Form.COUNT,
        default=0,
        lowest=0,
        means="Masks of the sample that nobody had judged yet.",
    ),
    Key(
        name="base_sample",
        form=Form.TEXT,
        means="Sample whose verdicts chose the rules before the thresholds; absent where none did.",
    ),
    Key(name="made_on", form=Form.DATE, is_required=True, means="Day."),
    Key(
        name="features_version",
        form=Form.COUNT,
        is_required=True,
        lowest=1,
        means="Version of the catalogue of features.",
    ),
)
"""The keys of `[evidence]` in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the thresholds of a rule set were certified by.

    The attributes are the keys of `EVIDENCE`, which says what each is.
    """

    target: float
    confidence: float
    estimand: str
    settings: tuple[str, ...]
    sample: str
    seed: int
    n_learning: int
    n_certifying: int
    n_kept: int
    n_errors: int
    n_effective: float | None = None
    p_value: float
    accuracy: float | None = None
    share_kept: float
    n_outside: int = 0
    n_pending: int = 0
    base_sample: str | None = None
    made_on: date
    features_version: int
