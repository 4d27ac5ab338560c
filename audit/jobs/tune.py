"""Tunes thresholds: a rule set that keeps as many masks as can be certified to be accurate enough."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, count
from pathlib import Path

import numpy as np

from audit.errors import InputError
from audit.features.catalogue import VERSION
from audit.features.references import FeatureReference
from audit.jobs.progress import Progress
from audit.jobs.review_state import Outcome
from audit.jobs.tuned_thresholds import TunedThreshold
from audit.jobs.tuning_certificate import certify_path, hopes
from audit.jobs.tuning_data import LeftOut, TuningData, load_tuning_data
from audit.jobs.tuning_features import BY_DEFAULT, telling_features
from audit.jobs.tuning_frame import DrawnFrom
from audit.jobs.tuning_masks import Codes, Flags
from audit.jobs.tuning_outlook import units_more
from audit.jobs.tuning_path import TuningPath, fewest_to_try, learned_path
from audit.jobs.workspace import Workspace
from audit.rules.evidence import Evidence
from audit.rules.feature_threshold import FeatureThreshold, threshold_rule
from audit.rules.rule_set import RuleSet
from reports.numbers import count_text, counted_text
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
        rule_set: to be written; it has no rule where all masks may be kept.
    """

    chosen: TriedRules
    n_kept: int
    losses: Losses
    rule_set: RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTuned:
    """No rule set could be certified.

    Attributes:
        candidates: those that came nearest.
        needed: verdicts that would certify one; None where none looks better than the target.
        n_more_units: by how many units the sample would have to grow for them, or for `fewest`, when those
            that are pending are judged; None where more of them would not help.
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
        n_masks: of the settings, those that the sample could have drawn.
        drawn_from: what that is, and how many masks it leaves out.
        n_units_left: by which the sample could still grow.
        n_learning: verdicts that chose what to try.
        n_certifying: verdicts that it was certified by.
        n_certifying_of: the same by setting.
        base_sample: whose verdicts chose the rules before the thresholds; None where none did.
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
    drawn_from: DrawnFrom
    n_units_left: int
    n_learning: int
    n_certifying: int
    n_certifying_of: Mapping[str, int]
    base_sample: str | None
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
    n_certifying_of = _count_by_setting(data, certifying)
    _refuse_unjudged(data, n_certifying_of)
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
        drawn_from=data.drawn_from,
        n_units_left=sum(stratum.n_annotations for stratum in data.state.sample.strata if stratum.n_units)
        - len(data.state.units),
        n_learning=learning.n,
        n_certifying=certifying.n,
        n_certifying_of=n_certifying_of,
        base_sample=_base_sample(data),
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
    n, left = learning.n + certifying.n, data.left_out
    of = f"{', '.join(each.setting for each in data.settings)} in sample {data.state.sample.name!r}"
    others = {"unsure": left.n_unsure, "not to be judged": left.n_unjudgable, "pending": left.n_pending}
    told = ", ".join(f"{count_text(n_other)} {what}" for what, n_other in others.items() if n_other)
    more = "review first" if left.n_pending else "draw more, mask-audit sample --extend, and review"
    raise InputError(
        f"{counted_text(n, 'mask')} of {of} {'is' if n == 1 else 'are'} judged right or wrong"
        f"{f' ({told})' if told else ''}; a fifth of the verdicts choose thresholds and the others certify "
        f"these: {more}"
    )


def _count_by_setting(data: TuningData, certifying: JudgedMasks) -> dict[str, int]:
    of_verdicts = data.masks.settings.codes[certifying.position]
    found = np.bincount(of_verdicts, minlength=len(data.settings)).tolist()
    return dict(zip(data.masks.settings.names, found, strict=True))


def _refuse_unjudged(data: TuningData, n_certifying_of: Mapping[str, int]) -> None:
    """Refuse to certify masks of a setting by verdicts on those of others.

    A mask that two settings share is judged for both: where nobody has judged one of them yet, those that
    speak for it are the ones on which it agrees with another.
    """
    pending = {
        setting.setting: data.state.outcomes[setting.setting].count(Outcome.PENDING)
        for setting in data.settings
    }
    without = [
        setting
        for setting, n in n_certifying_of.items()
        if not n or (len(data.settings) > 1 and 2 * pending[setting] > len(data.state.units))
    ]
    if without:
        sample = data.state.sample.name
        raise InputError(
            f"few or no verdicts are on masks of {', '.join(without)} itself, and those on others do not "
            f"speak for it: mask-audit sample --carry --name {shlex.quote(sample)} where the sample has not "
            "its masks, then review; or tune each setting by itself"
        )


def _base_sample(data: TuningData) -> str | None:
    return None if data.base.evidence is None else data.base.evidence.sample


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
        n_outside=data.drawn_from.n,
        n_pending=data.left_out.n_pending,
        base_sample=_base_sample(data),
        made_on=today,
        features_version=VERSION,
    )
    return Tuned(
        chosen=chosen,
        n_kept=n_kept,
        losses=_losses(data, ~kept, certifying, request),
        rule_set=_rule_set(data, chosen.thresholds, evidence),
    )


def _rule_set(data: TuningData, thresholds: Sequence[TunedThreshold], evidence: Evidence) -> RuleSet:
    taken = {rule.name for rule in data.base.rules}
    rules = (*data.base.rules, *(_rule(each, taken) for each in thresholds))
    setting = data.settings[0].setting if len(data.settings) == 1 else None
    return RuleSet(setting=setting, rules=rules, evidence=evidence)


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
    more = units_more(data, n_wanted=n_wanted, n_certifying=certifying.n)
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
