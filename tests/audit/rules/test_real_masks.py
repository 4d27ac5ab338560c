"""Corrections of real masks are those that their decoded pixels give."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit.features.compute import measure_agreement
from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from audit.rules.catalogue import make_rule
from audit.rules.rule import Kind
from db.population import ANNOTATIONS_FILE, Population
from tests.audit.features.mask_rows import Row
from tests.audit.rules.mentions import MasksOf, decisions, pixels_after
from tests.audit.rules.test_disagreement import brute_force

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

N_MENTIONS = 60

COMPARED = pa.schema(
    [
        *((name, pa.string()) for name in ("mention_id", "setting")),
        *((name, pa.int32()) for name in ("height", "width")),
        ("parts", pa.list_(pa.binary())),
    ]
)


def mentions_of_two_models(data: Path, folder: Path) -> list[list[Row]]:
    """Masks of both models of the same tumour, the first model's own, with the boxes of either."""
    base = data / "braintumor" / "test" / "_annotations.coco.json"
    population = Population(folder)
    for model, match in (("modelA", None), ("modelB", "modelA")):
        file = data / "braintumor" / "pred" / f"test_{model}.json"
        request = IngestRequest(files=(file,), setting=model, split="test", base=base, match=match)
        run_ingest(population, request, workers=2, progress=SILENT)
    by_mention: dict[str, list[Row]] = {}
    for setting in population.manifest().settings:
        for path in population.files(setting, ANNOTATIONS_FILE):
            for row in pq.read_table(path).to_pylist():
                is_own = setting.setting == "modelA"
                by_mention.setdefault(row["mention_id"], []).append(
                    row | {"setting": setting.setting, "is_own": is_own}
                )
    return [rows for rows in by_mention.values() if len(rows) == 2][:N_MENTIONS]


def test_the_surer_of_two_models_is_right_for_both(shared_data: Path, tmp_path: Path) -> None:
    mentions = mentions_of_two_models(shared_data, tmp_path)
    assert len(mentions) == N_MENTIONS
    values = {"agreement": "iou", "agreement_below": 1.0, "least_support": 0}
    rule = make_rule(Kind.DISAGREEMENT, name=None, values=values)
    rows = [row for mention in mentions for row in mention]
    pairs = measure_agreement(pa.Table.from_pylist(rows, schema=COMPARED)).pairs
    ious = dict(zip(pairs["mention_id"].to_pylist(), pairs["iou"].to_pylist(), strict=True))
    subjects = [{"iou": ious[mention[0]["mention_id"]]} for mention in mentions]

    found = decisions([rule], subjects, MasksOf(*mentions))

    actions = {"keep": 0, "correct": 0}
    for decided, mention in zip(found, mentions, strict=True):
        actions[decided["action"]] += 1
        candidates, supports = brute_force(mention)
        best = candidates[int(np.argmax(supports))]
        if decided["action"] == "correct":
            assert np.array_equal(pixels_after(decided), best)
        else:
            assert np.array_equal(candidates[0], best)
    assert min(actions.values()) > 5
