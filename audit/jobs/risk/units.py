"""What the waves of a sample by risk drew, as units and strata to be stored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from audit.jobs.drawing import DrawnMention
from audit.jobs.risk.drawable import Drawable
from db.mentions import Mention
from db.records import Stratum, Unit
from sampling.design.frame import Candidate, DrawnUnit
from sampling.design.pareto import ticket_numbers
from sampling.design.selection import annotation_ticket, entity_ticket, wave_ticket
from sampling.design.weights import Weights, unequal_annotation_weights, unequal_draw_weights


def start_of(seed: int, wave: int) -> float:
    """Give where a wave begins, in [0, 1): the first 8 bytes of its ticket / 2^64."""
    return float(ticket_numbers([wave_ticket(seed, wave)])[0])


def drawn_mentions(
    everything: Drawable,
    mentions: Mapping[str, Mention],
    strata: Sequence[Stratum],
    *,
    unit: DrawnUnit,
    seed: int,
) -> list[DrawnMention]:
    """Give mentions of what can be drawn as what was drawn, with the chances of all waves so far.

    Args:
        everything: that can be drawn.
        mentions: that were drawn, by annotation id.
        strata: of the sample.
        unit: what is drawn.
        seed: of the tickets.
    """
    n_entities = {stratum.split: stratum.n_entities for stratum in strata}
    chances = everything.chances()
    drawn = []
    for place in everything.positions(list(mentions)).tolist():
        mention = mentions[everything.annotation_ids[place].as_py()]
        split = everything.splits[everything.strata[place]]
        entity_id = mention.entity_id or ""
        n_annotations = int(everything.n_annotations[place])
        candidate = Candidate(
            stratum=split,
            entity_id=entity_id,
            annotation_ids=(mention.annotation_id,),
            n_annotations=n_annotations,
            ticket=entity_ticket(seed, entity_id)
            if unit is DrawnUnit.ENTITY
            else annotation_ticket(seed, mention.annotation_id),
        )
        drawn.append(
            DrawnMention(
                annotation_id=mention.annotation_id,
                candidate=candidate,
                n_annotations_of_entity=n_annotations,
                n_entities_in_stratum=n_entities[split],
                weights=_weights(unit, float(chances[place]), n_annotations),
            )
        )
    return drawn


def with_chances(units: Sequence[Unit], everything: Drawable, unit: DrawnUnit) -> list[Unit]:
    """Give units that a sample holds with the chances of all waves so far."""
    chances = everything.chances()[everything.positions([each.annotation_id for each in units])]
    weights = [
        _weights(unit, chance, each.n_annotations_of_entity)
        for each, chance in zip(units, chances.tolist(), strict=True)
    ]
    return [
        replace(
            each,
            inclusion_probability=its.inclusion_probability,
            design_weight=its.design_weight,
            entity_weight=its.entity_weight,
        )
        for each, its in zip(units, weights, strict=True)
    ]


def with_drawn(strata: Sequence[Stratum], units: Sequence[Unit]) -> tuple[Stratum, ...]:
    """Give strata with the number of units that were drawn of each."""
    drawn = [each.stratum for each in units]
    n_entities = {
        stratum.split: len({each.entity_id for each in units if each.stratum == stratum.split})
        for stratum in strata
    }
    return tuple(
        replace(stratum, n_units=drawn.count(stratum.split), n_entities_drawn=n_entities[stratum.split])
        for stratum in strata
    )


def _weights(unit: DrawnUnit, chance: float, n_annotations: int) -> Weights:
    if unit is DrawnUnit.ANNOTATION:
        return unequal_annotation_weights(probability=chance, N_e=n_annotations)
    return unequal_draw_weights(probability=chance, N_e=n_annotations, k=1)
