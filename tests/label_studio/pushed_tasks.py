"""Which task of a project shows which mask, as the server says."""

from tests.label_studio.server import RunningServer


def tasks_by_mask(running: RunningServer, project: int) -> dict[str, int]:
    """The mask's id of each task of a project → the task's number, in the order of the tasks."""
    asked: dict[str, str | int] = {"project": project, "fields": "all", "page_size": 5000}
    with running.http_as(running.token) as http:
        tasks = http.get("/api/tasks/", params=asked).raise_for_status().json()["tasks"]
    return {task["data"]["item_uid"]: task["id"] for task in sorted(tasks, key=lambda each: each["id"])}
