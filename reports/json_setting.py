"""What was found under one setting, for machines."""

from collections.abc import Mapping

from reports.cells import is_too_few
from reports.counts import counts_by_name
from reports.json_values import (
    Object,
    bounds_object,
    estimate_object,
    if_estimated,
    interval_object,
    present,
)
from reports.results import Result, SettingResult
from reports.risk_findings import RiskFindings
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.reviewers.measurement_error import CorrectedAccuracy


def setting_object(setting: SettingResult, risk: RiskFindings | None) -> Object:
    """One setting: its counts and figures, over the whole sample and in every part of it."""
    return {
        "setting": setting.setting,
        **present(reference=setting.reference, model=setting.model),
        **_result(setting.overall),
        **_cautions(setting.overall),
        **_corrected(setting.corrected),
        **_model(setting.setting, risk),
        "by_split": _results(setting.by_split),
        "by_category": _unplanned(setting.by_category),
        **({"by_source": _unplanned(setting.by_source)} if setting.by_source else {}),
        "by_size": _unplanned(setting.by_size),
        "reasons": dict(setting.reasons),
    }


def _results(results: Mapping[str, Result]) -> Object:
    return {name: _result(result) for name, result in results.items()}


def _unplanned(results: Mapping[str, Result]) -> Object:
    """Slices whose size nobody planned: `few` marks those whose interval the page leaves out."""
    return {
        name: {**_result(result), **({"few": True} if is_too_few(result) else {})}
        for name, result in results.items()
    }


def _result(result: Result) -> Object:
    accuracy = result.estimands[Estimand.MIX]
    figure = (
        {"accuracy": accuracy.value, "interval": interval_object(accuracy.interval)}
        if isinstance(accuracy, Estimate)
        else {}
    )
    return {
        **counts_by_name(result.counts),
        **figure,
        **_estimands(result),
        **present(greatest_error=result.greatest_error),
        **({"bounds": bounds_object(result.bounds)} if result.bounds else {}),
    }


def _cautions(result: Result) -> Object:
    return {"cautions": list(result.cautions)} if result.cautions else {}


def _estimands(result: Result) -> Object:
    found = {
        str(estimand): estimate_object(figure)
        for estimand, figure in result.estimands.items()
        if isinstance(figure, Estimate)
    }
    return {"estimands": found} if found else {}


def _corrected(found: CorrectedAccuracy | NoEstimate | None) -> Object:
    if not isinstance(found, CorrectedAccuracy):
        return {}
    return {
        "corrected": {
            **if_estimated("raw", found.raw),
            "corrected": estimate_object(found.corrected),
            "n_second": found.n_second,
            "n_overturned": found.n_overturned,
            "n_restored": found.n_restored,
            "n_undecided": found.n_undecided,
        }
    }


def _model(setting: str, found: RiskFindings | None) -> Object:
    if found is None or setting not in found.models:
        return {}
    its = found.models[setting]
    return {"risk_model": {"power": its.power, **present(auc=its.auc)}}
