"""A project with tasks as a push makes them, what people do there, and what the server says of it itself."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from audit.review.label_studio.config import config_hash, labeling_config
from audit.review.label_studio.server import LabelStudioServer, Patience
from audit.review.label_studio.tasks import data_hash
from db.label_studio import (
    ensure_project,
    load_annotations,
    load_projects,
    put_config_hash,
    put_tasks,
)
from db.records import PushedTask, Source, StandingVerdict
from db.reviews import load_standing
from tests.label_studio.server import Annotator, RunningServer
from tests.label_studio.workspace import SmallAudit

Said = tuple[str, frozenset[str], str]
"""Verdict, reasons and comment."""

IMPATIENT = Patience(read_seconds=2.0, write_seconds=2.0, n_retries=0)
REASONS = {
    "incorrect": {
        "wrong_object",
        "spills_over",
        "part_missing",
        "whole_image",
        "foreground_background",
        "merged_instances",
        "not_visible",
    },
    "unsure": {"image_unusable", "ambiguous_question"},
    "correct": set(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedProject:
    """A project that holds an audit's masks.

    Attributes:
        url: under which the audit knows the server.
        tasks: mask → task.
    """

    audit: SmallAudit
    running: RunningServer
    url: str
    number: int
    tasks: Mapping[str, int]

    @property
    def masks(self) -> list[str]:
        return list(self.tasks)

    @contextmanager
    def http(self, who: Annotator | None = None) -> Iterator[httpx.Client]:
        with self.running.http_as((who or self.running.owner).token) as http:
            yield http

    def ask(self, method: str, path: str, who: Annotator | None = None, **sent: Any) -> Any:
        """Have the server do something; give its answer."""
        with self.http(who) as http:
            answer = http.request(method, path, **sent).raise_for_status()
        return answer.json() if answer.content else None

    def annotate(self, mask_id: str, *results: Any, who: Annotator | None = None, **fields: Any) -> int:
        """Annotate a mask's task; give the annotation's number."""
        path = f"/api/tasks/{self.tasks[mask_id]}/annotations/"
        sent = {"result": list(results), "lead_time": 2.5} | fields
        return int(self.ask("POST", path, who, json=sent)["id"])

    def edit(self, annotation: int, who: Annotator | None = None, **fields: Any) -> None:
        self.ask("PATCH", f"/api/annotations/{annotation}/", who, json=fields)

    def delete(self, annotation: int) -> None:
        self.ask("DELETE", f"/api/annotations/{annotation}/")

    def delete_task(self, task: int) -> None:
        self.ask("DELETE", f"/api/tasks/{task}/")

    def delete_annotations_of(self, *tasks: int) -> None:
        """As the Data Manager's action does it."""
        self.ask(
            "POST",
            f"/api/dm/actions?id=delete_tasks_annotations&project={self.number}",
            json={"selectedItems": {"all": False, "included": list(tasks)}},
        )

    def add_task(self, **data: str) -> int:
        path = f"/api/projects/{self.number}/import?return_task_ids=true"
        return int(self.ask("POST", path, json=[{"data": data}])["task_ids"][0])

    def export(self) -> list[dict[str, Any]]:
        """Everything that the server holds, as it exports it."""
        path = f"/api/projects/{self.number}/export?exportType=JSON&download_all_tasks=true"
        return list(self.ask("GET", path))

    @contextmanager
    def server(
        self, token: str | None = None, patience: Patience | None = None
    ) -> Iterator[LabelStudioServer]:
        server = LabelStudioServer(self.url, token or self.running.token, patience)
        try:
            yield server
        finally:
            server.close()

    def standing(self) -> dict[tuple[str, str], StandingVerdict]:
        with self.audit.store.reading() as transaction:
            verdicts = load_standing(transaction, self.audit.sample.sample_id)
        return {(each.mask_id, each.reviewer): each for each in verdicts}

    def said(self) -> dict[tuple[str, str], Said]:
        """What stands in the journal and came from the server."""
        return {
            key: (str(each.verdict), frozenset(map(str, each.reasons)), each.comment)
            for key, each in self.standing().items()
            if each.source is Source.LABEL_STUDIO
        }

    def check_journal(self) -> None:
        """Hold the journal and the mirror against what the server says itself, annotation by annotation."""
        exported = self.export()
        emails = {each["id"]: each["email"].lower() for each in self.ask("GET", "/api/users/")}
        assert self.said() == _said(exported, emails, self.audit.mask_ids)
        assert self._mirror() == {
            each["id"]: (task["id"], each["updated_at"]) for task in exported for each in task["annotations"]
        }

    def _mirror(self) -> dict[int, tuple[int, str]]:
        with self.audit.store.reading() as transaction:
            projects = load_projects(transaction, self.audit.sample.sample_id)
            row = next(each for each in projects if (each.url, each.number) == (self.url, self.number))
            held = load_annotations(transaction, row.project_id)
        return {each.annotation_number: (each.task_number, _as_sent(each.updated_at)) for each in held}


