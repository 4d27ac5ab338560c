"""report, status, verdicts export: one journal of several front ends, and how much came through which."""

from pathlib import Path

import pytest

from audit.settings import load_settings
from db.records import Reason, Source, Verdict
from db.samples import load_sample, load_unit_masks, load_units
from db.store import Store
from tests.audit.commands.audited import (
    exported_units,
    exported_verdicts,
    ingest_unequal,
    judge,
    report_of,
    status_of,
)
from tests.audit.jobs.judged_samples import judge as put
from tests.datasets import Run

N_UNITS = 20
ANNOTATOR = "bea@example.com"


@pytest.fixture
def sampled(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """Twenty masks of setting A that nobody has read."""
    ingest_unequal(run, workspace, tmp_path, "A")
    assert run("sample", "--unit", "annotation", "--size", N_UNITS, "-w", workspace).status == 0
    return workspace


def annotate(workspace: Path, said: dict[str, Verdict], reasons: tuple[Reason, ...] = ()) -> None:
    """Put an annotator's verdicts on annotations into the journal, as Label Studio's come."""
    store = Store(load_settings(workspace, {}).database_url)
    with store.reading() as transaction:
        sample = load_sample(transaction, None)
        annotations = {each.unit_id: each.annotation_id for each in load_units(transaction, sample.sample_id)}
        masks = {
            annotations[each.unit_id]: each.mask_id
            for each in load_unit_masks(transaction, sample.sample_id)
            if each.mask_id is not None
        }
    on_masks = {masks[annotation_id]: verdict for annotation_id, verdict in said.items()}
    put(store, ANNOTATOR, on_masks, source=Source.LABEL_STUDIO, reasons=reasons)
    store.close()


def markdown_of(run: Run, workspace: Path, tmp_path: Path) -> str:
    assert run("report", "--out", tmp_path / "told", "--format", "md", "-w", workspace).status == 0
    return (tmp_path / "told" / "report.md").read_text()


@pytest.mark.slow
def test_before_any_verdict_nothing_is_said_of_sources(run: Run, sampled: Path, tmp_path: Path) -> None:
    assert "sources" not in report_of(run, sampled, tmp_path)
    assert "sources" not in status_of(run, sampled)["samples"][0]
    assert "Where they were given" not in markdown_of(run, sampled, tmp_path)
    assert "through" not in run("status", "-w", sampled).out


def test_verdicts_of_label_studio_alone_are_told_in_one_sentence(
    run: Run, sampled: Path, tmp_path: Path
) -> None:
    ids = [row["annotation_id"] for row in exported_units(run, sampled, tmp_path)]
    annotate(sampled, dict.fromkeys(ids, Verdict.CORRECT))
    report = report_of(run, sampled, tmp_path)
    assert report["sources"] == {
        "label-studio": {"n_verdicts": N_UNITS, "n_masks": N_UNITS},
        "n_masks_of_several": 0,
    }
    assert report["settings"][0]["n_correct"] == N_UNITS
    told = markdown_of(run, sampled, tmp_path)
    assert "Where they were given: 20 verdicts on 20 masks through “label-studio”." in told
    assert "read through more than one" not in told
    assert "through" not in run("status", "-w", sampled).out


def test_report_and_status_say_how_many_came_from_where_and_how_far_sources_agree(
    run: Run, sampled: Path, tmp_path: Path
) -> None:
    ids = [row["annotation_id"] for row in exported_units(run, sampled, tmp_path)]
    judge(run, sampled, tmp_path, {(each, "A"): "correct" for each in ids[:12]})
    said = dict.fromkeys(ids[8:], Verdict.CORRECT)
    annotate(sampled, said | {ids[8]: Verdict.INCORRECT})
    report = report_of(run, sampled, tmp_path)
    found = report["sources"]
    assert found["import"] == {"n_verdicts": 12, "n_masks": 12}
    assert found["label-studio"] == {"n_verdicts": 12, "n_masks": 12}
    assert "page" not in found
    assert found["n_masks_of_several"] == found["agreement"]["n"] == 4
    assert report["agreement"]["n_units"] == 4
    assert report["agreement"]["n_reviewers"] == 2
    assert found["agreement"]["interval"] == report["agreement"]["observed"]["interval"]
    clause = (
        "12 verdicts on 12 masks through “import”, 12 verdicts on 12 masks through “label-studio”;"
        " 4 masks read through more than one"
    )
    told = markdown_of(run, sampled, tmp_path)
    assert f"Where they were given: {clause}." in told
    assert "| Agreement between sources |" in told
    assert f"| ann | import | 12 |\n| {ANNOTATOR} | label-studio | 12 |" in told.replace("{-}", "-")
    assert f"\n  {clause}\n" in run("status", "-w", sampled).out
    assert status_of(run, sampled)["samples"][0]["sources"] == found


def test_verdicts_of_label_studio_are_exported_like_all_others_and_come_back_unchanged(
    run: Run, sampled: Path, tmp_path: Path
) -> None:
    ids = [row["annotation_id"] for row in exported_units(run, sampled, tmp_path)]
    annotate(sampled, dict.fromkeys(ids, Verdict.INCORRECT), reasons=(Reason.SPILLS_OVER,))
    assert exported_verdicts(run, sampled, tmp_path) == {(each, "A"): "incorrect" for each in ids}
    [first, *_] = (tmp_path / "said.csv").read_text().splitlines()[1:]
    assert f",{ANNOTATOR},incorrect,spills_over," in first
    again = run("verdicts", "import", tmp_path / "said.csv", "-w", sampled, "--json").json
    assert (again["n_rows"], again["n_new"]) == (N_UNITS, 0)
    assert list(report_of(run, sampled, tmp_path)["sources"]) == ["label-studio", "n_masks_of_several"]
