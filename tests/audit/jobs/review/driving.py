"""Opens desks and talks to them as a browser does, without one."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from audit.jobs.access import Admission
from audit.jobs.review.desk import Desk, DeskRequest, open_desk
from audit.jobs.review.exchange import answer_page
from audit.review.queue import in_turn
from audit.settings import Settings
from db.reviewers import ensure_reviewer
from db.store import Store
from tests.browser.review_workspace import Mention, ReviewSample, add_review_sample

_PRESSED = count()
NOW = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)


def open_for(
    store: Store,
    folder: Path,
    reviewer: str = "ann",
    *,
    sample: str | None = None,
    now: datetime = NOW,
    **settings: object,
) -> Desk:
    """Open a desk for a reviewer, who is made known where they are new."""
    with store.transaction() as transaction:
        admission = Admission(reviewer=ensure_reviewer(transaction, reviewer, now))
    request = DeskRequest(admission=admission, sample_name=sample)
    return open_desk(store, replace(Settings(folder=folder), **settings), request, now)


def ask(store: Store, desk: Desk, message: object = None, *, now: datetime = NOW) -> dict[str, Any]:
    """Send a message as the page of this desk does; give the header of the answer."""
    if isinstance(message, dict):
        message = {"scope": desk.scope, "reviewer": desk.reviewer.name} | message
    packed = answer_page(store, desk, message, now=now)
    header: dict[str, Any] = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
    return header


def reading(mask_id: str, key: int | str, verdict: str = "correct", **more: object) -> dict[str, object]:
    """A verdict as the page sends it."""
    return {
        "kind": "reading",
        "client_key": f"key-{key:05}" if isinstance(key, int) else key,
        "task_id": mask_id,
        "verdict": verdict,
        "reasons": [],
        "decided_at": (NOW + timedelta(seconds=key if isinstance(key, int) else 0)).isoformat(),
    } | more


def withdrawal(mask_id: str, key: int) -> dict[str, object]:
    """A verdict taken back, as the page sends it."""
    return {
        "kind": "withdrawal",
        "client_key": f"key-{key:05}",
        "task_id": mask_id,
        "decided_at": (NOW + timedelta(seconds=key)).isoformat(),
    }


def order_of(desk: Desk) -> list[str]:
    """All masks in the order in which this reviewer meets them when working alone."""
    place = desk.tasks._workplace
    blocks = {unit.unit_id: unit.block for unit in place.units.values() if unit.block is not None}
    return list(in_turn(desk.tasks.order, place.mask_units, block_of=blocks))


def add_plain_sample(
    store: Store, folder: Path, n_mentions: int, *, n_settings: int = 1, name: str = "plain"
) -> ReviewSample:
    """A sample of many mentions on one tiny photograph, with a mask of each of so many settings."""
    (folder / "images").mkdir(exist_ok=True)
    Image.new("RGB", (8, 6)).save(folder / "images" / "tiny.jpg")
    masks = [np.ones((6, 8), bool)] * n_settings
    mentions = [
        Mention(entity=f"E{place}", question=None, file_name="tiny.jpg", masks=masks)
        for place in range(n_mentions)
    ]
    return add_review_sample(store, folder / "images", mentions, name)


class Person:
    """Somebody who judges at a page, one message after the other."""

    def __init__(
        self, store: Store, folder: Path, name: str, *, now: datetime = NOW, **settings: object
    ) -> None:
        self.store = store
        self.desk = open_for(store, folder, name, now=now, **settings)
        self.answer = ask(store, self.desk, now=now)

    @property
    def coming(self) -> list[str]:
        """What the person has before them."""
        coming: list[str] = self.answer["coming"]
        return coming

    def look(self, now: datetime = NOW) -> list[str]:
        """Give a sign of life; give what comes."""
        self.answer = ask(self.store, self.desk, {"number": 1, "held": self.coming}, now=now)
        return self.coming

    def say(self, *said: tuple[str, str], now: datetime = NOW) -> dict[str, Any]:
        """Judge masks: (mask, verdict); an empty verdict takes the one before back."""
        events = []
        for mask_id, verdict in said:
            place = next(_PRESSED)
            key = f"{self.desk.reviewer.name}-{place:07}"
            event = reading(mask_id, key, verdict, decided_at=now.isoformat(), sequence=place)
            events.append(event if verdict else event | {"kind": "withdrawal"})
        self.answer = ask(
            self.store, self.desk, {"number": 2, "held": self.coming, "events": events}, now=now
        )
        return self.answer

    def say_of_all(self, verdict: str, *, now: datetime = NOW) -> list[str]:
        """Judge all alike until nothing comes; give what was judged, in order."""
        judged: list[str] = []
        while self.coming:
            some = self.coming[:5]
            judged += some
            self.say(*((mask_id, verdict) for mask_id in some), now=now)
        return judged


def work_together(people: Sequence[Person], verdict: str) -> Iterator[tuple[Person, str]]:
    """Let people judge in turn until nothing comes for any of them; give who judged what."""
    now = NOW
    while True:
        n_judged = 0
        for person in people:
            now += timedelta(seconds=6)
            if person.look(now):
                n_judged += 1
                mask_id = person.coming[0]
                person.say((mask_id, verdict), now=now)
                yield person, mask_id
        if not n_judged:
            return


def judge_until_done(store_url: str, folder: Path, name: str, **settings: object) -> list[str]:
    """Judge all that comes, every message sent twice, until all is settled; give the keys confirmed."""
    store = Store(store_url)
    person = Person(store, folder, name, **settings)
    confirmed: list[str] = []
    number, now = 0, NOW
    while person.coming or person.answer["n_settled"] < person.answer["n_tasks"]:
        number += 1
        now += timedelta(seconds=6)
        events = [
            reading(
                mask_id,
                f"{name.replace(' ', '-')}-{number:05}-{place}",
                "incorrect" if int(mask_id[0], 16) < 4 else "correct",
            )
            for place, mask_id in enumerate(person.coming[:2])
        ]
        message = {"number": number, "held": person.coming, "events": events}
        for _ in range(2):
            person.answer = ask(store, person.desk, message, now=now)
        if "trouble" in person.answer:
            raise RuntimeError(person.answer["trouble"])
        confirmed += person.answer["confirmed"]
        if not person.coming:
            time.sleep(0.05)
    store.close()
    return confirmed
