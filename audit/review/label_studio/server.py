"""Speaks to one Label Studio server; whatever goes wrong there becomes one sentence.

Questions are asked again when they fail. What changes the server is sent once: whoever gets no answer must
look at what became of it before sending it again, because the server may have done the work.
"""

import json
import string
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, TypeVar

import httpx
from label_studio_sdk.client import LabelStudio
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.core.request_options import RequestOptions

from audit.review.label_studio.records import AnnotatedTask, Json, Project, TaskHead, TaskTraces
from audit.review.label_studio.server_faults import MissingError, ServerFaults, may_pass, no_address

PAGE_SIZE = 500
"""Tasks of one answer: a few megabytes, with the masks that come along."""

MAX_FILES = 100
"""Images of one upload; the server refuses more."""

READ_SECONDS = 120.0
WRITE_SECONDS = 300.0
"""An import of 200 tasks takes a second; a server with much to do may take minutes."""

FIRST_PAUSE = 0.5
"""Seconds before an access token is asked for again; every further pause is twice as long."""

_HEAD_FIELDS = "id,data,updated_at,total_annotations,cancelled_annotations"
_TASK_FIELDS = "id,data,updated_at,annotations,result,completed_by,was_cancelled,lead_time,created_at"
Fields = Literal["all", "task_only"]
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a server is waited for.

    Attributes:
        read_seconds: for what only asks.
        write_seconds: for what changes something.
        n_retries: how often what only asks is asked again.
    """

    read_seconds: float = field(default=READ_SECONDS)
    write_seconds: float = field(default=WRITE_SECONDS)
    n_retries: int = field(default=3)


class LabelStudioServer:
    """A Label Studio server, known by its address and somebody's token.

    Every method raises InputError where the user must change something (the address, the token, a right),
    UnansweredError where the server gives no answer or fails.
    """

    def __init__(self, url: str, token: str, patience: Patience | None = None) -> None:
        """Open nothing yet; `time` is the server's own at its last answer, None where it does not tell.

        Args:
            url: of the server, such as `http://localhost:8080`.
            token: a personal access token or a legacy one.
            patience: the usual one where None.
        """
        self.url = url.rstrip("/")
        self._faults = ServerFaults(self.url, token)
        if not url.startswith(("http://", "https://")) or set(url) & set(string.whitespace):
            raise no_address(self.url)
        self._patience = patience or Patience()
        # A followed redirect would turn a POST into a GET, which is answered as if all were well.
        self._http = httpx.Client(
            timeout=self._patience.read_seconds,
            follow_redirects=False,
            event_hooks={
                "request": [self._see_token],
                "response": [self._see_time, _refuse_token, self._refuse_size],
            },
        )
        self.time: datetime | None = None
        with self._faults.told():
            self._client = LabelStudio(  # type: ignore[no-untyped-call]
                base_url=f"{self.url}/", api_key=token, max_retries=0, httpx_client=self._http
            )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def check(self) -> str:
        """Give the e-mail address of whoever the token belongs to."""
        with self._asking():
            return str(_given(self._client.users.whoami(request_options=self._reading()).email))

    def find_projects(self, mark: str) -> list[Project]:
        """Give the projects whose description holds a mark, oldest first."""
        with self._asking():
            listed: Iterable[Any] = self._client.projects.list(
                include="id,title,description,label_config,task_number", request_options=self._reading()
            )
            found = [_project(each) for each in listed if mark in (each.description or "")]
        return sorted(found, key=lambda each: each.number)

    def load_project(self, number: int) -> Project:
        """Give a project; raise MissingError where there is none of this number."""
        with self._asking(missing=f"--project {number}: there is no such project on {self.url}"):
            return _project(self._client.projects.get(number, request_options=self._reading()))

    def create_project(self, *, title: str, description: str, config: str, n_readings: int) -> Project:
        """Make a project whose tasks are shown in the order of their import, each to `n_readings` people."""
        with self._asking():
            made = self._client.projects.create(
                title=title,
                description=description,
                label_config=config,
                maximum_annotations=n_readings,
                sampling="Sequential sampling",
                show_collab_predictions=True,
                request_options=self._writing(),
            )
        return self.load_project(_given(made.id))

    def equip_project(self, number: int, *, description: str, config: str) -> None:
        """Give a project a description and a labeling config in place of its own, and have masks shown."""
        with self._asking():
            self._client.projects.update(
                number,
                description=description,
                label_config=config,
                show_collab_predictions=True,
                request_options=self._writing(),
            )

    def serve_folder(self, number: int, path: str) -> None:
        """Let a project show files of a folder of the server's disk; one that it may show is left alone.

        Args:
            number: of the project.
            path: of the folder, as the server sees it; strictly below the server's document root.
        """
        with self._asking():
            listed = self._client.import_storage.local.list(project=number, request_options=self._reading())
            if any(each.path == path for each in listed):
                return
            self._client.import_storage.local.create(
                project=number,
                path=path,
                title="mask-audit",
                use_blob_urls=True,
                request_options=self._writing(),
            )

    def uploaded(self, number: int) -> dict[str, str]:
        """Give the images uploaded to a project: name → where tasks find it; of equal names the oldest."""
        with self._asking():
            listed = self._client.files.list(number, all_=True, request_options=self._reading())
        found: dict[str, str] = {}
        for each in sorted(listed, key=lambda each: int(each.id or 0)):
            stored = str(each.file)
            found.setdefault(stored.rpartition("/")[2].partition("-")[2], f"/data/{stored}")
        return found

    def upload(self, number: int, images: Mapping[str, bytes]) -> None:
        """Upload JPEG images to a project, `MAX_FILES` of them at most.

        Args:
            number: of the project.
            images: name → content. The server puts eight digits and a hyphen before each name.
        """
        files = [(name, (name, content, "image/jpeg")) for name, content in images.items()]
        with self._asking():
            # The SDK has no upload, and its own way to send says that every body is JSON.
            answer = self._http.post(
                f"{self.url}/api/projects/{number}/import",
                params={"commit_to_project": "false"},
                files=files,
                headers={"Authorization": self._authorization()},
                timeout=self._patience.write_seconds,
            )
            if not answer.is_success:
                raise _api_error(answer)

    def import_tasks(self, number: int, tasks: Sequence[Json]) -> None:
        """Make tasks, in this order; where it is refused none of them was made."""
        with self._asking():
            self._client.projects.import_tasks(
                number,
                request=list(tasks),  # type: ignore[arg-type]  # typed as models, sent as they are
                return_task_ids=True,
                request_options=self._writing(),
            )

    def import_predictions(self, number: int, predictions: Sequence[Json]) -> None:
        """Give tasks of a project predictions; each names its task's number as `task`."""
        with self._asking():
            self._client.projects.import_predictions(
                number,
                request=list(predictions),  # type: ignore[arg-type]  # typed as models, sent as they are
                request_options=self._writing(),
            )

    def task_heads(self, number: int, after: int = 0) -> Iterator[TaskHead]:
        """Give the tasks of a project, by number: all of them, or those of a greater number than `after`."""
        for each in self._tasks(number, fields="task_only", include=_HEAD_FIELDS, conditions=[], after=after):
            yield TaskHead(
                number=each.id,
                content=each.data or {},
                updated_at=_given(each.updated_at),
                n_annotations=(each.total_annotations or 0) + (each.cancelled_annotations or 0),
            )

    def bare_tasks(self, number: int) -> set[int]:
        """Give the tasks of a project without any prediction; the server's own count of them may be stale."""
        bare = _condition("predictions_model_versions", "empty", "String", value=True)
        return {each.id for each in self._tasks(number, fields="task_only", include="id", conditions=[bare])}

    def annotated_tasks(self, number: int, since: datetime | None) -> Iterator[AnnotatedTask]:
        """Give the tasks of a project with their annotations, by number.

        Args:
            number: of the project.
            since: only tasks changed then or later, by the server's clock; None for every task. Any change
                of an annotation changes its task, also when it is deleted; what is deleted with its task
                leaves no trace here.
        """
        conditions = [] if since is None else [_changed("greater_or_equal", since)]
        for each in self._tasks(number, fields="all", include=_TASK_FIELDS, conditions=conditions):
            yield AnnotatedTask(
                number=each.id,
                content=each.data or {},
                updated_at=_given(each.updated_at),
                annotations=tuple(each.annotations or ()),
            )

    def count_changed(self, number: int, first: datetime, last: datetime) -> int:
        """Give how many tasks of a project had their last change between two times, both included."""
        conditions = [_changed("greater_or_equal", first), _changed("less_or_equal", last)]
        with self._asking():
            found: Any = self._client.tasks.list(
                project=number,
                fields="task_only",
                include="id",
                page=1,
                page_size=1,
                query=json.dumps({"filters": {"conjunction": "and", "items": conditions}}),
                request_options=self._reading(),
            )
            return int(found.response.total)

    def load_traces(self, number: int) -> TaskTraces:
        """Give what was left on a task; raise MissingError where there is none of this number."""
        with self._asking(missing=f"there is no task {number} on {self.url}"):
            found = self._client.tasks.get(str(number), request_options=self._reading())
            return TaskTraces(
                n_annotations=len(found.annotations or ()),
                n_drafts=len(found.drafts or ()),
            )

    def delete_task(self, number: int) -> None:
        """Delete a task with whatever it holds, if it is there."""
        with suppress(MissingError), self._asking(missing=f"there is no task {number} on {self.url}"):
            self._client.tasks.delete(str(number), request_options=self._writing())

    def people(self) -> dict[int, str]:
        """Give the e-mail address of everybody the server knows, by their number."""
        with self._asking():
            listed = self._client.users.list(request_options=self._reading())
        return {int(each.id): str(each.email) for each in listed}

    def _tasks(
        self, number: int, *, fields: Fields, include: str, conditions: Sequence[Json], after: int = 0
    ) -> Iterator[Any]:
        # Page by page a task that is deleted meanwhile would push another one out of sight.
        last = after
        while True:
            query = {
                "filters": {
                    "conjunction": "and",
                    "items": [_condition("id", "greater", "Number", last), *conditions],
                },
                "ordering": ["tasks:id"],
            }
            with self._asking():
                page: Sequence[Any] = (
                    self._client.tasks.list(
                        project=number,
                        fields=fields,
                        include=include,
                        page=1,
                        page_size=PAGE_SIZE,
                        query=json.dumps(query),
                        request_options=self._reading(),
                    ).items
                    or []
                )
            yield from page
            if len(page) < PAGE_SIZE:
                return
            last = page[-1].id

    @contextmanager
    def _asking(self, missing: str = "") -> Iterator[None]:
        with self._faults.told(missing):
            self._let_in()
            yield
        self._faults.has_answered = True

    def _let_in(self) -> None:
        """Have a valid access token where a personal token is exchanged for one: this changes nothing."""
        for n_tried in range(self._patience.n_retries):
            try:
                self._authorization()
            except (ApiError, httpx.TransportError) as error:
                if not may_pass(error):
                    raise
                time.sleep(FIRST_PAUSE * 2**n_tried)
            else:
                return
        self._authorization()

    def _authorization(self) -> str:
        return str(self._client._client_wrapper.get_headers()["Authorization"])  # noqa: SLF001

    def _see_token(self, request: httpx.Request) -> None:
        self._faults.secrets.add(request.headers.get("Authorization", "").rpartition(" ")[2])

    def _refuse_size(self, answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            raise self._faults.too_large(int(answer.request.headers.get("Content-Length", 0)))

    def _see_time(self, answer: httpx.Response) -> None:
        try:
            self.time = parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
        except (KeyError, ValueError):
            self.time = None

    def _reading(self) -> RequestOptions:
        return {"timeout": self._patience.read_seconds, "max_retries": self._patience.n_retries}

    def _writing(self) -> RequestOptions:
        return {"timeout": self._patience.write_seconds, "max_retries": 0}


def _condition(name: str, operator: str, kind: str, value: object) -> Json:
    return {"filter": f"filter:tasks:{name}", "operator": operator, "type": kind, "value": value}


def _changed(operator: str, time: datetime) -> Json:
    # The one way to write a time that the server reads.
    moment = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return _condition("updated_at", operator, "Datetime", moment)


def _project(found: Any) -> Project:  # noqa: ANN401  (the SDK has a type for each call that gives one)
    return Project(
        number=int(found.id),
        title=found.title or "",
        description=found.description or "",
        config=found.label_config or "",
        n_tasks=found.task_number or 0,
    )


def _given(value: Given | None) -> Given:
    if value is None:
        raise ValueError("the server left out what every Label Studio gives")
    return value


def _refuse_token(answer: httpx.Response) -> None:
    # The SDK reads every answer to a personal token as JSON, also that of a proxy before the server.
    if answer.url.path.endswith("/api/token/refresh/") and not answer.is_success:
        answer.read()
        raise _api_error(answer)


def _api_error(answer: httpx.Response) -> ApiError:
    return ApiError(status_code=answer.status_code, headers=dict(answer.headers), body=_body(answer))


def _body(answer: httpx.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return answer.text
