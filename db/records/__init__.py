"""Frozen values that cross the border of the store: what goes in and what comes out.

Nothing here knows SQL or Parquet. Times are timezone-aware UTC.
"""

from db.records.gold import GoldMask, GoldVerdict, Known, SyntheticMask
from db.records.label_studio import HeldAnnotation, LabelStudioProject, LatestEntry, PushedTask
from db.records.people import Assignment, MaskReader, Reviewer, Role
from db.records.samples import (
    Contrast,
    DifferingSizes,
    FrameFile,
    Mask,
    MaskState,
    Sample,
    SampleSetting,
    SampleWave,
    Stratum,
    Unit,
    UnitMask,
    WaveKind,
)
from db.records.verdicts import (
    REASONS_OF,
    JournalEntry,
    OverlayMode,
    Preference,
    PreferenceReading,
    Purpose,
    Reading,
    Reason,
    Source,
    StandingPreference,
    StandingVerdict,
    Verdict,
    Withdrawal,
)

__all__ = [
    "REASONS_OF",
    "Assignment",
    "Contrast",
    "DifferingSizes",
    "FrameFile",
    "GoldMask",
    "GoldVerdict",
    "HeldAnnotation",
    "JournalEntry",
    "Known",
    "LabelStudioProject",
    "LatestEntry",
    "Mask",
    "MaskReader",
    "MaskState",
    "OverlayMode",
    "Preference",
    "PreferenceReading",
    "Purpose",
    "PushedTask",
    "Reading",
    "Reason",
    "Reviewer",
    "Role",
    "Sample",
    "SampleSetting",
    "SampleWave",
    "Source",
    "StandingPreference",
    "StandingVerdict",
    "Stratum",
    "SyntheticMask",
    "Unit",
    "UnitMask",
    "Verdict",
    "WaveKind",
    "Withdrawal",
]
