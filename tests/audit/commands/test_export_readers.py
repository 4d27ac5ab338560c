"""What is exported, read by the programs that it is for."""

from pathlib import Path

import pandas as pd
import pytest
from pycocotools.coco import COCO

from reports.exports.columns import COLUMNS
from tests.audit.commands.exporting import call, judge_copy, make_drawn

ARRAY_COPY = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve mentions of three settings, some of them judged; only read."""
    drawn = make_drawn(tmp_path_factory.mktemp("drawn"))
    return judge_copy(drawn, drawn.with_name("judged"))


@pytest.fixture
def croissant(judged: Path, tmp_path: Path) -> Path:
    call("export", "--format", "croissant", "--out", tmp_path / "croissant", "-w", judged)
    return tmp_path / "croissant"


@pytest.mark.filterwarnings(ARRAY_COPY)
def test_pycocotools_reads_every_mask(
    judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call("export", "--format", "coco", "--out", tmp_path / "coco", "-w", judged)
    coco = COCO(str(tmp_path / "coco" / "B.json"))
    capsys.readouterr()

    annotations = coco.loadAnns(coco.getAnnIds())
    assert len(annotations) == 10
    assert all(coco.annToMask(each).sum() == each["area"] > 0 for each in annotations)
    outcomes = {each["audit"]["outcome"] for each in annotations}
    assert outcomes == {"correct", "incorrect", "unsure", "pending", "unjudgable"}


def test_pandas_reads_what_the_dictionary_says(croissant: Path) -> None:
    table = pd.read_parquet(croissant / "verdicts.parquet")

    assert list(table.columns) == [column.name for column in COLUMNS]
    assert str(table["decided_at"].dtype) == "datetime64[us, UTC]"
    assert table["inclusion_probability"].between(0, 1).all()


@pytest.mark.slow
def test_hugging_face_reads_the_table(
    croissant: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    datasets.disable_progress_bars()
    file = str(croissant / "verdicts.parquet")
    read = datasets.load_dataset("parquet", data_files=file, split="train", cache_dir=str(tmp_path / "cache"))

    assert read.column_names == [column.name for column in COLUMNS]
    assert read.num_rows == len(pd.read_parquet(file))
    assert ["spills_over", "part_missing"] in read["reasons"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its parser of JSON-LD
def test_mlcroissant_finds_no_error_and_reads_every_record(croissant: Path) -> None:
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=croissant / "croissant.json")
    records = list(dataset.records("verdicts"))

    assert dataset.metadata.ctx.issues.errors == set()
    # What only the publisher knows.
    assert sorted(each.split("/")[-1].split('"')[0] for each in dataset.metadata.ctx.issues.warnings) == [
        "citeAs",
        "datePublished",
        "license",
        "version",
    ]
    table = pd.read_parquet(croissant / "verdicts.parquet")
    assert [record["verdicts/annotation_id"].decode() for record in records] == list(table["annotation_id"])
    assert [record["verdicts/mix_weight"] for record in records] == list(table["mix_weight"])
    assert dataset.metadata.machine_annotation_tools == ["model A", "model B", "model C"]
    assert "95 % interval" in dataset.metadata.data_annotation_analysis[0]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its parser of JSON-LD
def test_mlcroissant_notices_another_table(croissant: Path) -> None:
    import mlcroissant

    file = croissant / "verdicts.parquet"
    pd.read_parquet(file).iloc[1:].to_parquet(file)
    with pytest.raises(mlcroissant.GenerationError) as refused:
        list(mlcroissant.Dataset(jsonld=croissant / "croissant.json").records("verdicts"))
    assert "Hash" in str(refused.value.__cause__)
