"""Makes a workspace on real photographs: ingested, sampled, ready for review."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from audit.demo.dataset import IMAGES_FOLDER, write_demo_dataset
from audit.jobs.drawing import Explicit
from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from audit.jobs.sample import SampleRequest, draw_sample
from audit.jobs.workspace import make_workspace, open_workspace
from sampling.design.frame import Across, DrawnUnit

DATASET_FOLDER = "dataset"
SIZES = {"entity": 14, "query": 8}


def make_demo(folder: Path, now: datetime) -> Iterator[str]:
    """Make the demo's workspace, or bring one up to date; gives a line for each step as it is done."""
    make_workspace(folder, None)
    workspace = open_workspace(folder)
    settings = write_demo_dataset(folder / DATASET_FOLDER)
    yield f"photographs and {len(settings)} settings of masks in {folder / DATASET_FOLDER}"
    for setting in settings:
        masks = IngestRequest(
            files=(setting.file,),
            setting=setting.name,
            reference=setting.reference,
            model=setting.model,
            images=str(folder / DATASET_FOLDER / IMAGES_FOLDER),
        )
        result = run_ingest(workspace.population, masks, workers=workspace.workers, progress=SILENT)
        yield f"setting {result.setting}: {result.n_annotations} masks"
    request = SampleRequest(
        name="main",
        seed=workspace.settings.seed,
        frame=None,
        unit=DrawnUnit.ENTITY,
        across=Across.SPLITS,
        per_entity=1,
        allocation=Explicit(sizes=SIZES),
    )
    sample = draw_sample(workspace.store, workspace.population, request, now).sample
    sizes = ", ".join(f"{each.split} {each.n_units}" for each in sample.strata)
    yield f"sample main: {sizes}, seed {sample.seed}"
