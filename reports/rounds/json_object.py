"""Two rounds as one object for machines."""

from dataclasses import asdict

from reports.counts import counts_by_name
from reports.json_values import Object, if_estimated, interval_object
from reports.rounds.content import RoundFacts, RoundsContent, SettingFiles, SettingPresence, SettingRounds
from sampling.comparison.paired import Comparison
from sampling.comparison.rounds import RoundDifference
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import NoEstimate

FORMAT = 1


def rounds_object(content: RoundsContent) -> Object:
    """Everything that is said of two rounds; proportions in [0, 1], differences new minus old."""
    return {
        "format": FORMAT,
        "old": _round_object(content.old),
        "new": _round_object(content.new),
        "estimand": content.estimand,
        "complete": content.is_complete,
        "changes": [asdict(each) for each in content.changes],
        "presence": [_presence_object(each) for each in content.presence],
        "mentions": asdict(content.mentions),
        "settings": [_setting_object(each) for each in content.settings],
        "warnings": list(content.warnings),
    }


def _round_object(one: RoundFacts) -> Object:
    return {
        "file": one.file,
        "sample": one.sample,
        "created_at": one.created_at.isoformat(),
        "version": one.version,
    }


def _presence_object(setting: SettingPresence) -> Object:
    return {
        "setting": setting.setting,
        **_if_there("old", setting.old),
        **_if_there("new", setting.new),
    }


def _if_there(key: str, files: SettingFiles | None) -> Object:
    return {} if files is None else {key: asdict(files)}


def _setting_object(setting: SettingRounds) -> Object:
    return {
        "setting": setting.setting,
        "n_same": setting.n_same,
        "n_changed": setting.n_changed,
        "n_carried": setting.n_carried,
        "n_judged_again": setting.n_judged_again,
        "n_judged_otherwise": setting.n_judged_otherwise,
        "old": counts_by_name(setting.old_counts),
        "new": counts_by_name(setting.new_counts),
        **_as_before(setting),
        "common": _common_object(setting.common),
        "estimands": {
            estimand: {
                **if_estimated("old", setting.old[estimand]),
                **if_estimated("new", setting.new[estimand]),
                "difference": _whole_object(setting.whole[estimand]),
            }
            for estimand in Estimand
        },
    }


def _as_before(setting: SettingRounds) -> Object:
    before = setting.new_as_mixed_before
    return {} if before is None else if_estimated("new_as_mixed_before", before)


def _common_object(common: Comparison | NoEstimate) -> Object:
    if isinstance(common, NoEstimate):
        return {"reason": common.reason}
    return {
        "estimate": common.difference,
        "interval": interval_object(common.interval),
        "n_pairs": common.n_pairs,
        "n_became_right": common.counts.n_only_a,
        "n_became_wrong": common.counts.n_only_b,
    }


def _whole_object(whole: RoundDifference | NoEstimate) -> Object:
    if isinstance(whole, NoEstimate):
        return {"reason": whole.reason}
    return {
        "estimate": whole.difference,
        "interval": interval_object(whole.interval),
        "correlation": whole.correlation,
        "n_shared": whole.n_shared,
    }
