"""What a Label Studio server holds, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project of the server; `number` is its id there."""

    number: int
    title: str
    description: str
    config: str
    n_tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskHead:
    """A task without its annotations.

    Attributes:
        number: its id on the server.
        content: its `data`, as the server holds it.
        n_annotations: by whomever, skips included.
    """

    number: int
    content: Json
    updated_at: datetime
    n_annotations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTraces:
    """What was left on a task, counted.

    Attributes:
        n_annotations: skips included.
        n_drafts: begun and not submitted, by whomever the token belongs to; others' cannot be seen.
    """

    n_annotations: int
    n_drafts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedTask:
    """A task with all its annotations, skips included, as the server gives them."""

    number: int
    content: Json
    updated_at: datetime
    annotations: tuple[Json, ...]
