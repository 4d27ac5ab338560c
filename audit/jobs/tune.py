"""Tunes thresholds: a rule set that keeps as many masks as can be certified to be accurate enough."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, count
from math import ceil
from pathlib import Path

import numpy as np

from audit.errors import InputError
from audit.features.catalogue import VERSION
from audit.features.references import FeatureReference
from audit.jobs.progress import Progress
from audit.jobs.tuned_thresholds import TunedThreshold
from audit.jobs.tuning_certificate import certify_path, hopes
from audit.jobs.tuning_data import LeftOut, TuningData, load_tuning_data
from audit.jobs.tuning_features import BY_DEFAULT, telling_features
from audit.jobs.tuning_masks import Codes, Flags
from audit.jobs.tuning_path import TuningPath, fewest_to_try, learned_path
from audit.jobs.workspace import Workspace
from audit.rules.evidence import Evidence
from audit.rules.feature_threshold import FeatureThreshold, threshold_rule
from audit.rules.rule_set import RuleSet
from sampling.estimation.estimands import Estimand
from sampling.thresholds.boxes import Direction
from sampling.thresholds.certify import Certified, KeptTest, NothingCertified, TriedThreshold
from sampling.thresholds.curve import AccuracyCurve, accuracy_curve
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.losses import DomainLoss, losses_by_domain
from sampling.thresholds.needed import NeededVerdicts, needed_verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneRequest:
    """What to tune.

    Attributes:
        settings: whose masks; several are tuned together, to one rule set.
        guarantee: what the kept masks are to be, and how surely.
        estimand: of which that accuracy is.
        references: features to cut by; none are `BY_DEFAULT`, those that tell masks apart.
        sample: None is the latest.
        base: file of rules that go before the thresholds.
    """

    settings: tuple[str, ...]
    guarantee: Guarantee
    estimand: Estimand
    references: tuple[FeatureReference, ...]
    sample: str | None
    base: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRules:
    """Thresholds that were looked at, and what the certifying verdicts say of them."""

    thresholds: tuple[TunedThreshold, ...]
    tried: TriedThreshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What a rule set costs.

    Attributes:
        overall: of all masks.
        by_split: of each split.
        by_category: of each category; masks without one are in none.
    """

    overall: DomainLoss
    by_split: dict[str, DomainLoss]
    by_category: dict[str, DomainLoss]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """A certified rule set.

    Attributes:
        chosen: its thresholds and the verdicts on what it keeps; no threshold where all masks may be kept.
        n_kept: masks of the population.
        losses: what it drops.
        rule_set: to be written; None where there is no rule.
    """

    chosen: TriedRules
    n_kept: int
    losses: Losses
    rule_set: RuleSet | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTuned:
    """No rule set could be certified.

    Attributes:
        candidates: those that came nearest.
        needed: verdicts that would certify one; None where none looks better than the target.
        n_more_units: by how many units the sample would have to grow for them, or for `fewest`; None where
            more of them would not help.
        fewest: certifying verdicts that it takes to try anything but all masks at once.
    """

    candidates: tuple[TriedRules, ...]
    needed: NeededVerdicts | None
    n_more_units: int | None
    fewest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneResult:
    """What was tuned, by what, and what came out.

    Attributes:
        directions: on which side of each feature masks are kept, as the learning verdicts say.
        n_masks: of the settings.
        n_units_left: by which the sample could still grow.
        n_learning: verdicts that chose what to try.
        n_certifying: verdicts that it was certified by.
        n_dropped_before: masks that the rules before the thresholds drop.
        n_corrected: masks that they correct, which are kept.
        to_queue: annotation ids of corrected masks of the sample that nobody judged; they count as wrong.
        test: that certified.
        curve: accuracy over the threshold, per annotation, where there is one feature and no rule before it.
    """

    sample: str
    request: TuneRequest
    references: tuple[FeatureReference, ...]
    directions: tuple[Direction, ...]
    n_masks: int
    n_units_left: int
    n_learning: int
    n_certifying: int
    n_dropped_before: int
    n_corrected: int
    to_queue: tuple[str, ...]
    left_out: LeftOut
    test: KeptTest
    curve: AccuracyCurve | None
    outcome: Tuned | NotTuned


def run_tune(workspace: Workspace, request: TuneRequest, *, today: date, progress: Progress) -> TuneResult:
    """Tune thresholds by the verdicts of a sample; nothing is written.

    Raises:
        InputError: the verdicts or features are not there, or do not fit the settings.
        StoreError: there is no such sample, or no such setting.
    """
    data = load_tuning_data(
        workspace,
        request.settings,
        request.references or BY_DEFAULT,
        sample=request.sample,
        progress=progress,
        base=request.base,
    )
    masks = data.masks if request.references else telling_features(data.masks)
    verdicts = data.verdicts
    learning = verdicts.learning()
    certifying = verdicts.certifying(request.estimand)
    _refuse_too_few(data, learning, certifying)
    path = learned_path(masks, learning, data.base, data.region)
    found = certify_path(path, certifying, request.guarantee)
    outcome: Tuned | NotTuned
    if isinstance(found, Certified):
        outcome = _tuned(data, request, path, found, certifying, today)
    else:
        outcome = _not_tuned(data, path, found, certifying)
    return TuneResult(
        sample=data.state.sample.name,
        request=request,
        references=path.references,
        directions=path.directions,
        n_masks=masks.n_masks,
        n_units_left=max(each.n_annotations for each in data.settings) - len(data.state.units),
        n_learning=learning.n,
        n_certifying=certifying.n,
        n_dropped_before=int(data.base.dropped.sum()),
        n_corrected=int(data.base.corrected.sum()),
        to_queue=data.to_queue,
        left_out=data.left_out,
        test=found.test,
        curve=_curve(data, path, request),
        outcome=outcome,
    )


