"""What a sample by risk was, and what the model of the risk did for its figures."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskWave:
    """One wave.

    Attributes:
        n: units that it drew.
        n_verdicts: that its model learned from; 0 where it was drawn by a guess.
        auc: how well the model told wrong units from right ones; None where nothing could be told.
    """

    n: int
    n_verdicts: int
    auc: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskModelUse:
    """What the model did for the headline of a setting.

    Attributes:
        auc: how well it told wrong masks of the setting from right ones; None where nothing could be told.
        power: λ in [0, 1], how far its predictions were used.
    """

    auc: float | None
    power: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFindings:
    """A sample by risk.

    Attributes:
        waves: in order.
        features: that everything drawable is known by.
        models: setting → what the model did there; without those whose figures could not use it.
        lost: why what was not drawn is not known any more, as a sentence; None where it is.
    """

    waves: tuple[RiskWave, ...]
    features: tuple[str, ...]
    models: Mapping[str, RiskModelUse]
    lost: str | None = None
