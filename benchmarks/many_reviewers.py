"""Many reviewers at once, without browsers: how many verdicts a second, and how soon a verdict is safe.

    python -m benchmarks.many_reviewers --people 20 --seconds 20 --masks 18000

Each person opens a desk and judges what it is given, one verdict a message, as a page does: at a person's
pace (a verdict every 1.6 s) and as fast as answers come; in threads of one process, which is how the page's
server works, and in processes of their own; on SQLite and on PostgreSQL, both durable. Prints the verdicts a
second, how long a message with a verdict takes (median and 95th percentile), and how many confirmed verdicts
are missing from the journal or in it twice, and how many masks went to more people than they were owed.
"""

import argparse
import json
import multiprocessing
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
from PIL import Image
from sqlalchemy import text

from audit.jobs.access import Admission
from audit.jobs.review.desk import Desk, DeskRequest, open_desk
from audit.jobs.review.exchange import answer_page
from audit.review.readings_owed import second_ticket
from audit.settings import Settings
from db.reviewers import ensure_reviewer
from db.samples import load_sample
from db.store import Store
from tests.browser.review_workspace import Mention, add_review_sample
from tests.postgresql import postgresql_server

N_SETTINGS = 2
SECOND_SHARE = 0.1
PACE = 1.6
"""Seconds that a person takes for a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one person does."""

    url: str
    folder: Path
    name: str
    pause: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one person did: the keys that were confirmed, and the seconds of each message with a verdict."""

    confirmed: list[str]
    seconds: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--masks", type=int, default=18_000)
    options = parser.parse_args()
    print(f"{options.people} people, {options.masks:,} masks, {options.seconds:g} s each")
    print(
        f"{'store':<11} {'people in':<10} {'a verdict every':<16} {'verdicts/s':>10} {'median ms':>10} "
        f"{'p95 ms':>8} {'lost':>5} {'twice':>6} {'to too many':>12}"
    )
    for kind, places in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        for executor in ("threads", "processes"):
            for pause in (PACE, 0.0):
                with tempfile.TemporaryDirectory() as folder, places(Path(folder)) as url:
                    _build(url, Path(folder), options.masks)
                    row = _measure(url, Path(folder), executor, pause, options)
                pace = f"{pause:g} s" if pause else "as they can"
                print(f"{kind:<11} {executor:<10} {pace:<16} {row}", flush=True)


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/audit.sqlite"


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    del folder
    with postgresql_server("max_connections=100") as url:
        yield url


def _build(url: str, folder: Path, n_masks: int) -> None:
    (folder / "images").mkdir()
    noise = np.random.default_rng(1).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "images" / "photo.jpg")
    mask = np.zeros((96, 128), bool)
    mask[20:70, 30:90] = True
    mentions = [
        Mention(entity=f"Thing {place}", question=None, file_name="photo.jpg", masks=[mask] * N_SETTINGS)
        for place in range(n_masks // N_SETTINGS)
    ]
    store = Store(url)
    store.create()
    add_review_sample(store, folder / "images", mentions, "many")
    store.close()


def _measure(url: str, folder: Path, where: str, pause: float, options: argparse.Namespace) -> str:
    tasks = [
        Task(url=url, folder=folder, name=f"reviewer-{number}", pause=pause, seconds=options.seconds)
        for number in range(options.people)
    ]
    with multiprocessing.Manager() as manager, _executor(where, len(tasks)) as running:
        barrier = Barrier(len(tasks)) if where == "threads" else manager.Barrier(len(tasks))
        works = [job.result() for job in [running.submit(_judge, task, barrier) for task in tasks]]
    times = [seconds for work in works for seconds in work.seconds]
    lost, twice, too_many = _faults(url, [key for work in works for key in work.confirmed])
    median, late = np.percentile(times, [50, 95]) * 1000
    return (
        f"{len(times) / options.seconds:>10.1f} {median:>10.1f} {late:>8.1f} {lost:>5} {twice:>6} "
        f"{too_many:>12}"
    )


def _executor(where: str, n: int) -> Executor:
    if where == "threads":
        return ThreadPoolExecutor(n)
    return ProcessPoolExecutor(n, mp_context=multiprocessing.get_context("spawn"))


@cache
def _store(url: str) -> Store:
    """Threads share a store, as the page's visitors do."""
    return Store(url)


def _judge(task: Task, barrier: Barrier) -> Work:
    store = _store(task.url)
    chance = random.Random(task.name)
    settings = Settings(folder=task.folder, second_share=SECOND_SHARE)
    with store.transaction() as transaction:
        reviewer = ensure_reviewer(transaction, task.name, datetime.now(UTC))
    desk = open_desk(store, settings, DeskRequest(admission=Admission(reviewer=reviewer)), datetime.now(UTC))
    answer = _sent(store, desk, None)
    barrier.wait()
    time.sleep(chance.uniform(0, task.pause))
    end = time.perf_counter() + task.seconds
    held: list[str] = []
    work = Work(confirmed=[], seconds=[])
    while time.perf_counter() < end:
        started = time.perf_counter()
        held = [*held, *(item["task_id"] for item in answer["items"])][-30:]
        events = [_event(task, len(work.seconds), answer["coming"][0], chance)]
        answer = _sent(store, desk, {"number": 1, "held": held, "events": events})
        work.seconds.append(time.perf_counter() - started)
        work.confirmed.extend(answer["confirmed"])
        time.sleep(max(0.0, started + task.pause - time.perf_counter()))
    return work


def _sent(store: Store, desk: Desk, message: dict[str, Any] | None) -> dict[str, Any]:
    if message is not None:
        message |= {"scope": desk.scope, "reviewer": desk.reviewer.name}
    packed = answer_page(store, desk, message, now=datetime.now(UTC))
    answer: dict[str, Any] = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
    if "trouble" in answer:
        raise RuntimeError(answer["trouble"])
    return answer


def _event(task: Task, number: int, mask_id: str, chance: random.Random) -> dict[str, Any]:
    return {
        "kind": "reading",
        "client_key": f"{task.name}-{number:06}",
        "task_id": mask_id,
        "verdict": "correct" if chance.random() < 0.95 else "incorrect",
        "reasons": [],
        "seconds": 1.2,
        "decided_at": datetime.now(UTC).isoformat(),
        "sequence": number,
    }


def _faults(url: str, confirmed: list[str]) -> tuple[int, int, int]:
    store = Store(url)
    with store.reading() as transaction:
        stored = Counter(transaction.connection.scalars(text("SELECT client_key FROM journal")))
        given = Counter(transaction.connection.scalars(text("SELECT task_id FROM assignments")))
        doubtful = set(
            transaction.connection.scalars(text("SELECT mask_id FROM journal WHERE verdict <> 'correct'"))
        )
        seed = load_sample(transaction, None).seed
    store.close()
    chosen = {mask_id for mask_id in given if second_ticket(seed, mask_id) < SECOND_SHARE}
    lost = sum(key not in stored for key in confirmed)
    twice = sum(n - 1 for n in stored.values())
    again = doubtful | chosen
    too_many = sum(n > 1 + (mask_id in again) for mask_id, n in given.items())
    return lost, twice, too_many


if __name__ == "__main__":
    main()
