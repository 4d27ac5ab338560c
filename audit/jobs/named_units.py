"""Tells the category and the source dataset of units, by what was said of entities and by ids."""

from collections.abc import Sequence
from dataclasses import replace

from audit.id_patterns import IdPatterns
from audit.settings import Settings
from db.records import Unit


def named_units(units: Sequence[Unit], settings: Settings) -> tuple[Unit, ...]:
    """Give units with the category and the source dataset that reports put them under; None is unknown.

    A category is what was said of the entity, else what a pattern says of an id. A source is first what a
    pattern says of the annotation or its image, which may come from elsewhere than others of their entity.
    """
    categories, sources = IdPatterns.of(settings.categories), IdPatterns.of(settings.sources)
    if not categories.patterns and not sources.patterns:
        return tuple(units)
    return tuple(
        replace(unit, category=_category(unit, categories), source=_source(unit, sources)) for unit in units
    )


def _category(unit: Unit, patterns: IdPatterns) -> str | None:
    return unit.category or patterns.name_of(unit.annotation_id, unit.image_id, unit.entity_id)


def _source(unit: Unit, patterns: IdPatterns) -> str | None:
    of_its_own = patterns.name_of(unit.annotation_id, unit.image_id)
    return of_its_own or unit.source or patterns.name_of(unit.entity_id)
