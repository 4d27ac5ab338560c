"""People judge a sample in Label Studio, in Chromium; the journal then says what they pressed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from audit.coco.rle import decode_counts, mask_of_runs, union_runs
from db.records import Source
from db.reviews import load_standing
from db.samples import load_masks
from db.store import Store
from tests.browser.review_workspace import ReviewSample, add_review_sample, create_workspace, usual_mentions
from tests.label_studio.labeling_page import LabelingPage
from tests.label_studio.pushed_tasks import tasks_by_mask
from tests.label_studio.server import Annotator, RunningServer

pytestmark = [pytest.mark.label_studio, pytest.mark.browser]


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[ReviewSample]:
    """Real photographs with eight masks."""
    store = create_workspace(tmp_path / "audit")
    yield add_review_sample(store, tmp_path / "photos", usual_mentions(tmp_path / "photos"), "seen")
    store.close()


@pytest.fixture
def mask_audit(tmp_path: Path, label_studio: RunningServer) -> Callable[..., Any]:
    """Run a `label-studio` command in the workspace, where two judge each mask; what it says as JSON."""

    def run(*words: str) -> Any:
        finished = subprocess.run(
            [sys.executable, "-c", "from audit.cli import main; main()", "label-studio", *words, "--json"],
            cwd=tmp_path / "audit",
            env=os.environ
            | {
                "LABEL_STUDIO_API_KEY": label_studio.token,
                "LABEL_STUDIO_URL": label_studio.url,
                "MASK_AUDIT_FIRST_READINGS": "2",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    return run


@pytest.fixture
def open_labeling(chromium: Any, label_studio: RunningServer) -> Iterator[Callable[..., LabelingPage]]:
    """Open the labeling page of a project for somebody, in a browser of their own."""
    contexts = []

    def open_for(annotator: Annotator, project: int) -> LabelingPage:
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 720}))
        opened = LabelingPage(contexts[-1].new_page(), label_studio, project)
        opened.sign_in(annotator)
        return opened

    yield open_for
    for context in contexts:
        context.close()


def mask_pixels(store: Store, mask_id: str) -> NDArray[np.bool_]:
    with store.reading() as transaction:
        (mask,) = load_masks(transaction, [mask_id])
    runs = [decode_counts(part, height=mask.height, width=mask.width) for part in mask.parts]
    return mask_of_runs(union_runs(runs), height=mask.height, width=mask.width).astype(bool)


def test_what_people_press_in_label_studio_is_what_the_journal_says(
    sample: ReviewSample,
    mask_audit: Callable[..., Any],
    open_labeling: Callable[..., LabelingPage],
    label_studio: RunningServer,
    tmp_path: Path,
) -> None:
    ann, ben = (label_studio.add_annotator(f"{name}@browser.example.com") for name in ("ann", "ben"))
    project = mask_audit("push")["project"]
    mask_of = {task: mask_id for mask_id, task in tasks_by_mask(label_studio, project).items()}
    order = sorted(mask_of)
    assert len(order) == 8

    page = open_labeling(ann, project)
    page.open_stream()
    assert page.task == order[0]
    wanted = mask_pixels(sample.store, mask_of[order[0]])
    seen = page.shown_mask(wanted.shape)
    page.page.screenshot(path=tmp_path / "mask.png")
    assert (seen & wanted).sum() / (seen | wanted).sum() > 0.9
    page.press("2")
    page.press("5")
    page.write("with its saucer <b>& spoon</b>")
    page.page.screenshot(path=tmp_path / "judged.png")
    page.submit()

    assert page.task == order[1]
    page.press("2")
    page.skip()
    assert page.task == order[2]
    page.press("1")
    page.submit()
    assert page.task == order[3]
    page.press("1")
    page.submit()
    page.open_task(order[2])
    page.press("3")
    page.choose("Ambiguous")
    page.update()

    others = open_labeling(ben, project)
    others.open_stream()
    assert others.task == order[0]
    others.press("1")
    others.submit()
    assert others.task == order[1]
    others.press("2")
    others.press("4")
    others.press("6")
    others.submit()

    pulled = mask_audit("pull")
    assert (pulled["n_new"], pulled["n_skipped"], pulled["refused"]) == (5, 1, [])
    with sample.store.reading() as transaction:
        standing = load_standing(transaction, sample.sample.sample_id)
    assert {each.source for each in standing} == {Source.LABEL_STUDIO}
    assert {
        (order.index(task), each.reviewer, each.verdict, each.reasons, each.comment)
        for each in standing
        for task, mask_id in mask_of.items()
        if mask_id == each.mask_id
    } == {
        (0, ann.email, "incorrect", ("spills_over",), "with its saucer <b>& spoon</b>"),
        (2, ann.email, "unsure", ("ambiguous_question",), ""),
        (3, ann.email, "correct", (), ""),
        (0, ben.email, "correct", (), ""),
        (1, ben.email, "incorrect", ("wrong_object", "part_missing"), ""),
    }
    assert all(each.seconds is not None and each.seconds > 0 for each in standing)
    assert mask_audit("status")["n_judged"] == 4
