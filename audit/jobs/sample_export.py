"""Writes a sample's units as CSV, with everything that recomputing the draw takes."""

from pathlib import Path

from audit.jobs.files import write_csv
from audit.jobs.named_units import named_units
from audit.jobs.workspace import Workspace
from db.records import Sample, Unit
from db.samples import load_sample, load_units

COLUMNS = (
    "sample",
    "annotation_id",
    "entity_id",
    "entity_name",
    "split",
    "category",
    "image_id",
    "file_name",
    "n_annotations_of_entity",
    "n_entities_in_stratum",
    "inclusion_probability",
    "design_weight",
    "entity_weight",
    "annotation_ticket",
    "entity_ticket",
)


def export_sample(workspace: Workspace, file: Path, name: str | None) -> int:
    """Write a sample's units, by split and ticket; give how many they are."""
    with workspace.store.reading() as transaction:
        sample = load_sample(transaction, name)
        units = named_units(load_units(transaction, sample.sample_id), workspace.settings)
    write_csv(file, COLUMNS, (_row(sample, unit) for unit in units))
    return len(units)


def _row(sample: Sample, unit: Unit) -> tuple[object, ...]:
    return (
        sample.name,
        unit.annotation_id,
        unit.entity_id,
        unit.entity_name or "",
        unit.stratum,
        unit.category or "",
        unit.image_id,
        unit.file_name or "",
        unit.n_annotations_of_entity,
        unit.n_entities_in_stratum,
        repr(unit.inclusion_probability),
        repr(unit.design_weight),
        repr(unit.entity_weight),
        unit.annotation_ticket,
        unit.entity_ticket,
    )
