"""Makes a workspace on real photographs: ingested, sampled, ready for review."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from audit.demo.dataset import IMAGES_FOLDER, DemoSetting, write_demo_dataset
from audit.errors import InputError
from audit.jobs.drawing import Explicit
from audit.jobs.goals import TO_DESCRIBE
from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from audit.jobs.sample import SampleRequest, draw_sample
from audit.jobs.workspace import Workspace, make_workspace, open_workspace
from audit.settings import FILE_NAME
from sampling.design.frame import Across
from sampling.design.phase_one import SizeMeasure

DATASET_FOLDER = "dataset"
SIZES = {"entity": 14, "query": 8}


def make_demo(folder: Path, now: datetime) -> Iterator[str]:
    """Make the demo's workspace, or bring it up to date; gives a line for each step as it is done.

    Raises:
        InputError: the folder holds something else.
    """
    _refuse_other_content(folder)
    made = make_workspace(folder, None)
    yield f"workspace {folder} {'made' if made.is_new else 'is there already'}"
    settings = write_demo_dataset(folder / DATASET_FOLDER)
    yield f"photographs and {len(settings)} settings of masks written to {folder / DATASET_FOLDER}"
    workspace = open_workspace(folder)
    for setting in settings:
        yield _ingest(workspace, setting)
    yield _draw(workspace, now)


def _refuse_other_content(folder: Path) -> None:
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not ((folder / FILE_NAME).is_file() and (folder / DATASET_FOLDER / IMAGES_FOLDER).is_dir()):
        raise InputError(f"{folder} holds something other than the demo: name a new folder for it")


def _ingest(workspace: Workspace, setting: DemoSetting) -> str:
    request = IngestRequest(
        files=(setting.file,),
        setting=setting.name,
        reference=setting.reference,
        model=setting.model,
        images=str(workspace.settings.folder / DATASET_FOLDER / IMAGES_FOLDER),
    )
    result = run_ingest(workspace.population, request, workers=workspace.workers, progress=SILENT)
    done = "ingested" if result.accounts else "ingested before"
    return f"setting {result.setting}: {result.n_annotations} masks {done}"


def _draw(workspace: Workspace, now: datetime) -> str:
    request = SampleRequest(
        name="main",
        seed=workspace.settings.seed,
        frame=None,
        across=Across.SPLITS,
        per_entity=1,
        size_measure=SizeMeasure.NONE,
        allocation=Explicit(sizes=SIZES),
        intent=TO_DESCRIBE,
    )
    result = draw_sample(workspace, request, now=now, progress=SILENT)
    sizes = ", ".join(f"{each.split} {each.n_units}" for each in result.sample.strata)
    done = "drawn" if result.n_new_units else "drawn before"
    return f"sample main: {sizes}, seed {result.sample.seed}, {done}"
