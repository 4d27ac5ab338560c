"""One real server for all tests of a process."""

from collections.abc import Iterator

import pytest

from tests.label_studio.installation import missing_for_label_studio
from tests.label_studio.server import RunningServer, label_studio_server


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A running Label Studio. Tests share it, so each makes projects and annotators of its own."""
    missing = missing_for_label_studio()
    if missing:
        pytest.skip(missing)
    with label_studio_server(tmp_path_factory.mktemp("label-studio")) as server:
        yield server