def _refuse_too_few(data: TuningData, learning: JudgedMasks, certifying: JudgedMasks) -> None:
    if learning.n and certifying.n:
        return
    of = f"{', '.join(each.setting for each in data.settings)} in sample {data.state.sample.name!r}"
    raise InputError(
        f"{learning.n + certifying.n} masks of {of} are judged right or wrong, {data.left_out.n_pending} are "
        "pending; a fifth of them choose thresholds and the others certify these: review first"
    )


def _tuned(
    data: TuningData,
    request: TuneRequest,
    path: TuningPath,
    found: Certified,
    certifying: JudgedMasks,
    today: date,
) -> Tuned:
    chosen = TriedRules(thresholds=path.thresholds(found.chosen.threshold), tried=found.chosen)
    kept = path.kept(found.chosen.threshold)
    n_kept = int(kept.sum())
    evidence = Evidence(
        target=request.guarantee.target,
        confidence=request.guarantee.confidence,
        estimand=request.estimand,
        settings=tuple(each.setting for each in data.settings),
        sample=data.state.sample.name,
        seed=data.state.sample.seed,
        n_learning=int(np.count_nonzero(data.verdicts.learns)),
        n_certifying=certifying.n,
        n_kept=found.chosen.n_kept,
        n_errors=found.chosen.n_errors,
        n_effective=found.chosen.n_effective if found.test is not KeptTest.EXACT_BINOMIAL else None,
        p_value=found.chosen.p_value,
        accuracy=found.chosen.accuracy,
        share_kept=n_kept / kept.size,
        made_on=today,
        features_version=VERSION,
    )
    return Tuned(
        chosen=chosen,
        n_kept=n_kept,
        losses=_losses(data, ~kept, certifying, request),
        rule_set=_rule_set(data, chosen.thresholds, evidence),
    )


def _rule_set(data: TuningData, thresholds: Sequence[TunedThreshold], evidence: Evidence) -> RuleSet | None:
    taken = {rule.name for rule in data.base.rules}
    rules = (*data.base.rules, *(_rule(each, taken) for each in thresholds))
    setting = data.settings[0].setting if len(data.settings) == 1 else None
    return RuleSet(setting=setting, rules=rules, evidence=evidence) if rules else None


def _rule(threshold: TunedThreshold, taken: Collection[str]) -> FeatureThreshold:
    plain = f"tuned {threshold.reference}"
    numbered = (f"{plain} {number}" for number in count(2))
    name = next(name for name in chain([plain], numbered) if name not in taken)
    if threshold.direction is Direction.AT_LEAST:
        return threshold_rule(name=name, reference=threshold.reference, at_least=threshold.value)
    return threshold_rule(name=name, reference=threshold.reference, at_most=threshold.value)


def _losses(data: TuningData, dropped: Flags, certifying: JudgedMasks, request: TuneRequest) -> Losses:
    # Verdicts that certify inside a region say nothing of what is dropped outside of it.
    of_all = data.verdicts.drawn_alone(request.estimand) if data.region.thresholds else certifying
    confidence = request.guarantee.confidence

    def by(slices: Codes) -> dict[str, DomainLoss]:
        n = len(slices.names)
        domain = np.where(slices.codes < 0, n, slices.codes).astype(np.intp)
        found = losses_by_domain(dropped, domain, of_all, n_domains=n + 1, confidence=confidence)
        return dict(zip(slices.names, found, strict=False))

    every = Codes(names=("all",), codes=np.zeros(dropped.size, np.int32))
    return Losses(
        overall=by(every)["all"], by_split=by(data.masks.splits), by_category=by(data.masks.categories)
    )


def _not_tuned(
    data: TuningData, path: TuningPath, found: NothingCertified, certifying: JudgedMasks
) -> NotTuned:
    needed = needed_verdicts(replace(found, tried=hopes(path, certifying, found)), n_verdicts=certifying.n)
    fewest = fewest_to_try(found.guarantee)
    n_wanted = fewest if needed is None else needed.n_verdicts
    n_units = (
        sum(bool(unit.wave) for unit in data.state.units) if data.region.thresholds else len(data.state.units)
    )
    more = ceil(n_wanted * n_units / certifying.n) - n_units
    return NotTuned(
        candidates=tuple(
            TriedRules(thresholds=path.thresholds(each.threshold), tried=each) for each in found.candidates
        ),
        needed=needed,
        n_more_units=more if needed or certifying.n < fewest else None,
        fewest=fewest,
    )


def _curve(data: TuningData, path: TuningPath, request: TuneRequest) -> AccuracyCurve | None:
    if len(path.references) != 1 or data.base.rules:
        return None
    return accuracy_curve(
        data.masks.features[:, data.masks.references.index(path.references[0])],
        data.verdicts.drawn_alone(Estimand.ANNOTATION),
        direction=path.directions[0],
        confidence=request.guarantee.confidence,
    )
