"""Everything that a sample by risk can draw, as arrays, as what the library asks for, and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from audit.errors import InputError
from db.records import Stratum, Unit
from sampling.design.frame import DrawnUnit
from sampling.design.pareto import numbers_of
from sampling.estimation.estimands import Estimand
from sampling.risk.active import FrameKind
from sampling.risk.covariates import Covariate, riskier_where_low, without_gaps
from sampling.risk.frame import RiskFrame, Wave, overall_probabilities
from sampling.risk.model import rank_normal_scores

SIGNALS = ("consensus_iou", "iou", "confidence_max")
"""What a mask has little of where it is wrong, as one hopes: the first wave is drawn by them."""
FEATURES = (*SIGNALS, "area_share")
"""What the model knows of a mask."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawable:
    """Everything that can be drawn, by split and ticket; arrays of length N.

    Attributes:
        annotation_ids: an entity's is the one that phase 1 picked.
        splits: the names of the splits.
        strata: the position of each one's split in them.
        n_annotations: N_e of its entity.
        tickets: its permanent random number, in (0, 1).
        scores: N × k, what the model knows of it; to the precision of float32.
        prior: a guess at its risk, to the same precision; None where there is nothing to guess from.
        probabilities: of every wave that was drawn, the chance that it draws each.
    """

    annotation_ids: pa.StringArray
    splits: tuple[str, ...]
    strata: NDArray[np.intp]
    n_annotations: NDArray[np.int64]
    tickets: Floats
    scores: Floats
    prior: Floats | None
    probabilities: tuple[Floats, ...] = ()

    @property
    def n_units(self) -> int:
        """N."""
        return len(self.tickets)

    def positions(self, annotation_ids: Sequence[str]) -> NDArray[np.intp]:
        """Give where annotations stand.

        Raises:
            InputError: one of them is not there.
        """
        found = pc.index_in(pa.array(annotation_ids, pa.string()), value_set=self.annotation_ids)
        if found.null_count:
            raise InputError(
                f"{found.null_count} units are not in what the sample was drawn from: draw a new sample"
            )
        return np.asarray(found, dtype=np.intp)

    def ids_at(self, positions: NDArray[np.intp]) -> list[str]:
        """Give the annotation ids at positions."""
        ids: list[str] = self.annotation_ids.take(pa.array(positions)).to_pylist()
        return ids

    def frame(self, target: Floats) -> RiskFrame:
        """Give it as the library asks for it, with the share of each in what is estimated, on any scale."""
        return RiskFrame(
            scores=self.scores, target=target / target.sum(), strata=self.strata, tickets=self.tickets
        )

    def drawn(self, units: Sequence[Unit]) -> tuple[Wave, ...]:
        """Give the waves that drew the units of a sample."""
        positions = self.positions([unit.annotation_id for unit in units])
        number = np.array([unit.wave for unit in units])
        return tuple(
            Wave(units=positions[number == wave], probabilities=probabilities)
            for wave, probabilities in enumerate(self.probabilities)
        )

    def chances(self) -> Floats:
        """Give ρ, the chance of each that some wave draws it."""
        waves = tuple(
            Wave(units=np.empty(0, dtype=np.intp), probabilities=each) for each in self.probabilities
        )
        return overall_probabilities(waves, self.n_units)

    def with_wave(self, wave: Wave) -> "Drawable":
        """Give it with the chances of one more wave."""
        return replace(self, probabilities=(*self.probabilities, wave.probabilities))

    def table(self) -> pa.Table:
        """Give it as a table, from which `drawable_of` makes it again to the last bit."""
        columns: dict[str, pa.Array] = {
            "annotation_id": self.annotation_ids,
            "split": pa.DictionaryArray.from_arrays(self.strata.astype(np.int32), list(self.splits)).cast(
                pa.string()
            ),
            "n_annotations": pa.array(self.n_annotations),
            "ticket": pa.array(self.tickets),
        }
        if self.prior is not None:
            columns["prior"] = pa.array(self.prior.astype(np.float32))
        for number, scores in enumerate(self.scores.T):
            columns[f"score_{number}"] = pa.array(scores.astype(np.float32))
        for number, probabilities in enumerate(self.probabilities):
            columns[f"wave_{number}"] = pa.array(probabilities)
        return pa.table(columns)


