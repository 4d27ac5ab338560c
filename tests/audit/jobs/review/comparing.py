"""Somebody who compares pairs without a browser: sends what a page would, through the job's functions."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from audit.jobs.access import Admission
from audit.jobs.review.compare_tasks import CompareTasks
from audit.jobs.review.desk import Desk, DeskRequest, open_desk
from audit.jobs.review.exchange import answer_page
from audit.review.opening import DeskKind
from audit.review.pairs import left_of
from audit.settings import load_settings
from db.records import Preference
from db.reviewers import ensure_reviewer
from db.store import Store

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
MANY_ROUNDS = 1000


@dataclass
class Comparer:
    """One person with one open page."""

    store: Store
    desk: Desk
    keys: Any = field(default_factory=count)

    @property
    def tasks(self) -> CompareTasks:
        assert isinstance(self.desk.tasks, CompareTasks)
        return self.desk.tasks

    def ask(self, *events: dict[str, object], now: datetime = NOW, **more: object) -> dict[str, Any]:
        """Send one message; give the header of the answer."""
        message = {"scope": self.desk.scope, "reviewer": self.desk.reviewer.name, "number": 1}
        packed = answer_page(self.store, self.desk, message | {"events": list(events)} | more, now=now)
        header: dict[str, Any] = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
        assert "trouble" not in header, header["trouble"]
        return header

    def says(self, task_id: str, side: str, **more: object) -> dict[str, object]:
        """The event of a key that was pressed."""
        return {
            "kind": "preference",
            "client_key": f"{self.desk.reviewer.name}-{next(self.keys):08}",
            "task_id": task_id,
            "preference": side,
            "comment": "",
            "flagged": False,
            "seconds": 1.5,
            "shown_at": NOW.isoformat(),
            "decided_at": (NOW + timedelta(seconds=2)).isoformat(),
            "sequence": 1,
        } | more

    def takes_back(self, task_id: str) -> dict[str, object]:
        event = self.says(task_id, "same")
        return {name: event[name] for name in ("client_key", "task_id", "decided_at")} | {
            "kind": "withdrawal"
        }

    def side_of(self, task_id: str, mask_id: str) -> str:
        """Where this person has a mask of a pair."""
        pair = self.tasks.pairs[task_id]
        left = left_of(pair, seed=self.desk.sample.seed, reviewer=self.desk.reviewer.name)
        is_left = (pair.mask_ids[0] == mask_id) == (left is Preference.FIRST)
        return "left" if is_left else "right"

    def judge_all(self, side_of: Callable[["Comparer", str], str], *, now: datetime = NOW) -> list[str]:
        """Judge whatever is handed out until nothing comes; give the pairs in their order."""
        judged: list[str] = []
        held = list(self.tasks.pairs)  # spares the pictures
        coming = self.ask(now=now, held=held)["coming"]
        for _ in range(MANY_ROUNDS):
            if not coming:
                return judged
            task_id = coming[0]
            judged.append(task_id)
            said = self.says(task_id, side_of(self, task_id))
            coming = self.ask(said, now=now, held=held)["coming"]
        raise AssertionError("the pairs never end")


def comparer(
    store: Store, folder: Path, settings: tuple[str, str], name: str = "ann", *, now: datetime = NOW
) -> Comparer:
    """Open the desk of somebody who compares two settings of the latest sample."""
    with store.transaction() as transaction:
        person = ensure_reviewer(transaction, name, now)
    request = DeskRequest(admission=Admission(reviewer=person), kind=DeskKind.COMPARE, compared=settings)
    return Comparer(store, open_desk(store, load_settings(folder, {}), request, now))


def always(side: str) -> Callable[[Comparer, str], str]:
    """Says the same of every pair."""
    return lambda _comparer, _pair: side
