"""init, ingest and doctor: what is read, what is said of it, and what a second run does."""

import gzip
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from benchmarks.generate import write_file as write_generated
from db.population import Population
from tests.datasets import Run, a_dataset, an_annotation, rectangle, write_json


def test_init_shows_every_setting_and_may_be_run_again(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    assert run("init", folder, "--json").json == {"workspace": str(folder), "created": True}
    text = (folder / "audit.toml").read_text()
    for name in ("database", "seed", "confidence", "guideline", "workers"):
        assert f"\n{name} = " in text
    (folder / "audit.toml").write_text(text.replace("seed = 1", "seed = 5"))
    assert run("init", folder, "--json").json == {"workspace": str(folder), "created": False}
    assert "seed = 5" in (folder / "audit.toml").read_text()


def test_init_refuses_a_database_it_cannot_use_and_leaves_no_workspace(run: Run, tmp_path: Path) -> None:
    finished = run("init", tmp_path / "audit", "--database", "mysql://x/y")
    assert finished.status == 2
    assert "mysql" in finished.err
    assert not (tmp_path / "audit" / "audit.toml").exists()


def test_ingest_gives_the_promised_account(run: Run, workspace: Path, tmp_path: Path) -> None:
    annotations = [
        an_annotation(0),
        an_annotation(1),
        an_annotation(1),
        an_annotation(2, rectangle(0, 0, 0, 0)),
    ]
    file = write_json(tmp_path / "oven_val.json", a_dataset(annotations))
    account = run("ingest", file, "--setting", "A", "-w", workspace, "--json").json
    assert account["setting"] == "A"
    assert account["files"] == [
        {
            "file": "oven_val.json",
            "dialect": "list of RLEs (Mask-OVEN-Wiki)",
            "n_annotations": 4,
            "n_written": 3,
            "n_normalised": 1,
            "n_skipped": 1,
            "problems": [
                {"kind": "empty_segmentation", "n": 1, "example_ids": ["oven_0002"]},
                {"kind": "duplicate_annotation_id", "n": 1, "example_ids": ["oven_0001"]},
            ],
        }
    ]


def test_doctor_gives_the_same_account_and_writes_nothing(run: Run, workspace: Path, tmp_path: Path) -> None:
    file = write_json(tmp_path / "x.json", a_dataset([an_annotation(0), an_annotation(0)]))
    examined = run("doctor", file, "--json").json["files"]
    assert examined == run("ingest", file, "--setting", "A", "-w", workspace, "--json").json["files"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit", "elsewhere", "x.json"]


def test_ingesting_again_skips_by_content_and_replaces_by_place(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    file = write_json(tmp_path / "x.json", a_dataset([an_annotation(0)]))
    words = ("--setting", "A", "-w", workspace)
    assert "1 masks" in run("ingest", file, *words).out
    moved = file.rename(tmp_path / "moved.json")
    again = run("ingest", moved, *words)
    assert again.status == 0
    assert "skipped" in again.out
    write_json(file, a_dataset([an_annotation(1), an_annotation(2)]))
    assert "3 masks" in run("ingest", file, *words).out
    write_json(file, a_dataset([an_annotation(3)]))
    changed = run("ingest", file, *words)
    assert "replaces" in changed.out
    assert "2 masks" in changed.out


def test_several_files_of_one_setting_add_up_and_share_no_id(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    one = write_json(tmp_path / "one.json", a_dataset([an_annotation(0)]))
    two = write_json(tmp_path / "two.json", a_dataset([an_annotation(1)]))
    with gzip.open(tmp_path / "copy.json.gz", "wt") as file:
        json.dump(a_dataset([an_annotation(1), an_annotation(5)]), file)
    assert "2 masks" in run("ingest", one, two, "--setting", "A", "-w", workspace).out
    refused = run("ingest", tmp_path / "copy.json.gz", "--setting", "A", "-w", workspace)
    assert refused.status == 2
    assert "oven_0001" in refused.err
    assert Population(workspace / "population").manifest().get("A").n_annotations == 2


def test_strict_refuses_what_is_wrong_and_leaves_the_population_as_it_was(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    good = write_json(tmp_path / "good.json", a_dataset([an_annotation(0)]))
    bad = write_json(tmp_path / "bad.json", a_dataset([an_annotation(1), an_annotation(1)]))
    assert run("ingest", good, "--setting", "A", "--strict", "-w", workspace).status == 0
    refused = run("ingest", bad, "--setting", "A", "--strict", "-w", workspace)
    assert refused.status == 2
    assert "duplicate_annotation_id" in refused.err
    assert "oven_0001" in refused.err
    assert Population(workspace / "population").manifest().get("A").n_annotations == 1


def test_masks_without_ids_pair_with_another_setting_by_overlap(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    named = [an_annotation(number) for number in (0, 1, 2)]
    shifted = an_annotation(0, rectangle(6, 5, 20, 10))
    elsewhere = an_annotation(1, rectangle(40, 30, 5, 5))
    nameless = [{k: v for k, v in each.items() if k != "id"} for each in (elsewhere, shifted)]
    base = write_json(tmp_path / "A.json", a_dataset(named))
    results = write_json(tmp_path / "results.json", nameless)
    run("ingest", base, "--setting", "A", "-w", workspace)
    matched = run("ingest", results, "--setting", "B", "--base", base, "--match", "A", "-w", workspace)
    assert matched.status == 0
    assert "1 masks of B matched masks of A (images known by file name); 1 of B and 2 of A" in matched.out
    assert run("sample", "--unit", "annotation", "--size", "3", "-w", workspace).status == 0
    run("report", "--out", tmp_path / "report", "--format", "json", "-w", workspace)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    counts = {each["setting"]: (each["n_pending"], each["n_missing"]) for each in report["settings"]}
    assert counts == {"A": (3, 0), "B": (1, 2)}


def test_made_up_ids_never_pair(run: Run, workspace: Path, tmp_path: Path) -> None:
    nameless = [{k: v for k, v in an_annotation(0).items() if k != "id"}]
    for name in ("A", "B"):
        (tmp_path / name).mkdir()
        results = write_json(tmp_path / name / "results.json", nameless)
        said = run("ingest", results, "--setting", name, "-w", workspace)
        assert "id_made_up" in said.out
    run("sample", "--unit", "annotation", "--size", "1", "-w", workspace)
    run("report", "--out", tmp_path / "report", "--format", "json", "-w", workspace)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert [each["n_missing"] for each in report["settings"]] == [0, 1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--setting", "A", "--model", "other"), "model"),
        (("--setting", "A", "--match", "A"), "--match 'A' is the setting itself"),
        (("--setting", "B", "--match", "nobody"), "nobody"),
        (("--setting", "B", "--subset-of", "nobody"), "nobody"),
        (("--setting", "B", "--match", "A", "--match-iou", "0"), "--match-iou"),
        (("--setting", "  "), "--setting"),
        (("--setting", "B", "--images", "no-such-folder"), "no-such-folder"),
        (("--setting", "B", "--base", "no-such-file.json"), "no-such-file.json"),
        (("--setting", "B", "--id-key", "bbox"), "--id-key bbox"),
        (("--setting", "B", "--split", ""), "--split"),
        (("--setting", "B", "--images", ""), "--images"),
    ],
)
def test_options_that_contradict_are_refused_in_one_line(
    run: Run, two_settings: Path, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    refused = run("ingest", tmp_path / "A.json", *words, "-w", two_settings)
    assert refused.status == 2
    assert message in refused.err
    assert refused.err.count("\n") == 1


@pytest.mark.parametrize("content", ["", "{", "no json", '{"annotations": [{}', "[1, 2", "\x00\x01"])
def test_a_damaged_file_is_refused_and_named(run: Run, workspace: Path, tmp_path: Path, content: str) -> None:
    file = tmp_path / "damaged.json"
    file.write_text(content)
    for words in (("ingest", file, "--setting", "A", "-w", workspace), ("doctor", file)):
        refused = run(*words)
        assert refused.status == 2
        assert "damaged.json" in refused.err
        assert refused.err.count("\n") == 1
    assert Population(workspace / "population").manifest().settings == ()


def test_errors_are_json_too_where_asked(run: Run, workspace: Path) -> None:
    refused = run("ingest", "absent.json", "--setting", "A", "-w", workspace, "--json")
    assert refused.status == 2
    assert refused.json["error"]["kind"] == "input"
    assert "absent.json" in refused.json["error"]["message"]
    assert "absent.json" in refused.err


def test_outside_of_a_workspace_the_error_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    refused = run("sample", "--size", "2")
    assert refused.status == 2
    assert "mask-audit init" in refused.err


def nameless(number: int, mask: np.ndarray) -> dict[str, object]:
    return {key: value for key, value in an_annotation(number, mask).items() if key != "id"}


def population_ids(workspace: Path, setting: str) -> list[tuple[str, str]]:
    population = Population(workspace / "population")
    files = population.files(population.manifest().get(setting), "annotations.parquet")
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    return sorted((row["annotation_id"], row["mention_id"]) for row in rows)


def test_an_unmatched_mask_is_a_mention_of_its_own_whatever_its_id(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    here, there, nowhere = rectangle(0, 0, 20, 20), rectangle(30, 0, 20, 20), rectangle(0, 30, 5, 5)
    same = {"image_id": "i", "category_id": "Q1"}
    first = [an_annotation(1, here, **same), an_annotation(2, there, **same)]
    second = [an_annotation(1, there, **same), an_annotation(2, nowhere, **same)]
    base = write_json(tmp_path / "A.json", a_dataset(first))
    run("ingest", base, "--setting", "A", "-w", workspace)
    file = write_json(tmp_path / "B.json", a_dataset(second))
    assert run("ingest", file, "--setting", "B", "--match", "A", "-w", workspace).status == 0
    (first_id, first_mention), (second_id, second_mention) = population_ids(workspace, "B")
    assert (second_id, second_mention) == ("oven_0002", "oven_0002")
    assert first_id == "B#1"  # its own is that of another mask now
    assert first_mention not in {"oven_0001", "oven_0002"}


def test_matching_needs_no_base_where_the_image_ids_are_the_same(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    base = write_json(tmp_path / "A.json", a_dataset([an_annotation(0)]))
    results = write_json(tmp_path / "B.json", [nameless(0, rectangle(5, 5, 20, 10))])
    run("ingest", base, "--setting", "A", "-w", workspace)
    words = ("ingest", results, "--setting", "B", "-w", workspace)
    assert "id_made_up" in run(*words).out
    matched = run(*words, "--match", "A")
    assert "1 masks of B matched masks of A (images known by image id)" in matched.out
    assert "id_made_up" not in matched.out
    assert "replaces" in matched.out
    assert population_ids(workspace, "B") == [("oven_0000", "oven_0000")]
    assert "skipped" in run(*words, "--match", "A").out
    assert "replaces" in run(*words, "--match", "A", "--match-iou", "0.9").out


def test_of_an_image_listed_twice_the_first_size_draws_the_polygons(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    dataset = {
        "images": [
            {"id": 1, "file_name": "a.jpg", "height": 100, "width": 100},
            {"id": 1, "file_name": "b.jpg", "height": 200, "width": 300},
        ],
        "categories": [{"id": 1, "name": "thing"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[5, 5, 50, 5, 50, 50]]}],
    }
    file = write_json(tmp_path / "A.json", dataset)
    account = run("ingest", file, "--setting", "A", "-w", workspace, "--json").json["files"][0]
    assert [problem["kind"] for problem in account["problems"]] == ["conflicting_image_id"]
    population = Population(workspace / "population")
    [path] = population.files(population.manifest().get("A"), "annotations.parquet")
    [row] = pq.read_table(path).to_pylist()
    assert (row["height"], row["width"]) == (100, 100)


def test_what_was_forgotten_of_a_setting_can_be_added(run: Run, workspace: Path, tmp_path: Path) -> None:
    file = write_json(tmp_path / "A.json", a_dataset([an_annotation(0)]))
    words = ("ingest", file, "--setting", "A", "-w", workspace)
    run(*words)
    assert "setting A has reference label now" in run(*words, "--reference", "label").out
    assert "'label', not 'other'" in run(*words, "--reference", "other").err


def test_a_subset_that_shares_no_mention_is_refused(run: Run, two_settings: Path, tmp_path: Path) -> None:
    file = write_json(tmp_path / "C.json", a_dataset([an_annotation(99, rectangle(0, 0, 9, 9))]))
    words = ("ingest", file, "--setting", "C", "--subset-of", "A", "-w", two_settings)
    assert "no mask is of one of its mentions" in run(*words).err
    write_json(file, a_dataset([an_annotation(3), an_annotation(99, rectangle(0, 0, 9, 9))]))
    assert "1 of its masks are of mentions of A" in run(*words).out


def test_png_masks_take_images_and_categories_from_a_base_and_say_what_they_lack(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "masks"
    folder.mkdir()
    for name in ("oven_0000", "stranger"):
        Image.fromarray(rectangle(5, 5, 20, 10) * 255).save(folder / f"{name}.png")
    base = write_json(tmp_path / "A.json", a_dataset([an_annotation(0)]))
    words = ("ingest", folder, "--setting", "P", "--base", base, "-w", workspace, "--json")
    account = run(*words).json["files"][0]
    lacking = {problem["kind"]: problem["example_ids"] for problem in account["problems"]}
    assert lacking == {"no_image_id": ["stranger"], "no_category_id": ["stranger"]}
    assert run("sample", "--unit", "annotation", "--size", "2", "-w", workspace).status == 0


def test_removed_files_of_the_population_are_told_and_brought_back(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    file = write_json(tmp_path / "A.json", a_dataset([an_annotation(0)]))
    words = ("ingest", file, "--setting", "A", "-w", workspace)
    run(*words)
    for folder in (workspace / "population").glob("a-*"):
        shutil.rmtree(folder)
    lost = run("sample", "--size", "1", "-w", workspace)
    assert lost.status == 3
    assert lost.err.count("\n") == 1
    assert "1 masks" in run(*words).out
    assert run("sample", "--size", "1", "-w", workspace).status == 0


def test_doctor_gives_every_file_its_account_and_names_the_refused(run: Run, tmp_path: Path) -> None:
    good = write_json(tmp_path / "good.json", a_dataset([an_annotation(0)]))
    twin = write_json(tmp_path / "twin.json", a_dataset([an_annotation(0)]))
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    examined = run("doctor", good, bad, twin, "--json")
    assert examined.status == 2
    assert [account["file"] for account in examined.json["files"]] == ["good.json", "twin.json"]
    assert "bad.json" in examined.json["refusals"][0]
    assert "oven_0000" in examined.json["refusals"][1]
    assert examined.err.count("\n") == 1


@pytest.mark.slow
def test_ctrl_c_ends_an_ingest_with_one_line_and_leaves_nothing(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    file = tmp_path / "large.json"
    write_generated(file, n_annotations=8_000, seed=1)
    command = [sys.executable, "-c", "from audit.cli import main; main()", "ingest", str(file)]
    running = subprocess.Popen(
        [*command, "--setting", "A", "-w", str(workspace)], stderr=subprocess.PIPE, text=True
    )
    while not list((workspace / "population").glob(".staging-*")):
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert (running.returncode, err.count("\n")) == (130, 1)
    assert "interrupted" in err
    assert Population(workspace / "population").manifest().settings == ()
