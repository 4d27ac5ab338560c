"""Finds what a report says of the population beside the sample."""

from audit.id_patterns import IdPatterns
from audit.jobs.workspace import Workspace
from db.errors import UnreachableError
from db.population_facts import CategorySize, PopulationFacts, load_facts
from db.statistics import Column, Naming, open_statistics
from sampling.estimation.estimate import NoEstimate


def load_population_facts(workspace: Workspace, setting: str) -> PopulationFacts | NoEstimate:
    """Give what a setting's annotations are of, in all splits, or why that is not known any more.

    Counted where the population is; taken from the file of facts where it is kept in place of the population.
    """
    population = workspace.population
    kept = load_facts(population.folder)
    if kept is not None and kept.setting == setting:
        return kept
    record = population.manifest().find(setting)
    if record is None:
        return NoEstimate(reason=f"the population holds no setting {setting} any more")
    patterns = IdPatterns.of(workspace.settings.categories).like
    try:
        with open_statistics(population, record, Naming(categories=patterns)) as statistics:
            counted = statistics.counted(Column.CATEGORY)
    except UnreachableError:
        return NoEstimate(reason=f"the population's files of setting {setting} cannot be read any more")
    return PopulationFacts(
        setting=setting,
        categories=tuple(
            CategorySize(name=each.keys[0], n_annotations=each.n_annotations, n_entities=each.n_entities)
            for each in counted
        ),
    )
