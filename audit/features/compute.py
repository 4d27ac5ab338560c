"""Measures masks: rows of the population in, columns of features out. The same rows give the same bytes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from audit.coco.buffers import as_numbers, from_numbers
from audit.features.agreement import Pairs, Votes
from audit.features.catalogue import Feature, Needs, features_of
from audit.features.column import read_numbers, single, to_arrow
from audit.features.detections import Detections
from audit.features.shapes import Masks
from audit.features.spans import MAX_COLUMNS, Ints, Longs

MASK_COLUMNS = ("mention_id", "height", "width", "parts", "boxes", "confidences", "labels", "score")
"""What `measure_masks` reads."""

AGREEMENT_COLUMNS = ("mention_id", "setting", "height", "width", "parts")
"""What `measure_agreement` reads."""

COLUMNS_AT_ONCE = 2**20
"""Columns of pixels that are gone through at a time, or those of one mention: they bound the memory."""

ALL_COMPLETE: Mapping[str, str] = MappingProxyType({})
"""No setting is filtered from another."""

Subject = Masks | Detections | Pairs | Votes

OF_MASKS = features_of(Needs.MASK, Needs.CONFIDENCE, Needs.BOXES)
OF_PAIRS = features_of(Needs.PAIR)
OF_SETTINGS = features_of(Needs.SETTINGS)


def _schema(keys: Sequence[str], features: Sequence[Feature]) -> pa.Schema:
    names = [pa.field(key, pa.string(), nullable=False) for key in keys]
    return pa.schema([*names, *(feature.field for feature in features)])


_OF_A_MASK = ("mention_id",)
_OF_A_PAIR = ("mention_id", "setting_a", "setting_b", "state")
_OF_A_SETTING = ("mention_id", "setting")

MASK_FEATURES = _schema(_OF_A_MASK, OF_MASKS)
"""A row per annotation, in its order. `area` is 0 for an empty mask, null for one that cannot be read."""

PAIR_FEATURES = _schema(_OF_A_PAIR, OF_PAIRS)
"""A row per mention and pair of settings that have it; `state` is a `Comparison` and says why one is null."""

SETTING_FEATURES = _schema(_OF_A_SETTING, OF_SETTINGS)
"""A row per mention and setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far settings agree on some mentions.

    Attributes:
        pairs: `PAIR_FEATURES`, by mention in the order in which they are met, then by names of settings.
        settings: `SETTING_FEATURES`, in the order of the rows that were measured.
    """

    pairs: pa.Table
    settings: pa.Table


def measure_masks(rows: pa.Table, features: Sequence[Feature] = OF_MASKS) -> pa.Table:
    """The features of each mask by itself, `MASK_FEATURES`.

    Args:
        rows: of the population, with `MASK_COLUMNS`; a mask that cannot be read has null parts.
        features: that need a mask, its confidences or its boxes; these columns come out.
    """
    schema = _schema(_OF_A_MASK, features)
    if not rows.num_rows:
        return schema.empty_table()
    rows = _chunked_once(rows, MASK_COLUMNS)
    tables = [
        _measure_masks(rows.slice(first, end - first), features, schema)
        for first, end in _stretches(rows, np.arange(rows.num_rows))
    ]
    return pa.concat_tables(tables).combine_chunks()


def measure_agreement(
    rows: pa.Table,
    pair_features: Sequence[Feature] = OF_PAIRS,
    setting_features: Sequence[Feature] = OF_SETTINGS,
    *,
    origins: Mapping[str, str] = ALL_COMPLETE,
) -> Agreement:
    """How far the settings agree on each mention, `PAIR_FEATURES` and `SETTING_FEATURES`.

    Args:
        rows: of the population, with `AGREEMENT_COLUMNS`, of all settings and in any order: all rows of a
            mention, at most one of each setting.
        pair_features: that need a pair; these columns come out.
        setting_features: that need all settings; these columns come out.
        origins: the complete setting that each one is filtered from, of those that are.
    """
    of_pairs, of_settings = _schema(_OF_A_PAIR, pair_features), _schema(_OF_A_SETTING, setting_features)
    if not rows.num_rows:
        return Agreement(pairs=of_pairs.empty_table(), settings=of_settings.empty_table())
    rows = _chunked_once(rows, AGREEMENT_COLUMNS)
    mentions = _codes(rows, "mention_id")
    order = np.lexsort((_ranks(rows, "setting"), mentions))
    rows, mentions = rows.take(from_numbers(order)), mentions[order]
    pair_tables, setting_tables = [], []
    for first, end in _stretches(rows, mentions):
        some = rows.slice(first, end - first)
        pairs = Pairs(Masks(some), mentions[first:end])
        pair_tables.append(_measure_pairs(some, pairs, pair_features, of_pairs))
        votes = _votes(some, pairs, origins)
        setting_tables.append(_measure_settings(some, votes, setting_features, of_settings))
    settings = pa.concat_tables(setting_tables).take(from_numbers(np.argsort(order)))
    return Agreement(pairs=pa.concat_tables(pair_tables).combine_chunks(), settings=settings.combine_chunks())


def _measure_masks(rows: pa.Table, features: Sequence[Feature], schema: pa.Schema) -> pa.Table:
    masks, detections = Masks(rows), Detections(rows)
    keys = [single(rows, name) for name in _OF_A_MASK]
    values = [_values(feature, masks if feature.needs is Needs.MASK else detections) for feature in features]
    return pa.table([*keys, *values], schema=schema)


def _measure_pairs(rows: pa.Table, pairs: Pairs, features: Sequence[Feature], schema: pa.Schema) -> pa.Table:
    first, second = from_numbers(pairs.first), from_numbers(pairs.second)
    mention_ids, settings = single(rows, "mention_id"), single(rows, "setting")
    keys = [mention_ids.take(first), settings.take(first), settings.take(second), pairs.states()]
    return pa.table([*keys, *(_values(feature, pairs) for feature in features)], schema=schema)


def _votes(rows: pa.Table, pairs: Pairs, origins: Mapping[str, str]) -> Votes:
    encoded = single(rows, "setting").dictionary_encode()
    names = encoded.dictionary.to_pylist()
    codes = as_numbers(encoded.indices)
    places: dict[str, int] = {}
    of_name = [places.setdefault(origins.get(name, name), len(places)) for name in names]
    is_complete = [name not in origins for name in names]
    return Votes(pairs, np.array(of_name, np.int64)[codes], np.array(is_complete, np.bool_)[codes])


def _measure_settings(
    rows: pa.Table, votes: Votes, features: Sequence[Feature], schema: pa.Schema
) -> pa.Table:
    keys = [single(rows, name) for name in _OF_A_SETTING]
    return pa.table([*keys, *(_values(feature, votes) for feature in features)], schema=schema)


def _values(feature: Feature, subject: Subject) -> pa.Array:
    return to_arrow(feature.of(subject), feature.kind)


def _chunked_once(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """Some columns, each in one piece, with text as text."""
    columns = {name: single(rows, name) for name in names}
    for name, column in columns.items():
        if pa.types.is_dictionary(column.type):
            columns[name] = column.cast(pa.string())
    return pa.table(columns)


def _codes(rows: pa.Table, name: str) -> Ints:
    """A number for each text, in the order in which they are met, int32 [n_rows]."""
    codes: Ints = as_numbers(single(rows, name).dictionary_encode().indices)
    return codes


def _ranks(rows: pa.Table, name: str) -> Longs:
    """The place of each text in the order of texts, int64 [n_rows]."""
    encoded = single(rows, name).dictionary_encode()
    names = encoded.dictionary.to_pylist()
    places = {text: place for place, text in enumerate(sorted(names))}
    ranks: Longs = np.array([places[text] for text in names], np.int64)[as_numbers(encoded.indices)]
    return ranks


def _stretches(rows: pa.Table, mentions: NDArray[np.integer]) -> Iterator[tuple[int, int]]:
    """First and last places, the end excluded, of rows to measure at a time: whole mentions, few columns."""
    ends = np.append(np.flatnonzero(np.diff(mentions)) + 1, len(mentions))
    n_columns = np.cumsum(np.minimum(read_numbers(rows, "width"), MAX_COLUMNS), dtype=np.int64)
    n_columns_at_ends = n_columns[ends - 1]
    first, before = 0, 0
    while first < len(mentions):
        n_fitting = np.searchsorted(n_columns_at_ends, before + COLUMNS_AT_ONCE, side="right")
        n_done = np.searchsorted(ends, first, side="right")
        end = int(ends[max(n_fitting - 1, n_done)])
        yield first, end
        first, before = end, int(n_columns[end - 1])
