"""stats: the dataset's own tables and figures, written whole, beside other datasets, with examples."""

import csv
import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from tests.datasets import Run, a_dataset, an_annotation, rectangle, rle, write_json

FILES = {"stats.html", "stats.md", "stats.tex", "stats.json", "SHA256SUMS"}


@pytest.fixture(autouse=True)
def _without_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures as PNG take seconds and have tests of their own."""
    monkeypatch.setenv("CHROME_PATH", "no-such-browser")


def ingest(run: Run, workspace: Path, file: Path, *words: object) -> None:
    assert run("ingest", file, "--setting", "A", *words, "-w", workspace).status == 0


def stats(run: Run, workspace: Path, out: Path, *words: object) -> dict[str, object]:
    finished = run("stats", "--out", out, *words, "-w", workspace, "--json")
    assert finished.status == 0, finished.err
    numbers: dict[str, object] = finished.json["numbers"]
    return numbers


def test_the_first_setting_is_counted_and_the_others_are_said(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "stats"
    finished = run("stats", "--out", out, "-w", two_settings)
    assert finished.status == 0, finished.err
    first, other, *_ = finished.out.splitlines()
    assert first == "A: 12 annotations of 6 entities on 12 images"
    assert other == "B shows the same mentions and is not counted: 11 annotations"
    assert {file.name for file in out.iterdir() if file.is_file()} == FILES
    assert {folder.name for folder in out.iterdir() if folder.is_dir()} == {"tables", "figures", "gallery"}
    written = json.loads((out / "stats.json").read_text("utf-8"))
    assert written["settings_not_counted"] == [
        {"setting": "B", "n_annotations": 11, "n_elsewhere": 0, "subset_of": None}
    ]
    with (out / "tables" / "table-2.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows[1:]] == ["entity", "query", "wiki", "total"]
    assert [row[-1] for row in rows[1:]] == ["4", "4", "4", "12"]


def test_another_setting_is_counted_where_it_is_named(run: Run, two_settings: Path, tmp_path: Path) -> None:
    numbers = stats(run, two_settings, tmp_path / "stats", "--setting", "B", "--format", "json")
    assert (numbers["n_annotations"], numbers["n_empty"]) == (11, 1)
    refused = run("stats", "--out", tmp_path / "other", "--setting", "C", "-w", two_settings)
    assert refused.status == 2
    assert "there is no setting 'C'" in refused.err
    assert not (tmp_path / "other").exists()


def test_mentions_of_another_setting_that_are_not_counted_are_a_warning(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    for setting, numbers in (("P1", range(8)), ("P2", range(8, 12)), ("P3", range(6, 10))):
        file = write_json(tmp_path / f"{setting}.json", a_dataset([an_annotation(each) for each in numbers]))
        assert run("ingest", file, "--setting", setting, "-w", workspace).status == 0
    finished = run("stats", "--out", tmp_path / "stats", "--format", "json", "-w", workspace)
    assert finished.status == 0, finished.err
    assert "the same mentions" not in finished.out
    assert "warning: Setting P2 shows 4 mentions not counted here: --setting P2 counts them." in finished.out
    assert "warning: Setting P3 shows 2 mentions not counted here" in finished.out
    said = run("stats", "--out", tmp_path / "stats", "--format", "json", "-w", workspace, "--json").json
    assert [(each["setting"], each["n_elsewhere"]) for each in said["settings_not_counted"]] == [
        ("P2", 4),
        ("P3", 2),
    ]
    assert len(said["warnings"]) == 2


def test_a_place_that_will_not_do_is_refused_before_anything_is_written(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    (tmp_path / "taken" / "stats.json").mkdir(parents=True)
    for out, message in (
        ("", "--out': it is empty"),
        ("\udcff", "is no UTF-8"),
        (two_settings / "population" / "stats", "lies in the population"),
        (tmp_path / "taken", "is a folder where a file is needed"),
    ):
        before = sorted(tmp_path.rglob("*.md"))
        refused = run("stats", "--out", out, "--format", "md,json", "-w", two_settings)
        assert (refused.status, refused.err.count("\n")) == (2, 1)
        assert message in refused.err
        assert sorted(tmp_path.rglob("*.md")) == before


def test_examples_are_drawn_by_the_seed_from_every_group_in_turn(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "stats"
    stats(run, two_settings, out, "--examples", "5", "--format", "md")
    pictures = sorted((out / "gallery").iterdir())
    assert len(pictures) == 5
    assert all(picture.stat().st_size <= 40_000 for picture in pictures)
    page = (out / "stats.md").read_text("utf-8")
    assert "5 annotations drawn by seed 1, from each category in turn" in page
    assert "what is this?" in page
    before = [picture.read_bytes() for picture in pictures]
    stats(run, two_settings, tmp_path / "again", "--examples", "5", "--format", "md")
    assert [picture.read_bytes() for picture in sorted((tmp_path / "again" / "gallery").iterdir())] == before


def test_without_examples_there_is_no_gallery_and_the_earlier_one_goes(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "stats"
    stats(run, two_settings, out, "--format", "md")
    assert (out / "gallery").is_dir()
    stats(run, two_settings, out, "--format", "md", "--examples", "0")
    assert not (out / "gallery").exists()


def test_a_photo_that_is_gone_leaves_the_mask_on_grey_and_is_said(
    run: Run, two_settings: Path, images: Path, tmp_path: Path
) -> None:
    shutil.rmtree(images)
    out = tmp_path / "stats"
    stats(run, two_settings, out, "--examples", "2", "--format", "md")
    assert len(list((out / "gallery").iterdir())) == 2
    assert "no photo: " in (out / "stats.md").read_text("utf-8")


def test_another_dataset_is_its_file_its_folder_or_its_workspace(
    run: Run, two_settings: Path, workspace: Path, tmp_path: Path
) -> None:
    out = tmp_path / "stats"
    own = stats(run, two_settings, out, "--format", "json")
    places = {"file": out / "stats.json", "folder": out, "workspace": two_settings}
    words = [word for name, place in places.items() for word in ("--against", f"{name}={place}")]
    stats(run, two_settings, tmp_path / "compared", "--format", "json", *words)
    written = json.loads((tmp_path / "compared" / "stats.json").read_text("utf-8"))
    assert written["against"] == [{"name": name, "numbers": own} for name in places]
    assert (tmp_path / "compared" / "figures" / "figure-5-against.json").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x=nowhere"], "there is neither a stats.json nor a workspace"),
        (["x=A.json"], "holds no numbers (it is not what `mask-audit stats` writes): annotation files are"),
        (["x=text.txt"], "holds no numbers"),
        (["nowhere"], "is not NAME=FILE or NAME=DIR"),
        (["=A.json"], "is not NAME=FILE or NAME=DIR"),
        (["x=empty", "x=empty"], "'x' is the name of two datasets"),
        (["this dataset=empty"], "'this dataset' is reserved for the dataset that is counted"),
        (["\udcff=empty"], "is no UTF-8"),
        (["x=\udcff"], "is no UTF-8"),
        (["x=damaged.json"], "holds no numbers (its numbers are incomplete or damaged (there are no classes"),
        (["x=empty"], "nothing is ingested yet in"),
    ],
)
def test_a_dataset_that_has_no_numbers_is_refused_by_name(
    run: Run,
    two_settings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    message: str,
) -> None:
    run("init", tmp_path / "empty")
    (tmp_path / "text.txt").write_text("no numbers", encoding="utf-8")
    stats(run, two_settings, tmp_path / "other", "--format", "json", "--examples", "0")
    damaged = json.loads((tmp_path / "other" / "stats.json").read_text("utf-8"))
    damaged["numbers"]["area"]["counts"] = []
    write_json(tmp_path / "damaged.json", damaged)
    monkeypatch.chdir(tmp_path)
    against = [part for word in words for part in ("--against", word)]
    refused = run("stats", "--out", tmp_path / "stats", *against, "-w", two_settings)
    assert refused.status == 2
    assert message in refused.err
    assert not (tmp_path / "stats").exists()


def test_nothing_ingested_is_refused_with_what_comes_first(run: Run, workspace: Path, tmp_path: Path) -> None:
    refused = run("stats", "--out", tmp_path / "stats", "-w", workspace)
    assert refused.status == 2
    assert "nothing is ingested yet" in refused.err


def test_a_population_whose_files_are_gone_is_named(run: Run, two_settings: Path, tmp_path: Path) -> None:
    for file in (two_settings / "population").glob("*/annotations.parquet"):
        file.unlink()
    refused = run("stats", "--out", tmp_path / "stats", "-w", two_settings)
    assert refused.status == 3
    assert "the population's files" in refused.err
    assert not (tmp_path / "stats").exists()


def test_a_file_where_the_folder_should_be_is_refused(run: Run, two_settings: Path, tmp_path: Path) -> None:
    (tmp_path / "stats").write_text("mine", encoding="utf-8")
    refused = run("stats", "--out", tmp_path / "stats", "-w", two_settings)
    assert refused.status == 2
    assert (tmp_path / "stats").read_text("utf-8") == "mine"


def test_plain_coco_without_splits_categories_names_or_images_is_counted(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    box = rle(rectangle(5, 5, 30, 20))
    annotations = [
        {"id": 1, "image_id": 7, "category_id": 3, "segmentation": box},
        {"id": 2, "image_id": 7, "segmentation": box},
        {"id": 3, "category_id": 3, "segmentation": [[0, 0, 4, 0]]},
        {"id": 4, "image_id": 8, "category_id": 3, "segmentation": {"size": [4, 4], "counts": "~~"}},
        {"id": 5, "image_id": 8, "category_id": 4, "segmentation": []},
    ]
    ingest(run, workspace, write_json(tmp_path / "plain.json", annotations))
    numbers = stats(run, workspace, tmp_path / "stats")
    assert {
        name: numbers[name]
        for name in ("n_annotations", "n_entities", "n_images", "n_without_entity", "n_without_image")
    } == {"n_annotations": 5, "n_entities": 2, "n_images": 2, "n_without_entity": 1, "n_without_image": 1}
    assert numbers["n_unreadable"] == 2
    assert numbers["n_empty"] == 1
    page = (tmp_path / "stats" / "stats.html").read_text("utf-8")
    assert "1 of 5 annotations name no entity" in page
    assert "2 of 5 annotations have a mask that cannot be read" in page
    assert "No category is known" in page


def test_one_annotation_whose_mask_cannot_be_read_is_counted_and_not_drawn(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    broken = an_annotation(0, segmentation=[{"size": [40, 60], "counts": "~~"}])
    ingest(run, workspace, write_json(tmp_path / "one.json", a_dataset([broken])))
    numbers = stats(run, workspace, tmp_path / "stats")
    assert (numbers["n_annotations"], numbers["n_unreadable"]) == (1, 1)
    assert not (tmp_path / "stats" / "gallery").exists()
    assert not list((tmp_path / "stats" / "figures").glob("mask-area-share*"))


def test_names_of_the_dataset_are_text_in_every_file(run: Run, workspace: Path, tmp_path: Path) -> None:
    content = a_dataset([an_annotation(number) for number in range(4)])
    for category, name in zip(content["categories"], ("<b>&\\input{x}_%", '=cmd("x")'), strict=True):
        category |= {"name": name, "supercategory": name}
    ingest(run, workspace, write_json(tmp_path / "hostile.json", content))
    out = tmp_path / "stats"
    stats(run, workspace, out)
    assert "<b>&" not in (out / "stats.html").read_text("utf-8")
    assert "\\input{x}" not in (out / "stats.tex").read_text("utf-8")
    table = (out / "tables" / "figure-5.csv").read_text("utf-8")
    assert "'=cmd(" in table
    assert '"=cmd(' not in table


def test_examples_come_from_splits_where_no_category_is_known_and_long_names_are_cut(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    content = a_dataset([an_annotation(number) for number in range(6)])
    for category in content["categories"]:
        category |= {"name": 500 * "x", "supercategory": ""}
    ingest(run, workspace, write_json(tmp_path / "long.json", content))
    stats(run, workspace, tmp_path / "stats", "--examples", "3", "--format", "md")
    page = (tmp_path / "stats" / "stats.md").read_text("utf-8")
    assert "3 annotations drawn by seed 1, from each split in turn" in page
    assert 500 * "x" not in page
    splits = ("entity", "query", "wiki")
    drawn = page.partition("Examples by split")[2]
    assert all(split in drawn for split in splits)


def test_patterns_of_audit_toml_name_the_sources(run: Run, two_settings: Path, tmp_path: Path) -> None:
    with (two_settings / "audit.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources]\n"first ten" = "oven_000?"\n')
    numbers = stats(run, two_settings, tmp_path / "stats", "--format", "csv,json")
    with (tmp_path / "stats" / "tables" / "table-7.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["Source"]: row["Examples"] for row in csv.DictReader(file)}
    assert rows == {"first ten": "10", "unknown": "2"}
    assert numbers["n_annotations"] == 12


def test_every_file_is_as_its_sum_says(run: Run, two_settings: Path, tmp_path: Path) -> None:
    out = tmp_path / "stats"
    stats(run, two_settings, out)
    sums = dict(
        reversed(line.split("  ", 1)) for line in (out / "SHA256SUMS").read_text("utf-8").splitlines()
    )
    found = {str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()}
    assert found == {*sums, "SHA256SUMS"}
    assert all(sha256((out / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())
