"""An audit and its bundle, made once: nobody changes them."""

from pathlib import Path

import pytest

from tests.audit.jobs.evidence.bundled import bundle_of, make_audit


@pytest.fixture(scope="session")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which everything was done that a review can do."""
    return make_audit(tmp_path_factory.mktemp("audited"))


@pytest.fixture(scope="session")
def bundle(audit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its bundle, with pseudonyms."""
    return bundle_of(audit, tmp_path_factory.mktemp("bundled") / "evidence.zip").file
