"""Looks up single annotations of the population: who they are, and what mask each setting made of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from db.entities import view_entities
from db.manifest import SettingRecord, SourceRecord
from db.population import ANNOTATIONS_FILE, CATEGORIES_FILE, IMAGES_FILE, Population, query_engine

_MEMORY = "500MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One annotation of a frame, without its mask.

    Attributes:
        mention_id: what the rows of other settings carry that show the same mention.
        entity_name: what its annotation file calls the entity, for which the mask was made; else what
            `entities` calls it, or None.
        category: what `entities` says, which was said on purpose; else the supercategory of its category, or
            None.
        source: what `entities` says of the entity, or None.
    """

    annotation_id: str
    mention_id: str
    entity_id: str | None
    entity_name: str | None
    category: str | None
    source: str | None
    split: str
    image_id: str | None
    images_root: str | None
    file_name: str | None
    question: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationMask:
    """What one setting made of one mention, as the population holds it.

    Attributes:
        parts: compressed COCO counts of each part, none where the mask is empty, or None where it cannot be
            read.
    """

    mention_id: str
    height: int | None
    width: int | None
    parts: tuple[bytes, ...] | None
    parts_area: int | None


_MENTIONS = """
SELECT a.annotation_id, a.mention_id, a.category_id, coalesce(nullif(trim(c.name), ''), e.name),
       coalesce(e.category, c.supercategory), e.source, a.split, a.image_id, i.file_name, a.question
FROM (
    SELECT * FROM read_parquet($annotations) WHERE annotation_id IN (SELECT unnest($ids))
) AS a
LEFT JOIN read_parquet($images) AS i USING (image_id)
LEFT JOIN read_parquet($categories) AS c USING (category_id)
LEFT JOIN entities AS e ON e.entity_id = a.category_id
ORDER BY a.annotation_id
"""

_MASKS = """
SELECT mention_id, height, width, parts, parts_area
FROM read_parquet($annotations) WHERE mention_id IN (SELECT unnest($ids))
"""


def load_mentions(
    population: Population, setting: SettingRecord, annotation_ids: Sequence[str]
) -> list[Mention]:
    """Give the mentions of a setting with these annotation ids, in no promised order."""
    return [
        mention
        for source in setting.sources
        for mention in _mentions_of(population.folder, source, annotation_ids)
    ]


def load_setting_masks(
    population: Population, setting: SettingRecord, mention_ids: Sequence[str]
) -> list[PopulationMask]:
    """Give what a setting made of these mentions; a mention that it does not have is left out."""
    files = population.files(setting, ANNOTATIONS_FILE)
    with query_engine(memory=_MEMORY) as connection:
        rows = connection.execute(_MASKS, {"annotations": files, "ids": list(mention_ids)}).fetchall()
    return [
        PopulationMask(
            mention_id=mention_id,
            height=height,
            width=width,
            parts=None if parts is None else tuple(bytes(part) for part in parts),
            parts_area=parts_area,
        )
        for mention_id, height, width, parts, parts_area in rows
    ]


def _mentions_of(folder: Path, source: SourceRecord, annotation_ids: Sequence[str]) -> Iterator[Mention]:
    place = folder / source.folder
    with query_engine(memory=_MEMORY) as connection:
        view_entities(connection, folder)
        rows = connection.execute(
            _MENTIONS,
            {
                "annotations": str(place / ANNOTATIONS_FILE),
                "images": str(place / IMAGES_FILE),
                "categories": str(place / CATEGORIES_FILE),
                "ids": list(annotation_ids),
            },
        ).fetchall()
    for (
        annotation_id,
        mention_id,
        category_id,
        name,
        category,
        source_name,
        split,
        image_id,
        file_name,
        question,
    ) in rows:
        yield Mention(
            annotation_id=annotation_id,
            mention_id=mention_id,
            entity_id=category_id,
            entity_name=name,
            category=category,
            source=source_name,
            split=split,
            image_id=image_id,
            images_root=source.images_root,
            file_name=file_name,
            question=question,
        )
