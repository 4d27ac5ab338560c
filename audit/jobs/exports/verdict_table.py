"""The tidy table of verdicts: a row per verdict, setting and annotation, one where none is given."""

import json
from collections.abc import Iterator, Mapping

import pyarrow as pa

from audit.jobs.estimates import unit_weights
from audit.jobs.exports.audited import Audited
from audit.jobs.review_state import Outcome, ReviewState
from db.records import SampleSetting, StandingVerdict, Unit
from reports.exports.columns import COLUMNS, ColumnType
from reports.numbers import time_text
from sampling.estimation.estimands import Estimand

_ARROW_TYPES = {
    ColumnType.TEXT: pa.string(),
    ColumnType.TEXTS: pa.list_(pa.string()),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.FLAG: pa.bool_(),
    ColumnType.TIME: pa.timestamp("us", tz="UTC"),
}
_NO_VERDICT: Mapping[str, object] = {"reasons": []}

Row = Mapping[str, object]


def verdict_table(audited: Audited, dictionary: str) -> pa.Table:
    """Give the table, by setting, split and ticket; its schema carries the dictionary.

    Args:
        audited: the sample.
        dictionary: the data dictionary as Markdown.
    """
    content = audited.content
    about = {
        "sample": content.sample,
        "seed": content.design.seed,
        "version": content.version,
        "created_at": time_text(content.created_at),
    }
    schema = pa.schema(
        [
            pa.field(
                column.name,
                _ARROW_TYPES[column.type],
                metadata={"description": column.meaning, "unit": column.unit},
            )
            for column in COLUMNS
        ],
        metadata={"mask-audit": json.dumps(about, ensure_ascii=False), "data_dictionary": dictionary},
    )
    return pa.Table.from_pylist(list(_rows(audited)), schema)


def outcome_word(outcome: Outcome) -> str:
    """Give what an export calls an outcome.

    >>> outcome_word(Outcome.CORRECT)
    'correct'
    """
    return outcome.value.removeprefix("n_")


def _rows(audited: Audited) -> Iterator[Row]:
    units = [
        _unit_columns(unit, mix_weight)
        for unit, mix_weight in zip(
            audited.state.units, unit_weights(audited.state, Estimand.MIX).tolist(), strict=True
        )
    ]
    verdicts = _verdict_columns(audited)
    for setting in audited.settings:
        for unit, of_mask in zip(units, _mask_columns(audited.state, setting), strict=True):
            for of_verdict in verdicts.get(of_mask["mask_id"], [_NO_VERDICT]):
                yield {"sample": audited.state.sample.name, **unit, **of_mask, **of_verdict}


def _unit_columns(unit: Unit, mix_weight: float) -> Row:
    return {
        "annotation_id": unit.annotation_id,
        "split": unit.stratum,
        "category": unit.category,
        "source_dataset": unit.source,
        "entity_id": unit.entity_id,
        "entity_name": unit.entity_name,
        "image_id": unit.image_id,
        "file_name": unit.file_name,
        "question": unit.question,
        "n_annotations_of_entity": unit.n_annotations_of_entity,
        "n_entities_in_stratum": unit.n_entities_in_stratum,
        "inclusion_probability": unit.inclusion_probability,
        "mix_weight": mix_weight,
        "entity_weight": unit.entity_weight,
        "design_weight": unit.design_weight,
    }


def _mask_columns(state: ReviewState, setting: SampleSetting) -> Iterator[Row]:
    name = setting.setting
    for made, outcome in zip(state.masks_made[name], state.outcomes[name], strict=True):
        yield {
            "setting": name,
            "reference": setting.reference,
            "model": setting.model,
            "mask_id": made.mask_id,
            "mask_area": None if made.mask_id is None else state.areas[made.mask_id],
            "outcome": outcome_word(outcome),
            "outcome_reasons": list(state.reasons_of(made.mask_id)),
        }


def _verdict_columns(audited: Audited) -> Mapping[object, list[Row]]:
    """The verdicts on each mask."""
    verdicts: dict[object, list[Row]] = {}
    for each in audited.verdicts():
        verdicts.setdefault(each.mask_id, []).append(_of_verdict(each, audited.shown_names))
    return verdicts


def _of_verdict(given: StandingVerdict, shown_names: Mapping[str, str]) -> Row:
    return {
        "reviewer": shown_names[given.reviewer],
        "verdict": given.verdict,
        "reasons": list(given.reasons),
        "purpose": given.purpose,
        "flagged": given.flagged,
        "decided_at": given.decided_at,
        "seconds": given.seconds,
        "verdict_source": given.source,
    }
