"""A draw over Parquet files is that of the pure functions on the same tickets, with their weights."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit.jobs.drawing import Design, Explicit, run_draw
from sampling.design.frame import Across, DrawnUnit, FrameUnit
from sampling.design.pareto import pareto_draw, planned_odds, ticket_numbers
from sampling.design.pareto_probabilities import inclusion_probabilities
from sampling.design.phase_one import SizeMeasure
from sampling.design.selection import entity_candidates

UNEQUAL = [
    FrameUnit(annotation_id=f"{entity}-{number}", entity_id=f"Q{entity}", split=split)
    for entity in range(60)
    for number in range(1 + entity % 13)
    for split in ("entity" if entity % 2 else "wiki",)
]


def write(folder: Path, frame: list[FrameUnit]) -> list[str]:
    """The frame in three files."""
    files = []
    for shard in range(3):
        table = pa.table(
            {
                "annotation_id": [unit.annotation_id for unit in frame[shard::3]],
                "category_id": [unit.entity_id for unit in frame[shard::3]],
                "split": [unit.split for unit in frame[shard::3]],
            }
        )
        files.append(str(folder / f"{shard}.parquet"))
        pq.write_table(table, files[-1])
    return files


def a_design(seed: int) -> Design:
    return Design(
        seed=seed,
        unit=DrawnUnit.ENTITY,
        across=Across.SPLITS,
        per_entity=1,
        size_measure=SizeMeasure.SQRT,
        splits=(),
    )


@pytest.mark.parametrize("seed", [1, 7, 2**40])
def test_a_draw_by_size_is_the_pure_pareto_draw_on_the_same_tickets_and_grows(
    tmp_path: Path, seed: int
) -> None:
    design, files = a_design(seed), write(tmp_path, UNEQUAL)
    first = {"entity": 6, "wiki": 5}
    longer = {"entity": 14, "wiki": 9}

    short = run_draw(files, design, Explicit(sizes=first))
    grown = run_draw(files, design, Explicit(sizes=longer), present=first, first=first)

    for drawing, sizes in ((short, first), (grown, longer)):
        for split, n in sizes.items():
            candidates = [
                each for each in entity_candidates(UNEQUAL, seed, Across.SPLITS, 1) if each.stratum == split
            ]
            odds = planned_odds(np.sqrt([each.n_annotations for each in candidates]), first[split])
            drawn = pareto_draw(ticket_numbers([each.ticket for each in candidates]), odds, n)
            chances = inclusion_probabilities(odds, n)
            expected = {candidates[place].annotation_ids[0]: chances[place] for place in drawn}
            mine = [each for each in drawing.mentions if each.candidate.stratum == split]
            assert [each.annotation_id for each in mine] == list(expected)
            for each in mine:
                chance, n_e = expected[each.annotation_id], each.candidate.n_annotations
                assert each.weights.inclusion_probability == pytest.approx(chance / n_e, rel=1e-9)
                assert each.weights.entity_weight == pytest.approx(1 / chance, rel=1e-9)
                assert each.weights.design_weight == pytest.approx(n_e / chance, rel=1e-9)
    assert {each.annotation_id for each in short.mentions} < {each.annotation_id for each in grown.mentions}


@pytest.mark.slow
def test_over_all_seeds_the_weights_of_a_draw_by_size_add_up_to_the_frame(tmp_path: Path) -> None:
    files = write(tmp_path, UNEQUAL)
    sums = []
    for seed in range(40):
        drawn = run_draw(files, a_design(seed), Explicit(sizes={"entity": 20, "wiki": 20}))
        weights = [each.weights for each in drawn.mentions]
        sums.append(
            (sum(each.entity_weight for each in weights), sum(each.design_weight for each in weights))
        )
    mean, deviation = np.mean(sums, axis=0), np.std(sums, axis=0, ddof=1)
    # The sums of one draw vary; their mean over seeds is within four standard errors of what there is.
    assert (np.abs(mean - [60, len(UNEQUAL)]) < 4 * deviation / np.sqrt(len(sums))).all()
