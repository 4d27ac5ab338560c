"""tune: on real masks it certifies what the truth bears out and refuses what it does not; how it speaks."""

import csv
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from scipy.stats import binomtest

from audit.features.references import parse_reference
from audit.jobs.progress import SILENT
from audit.jobs.tuning_base import no_base
from audit.jobs.tuning_certificate import certify_path
from audit.jobs.tuning_data import load_tuning_data
from audit.jobs.tuning_parts import LEARNING_SHARE
from audit.jobs.tuning_path import learned_path
from audit.jobs.tuning_region import everywhere
from audit.jobs.workspace import open_workspace
from db.population import Population
from sampling.thresholds.certify import Certified
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.kept import Guarantee
from tests.audit.commands.audited import judge
from tests.audit.jobs.tuned_workspace import N_MENTIONS, draw, make_measured, say
from tests.datasets import Finished, Run

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools

Truth = Mapping[str, bool]
"""Annotation id → whether the mask is right."""


@pytest.fixture
def two_algorithms(run: Run, workspace: Path, shared_data: Path, tmp_path: Path) -> dict[str, Truth]:
    """GrabCut's and watershed's masks of the same annotations, measured, 900 of them judged by the truth."""
    folder = shared_data / "coco_free"
    truth: dict[str, dict[str, bool]] = {"gc": {}, "ws": {}}
    for setting, of_setting in truth.items():
        for split in ("train", "val"):
            file = folder / "derived" / f"derived_{setting}_instances_{split}2017.json"
            base = folder / "annotations" / f"instances_{split}2017.json"
            words = ("--setting", setting, "--split", split, "--id-key", "source_ann_id", "--base", base)
            assert run("ingest", file, *words, "-w", workspace).status == 0
            ids = [str(each["source_ann_id"]) for each in json.loads(file.read_text())]
            with (folder / f"truth_{split}" / f"truth_{setting}.csv").open(newline="") as rows:
                for row in csv.DictReader(rows):
                    of_setting[ids[int(row["index"])]] = row["correct50"] == "1"
    assert run("measure", "-w", workspace, "--workers", 1).status == 0
    sampled = drawn(run, workspace, tmp_path, 900)
    verdicts = {
        (each, setting): "correct" if of_setting[each] else "incorrect"
        for setting, of_setting in truth.items()
        for each in sampled
    }
    judge(run, workspace, tmp_path, verdicts)
    return truth


def drawn(run: Run, workspace: Path, tmp_path: Path, size: int, *words: object) -> list[str]:
    done = run("sample", "--goal", "tune", "--size", size, *words, "-w", workspace)
    assert done.status == 0, done.err
    assert run("sample-export", tmp_path / "units.csv", "-w", workspace).status == 0
    with (tmp_path / "units.csv").open(newline="") as file:
        return [row["annotation_id"] for row in csv.DictReader(file)]


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.parametrize(("settings", "target"), [(("gc",), 0.75), (("ws",), 0.8), (("gc", "ws"), 0.75)])
def test_a_target_within_reach_is_certified_and_the_truth_bears_it_out(
    run: Run,
    workspace: Path,
    tmp_path: Path,
    two_algorithms: dict[str, Truth],
    settings: tuple[str, ...],
    target: float,
) -> None:
    out = tmp_path / "rules.toml"
    named = [word for setting in settings for word in ("--setting", setting)]
    words = ("--target", target, "--features", "iou", "--out", out, "-w", workspace)
    found = run("tune", *named, *words, "--json")
    assert found.status == 0, found.err
    assert found.json["is_certified"]
    [rule] = tomllib.loads(out.read_text())["rule"]
    kept = [
        right
        for setting in settings
        for right, iou in agreement(workspace, setting, two_algorithms[setting])
        if iou >= rule["at_least"]
    ]
    assert len(kept) == found.json["n_kept_masks"]
    assert np.mean(kept) >= target
    # What it says of the good masks that are lost holds, too.
    lost = found.json["losses"]["overall"]["n_right_lost"]
    n_right = sum(sum(two_algorithms[setting].values()) for setting in settings)
    assert lost["low"] <= n_right - sum(kept) <= lost["high"]


