"""Everything that is said of two rounds, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reports.results import Figure
from sampling.comparison.paired import Comparison
from sampling.comparison.rounds import RoundDifference
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import NoEstimate, VerdictCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts:
    """One of the two rounds.

    Attributes:
        file: the bundle's name.
        created_at: when the bundle was made.
        version: of the program that made it.
    """

    file: str
    sample: str
    created_at: datetime
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that is not as it was, in words."""

    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingFiles:
    """What a setting was ingested from in one round.

    Attributes:
        fingerprint: SHA-256 of its files and of the way they were read.
    """

    n_annotations: int
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingPresence:
    """Where a setting is; None where a round does not have it."""

    setting: str
    old: SettingFiles | None
    new: SettingFiles | None

    @property
    def is_same(self) -> bool:
        """Both rounds have it, made of the same files."""
        return self.old is not None and self.new is not None and self.old.fingerprint == self.new.fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMentions:
    """The mentions of both samples.

    Attributes:
        n_common: in both, with the same entity and image.
        n_renamed: whose id is in both, but for another entity or image: they count as different ones.
        n_asked_otherwise: common ones whose entity has another name or question now: no verdict is carried.
    """

    n_old: int
    n_new: int
    n_common: int
    n_renamed: int
    n_asked_otherwise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRounds:
    """One setting in both rounds.

    Attributes:
        n_same: common mentions of which both rounds have the very same mask.
        n_changed: common mentions whose mask is another one, or there in one round alone.
        n_carried: units pending in the new round that count with the old round's verdict on the same mask.
        n_judged_again: common mentions of the same mask that people judged in both rounds.
        n_judged_otherwise: the same, where the two rounds came to different verdicts.
        old_counts: how the old round's units stand.
        new_counts: how the new round's stand, carried verdicts among them.
        old: its accuracy under each estimand.
        new: the same, carried verdicts among them.
        new_as_mixed_before: its accuracy in the mix of the old sample's splits, where its own sample has
            another; the difference of mixes is that of this one. None where both samples are mixed alike.
        common: new minus old on the mentions that count in both, each of them once; or why not.
        whole: new minus old over both samples, under each estimand; or why not.
    """

    setting: str
    n_same: int
    n_changed: int
    n_carried: int
    n_judged_again: int
    n_judged_otherwise: int
    old_counts: VerdictCounts
    new_counts: VerdictCounts
    old: Mapping[Estimand, Figure]
    new: Mapping[Estimand, Figure]
    new_as_mixed_before: Figure | None
    common: Comparison | NoEstimate
    whole: Mapping[Estimand, RoundDifference | NoEstimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundsContent:
    """Two rounds side by side.

    Attributes:
        estimand: the headline's.
        confidence: of each interval on its own.
        changes: of the design, split by split, and of how masks are settled.
        presence: every setting of either round.
        settings: those that both samples hold.
        warnings: whole sentences.
        version: of the program that compares.
        created_at: when, timezone-aware.
    """

    old: RoundFacts
    new: RoundFacts
    estimand: Estimand
    confidence: float
    changes: tuple[Change, ...]
    presence: tuple[SettingPresence, ...]
    mentions: SharedMentions
    settings: tuple[SettingRounds, ...]
    warnings: tuple[str, ...]
    version: str
    created_at: datetime

    @property
    def n_carried(self) -> int:
        """Verdicts carried, counted under every setting."""
        return sum(setting.n_carried for setting in self.settings)

    @property
    def is_complete(self) -> bool:
        """There is something to compare, and nothing of it awaits a verdict in either round."""
        return bool(self.settings) and all(
            each.old_counts.is_complete and each.new_counts.is_complete for each in self.settings
        )