def judged_project(audit: SmallAudit, running: RunningServer, url: str | None = None) -> JudgedProject:
    """Make a project with a task for each mask, and note it as a push does."""
    with running.http_as(running.token) as http:
        made = http.post(
            "/api/projects/", json={"title": "pull", "label_config": labeling_config()}
        ).raise_for_status()
        number = int(made.json()["id"])
        masks = sorted(audit.mask_ids)
        data = [_data(mask_id) for mask_id in masks]
        path = f"/api/projects/{number}/import?return_task_ids=true"
        answer = http.post(path, json=[{"data": each} for each in data]).raise_for_status()
    tasks = dict(zip(masks, answer.json()["task_ids"], strict=True))
    with audit.store.transaction() as transaction:
        row = ensure_project(
            transaction, sample_id=audit.sample.sample_id, url=url or running.url, number=number
        )
        put_config_hash(transaction, row.project_id, config_hash(labeling_config()))
        put_tasks(
            transaction,
            row.project_id,
            [
                PushedTask(task_number=tasks[mask_id], mask_id=mask_id, data_hash=data_hash(_data(mask_id)))
                for mask_id in masks
            ],
        )
    return JudgedProject(audit=audit, running=running, url=url or running.url, number=number, tasks=tasks)


def _data(mask_id: str) -> dict[str, str]:
    return {"image": f"/data/upload/1/{mask_id}.jpg", "question": "what is it?", "item_uid": mask_id}


def _said(
    exported: list[dict[str, Any]], emails: Mapping[int, str], mask_ids: set[str]
) -> dict[tuple[str, str], Said]:
    """What everybody's latest annotation of each mask says, read independently of the program."""
    latest: dict[tuple[str, str], tuple[tuple[datetime, int], dict[str, Any]]] = {}
    for task in exported:
        mask_id = task["data"].get("item_uid")
        if mask_id not in mask_ids or task["data"] != _data(mask_id):
            continue
        for each in task["annotations"]:
            key = (mask_id, emails[each["completed_by"]])
            age = (datetime.fromisoformat(each["updated_at"]), each["id"])
            if key not in latest or age > latest[key][0]:
                latest[key] = (age, each)
    read = {key: _reading(each) for key, (_, each) in latest.items()}
    return {key: said for key, said in read.items() if said is not None}


def _reading(annotation: dict[str, Any]) -> Said | None:
    if annotation["was_cancelled"]:
        return None
    by_control: dict[str, list[str]] = {}
    for result in annotation["result"]:
        value = result["value"]
        by_control.setdefault(result["from_name"], []).extend(value.get("choices") or value.get("text") or [])
    by_control.pop("mask", None)
    verdict = by_control.pop("verdict", [])
    comment = "\n".join(by_control.pop("comment", []))
    named = {control: set(reasons) for control, reasons in by_control.items() if reasons}
    if len(set(verdict)) != 1 or verdict[0] not in REASONS:
        return None
    control = {"incorrect": "reasons", "unsure": "unsure_reasons"}.get(verdict[0])
    if set(named) - {control} or not named.get(control or "", set()) <= REASONS[verdict[0]]:
        return None
    return verdict[0], frozenset(named.get(control or "", set())), comment


def _as_sent(time: datetime) -> str:
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")
