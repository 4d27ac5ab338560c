"""A small measured workspace on a real photograph, with a sample that is judged, for the tuning page."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from skimage import data

from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from audit.jobs.workspace import Workspace, make_workspace, open_workspace
from db.samples import load_sample, load_units
from tests.audit.jobs.measuring import measured
from tests.audit.jobs.tuned_workspace import N_MENTIONS, SETTINGS, an_agreeing_annotation, draw, say
from tests.datasets import a_dataset, write_json

HOSTILE = "<img src=x onerror=alert(1)> **bold** [link](http://x) :material/home: $x$"

WITHOUT_PHOTO = 3
"""The mention whose photo is not there."""


def make_tuning_workspace(
    folder: Path, *, settings: Sequence[str] = SETTINGS, name: str = HOSTILE
) -> Workspace:
    """Settings of 600 mentions, measured; entities have a name that would be markup, were it read as such."""
    make_workspace(folder / "audit", None)
    workspace = open_workspace(folder / "audit")
    _save_photographs(folder / "photos")
    for setting in settings:
        content = a_dataset([an_agreeing_annotation(setting, number) for number in range(N_MENTIONS)])
        for category in content["categories"]:
            category["name"] = name
        file = write_json(folder / f"{SETTINGS.index(setting)}.json", content)
        request = IngestRequest(files=(file,), setting=setting, images=str(folder / "photos"))
        run_ingest(workspace.population, request, workers=1, progress=SILENT)
    measured(workspace.population)
    return workspace


def judge_tuning_workspace(workspace: Workspace, *, size: int = N_MENTIONS) -> None:
    """Draw a sample, and judge all of it by the truth."""
    draw(workspace, size)
    with workspace.store.reading() as transaction:
        units = load_units(transaction, load_sample(transaction, None).sample_id)
    say(workspace, workspace.settings.folder, [int(unit.annotation_id.rpartition("_")[2]) for unit in units])


def _save_photographs(folder: Path) -> None:
    (folder / "04").mkdir(parents=True)
    photograph = Image.fromarray(data.chelsea()).resize((60, 40))
    for number in range(N_MENTIONS):
        if number != WITHOUT_PHOTO:
            photograph.save(folder / "04" / f"image_{number}.jpg", quality=80)
