"""Frozen values that cross the border of the store: what goes in and what comes out.

Nothing here knows SQL or Parquet. Times are timezone-aware UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a reviewer says of one mask."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNSURE = "unsure"


class Reason(StrEnum):
    """Why a mask is incorrect, or why a reviewer cannot say; the ids every front end uses."""

    WRONG_OBJECT = "wrong_object"
    SPILLS_OVER = "spills_over"
    PART_MISSING = "part_missing"
    WHOLE_IMAGE = "whole_image"
    FOREGROUND_BACKGROUND = "foreground_background"
    MERGED_INSTANCES = "merged_instances"
    NOT_VISIBLE = "not_visible"
    IMAGE_UNUSABLE = "image_unusable"
    AMBIGUOUS_QUESTION = "ambiguous_question"


REASONS_OF: dict[Verdict, tuple[Reason, ...]] = {
    Verdict.CORRECT: (),
    Verdict.INCORRECT: (
        Reason.WRONG_OBJECT,
        Reason.SPILLS_OVER,
        Reason.PART_MISSING,
        Reason.WHOLE_IMAGE,
        Reason.FOREGROUND_BACKGROUND,
        Reason.MERGED_INSTANCES,
        Reason.NOT_VISIBLE,
    ),
    Verdict.UNSURE: (Reason.IMAGE_UNUSABLE, Reason.AMBIGUOUS_QUESTION),
}


class MaskState(StrEnum):
    """What one setting made of one unit of the sample."""

    PRESENT = "present"
    """There is a mask; it can be judged unless its image says otherwise."""
    MISSING = "missing"
    """No mask, or an empty one, in a setting that covers every mention: an error without review."""
    DROPPED = "dropped"
    """No mask in a setting that is a filtered subset: outside that setting's population."""
    UNREADABLE = "unreadable"
    """A mask that cannot be decoded: unjudgable."""


class Source(StrEnum):
    """Where a verdict was given."""

    PAGE = "page"
    IMPORT = "import"
    LABEL_STUDIO = "label-studio"


class Role(StrEnum):
    """What a person may do."""

    REVIEWER = "reviewer"
    LEAD = "lead"
    """Also settles what reviewers disagree on, and sees how the work goes."""


class Purpose(StrEnum):
    """What a verdict is for; a reviewer cannot tell the first three apart."""

    READING = "reading"
    """Counts for the estimate."""
    GOLD = "gold"
    """On a mask of known answer: tells how well its reviewer sees, and never counts for the estimate."""
    PRACTICE = "practice"
    """On a mask of known answer, which the reviewer is told afterwards."""
    ADJUDICATION = "adjudication"
    """A lead's, which settles a mask whatever its readings say."""
    PREFERENCE = "preference"
    """Which of two masks of a mention is better; no verdict on either."""


class Preference(StrEnum):
    """Which of two masks of one mention is better."""

    FIRST = "first"
    SECOND = "second"
    SAME = "same"


