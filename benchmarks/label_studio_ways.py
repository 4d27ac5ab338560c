"""The ways of bringing masks to Label Studio and verdicts back that `benchmarks.label_studio` compares.

    python -m benchmarks.label_studio_ways push WORKSPACE URL

Each imports what it needs by itself, so that its memory is its own.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.processes import measure_here

WIDTH, HEIGHT = 320, 240
TOKEN = "LABEL_STUDIO_API_KEY"


def _push(audit: Path, url: str) -> Callable[[], object]:
    from audit.jobs.label_studio.connection import ServerAddress, connected
    from audit.jobs.label_studio.push import PushRequest, push_masks
    from audit.jobs.progress import SILENT
    from audit.jobs.workspace import open_workspace

    def push() -> None:
        with connected(ServerAddress(url=url, token=os.environ[TOKEN])) as server:
            push_masks(open_workspace(audit), PushRequest(), server, progress=SILENT)

    return push


def _pull(audit: Path, url: str, project: int) -> Callable[[], object]:
    from audit.jobs.label_studio.connection import ServerAddress, connected
    from audit.jobs.label_studio.pull import PullRequest, pull_verdicts
    from audit.jobs.workspace import open_workspace

    def pull() -> None:
        with connected(ServerAddress(url=url, token=os.environ[TOKEN])) as server:
            request = PullRequest(sample=None, project=project, is_full=False)
            pull_verdicts(open_workspace(audit), request, server, datetime.now(UTC))

    return pull


def _peer_push(audit: Path, url: str, n_masks: int) -> Callable[[], object]:
    import httpx
    import numpy as np
    from label_studio_sdk.client import LabelStudio
    from label_studio_sdk.converter import brush

    from audit.review.label_studio.config import labeling_config

    client = LabelStudio(base_url=url, api_key=os.environ[TOKEN])
    project = client.projects.create(title="peer", label_config=labeling_config()).id
    headers = {"Authorization": f"Token {os.environ[TOKEN]}"}
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[HEIGHT // 4 : HEIGHT // 2, WIDTH // 4 : WIDTH // 2] = 255

    def push() -> None:
        with httpx.Client(base_url=url, headers=headers, timeout=60) as http:
            for index in range(n_masks):
                photo = (audit / "images" / f"{index}.jpg").read_bytes()
                files = {"file": (f"{index}.jpg", photo, "image/jpeg")}
                path = f"/api/projects/{project}/import?commit_to_project=false"
                upload = http.post(path, files=files).raise_for_status().json()["file_upload_ids"][0]
                stored = http.get(f"/api/import/file-upload/{upload}").raise_for_status().json()["file"]
                region = {
                    "type": "brushlabels",
                    "from_name": "mask",
                    "to_name": "image",
                    "original_width": WIDTH,
                    "original_height": HEIGHT,
                    "value": {
                        "format": "rle",
                        "rle": brush.mask2rle(mask),
                        "brushlabels": ["mask"],
                    },
                }
                content = {"image": f"/data/{stored}", "question": "what is this?", "item_uid": str(index)}
                task = {"data": content, "predictions": [{"result": [region]}]}
                client.projects.import_tasks(project, request=[task])

    return push


def _peer_pull(audit: Path, url: str, project: int) -> Callable[[], object]:
    del audit
    from label_studio_sdk.client import LabelStudio

    client = LabelStudio(base_url=url, api_key=os.environ[TOKEN])
    return lambda: list(client.tasks.list(project=project, fields="all"))


WAYS: dict[str, Callable[..., Callable[[], object]]] = {
    "push": _push,
    "pull": _pull,
    "peer-push": _peer_push,
    "peer-pull": _peer_pull,
}

if __name__ == "__main__":
    way, folder, address, *numbers = sys.argv[1:]
    measure_here(WAYS[way](Path(folder), address, *map(int, numbers)), n_cores=os.cpu_count() or 1)