def agreement(workspace: Path, setting: str, truth: Truth) -> list[tuple[bool, float]]:
    """Whether each mask of a setting is right, and its IoU with the other setting's, by pycocotools."""
    masks = {name: masks_of(workspace, name) for name in ("gc", "ws")}
    other = masks["ws" if setting == "gc" else "gc"]
    return [
        (truth[each], float(coco_mask.iou([mask], [other[each]], [0])[0, 0]))
        for each, mask in masks[setting].items()
    ]


def masks_of(workspace: Path, setting: str) -> dict[str, dict[str, Any]]:
    population = Population(workspace / "population")
    found = {}
    for source in population.manifest().get(setting).sources:
        for each in json.loads(Path(source.path).read_text()):
            found[str(each["source_ann_id"])] = each["segmentation"]
    return found


@pytest.mark.real_data
@pytest.mark.slow
def test_over_a_thousand_reviews_the_truth_falls_short_no_oftener_than_promised(
    workspace: Path, two_algorithms: dict[str, Truth]
) -> None:
    truth = np.array(list(two_algorithms["gc"].values()))
    opened = open_workspace(workspace)
    data = load_tuning_data(opened, ["gc"], [parse_reference("iou")], sample=None, progress=SILENT)
    opened.store.close()
    everything = no_base(data.masks.n_masks), everywhere(data.masks)
    n_short = n_certified = 0
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        drawn_now = rng.choice(truth.size, 500)
        learns = rng.random(500) < LEARNING_SHARE
        learning, certifying = (
            JudgedMasks(position=part, correct=truth[part], weight=np.ones(part.size))
            for part in (drawn_now[learns], drawn_now[~learns])
        )
        path = learned_path(data.masks, learning, *everything)
        found = certify_path(path, certifying, Guarantee(target=0.8))
        if isinstance(found, Certified):
            n_certified += 1
            n_short += truth[path.kept(found.chosen.threshold)].mean() < 0.8
    assert binomtest(n_short, 1000, 0.05, alternative="greater").pvalue > 0.001
    # It is no guarantee by silence.
    assert n_certified > 500


@pytest.mark.slow
@pytest.mark.real_data
def test_a_target_out_of_reach_is_refused_and_nothing_is_written(
    run: Run, workspace: Path, tmp_path: Path, two_algorithms: dict[str, Truth]
) -> None:
    assert two_algorithms
    out = tmp_path / "rules.toml"
    for setting in ("gc", "ws"):
        found = run("tune", "--setting", setting, "--target", 0.97, "--out", out, "-w", workspace)
        assert found.status == 2
        assert "nothing certified; what came nearest:" in found.out
        assert "no threshold on iou, confidence_max, area_share" in found.err
        assert found.err.count("\n") == 1
        assert not out.exists()


@pytest.mark.slow
@pytest.mark.real_data
def test_a_base_rule_set_and_the_thresholds_filter_as_they_were_tuned(
    run: Run, workspace: Path, tmp_path: Path, two_algorithms: dict[str, Truth]
) -> None:
    base, out = tmp_path / "base.toml", tmp_path / "rules.toml"
    base.write_text('format = 1\n[[rule]]\nkind = "threshold"\nfeature = "n_components"\nat_most = 3\n')
    words = ("--features", "iou,confidence_max", "--rules", base, "--out", out, "-w", workspace, "--json")
    found = run("tune", "--setting", "ws", "--target", 0.75, *words)
    assert found.status == 0, found.err
    folder = tmp_path / "filtered"
    words = ("--rules", out, "--out", folder, "--workers", 1, "-w", workspace)
    filtered = run("filter", "--setting", "ws", *words)
    assert filtered.status == 0, filtered.err
    ids = [
        str(each["source_ann_id"])
        for file in folder.glob("derived_ws_*.json")
        for each in json.loads(file.read_text())
    ]
    assert len(ids) == found.json["n_kept_masks"]
    assert np.mean([two_algorithms["ws"][each] for each in ids]) >= 0.75


