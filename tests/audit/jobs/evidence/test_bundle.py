"""What a bundle holds, what it keeps to itself, and that it is the same whenever it is made of the same."""

import hashlib
import json
import shutil
from collections import Counter
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from audit.errors import InputError
from audit.jobs.evidence.bundle import write_bundle
from audit.jobs.evidence.privacy import without_places
from audit.jobs.loaded_report import load_report_content
from audit.jobs.progress import SILENT
from audit.jobs.pseudonyms import ReviewerNames
from audit.jobs.workspace import open_workspace
from db.evidence import TABLES, add_evidence, load_evidence
from db.population import Population
from db.records import Verdict
from db.reviewers import ensure_reviewer
from db.samples import load_sample, load_units
from db.store import Store
from reports.json_document import render_json
from tests.audit.jobs.evidence.bundled import (
    NOW,
    PEOPLE,
    QUESTION,
    a_request,
    bundle_of,
    command,
    found_in,
    make_audit,
    verified,
    without_programs,
)
from tests.audit.jobs.evidence.forging import Forgery
from tests.audit.jobs.judged_samples import judge

RULES = """\
format = 1
[[rule]]
kind = "threshold"
feature = "area_share"
at_least = 0.001
"""


@pytest.fixture(scope="module")
def unpacked(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Forgery:
    return Forgery(bundle, tmp_path_factory.mktemp("unpacked"))


def text_in(folder: Path) -> str:
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".jpg", ".png")
    )
    return "\n".join(file.read_text() for file in files)


def test_a_bundle_of_everything_holds(bundle: Path) -> None:
    found = verified(bundle)
    assert found_in(found) == []
    assert {check.name for check in found.checks if not check.is_done} == {
        "signature",
        "draw",
        "pictures",
        "rules",
    }


def test_the_sample_is_drawn_again_where_its_population_is_at_hand(audit: Path, bundle: Path) -> None:
    found = verified(bundle, Population(audit / "population"))
    assert found_in(found) == []
    [draw] = [check for check in found.checks if check.name == "draw"]
    assert draw.is_done
    assert draw.said == "40 units, drawn again from the population"


def test_another_population_is_not_drawn_from(audit: Path, bundle: Path, tmp_path: Path) -> None:
    other = shutil.copytree(audit / "population", tmp_path / "population")
    manifest = other / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"fingerprint": "', '"fingerprint": "f', 1))
    [draw] = [check for check in verified(bundle, Population(other)).checks if check.name == "draw"]
    assert not draw.is_done
    assert "is not the one that was drawn from (A.json was added or changed" in draw.said
    [draw] = [check for check in verified(bundle, Population(tmp_path)).checks if check.name == "draw"]
    assert draw.said == "the population at hand has no setting A"


def test_the_report_is_that_of_the_workspace_but_for_names(audit: Path, unpacked: Forgery) -> None:
    workspace = open_workspace(audit)
    live = json.loads(render_json(load_report_content(workspace, QUESTION, now=NOW)))
    workspace.store.close()
    bundled = json.loads((unpacked.folder / "report" / "report.json").read_text())
    for stored, computed in zip(bundled["settings"], live["settings"], strict=True):
        assert stored["accuracy"] == computed["accuracy"]
        assert stored["by_split"].keys() == computed["by_split"].keys()
        assert stored["reasons"] == computed["reasons"]
    assert bundled["agreement"] == live["agreement"]
    assert bundled["comparisons"] == live["comparisons"]


def test_nothing_tells_who_judged_or_where_files_lay(audit: Path, unpacked: Forgery) -> None:
    text = text_in(unpacked.folder)
    for private in (*PEOPLE, "Archer", "Lind", "example.org", str(audit.parent), "photographs", "5" * 64):
        assert private not in text
    assert {row["name"] for row in unpacked.rows("reviewers")} == {"reviewer-1", "reviewer-2", "reviewer-3"}
    assert [row["has_link"] for row in unpacked.rows("reviewers")] == [False, True, False]
    assert {row["comment"] for row in unpacked.rows("journal")} == {""}
    assert "database" not in (unpacked.folder / "settings.toml").read_text()


@pytest.mark.slow
def test_names_and_remarks_are_in_it_where_somebody_says_so(audit: Path, tmp_path: Path) -> None:
    written = bundle_of(audit, tmp_path / "x.zip", names=ReviewerNames.REAL)
    assert written.about.has_names
    forgery = Forgery(written.file, tmp_path)
    assert {row["name"] for row in forgery.rows("reviewers")} == set(PEOPLE)
    assert "Ann Archer thinks otherwise" in {row["comment"] for row in forgery.rows("journal")}
    assert str(audit.parent) not in text_in(forgery.folder)
    assert found_in(verified(written.file)) == []


def test_the_whole_journal_is_in_it(audit: Path, unpacked: Forgery) -> None:
    """First and second readings, changed and withdrawn ones, leads' verdicts, gold."""
    journal = unpacked.rows("journal")
    assert {row["purpose"] for row in journal} == {"reading", "adjudication", "gold"}
    assert any(row["verdict"] is None and row["supersedes"] is not None for row in journal)
    assert any(row["verdict"] == "unsure" and row["supersedes"] is not None for row in journal)
    assert unpacked.rows("synthetic_masks")
    assert {row["preference"] for row in unpacked.rows("preferences")} >= {None, "first"}


