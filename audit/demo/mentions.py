"""What a person saw in the demo's photographs, read from `mentions.toml`: entities, questions and boxes."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from audit.demo.boxes import Box, Piece
from audit.demo.photographs import PHOTOGRAPHS, Photograph


class Split(StrEnum):
    """The dataset's `data_split` that a mention belongs to."""

    ENTITY = "entity_val_seen"
    QUERY = "query_val_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One entity in one photograph.

    Attributes:
        entity_id: Wikidata's where it is known with certainty, plain words elsewhere.
        question: what a person might ask to which the entity is the answer.
        pieces: where the entity is; more than one where it is in several pieces.
    """

    photograph: Photograph
    split: Split
    entity_id: str
    entity_name: str
    question: str
    pieces: tuple[Piece, ...]


def load_mentions() -> tuple[Mention, ...]:
    """Every mention of the demo, in the order of its photographs."""
    text = files("audit.demo").joinpath("mentions.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    photographs = {photograph.file_name: photograph for photograph in PHOTOGRAPHS}
    return tuple(
        Mention(
            photograph=photographs[entry["photograph"]],
            split=Split(entry["split"]),
            entity_id=entry["entity"],
            entity_name=document["entities"][entry["entity"]],
            question=entry["question"],
            pieces=tuple(_piece(boxes) for boxes in entry["pieces"]),
        )
        for entry in document["mentions"]
    )


def _piece(boxes: dict[str, list[int]]) -> Piece:
    return Piece(tight=Box(*boxes["tight"]), loose=Box(*boxes["loose"]))
