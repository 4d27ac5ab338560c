"""The columns of the table of verdicts, and what each of them means."""

from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """What a column holds."""

    TEXT = "text"
    TEXTS = "list of texts"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "true or false"
    TIME = "time in UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        unit: of its numbers; empty where there is none.
        meaning: sentences in plain words.
    """

    name: str
    type: ColumnType
    unit: str = ""
    meaning: str


def _text(name: str, meaning: str) -> Column:
    return Column(name=name, type=ColumnType.TEXT, meaning=meaning)


def _weight(name: str, meaning: str) -> Column:
    return Column(name=name, type=ColumnType.NUMBER, meaning=meaning)


COLUMNS = (
    _text("sample", "The sample's name."),
    _text(
        "annotation_id",
        "The annotation that was drawn, by its id in the files. With `setting` it names a unit: what one way"
        " of making masks made of one annotation.",
    ),
    _text("setting", "The way in which the mask was made."),
    _text("reference", "The text that the setting's masks were made from, where that is known."),
    _text("model", "The model that made them, where that is known."),
    _text(
        "mask_id",
        "Names the mask. Settings that made the same pixels of an annotation share it, and its readings."
        " Empty: there is no mask.",
    ),
    Column(name="mask_area", type=ColumnType.INTEGER, unit="pixels", meaning="How large the mask is."),
    _text(
        "outcome",
        "What became of the unit once everybody's verdicts are settled: correct, incorrect; unsure; missing"
        " (no mask where there should be one: counts as incorrect); unjudgable (it cannot be shown); pending"
        " (no verdict yet); dropped (left out of a filtered setting on purpose).",
    ),
    Column(
        name="outcome_reasons",
        type=ColumnType.TEXTS,
        meaning="The reasons of all verdicts that agree with the outcome; may be empty.",
    ),
    _text(
        "reviewer",
        "Who gave the verdict of this row: the same person throughout; a pseudonym unless names were asked"
        " for. Empty, as everything of the verdict is, in a row of a unit without one.",
    ),
    _text("verdict", "What this reviewer says: correct, incorrect or unsure."),
    Column(
        name="reasons", type=ColumnType.TEXTS, meaning="The reasons that this reviewer names; may be empty."
    ),
    _text(
        "purpose", "What the verdict is for: a reading, or an adjudication, by which a lead settles the mask."
    ),
    Column(name="flagged", type=ColumnType.FLAG, meaning="The reviewer wants a lead to look at the mask."),
    Column(name="decided_at", type=ColumnType.TIME, meaning="When the verdict was given."),
    Column(
        name="seconds",
        type=ColumnType.NUMBER,
        unit="seconds",
        meaning="From the mask shown to the verdict, where that was measured.",
    ),
    _text("verdict_source", "Where the verdict was given: page, import or label-studio."),
    _text("split", "The part of the dataset that the annotation's entity was drawn in."),
    _text("category", "The kind of thing that the mask is to show, where that is known."),
    _text("source_dataset", "The dataset that the annotation comes from, where that is known."),
    _text("entity_id", "What the mask is to show, by its id in the files."),
    _text("entity_name", "Its name, where that is known."),
    _text("image_id", "The photograph, by its id in the files."),
    _text("file_name", "The photograph's file, where that is known."),
    _text("question", "The question that the annotation answers, where it has one."),
    Column(
        name="n_annotations_of_entity",
        type=ColumnType.INTEGER,
        unit="annotations",
        meaning="How many annotations the entity has in what was drawn from (N_e).",
    ),
    Column(
        name="n_entities_in_stratum",
        type=ColumnType.INTEGER,
        unit="entities",
        meaning="How many entities could be drawn in the split (M_h).",
    ),
    _weight("inclusion_probability", "The chance with which the annotation came into the sample."),
    _weight(
        "mix_weight",
        "What the unit counts where every split counts as the sample was allocated. An accuracy without a"
        " word is this one.",
    ),
    _weight("entity_weight", "What it counts where every entity counts once: the entities it stands for."),
    _weight(
        "design_weight", "What it counts where every annotation counts once: the annotations it stands for."
    ),
)
"""In the order in which they stand; null is what nobody knows or said."""