def test_it_holds_one_sample_and_of_another_the_name_alone(unpacked: Forgery) -> None:
    assert [row["name"] for row in unpacked.rows("samples")] == ["before", "main"]
    assert len(unpacked.rows("units")) == 40
    assert {row["sample_id"] for row in unpacked.rows("units")} == {2}
    assert {row["sample_id"] for row in unpacked.rows("assignments")} == {1, 2}


def test_its_sums_are_what_sha256sum_reads(unpacked: Forgery) -> None:
    for line in (unpacked.folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((unpacked.folder / name).read_bytes()).hexdigest() == digest


def test_outcomes_give_the_figures_by_counting(unpacked: Forgery) -> None:
    lines = (unpacked.folder / "outcomes.csv").read_text().splitlines()
    counted = Counter(tuple(line.split(",")[1:3]) for line in lines[1:])
    report = json.loads((unpacked.folder / "report" / "report.json").read_text())
    for setting in report["settings"]:
        for outcome in ("correct", "incorrect", "unsure", "missing", "unjudgable", "pending"):
            assert counted[setting["setting"], outcome] == setting[f"n_{outcome}"]
    assert counted["C", "unjudgable"] > 0


@pytest.mark.slow
def test_the_same_state_gives_the_same_bytes(audit: Path, bundle: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(audit, tmp_path / "elsewhere" / "audit")
    again = bundle_of(moved, tmp_path / "again.zip")
    assert again.file.read_bytes() == bundle.read_bytes()


@pytest.mark.slow
def test_what_is_judged_meanwhile_is_in_the_next_bundle(audit: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(audit, tmp_path / "audit")
    before = bundle_of(copy, tmp_path / "before.zip")
    store = open_workspace(copy).store
    with store.reading() as transaction:
        units = load_units(transaction, load_sample(transaction, "main").sample_id)
    mask_id = Forgery(before.file, tmp_path).rows("masks")[0]["mask_id"]
    assert units
    judge(store, "Somebody New", {mask_id: Verdict.UNSURE}, minute=999)
    store.close()
    after = bundle_of(copy, tmp_path / "after.zip")
    assert after.about.n_rows["journal"] == before.about.n_rows["journal"] + 1
    forgery = Forgery(after.file, tmp_path)
    assert [row["name"] for row in forgery.rows("reviewers")] == [f"reviewer-{n}" for n in (1, 2, 3, 4)]
    assert found_in(verified(after.file)) == []


@pytest.mark.slow
def test_of_another_version_the_figures_are_held_and_not_the_files(bundle: Path, tmp_path: Path) -> None:
    def make_older(report: dict[str, Any]) -> None:
        report["version"] = "mask-audit 0.0.9"
        del report["agreement"]
        report["settings"][1]["no_more"] = 3

    forgery = Forgery(bundle, tmp_path)
    forgery.change_json("bundle.json", lambda about: about.update(version="0.0.9"))
    forgery.change_json("report/report.json", make_older)
    forgery.sum_again()
    found = verified(forgery.packed())
    assert found_in(found) == []
    assert [check.said for check in found.checks if check.name == "report"] == [
        "mask-audit 0.0.9 wrote its files, and no other version writes the same"
    ]
    assert found.remarks[0].startswith("It was made with mask-audit 0.0.9, here is ")
    forgery.change_json("report/report.json", lambda report: report["settings"][1].update(n_correct=40))
    forgery.sum_again()
    [named] = found_in(verified(forgery.packed()))
    assert named.startswith("report/report.json settings[1] (B).n_correct: it is 40, the rows give ")


@pytest.mark.slow
def test_neither_bundling_nor_verifying_changes_a_workspace(
    audit: Path, bundle: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(audit, tmp_path / "audit")
    before = content_of(copy)
    bundle_of(copy, tmp_path / "x.zip", n_shown=0)
    verified(bundle, Population(copy / "population"))
    assert content_of(copy) == before


def content_of(folder: Path) -> dict[str, bytes]:
    """Every file, the database without the files that SQLite keeps beside it while it is open."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


@pytest.mark.slow
def test_a_bundle_of_a_live_workspace_is_of_one_moment(audit: Path, tmp_path: Path) -> None:
    """Somebody judges all the time: the bundle holds their verdicts up to some moment, and its figures."""
    copy = shutil.copytree(audit, tmp_path / "audit")
    mask_ids = [
        row["mask_id"] for row in Forgery(bundle_of(copy, tmp_path / "x.zip").file, tmp_path).rows("masks")
    ]
    done = Event()
    judging = Thread(target=judge_until, args=(copy, mask_ids, done))
    judging.start()
    try:
        written = bundle_of(copy, tmp_path / "y.zip")
    finally:
        done.set()
        judging.join()
    assert found_in(verified(written.file)) == []
    entries = [row["entry_id"] for row in Forgery(written.file, tmp_path).rows("journal")]
    assert len(entries) == entries[-1] - entries[0] + 1


def judge_until(workspace: Path, mask_ids: list[str], done: Event) -> None:
    store = open_workspace(workspace).store
    for minute, mask_id in enumerate(cycle(mask_ids)):
        if done.is_set():
            break
        judge(store, "Busy Bee", {mask_id: (Verdict.CORRECT, Verdict.INCORRECT)[minute % 2]}, minute=minute)
    store.close()


@pytest.mark.slow
def test_rule_sets_and_the_guideline_go_along(audit: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(audit, tmp_path / "audit")
    (copy / "kept.toml").write_text(RULES)
    (copy / "oidc.toml").write_text('[auth]\nclient_secret = "never told"\n')
    (tmp_path / "named rules.toml").write_text(RULES)
    (copy / "guideline.md").write_text("# Look twice\n")
    written = bundle_of(copy, tmp_path / "x.zip", rules=(tmp_path / "named rules.toml",))
    forgery = Forgery(written.file, tmp_path)
    assert sorted(path.name for path in (forgery.folder / "rules").iterdir()) == ["kept.toml", "rules-1.toml"]
    assert "never told" not in text_in(forgery.folder)
    found = verified(written.file)
    assert found_in(found) == []
    assert [check.said for check in found.checks if check.name == "rules"] == ["2 can be read"]
    assert "Verdicts name 1 other guideline, which nobody kept." in found.remarks
    forgery.folder.joinpath("rules", "kept.toml").write_text("format = 2\n")
    forgery.sum_again()
    assert found_in(verified(forgery.packed()))[0].startswith("rules/kept.toml: it is no rule set: ")


def test_what_is_no_rule_set_is_refused(audit: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"audit.toml: "):
        bundle_of(audit, tmp_path / "x.zip", rules=(audit / "audit.toml",))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_workspace_of_either_database_is_bundled_alike(
    audit: Path, bundle: Path, tmp_path: Path, store_url: str
) -> None:
    """The rows of one database in another give the same rows again, and a bundle that holds."""
    live, store = open_workspace(audit), Store(store_url)
    store.create()
    with live.store.reading() as transaction, store.transaction() as other:
        rows = load_evidence(transaction, load_sample(transaction, "main").sample_id)
        add_evidence(other, rows)
    with without_programs():
        written = write_bundle(
            replace(live, store=store), a_request(tmp_path / "x.zip"), now=NOW, progress=SILENT
        )
    with store.reading() as transaction:
        assert load_evidence(transaction, 2) == rows
    store.close()
    live.store.close()
    assert found_in(verified(written.file, live.population)) == []
    for table in TABLES:
        there, here = (Forgery(each, tmp_path).rows(table) for each in (bundle, written.file))
        assert here == there


@pytest.mark.slow
def test_a_sample_that_was_never_judged_is_bundled(tmp_path: Path) -> None:
    workspace = make_audit(tmp_path)
    command("sample", "--size", "9", "--name", "fresh", "-w", workspace)
    store = open_workspace(workspace).store
    with store.transaction() as transaction:
        ensure_reviewer(transaction, "Nobody", NOW)
    store.close()
    written = bundle_of(workspace, tmp_path / "x.zip", question=replace(QUESTION, sample=None))
    assert written.about.sample == "fresh"
    assert found_in(verified(written.file)) == []


@pytest.mark.parametrize(
    ("root", "kept"),
    [
        ("https://example.org/images", "https://example.org/images"),
        ("https://user:secret@example.org/images", None),
        ("https://example.org/images?token=secret", None),
        ("s3://bucket", None),
        ("/home/ann/images", None),
        (None, None),
    ],
)
def test_of_places_of_images_only_public_addresses_are_told(root: str | None, kept: str | None) -> None:
    [row] = without_places({"units": [{"unit_id": 1, "images_root": root, "file_name": "1.jpg"}]})["units"]
    assert row["images_root"] == kept


@pytest.mark.parametrize(
    ("name", "root", "kept"),
    [
        ("04/1.jpg", "/home/ann/images", "04/1.jpg"),
        ("/home/ann/images/1.jpg", None, "1.jpg"),
        ("C:\\Users\\ann\\1.jpg", None, "1.jpg"),
        ("../ann/1.jpg", "/home/images", "1.jpg"),
        ("file:///home/ann/1.jpg", None, "1.jpg"),
        ("https://ann:secret@example.org/04/1.jpg?key=secret#x", None, "https://example.org/04/1.jpg"),
        ("04/1.jpg?key=secret", "https://example.org", "04/1.jpg"),
        ("what?.jpg", "/home/ann", "what?.jpg"),
        (None, None, None),
    ],
)
def test_a_file_name_tells_no_folder_and_no_key(name: str | None, root: str | None, kept: str | None) -> None:
    [row] = without_places({"units": [{"unit_id": 1, "images_root": root, "file_name": name}]})["units"]
    assert row["file_name"] == kept
