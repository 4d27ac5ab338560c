"""Removes a sample, and the file of what it was drawn from where it was drawn by risk."""

from audit.jobs.risk.first_wave import frame_of, frames_named
from audit.jobs.workspace import Workspace
from db.risk_frames import remove_other_risk_frames
from db.samples import load_sample, remove_sample


def remove(workspace: Workspace, name: str) -> int:
    """Remove a sample but not its verdicts, and give how many units it had.

    Raises:
        StoreError: there is no such sample, or it was drawn by risk and another command is writing to the
            population.
    """
    with workspace.store.reading() as transaction:
        sample = load_sample(transaction, name)
    if frame_of(sample) is None:
        return _remove(workspace, name)
    with workspace.population.staging():
        n_units = _remove(workspace, name)
        remove_other_risk_frames(workspace.population, frames_named(workspace.store))
    return n_units


def _remove(workspace: Workspace, name: str) -> int:
    with workspace.store.transaction() as transaction:
        return remove_sample(transaction, name)
