"""Pushes small samples, without long pauses, and looks at what the server holds then."""

from collections import Counter
from typing import Any

from audit.jobs.label_studio.connection import ServerAddress, connected
from audit.jobs.label_studio.push import PushRequest, push_masks
from audit.jobs.label_studio.pushed import PushResult
from audit.jobs.label_studio.sending import Waiting
from audit.jobs.progress import SILENT
from audit.review.label_studio.server import Patience
from tests.label_studio.server import RunningServer
from tests.label_studio.workspace import SmallAudit

SOON = Waiting(pauses=(0.05, 0.1, 0.3))
IMPATIENT = Patience(read_seconds=20, write_seconds=20, n_retries=0)


def push(
    audit: SmallAudit,
    server: RunningServer,
    *,
    url: str | None = None,
    patience: Patience = IMPATIENT,
    waiting: Waiting = SOON,
    **request: Any,
) -> PushResult:
    """Push a sample; `url` where something stands before the server."""
    address = ServerAddress(url=url or server.url, token=server.token)
    with connected(address, patience) as connection:
        return push_masks(
            audit.workspace, PushRequest(**request), connection, progress=SILENT, waiting=waiting
        )


def tasks_in(server: RunningServer, project: int) -> list[dict[str, Any]]:
    """Every task of a project with its predictions, in the order in which annotators are given them."""
    with server.http_as(server.token) as http:
        query = {"project": project, "fields": "all", "page_size": 1000}
        answer = http.get("/api/tasks/", params=query)
        tasks = answer.raise_for_status().json()["tasks"]
    return sorted(tasks, key=lambda task: task["id"])


def n_tasks_of_masks(server: RunningServer, project: int) -> Counter[str]:
    """How many tasks each mask has in a project."""
    return Counter(task["data"]["item_uid"] for task in tasks_in(server, project))


def once(audit: SmallAudit) -> Counter[str]:
    """One task for each mask of the sample: what ought to be there."""
    return Counter(audit.mask_ids)


def make_project(server: RunningServer, **values: Any) -> int:
    """A project that somebody has made by hand."""
    with server.http_as(server.token) as http:
        return int(http.post("/api/projects/", json=values).raise_for_status().json()["id"])
