"""What rules that go before the thresholds make of every mask, and what is said of the masks they made."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audit.coco.rle import area, decode_counts, union_counts
from audit.executors.executor import open_executor
from audit.features.column import single
from audit.jobs.decisions import Decider
from audit.jobs.given_ids import Giving
from audit.jobs.mask_copies import mask_id_of
from audit.jobs.measured import open_measured_masks
from audit.jobs.progress import Progress
from audit.jobs.review_state import Outcome, ReviewState
from audit.jobs.rule_files import load_rule_set
from audit.jobs.stored_masks import open_mask_places
from audit.jobs.tuning_masks import Flags
from audit.jobs.workspace import Workspace
from audit.rules.evidence import Evidence
from audit.rules.rule import Action, Rule
from audit.rules.rule_set import RuleSet
from db.manifest import SettingRecord

_WORTH_PROCESSES = 50_000
"""Masks of a setting below which one process decides sooner than several start."""

_COLUMNS = ("action", "height", "width", "parts")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaseDecisions:
    """What the rules of a file make of the masks of some settings, before any threshold is asked.

    Attributes:
        rules: of the file, in order; none where there is no file.
        dropped: bool [n_masks]: out, whatever the thresholds.
        corrected: bool [n_masks]: kept with another mask, whatever the thresholds.
        made: position → id of the mask that a sampled one was corrected to; None where that is empty.
        evidence: of the file; None where it has none.
    """

    rules: tuple[Rule, ...]
    dropped: Flags
    corrected: Flags
    made: Mapping[int, str | None]
    evidence: Evidence | None = None

    def where(self, chosen: Flags) -> "BaseDecisions":
        """The same of the chosen masks alone."""
        moved = np.cumsum(chosen) - 1
        return replace(
            self,
            dropped=self.dropped[chosen],
            corrected=self.corrected[chosen],
            made={int(moved[place]): made for place, made in self.made.items() if chosen[place]},
        )


def no_base(n_masks: int) -> BaseDecisions:
    """Leave every mask to the thresholds."""
    nowhere = np.zeros(n_masks, np.bool_)
    return BaseDecisions(rules=(), dropped=nowhere, corrected=nowhere, made={})


def decide_base(
    workspace: Workspace,
    settings: Sequence[SettingRecord],
    file: Path,
    sampled: Mapping[int, str],
    *,
    progress: Progress,
) -> BaseDecisions:
    """Apply the rules of a file to every mask of some settings.

    Args:
        workspace: with the masks.
        settings: in the order of `TuningMasks`.
        file: TOML.
        sampled: position → mention id of the masks whose new pixels matter.
        progress: of deciding.

    Raises:
        InputError: the file cannot be applied to one of the settings, or features that it needs are missing.
    """
    n_masks = sum(setting.n_annotations for setting in settings)
    dropped, corrected = np.zeros(n_masks, np.bool_), np.zeros(n_masks, np.bool_)
    made: dict[int, str | None] = {}
    rules: tuple[Rule, ...] = ()
    evidence: Evidence | None = None
    first = 0
    for setting in settings:
        rule_set = load_rule_set(workspace.population, setting, file)
        rules, evidence = rule_set.rules, rule_set.evidence
        with _decisions(workspace, setting, rule_set, progress) as tables:
            for table in tables:
                here = slice(first, first + len(table))
                actions = single(table, "action").to_numpy(zero_copy_only=False)
                dropped[here] = actions == Action.DROP
                corrected[here] = actions == Action.CORRECT
                made |= {
                    first + row: _mask_id(table, row, sampled[first + row])
                    for row in np.flatnonzero(corrected[here]).tolist()
                    if first + row in sampled
                }
                first = here.stop
    return BaseDecisions(rules=rules, dropped=dropped, corrected=corrected, made=made, evidence=evidence)


@contextmanager
def _decisions(
    workspace: Workspace, setting: SettingRecord, rule_set: RuleSet, progress: Progress
) -> Iterator[Iterator[pa.Table]]:
    """What becomes of the masks of a setting, in the order of its sources and their rows."""
    population = workspace.population
    n_workers = workspace.workers if setting.n_annotations >= _WORTH_PROCESSES else 1
    with (
        tempfile.TemporaryDirectory(prefix="mask-audit-") as folder,
        open_measured_masks(population, setting, rule_set.references) as masks,
        open_mask_places(population, setting) as places,
        open_executor(scheduler=None, n_workers=n_workers) as execute,
    ):
        givings = [Giving.NONE] * len(setting.sources)  # nothing is written that would be ingested
        decider = Decider(
            population=population, setting=setting, rule_set=rule_set, givings=givings, execute=execute
        )
        yield _tables(decider.write_decisions(masks, places, Path(folder), progress))


def _tables(files: Sequence[Path]) -> Iterator[pa.Table]:
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=list(_COLUMNS)):
                yield pa.Table.from_batches([batch])


def _mask_id(table: pa.Table, row: int, mention_id: str) -> str | None:
    """The id of the mask that a row was corrected to; None where it is empty."""
    height, width, parts = (table[name][row].as_py() for name in _COLUMNS[1:])
    counts = union_counts(parts, height=height, width=width)
    if area(decode_counts(counts, height=height, width=width)) == 0:
        return None
    return mask_id_of(mention_id, height=height, width=width, canonical_counts=counts)


def corrected_outcome(state: ReviewState, mask_id: str | None) -> Outcome:
    """Give what was said of a mask that rules made: it counts only by verdicts on itself.

    An empty one is as good as none.
    """
    return Outcome.MISSING if mask_id is None else state.outcome_of_mask(mask_id)
