"""What was drawn: samples, their units and the masks of these."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


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


class WaveKind(StrEnum):
    """By what a wave was drawn."""

    RISK = "risk"
    """By how likely each mask is wrong: unequal probabilities, known for everything that can be drawn."""
    REGION = "region"
    """Inside bounds of some features, or everywhere where it has none; equal probabilities there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleWave:
    """One wave of a sample that is drawn in several.

    Attributes:
        n: units that it drew.
        features: that it was drawn by, as references.
        n_verdicts: that it learned from; 0 for the first.
        start: of kind `RISK`, where the systematic draw began, in [0, 1).
        auc: how well what it learned told wrong units from right ones; None where nothing could be told.
        frame: of kind `RISK`, the SHA-256 of the file of everything that could be drawn, with the
            probabilities of this wave and those before.
        bounds: of kind `REGION`, what it was restricted to, by name.
    """

    kind: WaveKind
    n: int
    features: tuple[str, ...] = ()
    n_verdicts: int = 0
    start: float | None = None
    auc: float | None = None
    frame: str | None = None
    bounds: dict[str, float] = field(default_factory=dict)


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
        waves: that it was drawn in, in order; empty where all is one draw.
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
    waves: tuple[SampleWave, ...] = ()


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
        category: what was said of its entity at the draw, or None.
        source: dataset that the entity comes from, as it was said at the draw, or None.
        images_root: folder or URL that `file_name` is relative to, or None if none was given.
        file_name: None where no file lists the image.
        block: its place in the sample's stored order, from 0; None where any order will do.
        wave: that drew it, from 0; None where all is one draw.
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
    wave: int | None = None
    source: str | None = None


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
