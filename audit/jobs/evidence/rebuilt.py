"""Makes a workspace of what a bundle holds: its rows, its settings, what it says of the population."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from audit.jobs.evidence.guideline_file import GUIDELINE_FILE
from audit.jobs.evidence.population_files import POPULATION_FOLDER
from audit.jobs.evidence.settings_file import load_settings_file
from audit.jobs.named_units import named_units
from audit.jobs.review_state import ReviewState, load_review_state
from audit.jobs.workspace import Workspace
from db.evidence import Row, add_evidence
from db.population import Population
from db.store import Store


@contextmanager
def rebuilt_workspace(folder: Path, rows: Mapping[str, Sequence[Row]]) -> Iterator[Workspace]:
    """Give a workspace of the files of a bundle and of rows; it is gone afterwards, with all that it wrote.

    Args:
        folder: of the unpacked bundle, or of one that is being made; nothing is written there.
        rows: by table.

    Raises:
        InputError: a setting is unknown or does not fit.
        StoreError: the rows do not fit together.
    """
    with TemporaryDirectory(prefix="mask-audit-") as place:
        settings = load_settings_file(folder, Path(place))
        if (folder / GUIDELINE_FILE).is_file():
            copyfile(folder / GUIDELINE_FILE, settings.guideline_file)
        store = Store(settings.database_url)
        try:
            store.create()
            with store.transaction() as transaction:
                add_evidence(transaction, rows)
            yield Workspace(settings=settings, store=store, population=Population(folder / POPULATION_FOLDER))
        finally:
            store.close()


def load_rebuilt_state(workspace: Workspace, sample: str | None) -> ReviewState:
    """Give the state of a sample, with the categories and sources that reports put its units under."""
    state = load_review_state(workspace.store, sample, workspace.settlement)
    return replace(state, units=named_units(state.units, workspace.settings))
