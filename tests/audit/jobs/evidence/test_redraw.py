"""Samples of every design are drawn again, from the population or from what they were drawn from."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from audit.jobs.evidence.bundle import WrittenBundle
from audit.jobs.progress import SILENT
from audit.jobs.review_state import load_review_state
from audit.jobs.sample_extension import extend
from audit.jobs.sample_growth import Growth
from audit.jobs.workspace import open_workspace
from db.population import Population
from db.records import Verdict
from sampling.design.selection import annotation_ticket
from sampling.reviewers.settlement import Settlement
from tests.audit.commands.audited import N_MENTIONS, an_unequal_annotation, make_unequal_measured
from tests.audit.jobs.evidence.bundled import QUESTION, bundle_of, command, found_in, verified
from tests.audit.jobs.evidence.forging import Forgery
from tests.audit.jobs.judged_samples import judge
from tests.audit.jobs.tuned_workspace import draw, drawn, make_measured, say

pytestmark = pytest.mark.slow

ALLOCATED = ("--allocate", "entity=20,query=9,wiki=4")
BY_RISK = ("--goal", "estimate", "--margin", "0.1", "--risk", "auto", "--size", "60")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_unequal_measured(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def workspace(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "audit")


def draw_one(workspace: Path, *words: object) -> None:
    command("sample", *words, "--name", "drawn", "--seed", "11", "-w", workspace)


def judge_all(workspace: Path) -> None:
    store = open_workspace(workspace).store
    state = load_review_state(store, "drawn", Settlement.MAJORITY)
    said = {
        each.mask_id: Verdict.CORRECT if place % 3 else Verdict.INCORRECT
        for place, each in enumerate(state.unit_masks)
        if each.mask_id is not None
    }
    judge(store, "ann", said, minute=len(said))
    store.close()


def bundled(workspace: Path, file: Path) -> WrittenBundle:
    return bundle_of(workspace, file, question=replace(QUESTION, sample="drawn"), n_shown=0)


@pytest.mark.parametrize(
    "words",
    [
        (*ALLOCATED, "--across", "within-split"),
        (*ALLOCATED, "--per-entity", "2"),
        (*ALLOCATED, "--size-measure", "sqrt"),
        (*ALLOCATED, "--unit", "annotation"),
        ("--allocate", "entity=12", "--goal", "estimate"),
        ("--size", "30", "--fix", "wiki=3"),
        ("--contrast", "A", "B", "--size", "30"),
    ],
    ids=lambda words: " ".join(words[-2:]),
)
def test_a_sample_of_any_design_is_drawn_again(
    workspace: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    draw_one(workspace, *words)
    judge_all(workspace)
    found = verified(bundled(workspace, tmp_path / "x.zip").file, Population(workspace / "population"))
    assert found_in(found) == []
    [redrawn] = [check for check in found.checks if check.name == "draw"]
    assert redrawn.said.endswith("units, drawn again from the population")


def test_a_sample_that_grew_is_drawn_again(workspace: Path, tmp_path: Path) -> None:
    draw_one(workspace, *ALLOCATED, "--size-measure", "sqrt")
    command("sample", "--extend", "--allocate", "entity=30", "--name", "drawn", "-w", workspace)
    found = verified(bundled(workspace, tmp_path / "x.zip").file, Population(workspace / "population"))
    assert found_in(found) == []


def test_a_sample_by_risk_is_drawn_again_from_what_could_be_drawn(workspace: Path, tmp_path: Path) -> None:
    draw_one(workspace, *BY_RISK)
    judge_all(workspace)
    command("sample", "--extend", "--size", "70", "--name", "drawn", "-w", workspace)
    file = bundled(workspace, tmp_path / "x.zip").file
    for population, where in (
        (None, ""),
        (Population(workspace / "population"), ", and that from the population"),
    ):
        found = verified(file, population)
        assert found_in(found) == []
        [redrawn] = [check for check in found.checks if check.name == "draw"]
        assert redrawn.said == f"the first wave and the chances of all 2, from what could be drawn{where}"


def test_what_a_sample_by_risk_was_drawn_from_cannot_be_changed(workspace: Path, tmp_path: Path) -> None:
    draw_one(workspace, *BY_RISK)
    forgery = Forgery(bundled(workspace, tmp_path / "x.zip").file, tmp_path)
    [frame] = (forgery.folder / "population").glob("risk-*.parquet")
    frame.write_bytes(frame.read_bytes()[:-9] + b"0" * 9)
    forgery.sum_again()
    assert any("is damaged" in each for each in found_in(verified(forgery.packed())))


def test_a_seed_of_waves_is_held_against_where_they_began(workspace: Path, tmp_path: Path) -> None:
    draw_one(workspace, *BY_RISK)
    forgery = Forgery(bundled(workspace, tmp_path / "x.zip").file, tmp_path)
    forgery.change("samples", lambda rows: rows[0]["waves"][0].update(start=0.25))
    forgery.hash_again()
    assert any(
        "wave 0 begins at 0.25, seed 11 gives 0." in each for each in found_in(verified(forgery.packed()))
    )


def test_a_unit_that_was_exchanged_is_named_by_the_draw(workspace: Path, tmp_path: Path) -> None:
    """A unit of an entity with two annotations is replaced by the one that was not drawn, tickets and all."""
    draw_one(workspace, *ALLOCATED)
    forgery = Forgery(bundled(workspace, tmp_path / "x.zip").file, tmp_path)
    place, taken = next(
        (place, row) for place, row in enumerate(forgery.rows("units")) if row["n_annotations_of_entity"] == 2
    )
    twins = {
        f"oven_{number:04}"
        for number in range(N_MENTIONS)
        if an_unequal_annotation("A", number)["category_id"] == taken["entity_id"]
    }
    [other] = twins - {taken["annotation_id"]}
    changes = {"annotation_id": other, "annotation_ticket": annotation_ticket(11, other)}
    forgery.change("units", lambda rows: rows[place].update(changes))
    forgery.hash_again()
    found = found_in(verified(forgery.packed(), Population(workspace / "population")))
    assert (
        f"rows/units.jsonl annotation {taken['annotation_id']}: "
        "the draw gives it, and it is not among the units"
    ) in found
    assert (
        f"rows/units.jsonl annotation {other}: it is among the units, and the draw does not give it"
    ) in found


def test_a_sample_that_grew_in_a_region_has_its_first_wave_drawn_again(tmp_path: Path) -> None:
    opened = make_measured(tmp_path / "audit")
    draw(opened, 150)
    say(opened, tmp_path, drawn(opened))
    region = Growth(sizes={}, size=190, rule=None, expected={})
    assert extend(opened, None, region, progress=SILENT).sample.waves
    opened.store.close()
    file = bundle_of(tmp_path / "audit", tmp_path / "x.zip", question=replace(QUESTION, sample=None)).file
    found = verified(file, opened.population)
    assert found_in(found) == []
    [redrawn] = [check for check in found.checks if check.name == "draw"]
    assert redrawn.said == "150 units, drawn again from the population, those of the first wave"
