"""How a sample was drawn and what it is made of, for machines."""

from collections.abc import Mapping

from reports.content import Design, ReportContent
from reports.json_goal import goal_object
from reports.json_values import Object, present
from reports.numbers import time_text
from reports.risk_findings import RiskFindings
from reports.sample_findings import Composition
from sampling.estimation.estimate import NoEstimate


def sample_object(content: ReportContent) -> Object:
    """The sample, under the key `sample`."""
    example = content.ticket_example
    return {
        "name": content.sample,
        "seed": content.design.seed,
        "drawn_at": time_text(content.sampled_at),
        "design": _design(content.design),
        "allocation": content.design.allocation,
        "n_units": content.n_units,
        **_waves(content.risk),
        "goal": goal_object(content.goal, is_settled=content.is_complete and not content.has_grown),
        **({} if content.composition is None else {"composition": _composition(content.composition)}),
        **(
            {"ticket_example": {"annotation_id": example.annotation_id, "ticket": example.ticket}}
            if example
            else {}
        ),
        **({"recipe": list(content.recipe)} if content.recipe else {}),
    }


def _design(design: Design) -> Object:
    return {
        "unit": design.unit,
        "across": design.across,
        "per_entity": design.per_entity,
        "size_measure": design.size_measure,
        "frame": design.frame,
        **({"contrast": list(design.contrast)} if design.contrast else {}),
        "population_fingerprint": design.population_fingerprint,
        "strata": [
            {
                "split": stratum.split,
                "n_units": stratum.n_units,
                "n_entities_drawn": stratum.n_entities_drawn,
                "n_entities": stratum.n_entities,
                "n_annotations": stratum.n_annotations,
            }
            for stratum in design.strata
        ],
    }


def _waves(found: RiskFindings | None) -> Object:
    if found is None:
        return {}
    waves = [{"n": wave.n, "n_verdicts": wave.n_verdicts, **present(auc=wave.auc)} for wave in found.waves]
    return {"waves": waves, "features": list(found.features)}


def _composition(made: Composition) -> Object:
    return {
        "n_entities": made.n_entities,
        "by_split": {
            each.split: {"n_units": each.n_units, "n_entities": each.n_entities} for each in made.splits
        },
        "categories": _categories(made.categories),
        **_population(made),
    }


def _population(made: Composition) -> Object:
    if isinstance(made.of_population, NoEstimate):
        return {}
    return {"population": {"counted": made.counted, "categories": _categories(made.of_population)}}


def _categories(counts: Mapping[str | None, int]) -> Object:
    """The known categories, by name, and how many have none."""
    known = {name: n for name, n in counts.items() if name is not None}
    return {"known": dict(sorted(known.items())), "n_without": counts.get(None, 0)}