def drawable_of(table: pa.Table) -> Drawable:
    """Give back what `Drawable.table` gave."""
    splits = sorted(pc.unique(table["split"]).to_pylist())
    return Drawable(
        annotation_ids=_whole(table["annotation_id"]),
        splits=tuple(splits),
        strata=np.asarray(pc.index_in(table["split"], value_set=pa.array(splits)), dtype=np.intp),
        n_annotations=table["n_annotations"].to_numpy(),
        tickets=table["ticket"].to_numpy(),
        scores=_float_columns(table, "score_"),
        prior=table["prior"].to_numpy().astype(np.float64) if "prior" in table.column_names else None,
        probabilities=tuple(_float_columns(table, "wave_").T.copy()),
    )


def drawable(everything: pa.Table, features: pa.Table) -> Drawable:
    """Put what can be drawn together with what is known of it.

    Args:
        everything: as of `Draw.everything`.
        features: of the same annotations and maybe more, in any order: annotation_id, then `FEATURES`.

    Raises:
        InputError: an annotation id stands twice among the features.
    """
    ids = _whole(features["annotation_id"])
    if pc.count_distinct(ids).as_py() < len(ids):
        raise InputError(
            "two annotations of the frame have one id, which was made of their files' names: rename the "
            "files and ingest them again, or draw from another --frame"
        )
    where = pc.index_in(everything["annotation_id"], value_set=ids)
    known = {name: _covariate(features[name].take(where)) for name in FEATURES}
    splits = sorted(pc.unique(everything["split"]).to_pylist())
    return Drawable(
        annotation_ids=_whole(everything["annotation_id"]),
        splits=tuple(splits),
        strata=np.asarray(pc.index_in(everything["split"], value_set=pa.array(splits)), dtype=np.intp),
        n_annotations=everything["n_annotations"].to_numpy(),
        tickets=numbers_of(everything["first_bytes"].to_numpy()),
        scores=_rounded(rank_normal_scores(without_gaps(list(known.values())))),
        prior=_rounded_prior([known[name] for name in SIGNALS]),
    )


def target_of(everything: Drawable, estimand: Estimand, unit: DrawnUnit, strata: Sequence[Stratum]) -> Floats:
    """Give how much each counts in what is estimated, on any scale.

    In the mix a split counts as much as the first allocation gave it, and everything in it the same.

    Args:
        everything: that can be drawn.
        estimand: what is estimated.
        unit: what was drawn.
        strata: of the sample.
    """
    of_annotations = unit is DrawnUnit.ANNOTATION
    if estimand is Estimand.MIX:
        n_first = {stratum.split: stratum.n_first for stratum in strata}
        n_units = np.bincount(everything.strata, minlength=len(everything.splits))
        per_unit = np.array([n_first[split] for split in everything.splits]) / n_units
        return np.asarray(per_unit[everything.strata])
    if (estimand is Estimand.ANNOTATION) == of_annotations:
        return np.ones(everything.n_units)
    n_annotations = everything.n_annotations.astype(np.float64)
    return 1 / n_annotations if of_annotations else n_annotations


def kind_of(everything: Drawable, unit: DrawnUnit) -> FrameKind:
    """Tell whether judging everything drawable would leave nothing uncertain."""
    is_whole = unit is DrawnUnit.ANNOTATION or bool((everything.n_annotations == 1).all())
    return FrameKind.WHOLE if is_whole else FrameKind.PICKED


def _whole(column: pa.ChunkedArray) -> pa.StringArray:
    return (
        pa.concat_arrays(column.cast(pa.string()).chunks) if column.num_chunks else pa.array([], pa.string())
    )


def _float_columns(table: pa.Table, prefix: str) -> Floats:
    names = [name for name in table.column_names if name.startswith(prefix)]
    if not names:
        return np.empty((len(table), 0))
    return np.column_stack([table[name].to_numpy().astype(np.float64) for name in names])


def _covariate(column: pa.ChunkedArray) -> Covariate:
    values = column.cast(pa.float64())
    return Covariate(
        values=pc.fill_null(values, 0.0).to_numpy(), is_known=pc.is_valid(values).to_numpy().astype(np.bool_)
    )


def _rounded(values: Floats) -> Floats:
    return values.astype(np.float32).astype(np.float64)


def _rounded_prior(signals: Sequence[Covariate]) -> Floats | None:
    prior = riskier_where_low(signals)
    return None if prior is None else _rounded(prior)
