"""report, status: the policy of the settings decides what a mask is on which reviewers disagree."""

from pathlib import Path

import pytest

from audit.settings import load_settings
from db.records import Purpose, Verdict
from db.samples import load_sample, load_unit_masks
from db.store import Store
from tests.audit.commands.audited import exported_units, ingest_unequal, judge, report_of, status_of
from tests.audit.jobs.judged_samples import judge as put
from tests.datasets import Run

N_UNITS = 20


@pytest.fixture
def disputed(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """Twenty masks: Ann accepts all, Bob rejects the first four, Cyd sides with Bob on the first two."""
    ingest_unequal(run, workspace, tmp_path, "A")
    assert run("sample", "--unit", "annotation", "--size", N_UNITS, "-w", workspace).status == 0
    ids = [row["annotation_id"] for row in exported_units(run, workspace, tmp_path)]
    judge(run, workspace, tmp_path, {(each, "A"): "correct" for each in ids})
    said = {(each, "A"): "incorrect" for each in ids[:4]}
    judge(run, workspace, tmp_path, said, reviewer="bob", at="2026-11-02T10:00:00Z")
    two = dict.fromkeys(list(said)[:2], "incorrect")
    judge(run, workspace, tmp_path, two, reviewer="cyd", at="2026-11-03T10:00:00Z")
    return workspace


def with_policy(workspace: Path, policy: str) -> None:
    file = workspace / "audit.toml"
    lines = [
        f'settlement = "{policy}"' if line.startswith("settlement =") else line
        for line in file.read_text().splitlines()
    ]
    file.write_text("\n".join(lines))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "counts", "n_disputed"),
    [
        ("majority", (16, 2, 2, 0), 2),
        ("unanimous", (16, 0, 4, 0), 4),
        ("adjudicated", (16, 0, 0, 4), 4),
    ],
)
def test_report_and_status_follow_the_policy_of_the_settings(
    run: Run, disputed: Path, tmp_path: Path, policy: str, counts: tuple[int, ...], n_disputed: int
) -> None:
    with_policy(disputed, policy)
    report = report_of(run, disputed, tmp_path)
    [setting] = report["settings"]
    assert report["settlement"] == policy
    assert tuple(setting[name] for name in ("n_correct", "n_incorrect", "n_unsure", "n_pending")) == counts
    assert report["disagreements"]["n_disputed"] == n_disputed
    assert report["complete"] is (policy != "adjudicated")
    status = status_of(run, disputed)
    [sample] = status["samples"]
    assert (sample["n_disputed"], sample["n_pending"]) == (n_disputed, counts[3])
    assert "lead's page" in status["next"]
    assert (
        f"\n  {n_disputed} masks disputed: settle on the lead's page\n" in run("status", "-w", disputed).out
    )


@pytest.mark.slow
def test_what_a_lead_settles_is_counted_and_asked_for_no_more(
    run: Run, disputed: Path, tmp_path: Path
) -> None:
    with_policy(disputed, "adjudicated")
    settings = load_settings(disputed, {})
    store = Store(settings.database_url)
    with store.reading() as transaction:
        sample = load_sample(transaction, None)
        masks = [each.mask_id for each in load_unit_masks(transaction, sample.sample_id)]
    put(store, "lea", dict.fromkeys(filter(None, masks), Verdict.CORRECT), purpose=Purpose.ADJUDICATION)
    store.close()
    report = report_of(run, disputed, tmp_path)
    assert report["settings"][0]["n_correct"] == N_UNITS
    assert report["disagreements"]["n_settled_by_lead"] == 4
    assert status_of(run, disputed)["next"] == "mask-audit report --out report"
    run("report", "--out", tmp_path / "report", "--format", "md", "-w", disputed)
    assert f"| lea | page | 0 | {N_UNITS} |" in (tmp_path / "report" / "report.md").read_text()
    # An export holds readings alone.
    run("verdicts", "export", tmp_path / "out.csv", "-w", disputed)
    assert "lea" not in (tmp_path / "out.csv").read_text()


@pytest.mark.slow
def test_likeliest_verdicts_come_with_a_caution(run: Run, disputed: Path, tmp_path: Path) -> None:
    with_policy(disputed, "dawid-skene")
    report = report_of(run, disputed, tmp_path)
    assert report["settlement"] == "dawid-skene"
    assert any("quote the corrected figures" in each for each in report["warnings"])
    assert report["settings"][0]["n_reviewed"] == N_UNITS
    with_policy(disputed, "majority")
    report = report_of(run, disputed, tmp_path)
    assert not any("quote the corrected figures" in each for each in report["warnings"])


@pytest.mark.slow
def test_second_readings_that_are_owed_are_the_next_step(run: Run, workspace: Path, tmp_path: Path) -> None:
    ingest_unequal(run, workspace, tmp_path, "A")
    assert run("sample", "--unit", "annotation", "--size", N_UNITS, "-w", workspace).status == 0
    ids = [row["annotation_id"] for row in exported_units(run, workspace, tmp_path)]
    judge(run, workspace, tmp_path, {(each, "A"): "incorrect" for each in ids}, seconds=6)
    assert status_of(run, workspace)["next"] == "mask-audit report --out report"
    for name in ("ann", "bob"):
        assert run("reviewer", "add", name, "-w", workspace).status == 0
    status = status_of(run, workspace)
    [sample] = status["samples"]
    assert (sample["n_readings_owed"], sample["n_reviewers"], sample["done"]) == (N_UNITS, 2, False)
    assert status["next"] == "mask-audit review"
    assert (
        f"\n  {N_UNITS} readings owed (second readings), about 2 min left\n"
        in run("status", "-w", workspace).out
    )
    owed = f"{N_UNITS} second readings are still owed: figures may change with them."
    assert owed in report_of(run, workspace, tmp_path)["warnings"]
    file = workspace / "audit.toml"
    file.write_text(file.read_text().replace("first_readings = 1", "first_readings = 3"))
    assert status_of(run, workspace)["samples"][0]["n_reviewers_needed"] == 3
    assert "first_readings in audit.toml needs 3 reviewers, has 2" in run("status", "-w", workspace).out
