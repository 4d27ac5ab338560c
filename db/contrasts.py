"""Where two settings made different masks, and how often several made the same, over the whole population.

A contrast's mentions are a frame like any other, in a file of its own, so that `db.drawing` draws from it
with the tickets that it draws everything with.
"""

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb

from db.identities import IDENTITIES_FILE
from db.manifest import SettingRecord
from db.population import ANNOTATIONS_FILE, Population, query_engine
from db.records import MaskState

_MEMORY = "1GB"
_ALL_SPLITS = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastCounts:
    """What two settings made of the mentions of a frame, or of one split of it.

    Attributes:
        n_annotations: mentions that both settings have in their populations and whose masks both can be
            read (N); all numbers but the last two are of these.
        n_entities: entities that have such a mention (E); one with mentions in several splits is in each.
        n_differing: mentions whose masks differ, or of which one setting alone has a mask.
        n_entities_differing: entities that have a differing mention.
        n_missing_in_a: mentions without a mask in the first setting, which counts as an error there.
        n_missing_in_b: the same of the second.
        n_dropped: mentions outside the population of a setting that is a filtered subset.
        n_unreadable: other mentions with a mask that cannot be decoded, so that nobody can judge them.
    """

    n_annotations: int
    n_entities: int
    n_differing: int
    n_entities_differing: int
    n_missing_in_a: int
    n_missing_in_b: int
    n_dropped: int
    n_unreadable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Two settings compared over a frame; its files are there as long as it is open.

    Attributes:
        differing: a frame for `open_draw` of the differing mentions alone.
        compared: the same with every mention of the frame and its outcome.
        by_split: in order of name; a split where nothing differs too.
    """

    differing: str
    compared: str
    overall: ContrastCounts
    by_split: Mapping[str, ContrastCounts]

    def n_annotations_of(self, entity_ids: Collection[str]) -> dict[str, int]:
        """Give N_e of entities: their mentions that `n_annotations` counts, over all splits of the frame."""
        with query_engine(memory=_MEMORY) as connection:
            rows = connection.execute(
                _ENTITY_SIZES, {"file": self.compared, "ids": list(entity_ids)}
            ).fetchall()
        return dict(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPair:
    """How often two settings made the same mask.

    Attributes:
        n_both: mentions of which both made a mask.
        n_same: those of which they made the same one.
    """

    a: str
    b: str
    n_both: int
    n_same: int

    @property
    def rate(self) -> float | None:
        """The share of the same masks, in [0, 1]; None where no mention has a mask of both."""
        return self.n_same / self.n_both if self.n_both else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskSharing:
    """How many different masks settings made of the mentions of a frame.

    Attributes:
        n_mentions: mentions that have a mask of at least one setting.
        n_made: masks, one for each mention and setting.
        n_distinct: different masks, each of which needs a verdict of its own.
    """

    n_mentions: int
    n_made: int
    n_distinct: int
    pairs: tuple[SharedPair, ...]


_NUMBERS = [number.name for number in fields(ContrastCounts)]
"""What `_COUNTS` gives after the split."""

# What a setting made of a mention is the id of its mask, or the name of a state; no name has 12 bytes.
_MADE = f"CASE WHEN state = '{MaskState.PRESENT}' THEN mask_id ELSE state::BLOB END"
_IS_IN_SPLITS = "len(getvariable('splits')) = 0 OR list_contains(getvariable('splits'), split)"

_COMPARED = f"""
WITH made AS (
    SELECT
        annotation_id,
        category_id,
        split,
        coalesce(a.made, getvariable('absent_a')) AS a,
        coalesce(b.made, getvariable('absent_b')) AS b
    FROM read_parquet(getvariable('frame'))
    LEFT JOIN (SELECT mention_id, {_MADE} AS made FROM read_parquet(getvariable('a'))) AS a USING (mention_id)
    LEFT JOIN (SELECT mention_id, {_MADE} AS made FROM read_parquet(getvariable('b'))) AS b USING (mention_id)
    WHERE {_IS_IN_SPLITS}
)
SELECT
    annotation_id,
    category_id,
    split,
    CASE
        WHEN '{MaskState.DROPPED}'::BLOB IN (a, b) THEN 'dropped'
        WHEN '{MaskState.UNREADABLE}'::BLOB IN (a, b) THEN 'unreadable'
        WHEN a = b THEN 'same'
        ELSE 'differs'
    END AS outcome,
    a = '{MaskState.MISSING}'::BLOB AS is_missing_in_a,
    b = '{MaskState.MISSING}'::BLOB AS is_missing_in_b
FROM made
"""  # noqa: S608 - of constants

_DIFFERING = """
SELECT annotation_id, category_id, split FROM read_parquet($compared) WHERE outcome = 'differs'
"""

_COUNTS = """
WITH of_entities AS (
    SELECT
        category_id,
        split,
        count(*) FILTER (outcome IN ('same', 'differs')) AS n_compared,
        count(*) FILTER (outcome = 'differs') AS n_differing,
        count(*) FILTER (outcome IN ('same', 'differs') AND is_missing_in_a) AS n_missing_in_a,
        count(*) FILTER (outcome IN ('same', 'differs') AND is_missing_in_b) AS n_missing_in_b,
        count(*) FILTER (outcome = 'dropped') AS n_dropped,
        count(*) FILTER (outcome = 'unreadable') AS n_unreadable
    FROM read_parquet($compared) GROUP BY category_id, split
)
SELECT
    split,
    sum(n_compared) AS n_annotations,
    count(DISTINCT category_id) FILTER (n_compared > 0) AS n_entities,
    sum(n_differing) AS n_differing,
    count(DISTINCT category_id) FILTER (n_differing > 0) AS n_entities_differing,
    sum(n_missing_in_a) AS n_missing_in_a,
    sum(n_missing_in_b) AS n_missing_in_b,
    sum(n_dropped) AS n_dropped,
    sum(n_unreadable) AS n_unreadable
