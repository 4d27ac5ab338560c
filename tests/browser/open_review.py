"""A review that is served to others: real workspace, real server, people who sign in."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audit.jobs.people import add_person, disable_person
from audit.jobs.serve import ServeRequest, review_command, review_environment, wait_until_it_answers
from audit.settings import Settings, load_settings
from db.records import Role
from db.reviews import load_standing
from db.store import Store
from tests.browser.review_workspace import (
    ReviewSample,
    add_review_sample,
    create_workspace,
    usual_mentions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReview:
    """A page that asks for a sign-in, and what its server logs."""

    request: ServeRequest
    store: Store
    sample: ReviewSample
    log: Path

    @property
    def settings(self) -> Settings:
        return load_settings(self.request.workspace)

    @property
    def address(self) -> str:
        return self.request.address

    def add(self, name: str, role: Role | None = None, *, now: datetime | None = None) -> str | None:
        """Add somebody, with a link of nine days where links let people in; give its token."""
        now = now or datetime.now(UTC)
        return add_person(self.store, self.settings, name, role=role, days=9, now=now).token

    def link(self, name: str = "Ann", role: Role | None = None, *, now: datetime | None = None) -> str:
        """Add somebody; give their personal link."""
        return f"{self.address}/?link={self.add(name, role, now=now)}"

    def disable(self, name: str) -> None:
        disable_person(self.store, name, datetime.now(UTC))

    def reviewers(self) -> set[str]:
        """Who has a standing verdict."""
        with self.store.reading() as transaction:
            return {each.reviewer for each in load_standing(transaction, self.sample.sample.sample_id)}


@contextmanager
def open_review(request: ServeRequest, log: Path) -> Iterator[OpenReview]:
    """Lay out the workspace that the request names, with masks enough for several people, and serve it."""
    folder = request.workspace
    store = create_workspace(folder)
    sample = add_review_sample(store, folder / "images", 5 * usual_mentions(folder / "images"), "main")
    try:
        with serving(review_command(request), review_environment(request), request, log):
            yield OpenReview(request=request, store=store, sample=sample, log=log)
    finally:
        store.close()


@contextmanager
def serving(
    command: list[str], environment: dict[str, str], request: ServeRequest, log: Path
) -> Iterator[None]:
    """Run a page's server, whose output goes to a file."""
    with log.open("wb") as file:
        server = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
    try:
        wait_until_it_answers(server, request)
        yield
    finally:
        server.kill()
        server.wait()


def told(page: Any) -> str:
    """What the page says instead of showing masks."""
    page.wait_for_selector('[data-testid="stAlert"]')
    assert page.query_selector(".desk") is None
    return str(page.inner_text('[data-testid="stAlert"]'))
