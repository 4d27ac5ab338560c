"""Recomputes what a sample's own rows tell of its draw: tickets from the seed, chances from the strata."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import isclose

from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.rows import place
from audit.jobs.review_state import ReviewState
from audit.jobs.risk.units import start_of
from db.manifest import fingerprint
from db.records import Sample, Stratum, Unit, WaveKind
from reports.numbers import counted_text
from sampling.design.blocks import block_numbers
from sampling.design.frame import DrawnUnit
from sampling.design.goals import Goal
from sampling.design.phase_one import SizeMeasure
from sampling.design.selection import annotation_ticket, entity_ticket
from sampling.design.weights import Weights, annotation_draw_weights, entity_draw_weights
from sampling.errors import DesignError

_UNITS = place("units")
_SAMPLES = place("samples")
_STRATA = place("strata")
_EXACT = 1e-12


def check_tickets(state: ReviewState, other_seeds: Sequence[int]) -> Check:
    """Hash the seed and the id of every unit again.

    Args:
        state: of the sample.
        other_seeds: that the bundle names elsewhere; tried where the sample's own does not give the tickets.
    """
    seed = state.sample.seed
    wrong = [unit for unit in state.units if not _has_tickets_of(unit, seed)]
    n = len(state.units)
    differences = []
    if wrong and len(wrong) == n:
        right = next((each for each in other_seeds if _gives_tickets(each, wrong)), None)
        hint = "" if right is None else f"; seed {right}, which the bundle names elsewhere, does"
        what = f"seed {seed} does not give the tickets of {len(wrong):,} of {n:,} units{hint}"
        differences.append(Difference(where=f"{_SAMPLES} sample {state.sample.name}", what=what))
    else:
        differences += [
            Difference(
                where=f"{_UNITS} annotation {unit.annotation_id}",
                what=f"its tickets are not those of seed {seed} and its ids",
            )
            for unit in wrong
        ]
    differences += _wave_differences(state.sample)
    return Check(
        name="tickets",
        said=f"those of {n:,} units, from seed {seed} and their ids",
        differences=tuple(differences),
    )


def check_weights(state: ReviewState) -> Check:
    """Work out again what each unit stands for, and what the strata count."""
    differences = [*_stratum_differences(state)]
    strata = {stratum.split: stratum for stratum in state.sample.strata}
    n_of_entity = Counter((unit.stratum, unit.entity_id) for unit in state.units)
    for unit in state.units:
        stratum = strata.get(unit.stratum)
        where = f"{_UNITS} annotation {unit.annotation_id}"
        if stratum is None:
            differences.append(Difference(where=where, what=f"there is no stratum {unit.stratum}"))
            continue
        faults = (
            *_size_faults(unit, stratum),
            *_coherence_faults(unit),
            *_weight_faults(unit, stratum, state.sample, n_of_entity[unit.stratum, unit.entity_id]),
        )
        differences += [Difference(where=where, what=fault) for fault in faults]
    scope = "" if _is_plain(state.sample) else ", as far as the strata alone give them"
    return Check(
        name="weights",
        said=f"chances and weights of {len(state.units):,} units{scope}",
        differences=tuple(differences),
    )


def check_order(state: ReviewState) -> Check:
    """Lay the units out in blocks again, where the sample's goal gave them a stored order."""
    sample, name = state.sample, "blocks"
    if not Goal(sample.goal).is_sequential:
        return Check(name=name, said="the sample has no stored order", is_done=False)
    if _has_grown(sample):
        return Check(name=name, said="the sample has grown, and nobody noted how", is_done=False)
    by_annotation = sample.unit == DrawnUnit.ANNOTATION
    of_split: dict[str, list[Unit]] = defaultdict(list)
    for unit in sorted(state.units, key=lambda unit: unit.annotation_ticket if by_annotation else ""):
        of_split[unit.stratum].append(unit)
    expected = block_numbers({split: len(units) for split, units in of_split.items()})
    differences = [
        Difference(
            where=f"{_UNITS} annotation {unit.annotation_id}",
            what=f"block is {unit.block}, the order of the tickets gives {block}",
        )
        for split, units in of_split.items()
        for unit, block in zip(units, expected[split].tolist(), strict=True)
        if unit.block != block
    ]
    said = f"the place of {len(state.units):,} units in the stored order"
    return Check(name=name, said=said, differences=tuple(differences))


