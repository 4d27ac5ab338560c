"""Stores to test on: SQLite always, PostgreSQL where one can be started."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from db.store import Store


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store with its tables laid out."""
    store = Store(store_url)
    store.create()
    yield store
    store.close()