class OverlayMode(StrEnum):
    """How the mask was drawn when the verdict was given."""

    CONTOUR = "contour"
    FILL = "fill"
    SPOTLIGHT = "spotlight"
    OFF = "off"


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
class Reading:
    """One verdict on one mask as a front end hands it in.

    Attributes:
        mask_id: the mask judged; never "the current one".
        client_key: names this key press for ever; sending it again changes nothing.
        seconds: from the mask painted to the verdict, or None where nobody measured it.
        shown_at: when the mask was painted, or None where nobody measured it.
        guideline_hash: SHA-256 of the guideline in force, or None where there was none.
        flagged: the reviewer wants a lead to look at it.
        sequence: place among the events of its browser, or None where nothing counts them.
        second_probability: the chance, fixed when the verdict was given, that somebody else reads the mask
            again; None where nobody fixed one.
    """

    mask_id: str
    verdict: Verdict
    purpose: Purpose = Purpose.READING
    reasons: tuple[Reason, ...] = ()
    comment: str = ""
    flagged: bool = False
    client_key: str
    sequence: int | None = None
    second_probability: float | None = None
    seconds: float | None = None
    shown_at: datetime | None = None
    decided_at: datetime
    overlay_mode: OverlayMode | None = None
    guideline_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A verdict taken back (undo): the mask is pending again for this reviewer."""

    mask_id: str
    purpose: Purpose = Purpose.READING
    client_key: str
    sequence: int | None = None
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingVerdict:
    """The verdict of one reviewer on one mask that nothing has superseded."""

    mask_id: str
    reviewer: str
    verdict: Verdict
    purpose: Purpose = Purpose.READING
    reasons: tuple[Reason, ...]
    comment: str
    flagged: bool = False
    seconds: float | None
    decided_at: datetime
    source: Source
    guideline_hash: str | None
    second_probability: float | None = None


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
class SyntheticMask:
    """A mask made wrong on purpose out of one that is known to be correct.

    Attributes:
        mask_id: of the wrong mask.
        made_from: the correct one.
        change: what was done to it ("shifted").
        iou: of the two, in [0, 0.5).
    """

    mask_id: str
    made_from: str
    change: str
    iou: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceReading:
    """Which of two masks one reviewer found better, as a front end hands it in; None takes it back.

    Attributes:
        mask_ids: the first and the second mask, in order of their ids.
        shown_left: which of them was at the left, or came first.
    """

    mask_ids: tuple[str, str]
    preference: Preference | None
    shown_left: Preference
    comment: str = ""
    flagged: bool = False
    client_key: str
    sequence: int | None = None
    seconds: float | None = None
    shown_at: datetime | None = None
    decided_at: datetime
    guideline_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPreference:
    """What one reviewer says of a pair of masks, superseded by nothing."""

    mask_ids: tuple[str, str]
    reviewer: str
    preference: Preference
    comment: str
    flagged: bool
    seconds: float | None
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One split of a sample: how many were drawn, out of how many.

    Attributes:
        n_first: entities (or annotations) of the first draw: the mixture that a claim is about.
    """

    split: str
    n_units: int
    n_entities_drawn: int
    n_entities: int
    n_annotations: int
    n_first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFile:
    """One source file of the frame as it was when the sample was drawn."""

    file: str
    fingerprint: str
    n_annotations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingSizes:
    """The entities that phase 1 put into one split of a contrast, summed up.

    Attributes:
        n_differing: Σ d_e, their differing mentions in all splits.
        entity_parts: Σ d_e/N_e, the differing mentions as parts of their entities.
    """

    n_differing: int
    entity_parts: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Two settings of which only the mentions whose masks differ were drawn.

    Attributes:
        n_annotations: annotations of the whole frame, alike ones included.
        n_entities: entities of the whole frame.
        n_differing: annotations whose masks differ.
        sizes: split → what phase 1 put there; known without a verdict.
    """

    a: str
    b: str
    n_annotations: int
    n_entities: int
    n_differing: int
    sizes: dict[str, DifferingSizes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A drawn sample: how it was drawn, from what, and its strata.

    Attributes:
        unit: "entity" or "annotation".
        across: "splits" or "within-split".
        per_entity: annotations taken of each drawn entity.
        allocation: what was asked, as text for people ("entity=1400, query=400, wiki=200").
        fixed: sizes that were fixed while the rest was shared out.
        frame: the setting drawn from.
        population_fingerprint: SHA-256 over the frame's files and their contents.
        allocation_rule: how a size is shared out when the sample grows ("power:0.5").
        size_measure: "none", or "sqrt" where entities were drawn in proportion to √N_e.
        goal: what the sample is to show ("certify").
        target: the accuracy to certify, where that is the goal.
        margin: the half width to reach, where that is the goal.
    """

    sample_id: int
    name: str
    seed: int
    unit: str
    across: str
    per_entity: int
    allocation: str
    fixed: dict[str, int]
    frame: str
    population_fingerprint: str
    frame_files: tuple[FrameFile, ...]
    created_at: datetime
    allocation_rule: str
    size_measure: str
    goal: str
    target: float | None
    margin: float | None
    contrast: Contrast | None
    strata: tuple[Stratum, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSetting:
    """One setting that a sample holds the masks of.

    Attributes:
        fingerprint: of the setting's files when its masks were copied.
    """

    setting: str
    reference: str | None
    model: str | None
    is_subset: bool
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One sampled mention: an annotation seen as "this region is this entity".

    Attributes:
        mention_id: under which every setting of the population knows this mention; a made-up annotation id
            alone would not do.
        stratum: the split its entity was drawn in.
        images_root: folder or URL that `file_name` is relative to, or None if none was given.
        file_name: None where no file lists the image.
        block: its place in the sample's stored order, from 0; None where any order will do.
    """

    unit_id: int
    annotation_id: str
    mention_id: str
    entity_id: str
    entity_name: str | None
    stratum: str
    category: str | None
    image_id: str
    images_root: str | None
    file_name: str | None
    question: str | None
    n_annotations_of_entity: int
    n_entities_in_stratum: int
    inclusion_probability: float
    design_weight: float
    entity_weight: float
    annotation_ticket: str
    entity_ticket: str
    block: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """One distinct mask of one mention; several settings, and several samples, may hold it.

    Attributes:
        mask_id: opaque to reviewers; tells neither setting nor mention.
        height: pixels.
        width: pixels.
        parts: compressed COCO `counts` of each part; their union is the mask.
        unjudgable: why it cannot be shown, or None.
    """

    mask_id: str
    height: int
    width: int
    parts: tuple[bytes, ...]
    area: int
    unjudgable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMask:
    """What one setting made of one unit."""

    unit_id: int
    setting: str
    state: MaskState
    mask_id: str | None
