"""Finds a population that a bundle's sample may have been drawn from."""

from pathlib import Path

from audit.errors import InputError
from audit.settings import find_workspace, load_settings
from db.population import Population


def population_at_hand(workspace: Path | None) -> Population | None:
    """Give the population of a workspace, whose database is not opened.

    Args:
        workspace: its folder; the nearest one upwards from here where None, if there is any.

    Raises:
        InputError: the one that is named is none.
    """
    if workspace is not None:
        return Population(load_settings(workspace.absolute()).population_folder)
    try:
        return Population(load_settings(find_workspace(Path.cwd())).population_folder)
    except InputError:
        return None
