"""A contrast is drawn where two settings differ, and refused in words where there is nothing to draw."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audit.errors import InputError
from audit.jobs.contrast_frame import ContrastFrame, open_contrast_frame, share_masks
from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from db.drawing import Phase1, open_draw
from db.population import Population
from tests.datasets import a_dataset, an_annotation, rectangle, write_json

EMPTY = rectangle(0, 0, 0, 0)
OTHER = rectangle(1, 20, 9, 9)


@pytest.fixture
def population(tmp_path: Path) -> Population:
    """Settings of 12 mentions: B differs from A in 6 to 11, lacks 7 and made an empty mask of 8."""
    population = Population(tmp_path / "population")
    ingest(population, "A", {})
    ingest(population, "B", dict.fromkeys((6, 9, 10, 11), OTHER) | {7: None, 8: EMPTY})
    return population


def ingest(
    population: Population,
    setting: str,
    changed: Mapping[int, np.ndarray | None],
    subset_of: str | None = None,
    prefix: str = "oven",
) -> None:
    annotations = [
        an_annotation(number, changed.get(number), id=f"{prefix}_{number:04}")
        for number in range(12)
        if changed.get(number, EMPTY) is not None
    ]
    file = write_json(population.folder.parent / f"{setting}.json", a_dataset(annotations))
    request = IngestRequest(files=(file,), setting=setting, subset_of=subset_of)
    run_ingest(population, request, workers=1, progress=SILENT)


def a_request(population: Population, b: str = "B", *splits: str) -> ContrastFrame:
    manifest = population.manifest()
    return ContrastFrame(frame=manifest.get("A"), a=manifest.get("A"), b=manifest.get(b), splits=splits)


def refusal(population: Population, request: ContrastFrame) -> str:
    with (
        pytest.raises(InputError) as refused,
        open_contrast_frame(population, request, workers=1, progress=SILENT),
    ):
        pass
    return str(refused.value)


def test_only_differing_mentions_are_drawn_with_the_numbers_of_the_whole_frame(
    population: Population,
) -> None:
    request = a_request(population)
    with open_contrast_frame(population, request, workers=1, progress=SILENT) as contrast:
        overall = contrast.overall
        with open_draw([contrast.differing], Phase1.ENTITY, seed=7, splits=[], per_entity=1) as engine:
            strata = engine.strata()
            rows = [row for stratum in strata for row in engine.smallest(stratum.split, 9)]
        sizes = contrast.n_annotations_of([row.entity_id for row in rows])
    assert (overall.n_annotations, overall.n_entities) == (12, 6)
    assert (overall.n_differing, overall.n_entities_differing) == (6, 3)
    assert sum(stratum.n_entities for stratum in strata) == 3
    assert {row.entity_id: row.n_annotations for row in rows} == {"Q3": 2, "Q4": 2, "Q5": 2}
    assert sizes == {"Q3": 2, "Q4": 2, "Q5": 2}
    assert not Path(contrast.differing).exists()


def test_mentions_that_a_subset_dropped_are_outside(population: Population) -> None:
    ingest(population, "C", {0: None, 1: None, 2: OTHER}, subset_of="A")
    with open_contrast_frame(population, a_request(population, "C"), workers=1, progress=SILENT) as contrast:
        overall = contrast.overall
    assert (overall.n_annotations, overall.n_dropped, overall.n_differing) == (10, 2, 1)


def test_settings_that_made_the_same_masks_leave_nothing_to_judge(population: Population) -> None:
    ingest(population, "C", {}, prefix="oven")
    assert "'A' and 'C' made the same mask of all 12 mentions" in refusal(
        population, a_request(population, "C")
    )


def test_a_named_split_in_which_nothing_differs_is_named(population: Population) -> None:
    ingest(population, "C", {0: OTHER})
    assert "every mention of query, wiki: their difference there is 0" in refusal(
        population, a_request(population, "C", "entity", "query", "wiki")
    )


def test_settings_whose_ids_never_meet_are_refused(population: Population) -> None:
    ingest(population, "C", {}, prefix="other")
    said = refusal(population, a_request(population, "C"))
    assert "12 mentions of 'A' to compare, none with a mask of 'C'" in said
    assert "--match" in said


def test_a_split_that_the_frame_does_not_have_is_named(population: Population) -> None:
    assert "'A' has no annotation in nowhere" in refusal(population, a_request(population, "B", "nowhere"))


def test_a_setting_is_not_compared_with_itself(population: Population) -> None:
    assert "name two settings" in refusal(population, a_request(population, "A"))


def test_what_a_draw_depends_on_is_the_frame_and_both_settings_each_file_once(population: Population) -> None:
    request = a_request(population)
    assert sorted(file.file for file in request.files()) == ["A.json", "B.json"]
    before = request.files()
    ingest(population, "B", {0: OTHER})
    after = a_request(population).files()
    assert before != after
    assert replace(request, frame=request.b).files() == before


def test_masks_shared_by_settings_cost_no_verdict_to_count(population: Population) -> None:
    manifest = population.manifest()
    sharing = share_masks(population, manifest.get("A"), manifest.settings, workers=1, progress=SILENT)
    assert (sharing.n_mentions, sharing.n_made, sharing.n_distinct) == (12, 22, 16)
    [pair] = sharing.pairs
    assert (pair.n_both, pair.n_same, pair.rate) == (10, 6, 0.6)
