"""The main job end to end, on real photographs, annotators and pages; the table must equal the truth."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.serve import ServeRequest
from db.samples import load_sample, load_unit_masks, load_units
from db.store import Store
from sampling.estimation.intervals import wilson_interval
from tests.browser.conftest import PageServer, free_port
from tests.browser.driving import press, wait_all_done, wait_painted, wait_saved
from tests.browser.real_masks import MODELS, SPLITS, Truth, make_workspace, mask_audit, read_truth

pytestmark = [pytest.mark.browser, pytest.mark.real_data, pytest.mark.slow]


@pytest.fixture(scope="module")
def truth(shared_data: Path) -> Truth:
    return read_truth(shared_data / "coco_free")


@dataclass
class Audit:
    folder: Path
    server: PageServer


@pytest.fixture(scope="module")
def audit(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audit]:
    """A workspace with both settings of both splits, made by the commands alone, and its page's server."""
    folder = tmp_path_factory.mktemp("real") / "audit"
    make_workspace(shared_data / "coco_free", folder)
    server = PageServer(ServeRequest(workspace=folder, port=free_port()))
    server.start()
    yield Audit(folder, server)
    server.kill()


def judge_by_truth(page: Any, audit: Audit, name: str, truth: Truth) -> int:
    """Press A or X on the page as the truth says, until nothing is left; give how many keys it took."""
    store = Store(f"sqlite:///{audit.folder}/audit.sqlite")
    with store.reading() as transaction:
        sample = load_sample(transaction, name)
        annotations = {unit.unit_id: unit.annotation_id for unit in load_units(transaction, sample.sample_id)}
        key_of = {
            made.mask_id: "a" if truth[annotations[made.unit_id], made.setting] else "x"
            for made in load_unit_masks(transaction, sample.sample_id)
            if made.mask_id is not None
        }
    store.close()
    n_left = int(page.inner_text(".count").split("/")[1]) - int(page.inner_text(".count").split("/")[0])
    for _ in range(n_left):
        press(page, key_of[wait_painted(page)])
    wait_all_done(page)
    wait_saved(page)
    return n_left


@pytest.mark.parametrize(
    ("name", "design"),
    [
        ("per-category", ("--size", "60")),
        ("per-annotation", ("--unit", "annotation", "--size", "200")),
    ],
)
def test_the_table_equals_the_truth(
    open_page: Callable[[str], Any],
    audit: Audit,
    truth: Truth,
    tmp_path: Path,
    name: str,
    design: tuple[str, ...],
) -> None:
    mask_audit("sample", *design, "--seed", 7, "--name", name, "-w", audit.folder)
    mask_audit("sample-export", tmp_path / "sample.csv", "--sample", name, "-w", audit.folder)
    with (tmp_path / "sample.csv").open(newline="") as file:
        sampled = [(row["annotation_id"], row["split"]) for row in csv.DictReader(file)]
    page = open_page(audit.server.address)
    page.click("text=When is a mask correct? >> xpath=../.. >> button:has-text('Start')")
    wait_painted(page)

    judge_by_truth(page, audit, name, truth)

    mask_audit("report", "--out", tmp_path / "report", "--sample", name, "-w", audit.folder)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["complete"] is True
    assert [each["setting"] for each in report["settings"]] == list(MODELS)
    for setting in report["settings"]:
        model = setting["setting"]
        n_correct = sum(truth[annotation_id, model] for annotation_id, _ in sampled)
        interval = wilson_interval(n_correct, len(sampled))
        assert setting["n_units"] == setting["n_reviewed"] == len(sampled)
        assert (setting["n_correct"], setting["n_incorrect"]) == (n_correct, len(sampled) - n_correct)
        assert setting["accuracy"] == n_correct / len(sampled)
        # The splits were drawn in proportion, so the stratified interval is near that of one share.
        low, high = setting["interval"]["low"], setting["interval"]["high"]
        assert (low, high) == pytest.approx((interval.low, interval.high), abs=0.005)
        by_split = Counter(split for annotation_id, split in sampled if truth[annotation_id, model])
        assert {split: each["n_correct"] for split, each in setting["by_split"].items()} == {
            split: by_split[split] for split in SPLITS
        }
