"""Draws a bundle's sample again, where the population that it was drawn from is at hand."""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import isclose

from audit.errors import AuditError
from audit.jobs.drawing import Design, Drawing, DrawnMention, Explicit, run_draw
from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.risk_redraw import check_risk_draw
from audit.jobs.evidence.rows import place
from audit.jobs.progress import Progress
from audit.jobs.review_state import ReviewState
from audit.jobs.risk.judged import is_by_risk
from audit.jobs.sampling_frame import FrameRequest, changes, files_drawn_from, open_frame
from audit.jobs.workspace import Workspace
from db.errors import StoreError
from db.identities import sources_to_identify
from db.manifest import Manifest
from db.population import Population
from db.records import Sample, Unit
from sampling.design.frame import Across, DrawnUnit
from sampling.design.phase_one import SizeMeasure
from sampling.errors import DesignError

_NAME = "draw"
_EXACT = 1e-9


def check_draw(
    state: ReviewState, bundled: Workspace, population: Population | None, *, workers: int, progress: Progress
) -> Check:
    """Draw a sample again and hold its units, weights and strata against what the bundle has.

    Args:
        state: of the sample.
        bundled: the workspace made of the bundle, with what a sample by risk was drawn from.
        population: at hand, or None; nothing is written there.
        workers: threads.
        progress: of masks that are told apart, for a contrast.
    """
    sample = state.sample
    if is_by_risk(sample):
        return check_risk_draw(state, bundled, population)
    reason = _why_not(sample, population)
    if reason is not None or population is None:
        return Check(name=_NAME, said=reason or "", is_done=False)
    try:
        drawing = _redrawn(state, population, workers=workers, progress=progress)
    except (AuditError, StoreError, DesignError) as error:
        what = f"it cannot be drawn again from this population: {error}"
        fault = Difference(where=f"{place('samples')} sample {sample.name}", what=what)
        return Check(name=_NAME, said=f"of sample {sample.name}", differences=(fault,))
    said = f"{len(drawing.mentions):,} units, drawn again from the population"
    if sample.waves:
        of_first = tuple(_first_wave_differences(state, drawing))
        return Check(name=_NAME, said=f"{said}, those of the first wave", differences=of_first)
    found = (*_mention_differences(state, drawing), *_stratum_differences(sample, drawing))
    return Check(name=_NAME, said=said, differences=found)


def _why_not(sample: Sample, population: Population | None) -> str | None:
    """Say why a draw cannot be made again, as a clause; None where it can."""
    if population is None:
        return "no population is at hand: name a workspace that has it, with --workspace"
    manifest = population.manifest()
    needed = {sample.frame, *((sample.contrast.a, sample.contrast.b) if sample.contrast else ())}
    lacking = sorted(name for name in needed if manifest.find(name) is None)
    if lacking:
        return f"the population at hand has no setting {', '.join(lacking)}"
    changed = changes(files_drawn_from(manifest, _request(sample, manifest)), sample.frame_files)
    if changed:
        return f"the population at hand is not the one that was drawn from ({'; '.join(changed)})"
    if sample.contrast and sources_to_identify(
        population, [manifest.get(sample.contrast.a), manifest.get(sample.contrast.b)]
    ):
        return "the masks of the population at hand were not told apart: `mask-audit plan` does so"
    return None


def _request(sample: Sample, manifest: Manifest) -> FrameRequest:
    return FrameRequest(
        setting=manifest.get(sample.frame),
        contrast=(sample.contrast.a, sample.contrast.b) if sample.contrast else None,
        splits=tuple(stratum.split for stratum in sample.strata),
    )


def _redrawn(state: ReviewState, population: Population, *, workers: int, progress: Progress) -> Drawing:
    sample = state.sample
    request = _request(sample, population.manifest())
    design = Design(
        seed=sample.seed,
        unit=DrawnUnit(sample.unit),
        across=Across(sample.across),
        per_entity=sample.per_entity,
        size_measure=SizeMeasure(sample.size_measure),
        splits=request.splits,
    )
    first = {stratum.split: stratum.n_first for stratum in sample.strata}
    with open_frame(population, request, workers=workers, progress=progress) as frame:
        drawing = run_draw(
            frame.paths,
            design,
            Explicit(sizes=_sizes(state)),
            first=first,
            compared=frame.compared_path,
        )
        return frame.of_whole_frame(drawing)


def _sizes(state: ReviewState) -> dict[str, int]:
    """How many things were drawn of each split; of a sample with waves, by the first."""
    sample = state.sample
    if sample.waves:
        of_first = Counter(unit.stratum for unit in state.units if not unit.wave)
        return {stratum.split: of_first[stratum.split] for stratum in sample.strata}
    of_annotations = sample.unit == DrawnUnit.ANNOTATION
    return {
        stratum.split: stratum.n_units if of_annotations else stratum.n_entities_drawn
        for stratum in sample.strata
    }


def _mention_differences(state: ReviewState, drawing: Drawing) -> Iterator[Difference]:
    units = {unit.annotation_id: unit for unit in state.units}
    drawn = {mention.annotation_id: mention for mention in drawing.mentions}
    yield from _id_differences(units, drawn)
    for annotation_id in units.keys() & drawn.keys():
        for fault in _faults(units[annotation_id], drawn[annotation_id]):
            yield Difference(where=f"{place('units')} annotation {annotation_id}", what=fault)


def _first_wave_differences(state: ReviewState, drawing: Drawing) -> Iterator[Difference]:
    units = {unit.annotation_id: unit for unit in state.units if not unit.wave}
    yield from _id_differences(units, {mention.annotation_id: mention for mention in drawing.mentions})


def _id_differences(units: Mapping[str, Unit], drawn: Mapping[str, DrawnMention]) -> Iterator[Difference]:
    for annotation_id in sorted(drawn.keys() - units.keys()):
        where = f"{place('units')} annotation {annotation_id}"
        yield Difference(where=where, what="the draw gives it, and it is not among the units")
    for annotation_id in sorted(units.keys() - drawn.keys()):
        where = f"{place('units')} annotation {annotation_id}"
        yield Difference(where=where, what="it is among the units, and the draw does not give it")


def _faults(unit: Unit, drawn: DrawnMention) -> Iterator[str]:
    exact = {
        "stratum": (unit.stratum, drawn.candidate.stratum),
        "entity_id": (unit.entity_id, drawn.candidate.entity_id),
        "n_annotations_of_entity": (unit.n_annotations_of_entity, drawn.n_annotations_of_entity),
        "n_entities_in_stratum": (unit.n_entities_in_stratum, drawn.n_entities_in_stratum),
    }
    for column, (stored, given) in exact.items():
        if stored != given:
            yield f"{column} is {stored}, the draw gives {given}"
    for column in ("inclusion_probability", "design_weight", "entity_weight"):
        stored, given = getattr(unit, column), getattr(drawn.weights, column)
        if not isclose(stored, given, rel_tol=_EXACT):
            yield f"{column} is {stored}, the draw gives {given}"


def _stratum_differences(sample: Sample, drawing: Drawing) -> Iterator[Difference]:
    drawn = {stratum.split: stratum for stratum in drawing.strata}
    for stratum in sample.strata:
        given = drawn.get(stratum.split)
        for column in ("n_units", "n_entities_drawn", "n_entities", "n_annotations"):
            there, expected = getattr(stratum, column), getattr(given, column, None)
            if there != expected:
                what = f"{column} is {there}, the draw gives {expected}"
                yield Difference(where=f"{place('strata')} split {stratum.split}", what=what)
