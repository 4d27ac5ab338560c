"""What a filter did, in numbers: annotations of each split before, dropped and corrected, and kept."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from audit.coco.rows import GIVEN_ID_KEY
from audit.rules.rule import Action


class Count(NamedTuple):
    """What annotations that are counted together have in common."""

    split: str
    rule: str | None
    action: str
    is_given: bool


Counts = Counter[Count]

FORMAT = 1
MADE_BY = "mask-audit filter"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilteredFile:
    """One filtered file.

    Attributes:
        file: its name.
        source: path of the file that it was made from.
        n_before: annotations of the setting in it.
        n_kept: annotations of the filtered file, those corrected included.
        n_given_ids: those of them that got the key with their id.
        n_left_out: elements that were no annotation of the setting, being unreadable or repeating an id.
    """

    file: str
    source: str
    n_before: int
    n_dropped: int
    n_corrected: int
    n_kept: int
    n_given_ids: int
    n_left_out: int

    def as_line(self) -> str:
        """Give it for people."""
        given = f", {self.n_given_ids:,} of them given the key {GIVEN_ID_KEY}" if self.n_given_ids else ""
        left_out = (
            f"; {self.n_left_out:,} elements left out that are no annotations of the setting"
            if self.n_left_out
            else ""
        )
        return f"{self.file}: {self.n_kept:,} of {self.n_before:,} annotations{given}{left_out}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """How many annotations of a split one rule dropped or corrected."""

    rule: str
    n_dropped: int
    n_corrected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSummary:
    """What became of the annotations of a split; `by_rule` names every rule of the set, in order."""

    split: str
    n_before: int
    n_dropped: int
    n_corrected: int
    n_kept: int
    by_rule: tuple[RuleCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterSummary:
    """What became of a setting.

    Attributes:
        rules: path of the file of rules.
        total: of all splits; its name is `all`.
        commands: that ingest the filtered files; none where nothing is kept.
        remarks: what is to be known besides, in sentences without a full stop.
    """

    setting: str
    rules: str
    files: tuple[FilteredFile, ...]
    splits: tuple[SplitSummary, ...]
    total: SplitSummary
    commands: tuple[str, ...]
    remarks: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Give it in the shape that `--json` and `summary.json` promise."""
        return {"format": FORMAT, "made_by": MADE_BY, **asdict(self)}

    def as_lines(self) -> list[str]:
        """Give the table for people: a row for each split, and one for all where there are several."""
        rows = [*self.splits, self.total] if len(self.splits) > 1 else [self.total]
        names = [count.rule for count in self.total.by_rule]
        header = ["split", "before", *names, "dropped", "corrected", "kept"]
        cells = [header, *(_cells(row) for row in rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return [
            "  ".join(
                cell.rjust(width) if place else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in cells
        ]


def count_decisions(decisions: Path) -> Counts:
    """Count what was decided of the annotations of one source."""
    counts: Counts = Counter()
    with pq.ParquetFile(decisions) as file:
        for batch in file.iter_batches(columns=["split", "rule", "action", "given_id"], use_threads=False):
            is_given = pc.is_valid(batch["given_id"])
            table = pa.Table.from_batches([batch]).append_column("is_given", is_given)
            for row in table.group_by(list(Count._fields)).aggregate([([], "count_all")]).to_pylist():
                counts[Count(*(row[name] for name in Count._fields))] += row["count_all"]
    return counts


def summaries(counts: Counts, rules: Sequence[str]) -> tuple[SplitSummary, ...]:
    """Give what became of each split, by name, and of all; `rules` are the names of all rules."""
    splits = sorted({count.split for count in counts})
    return (
        *(_summary(name, counts, {name}, rules) for name in splits),
        _summary("all", counts, splits, rules),
    )


def n_of(counts: Counts, action: Action) -> int:
    """Give how many annotations something became of."""
    return sum(n for count, n in counts.items() if count.action == action)


def _summary(name: str, counts: Counts, splits: Collection[str], rules: Sequence[str]) -> SplitSummary:
    chosen = Counter({count: n for count, n in counts.items() if count.split in splits})
    by_rule = tuple(
        RuleCount(rule=rule, n_dropped=n_of(own, Action.DROP), n_corrected=n_of(own, Action.CORRECT))
        for rule in rules
        for own in [Counter({count: n for count, n in chosen.items() if count.rule == rule})]
    )
    n_dropped = n_of(chosen, Action.DROP)
    return SplitSummary(
        split=name,
        n_before=chosen.total(),
        n_dropped=n_dropped,
        n_corrected=n_of(chosen, Action.CORRECT),
        n_kept=chosen.total() - n_dropped,
        by_rule=by_rule,
    )


def _cells(row: SplitSummary) -> list[str]:
    by_rule = [_rule_cell(count) for count in row.by_rule]
    numbers = (row.n_before, row.n_dropped, row.n_corrected, row.n_kept)
    before, *after = (f"{n:,}" for n in numbers)
    return [row.split, before, *by_rule, *after]


def _rule_cell(count: RuleCount) -> str:
    said = [f"−{count.n_dropped:,}"] if count.n_dropped else []
    said += [f"±{count.n_corrected:,}"] if count.n_corrected else []
    return " ".join(said) or "0"