def check_sources(sample: Sample) -> Check:
    """Work the fingerprint of the population out again from those of its files."""
    found = fingerprint(sample.frame_files)
    differences = []
    if found != sample.population_fingerprint:
        what = f"population_fingerprint is {sample.population_fingerprint}, its files give {found}"
        differences.append(Difference(where=f"{_SAMPLES} sample {sample.name}", what=what))
    return Check(
        name="sources",
        said=f"the fingerprint of what was drawn from, {counted_text(len(sample.frame_files), 'file')}",
        differences=tuple(differences),
    )


def _has_grown(sample: Sample) -> bool:
    of_annotations = sample.unit == DrawnUnit.ANNOTATION
    return bool(sample.waves) or any(
        stratum.n_first != (stratum.n_units if of_annotations else stratum.n_entities_drawn)
        for stratum in sample.strata
    )


def _gives_tickets(seed: int, units: Sequence[Unit]) -> bool:
    return all(_has_tickets_of(unit, seed) for unit in units)


def _has_tickets_of(unit: Unit, seed: int) -> bool:
    return unit.annotation_ticket == annotation_ticket(
        seed, unit.annotation_id
    ) and unit.entity_ticket == entity_ticket(seed, unit.entity_id)


def _wave_differences(sample: Sample) -> Iterator[Difference]:
    for number, wave in enumerate(sample.waves):
        if wave.kind is WaveKind.RISK and wave.start != start_of(sample.seed, number):
            given = start_of(sample.seed, number)
            what = f"wave {number} begins at {wave.start}, seed {sample.seed} gives {given}"
            yield Difference(where=f"{_SAMPLES} sample {sample.name}", what=what)


def _stratum_differences(state: ReviewState) -> Iterator[Difference]:
    n_units = Counter(unit.stratum for unit in state.units)
    entities: dict[str, set[str]] = defaultdict(set)
    for unit in state.units:
        entities[unit.stratum].add(unit.entity_id)
    for stratum in state.sample.strata:
        counted = {
            "n_units": (stratum.n_units, n_units[stratum.split]),
            "n_entities_drawn": (stratum.n_entities_drawn, len(entities[stratum.split])),
        }
        for column, (stored, found) in counted.items():
            if stored != found:
                what = f"{column} is {stored:,}, the units give {found:,}"
                yield Difference(where=f"{_STRATA} split {stratum.split}", what=what)


def _size_faults(unit: Unit, stratum: Stratum) -> Iterator[str]:
    if unit.n_entities_in_stratum != stratum.n_entities:
        yield (
            f"n_entities_in_stratum is {unit.n_entities_in_stratum:,}, the stratum has {stratum.n_entities:,}"
        )


def _coherence_faults(unit: Unit) -> Iterator[str]:
    """What holds of every draw: the design weight is 1/π, and an entity is the sum of its N_e annotations."""
    if not isclose(unit.design_weight * unit.inclusion_probability, 1, rel_tol=_EXACT):
        yield f"design_weight is {unit.design_weight}, 1/π is {1 / unit.inclusion_probability}"
    entity_weight = unit.design_weight / unit.n_annotations_of_entity if unit.n_annotations_of_entity else 0.0
    if not isclose(unit.entity_weight, entity_weight, rel_tol=_EXACT):
        yield f"entity_weight is {unit.entity_weight}, the design weight over N_e is {entity_weight}"


def _weight_faults(unit: Unit, stratum: Stratum, sample: Sample, k: int) -> Iterator[str]:
    if not _is_plain(sample):
        return
    try:
        expected = _plain_weights(unit, stratum, sample, k)
    except DesignError as error:
        yield f"no draw gives it: {error}"
        return
    if not isclose(unit.inclusion_probability, expected.inclusion_probability, rel_tol=_EXACT):
        yield (
            f"inclusion_probability is {unit.inclusion_probability}, "
            f"the stratum gives {expected.inclusion_probability}"
        )


def _is_plain(sample: Sample) -> bool:
    """Whether the strata say everything of a unit's chance."""
    return not sample.waves and sample.contrast is None and sample.size_measure == SizeMeasure.NONE


def _plain_weights(unit: Unit, stratum: Stratum, sample: Sample, k: int) -> Weights:
    n_of_entity = unit.n_annotations_of_entity
    if sample.unit == DrawnUnit.ANNOTATION:
        return annotation_draw_weights(n_h=stratum.n_units, N_h=stratum.n_annotations, N_e=n_of_entity)
    return entity_draw_weights(n_h=stratum.n_entities_drawn, M_h=stratum.n_entities, N_e=n_of_entity, k=k)
