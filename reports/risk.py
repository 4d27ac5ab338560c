"""How a sample by risk was drawn, and what that means for its figures."""

from reports.blocks import Cell, Section, Table
from reports.content import ReportContent
from reports.grid import setting_name
from reports.numbers import ABSENT, coefficient_number, count_text
from reports.risk_findings import RiskFindings, RiskWave

PLANNED_WAVES = 2
"""The first by a guess, the second by its verdicts: for so many the intervals are made."""

WEIGHED = (
    "Masks that seemed risky were drawn more often than others, each with a known chance, and every unit"
    " weighs what it stands for. The share of correct verdicts among the units themselves is an estimate of"
    " nothing."
)
WITH_MODEL = (
    "The accuracy of a setting is a difference estimate: what a model of the verdicts predicts for everything"
    " that could be drawn, corrected by the verdicts. How much of the model is used is a number"
    " from 0, not at all, to 1; a wrong model costs precision and leaves the figure right. The accuracy of"
    " splits, categories and sizes of masks is by the chances alone."
)
WITHOUT_MODEL = (
    "So every figure is by the chances of the units alone, without the model: right all the same, with wider"
    " intervals."
)
ONE_WAVE = (
    "One wave is drawn yet. A second one goes where its verdicts say that errors are: `mask-audit sample"
    " --extend --size N`."
)
TWO_WAVES = (
    "Two waves are the plan: the second was drawn by the verdicts of the first, which its chances allow for."
)
MANY_WAVES = (
    "Two waves are the plan, and this sample has {n}. If it grew because the intervals were not narrow enough"
    " yet, they claim more than they can: an interval that was waited for is too narrow."
)
ALL_JUDGED = "Intervals hold once all units are judged, not where the review stops because they look narrow."


def risk(content: ReportContent) -> Section:
    """How the waves were drawn, how figures are made of them, and how good the model is."""
    found = content.risk
    title = "Drawn by risk"
    if found is None:
        return Section(title=title)
    rows = tuple(
        (
            Cell(text=setting_name(setting, content.settings)),
            Cell(text=_auc_text(found.models[setting.setting].auc)),
            Cell(text=coefficient_number(found.models[setting.setting].power)),
        )
        for setting in content.settings
        if setting.setting in found.models
    )
    return Section(
        title=title,
        points=tuple(_wave_text(number, wave, found) for number, wave in enumerate(found.waves, start=1)),
        paragraphs=(WEIGHED, _model_text(found), f"{waves_text(len(found.waves))} {ALL_JUDGED}"),
        table=Table(columns=("Setting", "AUC of the model", "Model used"), rows=rows) if rows else None,
    )


def waves_text(n_waves: int) -> str:
    """What the number of waves means for the intervals."""
    if n_waves < PLANNED_WAVES:
        return ONE_WAVE
    return TWO_WAVES if n_waves == PLANNED_WAVES else MANY_WAVES.format(n=n_waves)


def _wave_text(number: int, wave: RiskWave, found: RiskFindings) -> str:
    units = f"Wave {number}: {count_text(wave.n)} units"
    known_by = f" ({', '.join(found.features)})" if found.features else ""
    if not wave.n_verdicts:
        return f"{units} by what was measured of the masks{known_by}, half of it whatever they are like."
    auc = "" if wave.auc is None else f", whose AUC was {coefficient_number(wave.auc)}"
    return f"{units} by a model of {count_text(wave.n_verdicts)} verdicts{auc}, a quarter whatever it says."


def _model_text(found: RiskFindings) -> str:
    return WITH_MODEL if found.lost is None else f"{found.lost} {WITHOUT_MODEL}"


def _auc_text(auc: float | None) -> str:
    return ABSENT if auc is None else coefficient_number(auc)
