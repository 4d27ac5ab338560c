"""What is said of entities: files of it, and what a workspace holds of it afterwards."""

from pathlib import Path

from db.entities import Entity, load_entities
from db.population import Population


def said_file(tmp_path: Path, *lines: str, name: str = "entities.csv") -> Path:
    file = tmp_path / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def held(workspace: Path) -> list[Entity]:
    return load_entities(Population(workspace / "population"))
