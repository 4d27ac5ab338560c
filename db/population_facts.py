"""What a report says of the population beside the sample, and a small file that keeps it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from db.errors import UnreachableError

FACTS_FILE = "facts.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategorySize:
    """How much of a setting is of one category.

    Attributes:
        name: None where the category is not known.
        n_entities: different ones; one whose annotations are of several categories counts in each.
    """

    name: str | None
    n_annotations: int
    n_entities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationFacts:
    """What a setting's annotations are of; each category once."""

    setting: str
    categories: tuple[CategorySize, ...]


def save_facts(folder: Path, facts: PopulationFacts) -> None:
    """Keep facts in the folder of a population that is to hold no annotations."""
    text = json.dumps(asdict(facts), ensure_ascii=False, indent=2) + "\n"
    (folder / FACTS_FILE).write_text(text, encoding="utf-8")


def load_facts(folder: Path) -> PopulationFacts | None:
    """Give the facts that were kept in a folder, or None; raise UnreachableError where they are damaged."""
    file = folder / FACTS_FILE
    if not file.exists():
        return None
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        categories = tuple(CategorySize(**each) for each in found.pop("categories"))
        return PopulationFacts(categories=categories, **found)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise UnreachableError(f"{file} is damaged ({error}): take another copy of it") from error
