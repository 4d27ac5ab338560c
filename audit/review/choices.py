"""The words in which reviewers meet verdicts, reasons and preferences, for every front end alike."""

from dataclasses import dataclass
from enum import StrEnum

from db.records import Reason, Verdict


class Side(StrEnum):
    """Which of two masks is better, as they were shown."""

    LEFT = "left"
    SAME = "same"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A choice in words: a short label, and a sentence that says when it holds."""

    label: str
    meaning: str


VERDICT_WORDING: dict[Verdict, Wording] = {
    Verdict.CORRECT: Wording(label="Correct", meaning="The named thing, all of it and nothing else."),
    Verdict.INCORRECT: Wording(label="Incorrect", meaning="Another thing, or an outline that needs repair."),
    Verdict.UNSURE: Wording(label="Unsure", meaning="The image or the question lets nobody decide."),
}

REASON_WORDING: dict[Reason, Wording] = {
    Reason.WRONG_OBJECT: Wording(label="Wrong object", meaning="It highlights something else."),
    Reason.SPILLS_OVER: Wording(label="Spills over", meaning="It takes in more than the named thing."),
    Reason.PART_MISSING: Wording(label="Part missing", meaning="It leaves out a part of the named thing."),
    Reason.WHOLE_IMAGE: Wording(
        label="Whole image", meaning="The whole image where an object was meant, or the reverse."
    ),
    Reason.FOREGROUND_BACKGROUND: Wording(
        label="Inside out", meaning="Foreground and background are swapped."
    ),
    Reason.MERGED_INSTANCES: Wording(
        label="Merged", meaning="Several things are merged, or the wrong one of several is taken."
    ),
    Reason.NOT_VISIBLE: Wording(label="Not in image", meaning="The named thing is not in the image."),
    Reason.IMAGE_UNUSABLE: Wording(
        label="Image unusable", meaning="Too small, dark or blurred to tell anything."
    ),
    Reason.AMBIGUOUS_QUESTION: Wording(
        label="Ambiguous", meaning="The name or the question can mean several things."
    ),
}

PREFERENCE_WORDING: dict[Side, Wording] = {
    Side.LEFT: Wording(label="Left", meaning="The left outline needs less repair."),
    Side.SAME: Wording(label="The same", meaning="Neither is better than the other."),
    Side.RIGHT: Wording(label="Right", meaning="The right outline needs less repair."),
}