def read_truth(folder: Path, model: str) -> list[bool]:
    """Whether each mask of a model overlaps a tumour that people drew by half or more."""
    drawings = json.loads((folder / "test" / "_annotations.coco.json").read_text())
    sizes = {image["id"]: (image["height"], image["width"]) for image in drawings["images"]}
    tumours: dict[int, list[Any]] = {}
    for each in drawings["annotations"]:
        polygons = coco_mask.frPyObjects(each["segmentation"], *sizes[each["image_id"]])
        tumours.setdefault(each["image_id"], []).append(coco_mask.merge(polygons))
    right = []
    for each in json.loads((folder / "pred" / f"test_{model}.json").read_text()):
        there = tumours.get(each["image_id"], [])
        overlaps = coco_mask.iou([each["segmentation"]], there, [0] * len(there)) if there else [0]
        right.append(bool(np.max(overlaps) >= 0.5))
    return right


@pytest.mark.slow
@pytest.mark.real_data
def test_where_agreement_is_not_correctness_nothing_is_certified_by_it(
    run: Run, workspace: Path, shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "braintumor"
    base = ("--base", folder / "test" / "_annotations.coco.json", "--split", "test")
    for model, match in (("modelA", ()), ("modelB", ("--match", "modelA"))):
        file = folder / "pred" / f"test_{model}.json"
        done = run("ingest", file, "--setting", model, *base, *match, "-w", workspace)
        assert done.status == 0, done.err
    assert run("measure", "-w", workspace, "--workers", 1).status == 0
    right = read_truth(folder, "modelA")
    sampled = drawn(run, workspace, tmp_path, len(right), "--frame", "modelA")
    said = {
        (each, "modelA"): "correct" if right[int(each.rpartition("#")[2])] else "incorrect"
        for each in sampled
    }
    judge(run, workspace, tmp_path, said)
    for target in (0.6, 0.8, 0.95):
        for features in ("iou", "iou:modelB,confidence_max"):
            words = ("--features", features, "--out", tmp_path / "rules.toml", "-w", workspace, "--json")
            found = run("tune", "--setting", "modelA", "--target", target, *words)
            assert found.status == 2
            assert not found.json["is_certified"]
    # Most masks on which both agree closely are wrong; the curve shows it.
    curve = run("tune", "--setting", "modelA", "--target", 0.8, *words, "--features", "iou").json["curve"]
    [closest] = [point for point in curve if point["threshold"] <= 0.8][:1]
    assert closest["accuracy"] < 0.5
    assert closest["high"] < 0.8


@pytest.mark.slow
@pytest.mark.real_data
def test_empty_masks_are_errors_that_agreement_drops(
    run: Run, workspace: Path, shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "yolact4"
    base = ("--base", folder / "images_categories.json")
    for setting, match in (("base", ()), ("im700", ("--match", "base"))):
        file = folder / f"yolact_{setting}.results.json"
        assert run("ingest", file, "--setting", setting, *base, *match, "-w", workspace).status == 0
    assert run("measure", "-w", workspace, "--workers", 1).status == 0
    results = json.loads((folder / "yolact_base.results.json").read_text())
    is_empty = [int(coco_mask.area(each["segmentation"])) == 0 for each in results]
    sampled = drawn(run, workspace, tmp_path, 900, "--frame", "base")
    numbers = {each: int(each.rpartition("#")[2]) for each in sampled}
    # Every mask that is there is called right: only the empty ones are wrong, and nobody judged these.
    said = {(each, "base"): "correct" for each, number in numbers.items() if not is_empty[number]}
    judge(run, workspace, tmp_path, said)
    out = tmp_path / "rules.toml"
    words = ("--target", 0.95, "--features", "iou", "--out", out, "-w", workspace, "--json")
    found = run("tune", "--setting", "base", *words)
    assert found.status == 0, found.err
    assert found.json["n_learning"] + found.json["n_certifying"] == 900
    whole = found.json["curve"][-1]
    n_unmatched = len(is_empty) - round(whole["share_kept"] * len(is_empty))
    # Of two empty masks the overlap is 0/0, unknown: no threshold keeps them.
    assert n_unmatched > 0
    folder = tmp_path / "filtered"
    words = ("--rules", out, "--out", folder, "--workers", 1, "-w", workspace)
    assert run("filter", "--setting", "base", *words).status == 0
    kept = json.loads((folder / "yolact_base.results.json").read_text())
    assert len(kept) == found.json["n_kept_masks"]
    n_empty = sum(int(coco_mask.area(each["segmentation"])) == 0 for each in kept)
    assert n_empty <= 0.05 * len(kept)


@pytest.mark.slow
def test_all_masks_may_be_kept_by_a_rule_set_without_rules(run: Run, tmp_path: Path) -> None:
    folder, out = tmp_path / "audit", tmp_path / "rules.toml"
    workspace = make_measured(folder)
    draw(workspace, N_MENTIONS)
    say(workspace, tmp_path, range(N_MENTIONS), lambda *_: "correct")
    workspace.store.close()
    words = ("tune", "--setting", "A", "--target", 0.9, "--out", out, "-w", folder)
    found = run(*words, "--json")
    assert found.status == 0, found.err
    assert found.json["thresholds"] == []
    assert found.json["written"] == str(out)
    assert "rule" not in tomllib.loads(out.read_text())
    words = ("filter", "--setting", "A", "--rules", out, "--out", tmp_path / "filtered", "--workers", 1)
    filtered = run(*words, "-w", folder)
    assert filtered.status == 0, filtered.err
    written = [json.loads(file.read_text()) for file in (tmp_path / "filtered").glob("*.json")]
    assert [len(each["annotations"]) for each in written if "annotations" in each] == [N_MENTIONS]


def refused(found: Finished, message: str) -> None:
    assert found.status == 2
    assert message in found.err
    assert found.err.count("\n") == 1
    assert found.out == ""


WRONG_WORDS = [
    (("--setting", "A"), "Missing option '--target'"),
    (("--target", 0.9), "Missing option '--setting'"),
    (("--setting", "A", "--target", 1), "1.0 is not in the range 0<x<1"),
    (("--setting", "A", "--target", "nan"), "it is not a number"),
    (("--setting", "A", "--target", 0.9, "--confidence", 0), "0.0 is not in the range 0<x<1"),
    (("--setting", "A", "--target", 0.9, "--features", "ious"), "no feature 'ious': did you mean iou?"),
    (("--setting", "A", "--target", 0.9, "--features", ""), "--features names none"),
    (("--setting", "A", "--target", 0.9, "--features", "iou:A"), "compares 'A' with itself"),
    (("--setting", "A", "--target", 0.9, "--features", "iou:Z"), "there is no setting 'Z'"),
    (("--setting", "Z", "--target", 0.9), "there is no setting 'Z'"),
    (("--setting", "A", "--target", 0.9, "--sample", "no"), "there is no sample 'no'"),
    (("--setting", "A", "--target", 0.9), "0 masks of A in sample 'main' are judged"),
    (("--setting", "A", "--target", 0.9, "--rules", "none.toml"), "none.toml is not there"),
]


def test_wrong_words_are_refused_in_one_line(run: Run, two_settings: Path) -> None:
    run("measure", "-w", two_settings, "--workers", 1)
    run("sample", "--size", 6, "-w", two_settings)
    for words, message in WRONG_WORDS:
        refused(run("tune", *words, "-w", two_settings), message)


def test_unmeasured_masks_and_foreign_files_are_refused(run: Run, two_settings: Path, tmp_path: Path) -> None:
    run("sample", "--size", 6, "-w", two_settings)
    words = ("--setting", "A", "--target", 0.9, "-w", two_settings)
    refused(run("tune", *words), "the masks are not measured yet")
    refused(run("tune", *words, "--out", tmp_path), "is a folder")
    foreign = tmp_path / "mine.toml"
    foreign.write_text("format = 1")
    refused(run("tune", *words, "--out", foreign), "was not tuned, so it is not replaced")


def test_a_sample_drawn_where_masks_differ_is_refused(run: Run, two_settings: Path) -> None:
    run("measure", "-w", two_settings, "--workers", 1)
    assert run("sample", "--size", 3, "--contrast", "A", "B", "-w", two_settings).status == 0
    found = run("tune", "--setting", "A", "--target", 0.9, "-w", two_settings)
    refused(found, "was drawn only where A and B differ")
