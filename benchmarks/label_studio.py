"""How long a sample takes to a real Label Studio server and back, and how many requests.

    python -m benchmarks.label_studio
    python -m benchmarks.label_studio --size 200 --peer-size 20

Needs the server that `make setup-label-studio` installs; both sides go through a counting proxy on
loopback. Push: so many masks, each with a small photo of its own that is uploaded. Pull: a project of as
many tasks, all of them annotated, read whole; then what changed in `--changes` of them. The peer is the
plain loop over the SDK: each photo uploaded, each mask encoded by the SDK, each task imported by itself,
for the first `--peer-size` masks, from which the rest is extrapolated; and `tasks.list(fields="all")`,
which is all that it has for changes as well. Each runs in a process of its own: seconds are without its
start, memory is all of it.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from skimage import data

from audit.jobs.label_studio.pull import OVERLAP
from benchmarks.label_studio_ways import HEIGHT, TOKEN, WIDTH
from benchmarks.processes import Measured, best_of
from tests.browser.review_workspace import Mention, add_review_sample, create_workspace, ellipse
from tests.label_studio.fault_proxy import FaultProxy, fault_proxy
from tests.label_studio.server import RunningServer, label_studio_server

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one way took, and how many requests it sent."""

    measured: Measured
    n_requests: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=2000, help="masks")
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--peer-size", type=int, default=200, help="masks that the peer pushes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder) / "server") as (server, proxy):
        audit = Path(folder) / "audit"
        _build(audit, options.size)
        print(f"label_studio: {options.size:,} masks with photos of {WIDTH}×{HEIGHT}, {_load()}")
        peer = _run(proxy, "peer-push", audit, options.peer_size)
        scale = options.size / options.peer_size
        _tell(f"peer push of {options.peer_size:,}", peer)
        _tell(
            "peer push, extrapolated",
            Row(
                measured=Measured(seconds=peer.measured.seconds * scale, megabytes=peer.measured.megabytes),
                n_requests=round(peer.n_requests * scale),
            ),
        )
        push = _run(proxy, "push", audit)
        _tell("push", push, peer.measured.seconds * scale / push.measured.seconds)
        project = _annotated_project(server)
        # A pull reads the last minute again; nobody judges as many masks in a minute as were copied here.
        time.sleep(OVERLAP.total_seconds())
        _change(server, project, 1)
        peer = _run(proxy, "peer-pull", audit, project)
        _tell("peer pull", peer)
        pull = _run(proxy, "pull", audit, project)
        _tell("pull, all", pull, peer.measured.seconds / pull.measured.seconds)
        _change(server, project, options.changes)
        pull = _run(proxy, "pull", audit, project)
        _tell(f"pull, {options.changes} changes", pull, peer.measured.seconds / pull.measured.seconds)
        print(f"  {_load()}")


@contextmanager
def _server(folder: Path) -> Iterator[tuple[RunningServer, FaultProxy]]:
    with label_studio_server(folder) as server, fault_proxy(to_port=server.port) as proxy:
        os.environ[TOKEN] = server.token
        yield server, proxy


def _build(folder: Path, n_masks: int) -> None:
    images = folder / "images"
    images.mkdir(parents=True)
    photographs = [
        np.asarray(Image.fromarray(each).resize((WIDTH, HEIGHT)))
        for each in (data.chelsea(), data.astronaut(), data.coffee(), data.rocket())
    ]
    random = np.random.default_rng(1)
    mentions = []
    for index in range(n_masks):
        photo = Image.fromarray(np.roll(photographs[index % 4], index // 4, axis=1))
        photo.save(images / f"{index}.jpg", quality=90)
        row, column = random.uniform(0.3, 0.7, 2) * (HEIGHT, WIDTH)
        mask = ellipse((HEIGHT, WIDTH), int(row), int(column), HEIGHT // 2, WIDTH // 3)
        mentions.append(
            Mention(entity=f"Thing {index}", question="what is this?", file_name=f"{index}.jpg", masks=[mask])
        )
    store = create_workspace(folder)
    add_review_sample(store, images, mentions, "many")
    store.close()


def _run(proxy: FaultProxy, step: str, audit: Path, *words: int) -> Row:
    n_before = len(proxy.requests)
    asked = [step, str(audit), proxy.url, *map(str, words)]
    measured = best_of("benchmarks.label_studio_ways", *asked, repetitions=1)
    return Row(measured=measured, n_requests=len(proxy.requests) - n_before)


def _annotated_project(server: RunningServer) -> int:
    """A copy of the pushed project whose tasks are judged; judging them one by one would take minutes."""
    with server.http_as(server.token) as http:
        (pushed,) = [
            each
            for each in http.get("/api/projects/").raise_for_status().json()["results"]
            if each["title"].startswith("Mask audit")
        ]
        body = {"title": "annotated", "label_config": pushed["label_config"]}
        number = int(http.post("/api/projects/", json=body).raise_for_status().json()["id"])
        path = f"/api/projects/{pushed['id']}/export?exportType=JSON&download_all_tasks=true"
        tasks = http.get(path, timeout=600).raise_for_status().json()
        region = (
            http.get(f"/api/tasks/{tasks[0]['id']}/").raise_for_status().json()["predictions"][0]["result"]
        )
        for start in range(0, len(tasks), BATCH):
            batch = [_judged(task["data"], region) for task in tasks[start : start + BATCH]]
            http.post(f"/api/projects/{number}/import", json=batch, timeout=600).raise_for_status()
    return number


def _judged(content: dict[str, Any], region: list[dict[str, Any]]) -> dict[str, Any]:
    verdict = _choice("verdict", "correct")
    annotation = {"result": [*region, verdict], "ground_truth": False, "lead_time": 2.5}
    return {"data": content, "predictions": [{"result": region}], "annotations": [annotation]}


def _change(server: RunningServer, project: int, n_changes: int) -> None:
    with server.http_as(server.token) as http:
        asked: dict[str, str | int] = {"project": project, "fields": "all", "page_size": n_changes}
        tasks = http.get("/api/tasks/", params=asked).raise_for_status().json()["tasks"]
        for task in tasks:
            changed = {"result": [_choice("verdict", "incorrect"), _choice("reasons", "spills_over")]}
            http.patch(f"/api/annotations/{task['annotations'][0]['id']}/", json=changed).raise_for_status()


def _choice(control: str, chosen: str) -> dict[str, Any]:
    return {"from_name": control, "to_name": "image", "type": "choices", "value": {"choices": [chosen]}}


def _tell(name: str, row: Row, ratio: float | None = None) -> None:
    times = "" if ratio is None else f"  {ratio:6.1f} ×"
    print(
        f"  {name:<28} {row.measured.seconds:8.2f} s  {row.n_requests:6,} requests  "
        f"peak {row.measured.megabytes:5.0f} MB{times}",
        flush=True,
    )


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


if __name__ == "__main__":
    main()
