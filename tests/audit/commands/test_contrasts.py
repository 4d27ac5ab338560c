"""sample --contrast: the difference of two settings from the mentions whose masks differ."""

import hashlib
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from tests.audit.commands.audited import (
    ALIKE_IN_A_AND_B,
    N_MENTIONS,
    WITHOUT_MASK_IN_B,
    exported_units,
    ingest_unequal,
    judge,
    number_of,
    report_of,
    unequal_entity,
)
from tests.datasets import Run, a_dataset, an_annotation, rectangle, write_json

# A mention that B has no mask of differs without eyes: A's verdict decides.
DIFFERING = sorted(set(range(N_MENTIONS)) - (ALIKE_IN_A_AND_B - WITHOUT_MASK_IN_B))


def ticket(seed: int, annotation_id: str) -> str:
    return hashlib.sha256(f"mask-audit/1\nannotation\n{seed}\n{annotation_id}".encode()).hexdigest()


@pytest.mark.slow
def test_only_entities_with_differing_masks_are_drawn_each_by_one_of_them(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    ingest_unequal(run, workspace, tmp_path, "ABC")
    entities = {unequal_entity(number) for number in DIFFERING}
    words = ("sample", "--contrast", "A", "B", "--size", len(entities), "-w", workspace)
    assert run(*words).status == 0
    rows = exported_units(run, workspace, tmp_path)
    picked: dict[str, str] = {}
    for number in sorted(DIFFERING, key=lambda number: ticket(1, f"oven_{number:04}")):
        picked.setdefault(unequal_entity(number), f"oven_{number:04}")
    assert {row["entity_id"]: row["annotation_id"] for row in rows} == picked
    of_frame = Counter(unequal_entity(number) for number in range(N_MENTIONS))
    differing = Counter(unequal_entity(number) for number in DIFFERING)
    for row in rows:
        entity_id = row["entity_id"]
        assert int(row["n_annotations_of_entity"]) == of_frame[entity_id]
        assert float(row["inclusion_probability"]) == pytest.approx(1 / differing[entity_id])
        assert float(row["entity_weight"]) == pytest.approx(differing[entity_id] / of_frame[entity_id])
    assert [each["setting"] for each in report_of(run, workspace, tmp_path)["settings"]] == ["A", "B"]


@pytest.mark.slow
def test_entities_drawn_whole_give_the_difference_of_the_whole_frame(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    ingest_unequal(run, workspace, tmp_path, "AB")
    entities = {unequal_entity(number) for number in DIFFERING}
    run("sample", "--contrast", "A", "B", "--size", len(entities), "-w", workspace)
    rows = exported_units(run, workspace, tmp_path)
    numbers = [number_of(row["annotation_id"]) for row in rows]
    said = {(f"oven_{number:04}", "A"): "correct" for number in numbers}
    said |= {
        (f"oven_{number:04}", "B"): "incorrect" if number % 4 == 1 else "correct"
        for number in numbers
        if number not in WITHOUT_MASK_IN_B
    }
    judge(run, workspace, tmp_path, said)
    report = report_of(run, workspace, tmp_path)
    found = {each["estimand"]: each for each in report["contrasts"]}
    lost = {number: number in WITHOUT_MASK_IN_B or number % 4 == 1 for number in numbers}
    of_frame = Counter(unequal_entity(number) for number in range(N_MENTIONS))
    differing = Counter(unequal_entity(number) for number in DIFFERING)
    # One differing mention stands for all d_e of its entity.
    per_annotation = sum(differing[unequal_entity(n)] * lost[n] for n in numbers) / N_MENTIONS
    per_entity = sum(
        differing[unequal_entity(n)] / of_frame[unequal_entity(n)] * lost[n] for n in numbers
    ) / len(of_frame)
    assert found["annotation"]["difference"] == pytest.approx(per_annotation, rel=1e-9)
    assert found["entity"]["difference"] == pytest.approx(per_entity, rel=1e-9)
    assert found["annotation"]["share_differing"] == pytest.approx(len(DIFFERING) / N_MENTIONS)
    assert found["annotation"]["n_pairs"] == found["annotation"]["n_drawn"] == len(numbers)


@pytest.fixture
def emptied(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """Q0 has a mention in each of two splits and falls into the first, where all others are."""
    entities = ["Q0", "Q0", *(f"Q{number}" for number in range(1, 30))]
    seed = next(each for each in count(1) if ticket(each, "oven_0000") < ticket(each, "oven_0001"))
    settings = workspace / "audit.toml"
    settings.write_text(settings.read_text().replace("seed = 1", f"seed = {seed}"))
    for setting, row in (("A", 2), ("B", 20)):
        content = a_dataset(
            [
                an_annotation(
                    number,
                    rectangle(number, row, 9, 9),
                    category_id=entity_id,
                    data_split="wiki_val" if number == 1 else "entity_val",
                )
                for number, entity_id in enumerate(entities)
            ]
        )
        run(
            "ingest", write_json(tmp_path / f"{setting}.json", content), "--setting", setting, "-w", workspace
        )
    return workspace


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("--contrast", "A", "B"),
        ("--unit", "entity"),
        ("--size-measure", "sqrt"),
        ("--certify", "0.5"),
        ("--margin", "0.1"),
        ("--allocation", "equal"),
    ],
    ids=" ".join,
)
def test_a_split_whose_entities_phase_1_put_elsewhere_holds_nothing_up(
    run: Run, emptied: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    for more in ((*words, "--size", "20"), ("--extend", "--size", "25")):
        drawn = run("sample", *more, "-w", emptied, "--json")
        assert drawn.status == 0, drawn.err
        ids = [row["annotation_id"] for row in exported_units(run, emptied, tmp_path)]
        judge(run, emptied, tmp_path, {(each, setting): "correct" for each in ids for setting in "AB"})
        for estimand in ("mix", "entity", "annotation"):
            report = report_of(run, emptied, tmp_path, "--estimand", estimand)
            assert [each["accuracy"] for each in report["settings"]] == [1, 1]
            assert [each["difference"] for each in report["comparisons"]] == [0]
        if words[0] == "--contrast":
            assert {each["difference"] for each in report["contrasts"]} == {0}
        assert run("status", "-w", emptied).status == 0
