"""Draws the first wave of a sample by risk again, and works out the chances that all of its waves gave.

What it was drawn from is in the bundle. Later waves were drawn by verdicts that stood at a moment which
nobody noted, so of them the chances are known and the draw is not made again.
"""

from collections.abc import Iterator

import numpy as np

from audit.errors import AuditError
from audit.jobs.drawing import Design, phase_1_of
from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.rows import place
from audit.jobs.review_state import ReviewState
from audit.jobs.risk.drawable import Drawable, target_of
from audit.jobs.risk.judged import DrawnByRisk, load_drawn_by_risk
from audit.jobs.risk.units import start_of, with_chances
from audit.jobs.workspace import Workspace
from db.drawing import open_draw
from db.errors import StoreError
from db.manifest import frame_files
from db.population import ANNOTATIONS_FILE, Population
from db.records import Sample
from sampling.design.frame import Across, DrawnUnit
from sampling.design.pareto import numbers_of
from sampling.design.phase_one import SizeMeasure
from sampling.errors import DesignError
from sampling.estimation.estimands import Estimand
from sampling.risk.waves import first_wave

_NAME = "draw"
_EXACT = 1e-9


def check_risk_draw(state: ReviewState, bundled: Workspace, population: Population | None) -> Check:
    """Hold a sample by risk against what it was drawn from, and that against the population at hand.

    Args:
        state: of the sample.
        bundled: the workspace made of the bundle.
        population: at hand, or None.
    """
    sample = state.sample
    where = f"{place('samples')} sample {sample.name}"
    try:
        drawn = load_drawn_by_risk(bundled.population, state)
        differences = [*_wave_differences(state, drawn, where), *_chance_differences(state, drawn)]
    except (AuditError, StoreError, DesignError, ValueError, KeyError, IndexError) as error:
        what = f"what it was drawn from is not what its rows say: {error}"
        fault = Difference(where=where, what=what)
        return Check(name=_NAME, said=f"of sample {sample.name}", differences=(fault,))
    said = f"the first wave and the chances of all {len(sample.waves)}, from what could be drawn"
    if population is not None and _is_same(sample, population):
        differences += _frame_differences(sample, drawn.everything, population, where)
        said += ", and that from the population"
    return Check(name=_NAME, said=said, differences=tuple(differences))


def _wave_differences(state: ReviewState, drawn: DrawnByRisk, where: str) -> Iterator[Difference]:
    sample, everything = state.sample, drawn.everything
    target = target_of(everything, Estimand.MIX, DrawnUnit(sample.unit), sample.strata)
    again = first_wave(
        everything.frame(target), sample.waves[0].n, start=start_of(sample.seed, 0), prior=everything.prior
    )
    if not np.allclose(again.probabilities, drawn.waves[0].probabilities, rtol=_EXACT, atol=_EXACT):
        yield Difference(where=where, what="the chances of its first wave are not those of its design")
    expected, found = set(again.units.tolist()), set(drawn.waves[0].units.tolist())
    for position in sorted(expected ^ found):
        [annotation_id] = everything.ids_at(np.array([position]))
        what = (
            "the first wave draws it, and it is not among the units"
            if position in expected
            else "it is among the units of the first wave, which does not draw it"
        )
        yield Difference(where=f"{place('units')} annotation {annotation_id}", what=what)


def _chance_differences(state: ReviewState, drawn: DrawnByRisk) -> Iterator[Difference]:
    expected = with_chances(state.units, drawn.everything, DrawnUnit(state.sample.unit))
    for unit, given in zip(state.units, expected, strict=True):
        if not np.isclose(unit.inclusion_probability, given.inclusion_probability, rtol=_EXACT, atol=0):
            what = (
                f"inclusion_probability is {unit.inclusion_probability}, "
                f"the waves give {given.inclusion_probability}"
            )
            yield Difference(where=f"{place('units')} annotation {unit.annotation_id}", what=what)


def _is_same(sample: Sample, population: Population) -> bool:
    record = population.manifest().find(sample.frame)
    return record is not None and frame_files(record) == sample.frame_files


def _frame_differences(
    sample: Sample, everything: Drawable, population: Population, where: str
) -> Iterator[Difference]:
    design = Design(
        seed=sample.seed,
        unit=DrawnUnit(sample.unit),
        across=Across(sample.across),
        per_entity=sample.per_entity,
        size_measure=SizeMeasure(sample.size_measure),
        splits=tuple(stratum.split for stratum in sample.strata),
    )
    files = population.files(population.manifest().get(sample.frame), ANNOTATIONS_FILE)
    with open_draw(files, phase_1_of(design), seed=design.seed, splits=design.splits, per_entity=1) as engine:
        table = engine.everything()
    is_same = (
        table["annotation_id"].to_pylist() == everything.annotation_ids.to_pylist()
        and np.array_equal(table["n_annotations"].to_numpy(), everything.n_annotations)
        and np.array_equal(numbers_of(table["first_bytes"].to_numpy()), everything.tickets)
    )
    if not is_same:
        yield Difference(where=where, what="what it was drawn from is not what the population holds")
