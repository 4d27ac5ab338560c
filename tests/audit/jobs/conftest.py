"""A workspace of its own for every test, and a sample in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import Store
from tests.browser.review_workspace import (
    ReviewSample,
    add_review_sample,
    create_workspace,
    usual_mentions,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The store of a workspace in `tmp_path`."""
    made = create_workspace(tmp_path)
    yield made
    made.close()


@pytest.fixture
def sample(store: Store, tmp_path: Path) -> ReviewSample:
    """Four mentions with two masks each."""
    return add_review_sample(store, tmp_path / "images", usual_mentions(tmp_path / "images"), "first")
