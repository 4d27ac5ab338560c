"""From verdicts to a filtered setting, on real photographs: what is kept is as accurate as promised."""

import csv
import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.serve import ServeRequest
from tests.browser.conftest import PageServer, free_port
from tests.browser.driving import press, wait_all_done, wait_painted, wait_saved
from tests.browser.real_masks import MODELS, SPLITS, Truth, make_workspace, mask_audit, read_truth

pytestmark = [pytest.mark.browser, pytest.mark.real_data, pytest.mark.slow]

TARGET = 0.7
FILTERED = "gc after filtering"
NOW = datetime(2026, 1, 2, tzinfo=UTC).isoformat()

BASE = """
format = 1

[[rule]]
kind = "incomplete_location"
types = []
categories = ["appliance"]
confidence_below = 0.5
"""


@dataclass
class Audit:
    """A workspace whose sample has a verdict on every mask, and its page's server."""

    folder: Path
    truth: Truth
    server: PageServer

    def run(self, *words: object) -> str:
        return mask_audit(*words, "-w", self.folder)

    def filter(self, rules: Path) -> dict[str, dict[str, str]]:
        """Filter, ingest and carry as the commands say; gives the decisions by annotation id."""
        out = self.folder / "filtered"
        said = self.run("filter", "--setting", "gc", "--rules", rules, "--out", out)
        lines = [line.strip() for line in said.splitlines() if line.strip().startswith("mask-audit ingest")]
        assert len(lines) == len(SPLITS)
        for line in lines:
            self.run(*shlex.split(line)[1:])
        self.run("sample", "--carry")
        with (out / "decisions.csv").open(newline="") as file:
            return {row["annotation_id"]: row for row in csv.DictReader(file)}

    def sampled(self) -> list[str]:
        export = self.folder / "sample.csv"
        self.run("sample-export", export)
        with export.open(newline="") as file:
            return [row["annotation_id"] for row in csv.DictReader(file)]

    def report(self) -> dict[str, Any]:
        self.run("report", "--out", self.folder / "report")
        found = json.loads((self.folder / "report" / "report.json").read_text())
        return {each["setting"]: each for each in found["settings"]} | {"complete": found["complete"]}


@pytest.fixture(scope="module")
def audit(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audit]:
    folder = tmp_path_factory.mktemp("filtered") / "audit"
    make_workspace(shared_data / "coco_free", folder)
    server = PageServer(ServeRequest(workspace=folder, port=free_port()))
    made = Audit(folder=folder, truth=read_truth(shared_data / "coco_free"), server=server)
    made.run("measure")
    made.run("sample", "--goal", "tune", "--size", 900, "--seed", 11)
    judge_by_file(made)
    server.start()
    yield made
    server.kill()


def judge_by_file(audit: Audit) -> None:
    verdicts = audit.folder / "verdicts.csv"
    with verdicts.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["annotation_id", "setting", "reviewer", "verdict", "decided_at"])
        for annotation_id in audit.sampled():
            for model in MODELS:
                verdict = "correct" if audit.truth[annotation_id, model] else "incorrect"
                rows.writerow([annotation_id, model, "truth", verdict, NOW])
    audit.run("verdicts", "import", verdicts)


def test_from_verdicts_to_a_filtered_setting_that_keeps_its_promise(
    open_page: Callable[[str], Any], audit: Audit, tmp_path: Path
) -> None:
    base, rules = tmp_path / "base.toml", tmp_path / "rules.toml"
    base.write_text(BASE)

    decided = audit.filter(base)

    corrected = {each for each, row in decided.items() if row["action"] == "correct"}
    to_judge = corrected & set(audit.sampled())
    assert len(to_judge) > 5
    assert audit.report()[FILTERED]["n_pending"] == len(to_judge)

    page = open_page(audit.server.address)
    page.click("text=When is a mask correct? >> xpath=../.. >> button:has-text('Start')")
    for _ in to_judge:  # none of them fills half of its picture
        wait_painted(page)
        press(page, "x")
    wait_all_done(page)
    wait_saved(page)
    assert audit.report()[FILTERED]["n_pending"] == 0

    audit.run("measure")
    audit.run("tune", "--setting", "gc", "--target", TARGET, "--rules", base, "--out", rules)
    decided = audit.filter(rules)

    found = audit.report()
    kept = [
        each for each, model in audit.truth if model == "gc" and decided.get(each, {}).get("action") != "drop"
    ]
    n_right = sum(audit.truth[each, "gc"] for each in kept if each not in decided)
    overall = found[FILTERED]
    assert found["complete"]
    assert overall["n_pending"] == 0
    assert overall["n_dropped"] + overall["n_reviewed"] == 900
    assert 100 < len(kept) < 900
    assert n_right / len(kept) >= TARGET
    assert overall["interval"]["low"] <= n_right / len(kept) <= overall["interval"]["high"]
    assert overall["accuracy"] > found["gc"]["interval"]["high"]