FROM of_entities
GROUP BY GROUPING SETS ((split), ())
"""

_ENTITY_SIZES = """
SELECT category_id, count(*) FROM read_parquet($file)
WHERE outcome IN ('same', 'differs') AND category_id IN (SELECT unnest($ids))
GROUP BY category_id
"""

_MASKS_OF_SETTING = f"""
SELECT mention_id, mask_id, 1::BIGINT << {{number}} AS maker
FROM read_parquet(getvariable('setting_{{number}}'))
SEMI JOIN (
    SELECT mention_id FROM read_parquet(getvariable('frame')) WHERE {_IS_IN_SPLITS}
) USING (mention_id)
WHERE state = '{MaskState.PRESENT}'
"""  # noqa: S608 - of constants

_MAKERS = """
SELECT makers, count(*) FROM (SELECT bit_or(maker) AS makers FROM ({masks}) GROUP BY {key}) GROUP BY makers
"""


@contextmanager
def open_contrast(
    population: Population,
    frame: SettingRecord,
    settings: tuple[SettingRecord, SettingRecord],
    *,
    splits: Sequence[str],
) -> Iterator[Contrast]:
    """Compare what two settings made of the mentions of a frame.

    The states are those of a sample's units: absent from a complete setting, or empty, is missing; absent
    from a subset is dropped. Two missing masks are the same. A mention that is dropped from either setting,
    or unreadable in either, is outside: nothing could be said of their difference there.

    Args:
        population: holds the settings, whose identities are written (`db.identities`).
        frame: the setting whose mentions are compared.
        settings: the first (a) and the second (b).
        splits: splits that the frame is restricted to; empty means all.
    """
    with tempfile.TemporaryDirectory(prefix="mask-audit-") as folder:
        compared, differing = str(Path(folder) / "compared.parquet"), str(Path(folder) / "differing.parquet")
        with query_engine(memory=_MEMORY) as connection:
            _set_frame(connection, population, frame, splits)
            for name, setting in zip("ab", settings, strict=True):
                _set(connection, name, population.files(setting, IDENTITIES_FILE))
                absent = MaskState.DROPPED if setting.subset_of else MaskState.MISSING
                _set(connection, f"absent_{name}", absent.encode())
            connection.sql(_COMPARED).write_parquet(compared, compression="zstd")
            parameters = {"compared": compared}
            connection.sql(_DIFFERING, params=parameters).write_parquet(differing, compression="zstd")
            rows = connection.execute(_COUNTS, parameters).fetchall()
        counts = {split: _counts(numbers) for split, *numbers in rows}
        overall = counts.pop(_ALL_SPLITS)
        by_split = dict(sorted(counts.items()))
        yield Contrast(differing=differing, compared=compared, overall=overall, by_split=by_split)


def count_shared_masks(
    population: Population,
    frame: SettingRecord,
    settings: Sequence[SettingRecord],
    *,
    splits: Sequence[str],
) -> MaskSharing:
    """Count how many different masks settings made of the mentions of a frame, and each pair alike.

    Args:
        population: holds the settings, whose identities are written (`db.identities`).
        frame: the setting whose mentions are counted.
        settings: at most 62.
        splits: splits that the frame is restricted to; empty means all.
    """
    with query_engine(memory=_MEMORY) as connection:
        _set_frame(connection, population, frame, splits)
        for number, setting in enumerate(settings):
            _set(connection, f"setting_{number}", population.files(setting, IDENTITIES_FILE))
        masks = " UNION ALL ".join(_MASKS_OF_SETTING.format(number=number) for number in range(len(settings)))
        makers_of_mentions = connection.execute(_MAKERS.format(masks=masks, key="mention_id")).fetchall()
        # A mask's id is made of its mention's, so equal ids are equal masks of one mention.
        makers_of_masks = connection.execute(_MAKERS.format(masks=masks, key="mask_id")).fetchall()
    return MaskSharing(
        n_mentions=sum(n for _, n in makers_of_mentions),
        n_made=sum(n * makers.bit_count() for makers, n in makers_of_mentions),
        n_distinct=sum(n for _, n in makers_of_masks),
        pairs=tuple(
            SharedPair(
                a=settings[i].setting,
                b=settings[j].setting,
                n_both=_n_made_by(makers_of_mentions, i, j),
                n_same=_n_made_by(makers_of_masks, i, j),
            )
            for i, j in combinations(range(len(settings)), 2)
        ),
    )


def _n_made_by(makers: Sequence[tuple[int, int]], i: int, j: int) -> int:
    return sum(n for bits, n in makers if bits >> i & bits >> j & 1)


def _set_frame(
    connection: duckdb.DuckDBPyConnection,
    population: Population,
    frame: SettingRecord,
    splits: Sequence[str],
) -> None:
    _set(connection, "frame", population.files(frame, ANNOTATIONS_FILE))
    connection.execute("SET VARIABLE splits = $value::VARCHAR[]", {"value": list(splits)})


def _set(connection: duckdb.DuckDBPyConnection, name: str, value: list[str] | bytes) -> None:
    connection.execute(f"SET VARIABLE {name} = $value", {"value": value})


def _counts(numbers: Sequence[Any]) -> ContrastCounts:
    # The sum over no mention at all is null.
    return ContrastCounts(**{name: n or 0 for name, n in zip(_NUMBERS, numbers, strict=True)})
