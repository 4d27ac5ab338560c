"""The accuracy that masks of known truth correct, by Rogan and Gladen with Lang and Reiczigel's interval."""

from dataclasses import dataclass
from math import sqrt

from sampling.checks import check_open_share
from sampling.errors import EstimateError
from sampling.estimation.estimate import Estimate, Interval, IntervalMethod, NoEstimate
from sampling.estimation.intervals import clopper_pearson_interval
from sampling.estimation.limits import normal_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldReadings:
    """How reviewers judged masks of known truth, mixed unseen into their work; unsure verdicts left out.

    Attributes:
        n_correct: masks known to be correct, 0 or more.
        n_accepted: of those, judged correct.
        n_incorrect: masks known to be incorrect, 0 or more.
        n_rejected: of those, judged incorrect.

    Raises:
        EstimateError: more masks of a kind were judged right than there are, or fewer than none.
    """

    n_correct: int
    n_accepted: int
    n_incorrect: int
    n_rejected: int

    def __post_init__(self) -> None:
        for kind, n, n_right in (
            ("correct", self.n_correct, self.n_accepted),
            ("incorrect", self.n_incorrect, self.n_rejected),
        ):
            if not 0 <= n_right <= n:
                raise EstimateError(
                    f"{n_right} of {n} masks known to be {kind} were judged so: give between none and all of "
                    "them judged so"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerRates:
    """How often reviewers are right, with Clopper and Pearson's intervals; where a kind has no mask, why not.

    Attributes:
        sensitivity: P(judged correct | correct).
        specificity: P(judged incorrect | incorrect).
    """

    sensitivity: Estimate | NoEstimate
    specificity: Estimate | NoEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldCorrectedAccuracy:
    """An accuracy corrected for what gold masks show of the reviewers.

    Attributes:
        value: in [0, 1].
        interval: contains `value`; `IntervalMethod.LANG_REICZIGEL`.
        raw: the accuracy as judged.
        rates: what corrected it.
    """

    value: float
    interval: Interval
    raw: Estimate
    rates: ReviewerRates


def reviewer_rates(gold: GoldReadings, *, confidence: float = 0.95) -> ReviewerRates:
    """How often the reviewers accept what is correct and reject what is not.

    Gold masks are few and the rates near 1, where Wilson's interval is too short; hence the exact one.

    >>> rates = reviewer_rates(GoldReadings(n_correct=100, n_accepted=97, n_incorrect=100, n_rejected=85))
    >>> rates.specificity.value, round(rates.specificity.interval.low, 4)
    (0.85, 0.7647)
    """
    return ReviewerRates(
        sensitivity=_rate("correct", gold.n_accepted, gold.n_correct, confidence),
        specificity=_rate("incorrect", gold.n_rejected, gold.n_incorrect, confidence),
    )


def gold_corrected_accuracy(
    raw: Estimate, gold: GoldReadings, *, confidence: float = 0.95
) -> GoldCorrectedAccuracy | NoEstimate:
    """The accuracy behind a judged one, where the only knowledge of the reviewers' errors is gold masks.

    With a the share judged correct, sensitivity s and specificity t: p̂ = (a + t − 1)/(s + t − 1), cut to
    [0, 1]. The interval, with z the normal quantile and n the effective number of units behind a:

        a' = (n·a + z²/2)/(n + z²), s' and t' with one success and one failure more, p' as p̂ from them,
        v² = (a'(1−a')/(n + z²) + p'²·s'(1−s')/(n_s + 2) + (1−p')²·t'(1−t')/(n_t + 2))/(s' + t' − 1)²
        limits: p' + 2z²·(p'·s'(1−s')/(n_s + 2) − (1−p')·t'(1−t')/(n_t + 2)) ± z·v, cut to [0, 1]

    and made to contain p̂ where they do not. It assumes that the reviewers err on gold masks as often as on
    others, and that the gold masks and the sample are independent. Second readings give a shorter interval
    without the first assumption: `sampling.reviewers.measurement_error`.

    Args:
        raw: the accuracy as judged; of it, `value`, `n_eff`.
        gold: verdicts on masks of known truth.
        confidence: nominal coverage, in (0, 1).

    Returns:
        The corrected accuracy. `NoEstimate` where a kind has no mask; where s + t or s' + t' is not above 1,
        as verdicts that come as often on wrong masks as on right ones carry no information; and where all
        of the interval is beyond 0 or 1, as the gold masks then contradict the sample.

    Raises:
        DesignError: the confidence is not in (0, 1).

    Source: Rogan and Gladen, "Estimating prevalence from the results of a screening test", American Journal
    of Epidemiology 107 (1978) 71–76; Lang and Reiczigel, "Confidence limits for prevalence of disease
    adjusted for estimated sensitivity and specificity", Preventive Veterinary Medicine 113 (2014) 13–22.

    >>> raw = Estimate(value=0.927, n=2000, n_eff=2000.0, interval=Interval(
    ...     low=0.915, high=0.938, confidence=0.95, method=IntervalMethod.WILSON))
    >>> gold = GoldReadings(n_correct=300, n_accepted=291, n_incorrect=300, n_rejected=255)
    >>> corrected = gold_corrected_accuracy(raw, gold)
    >>> round(corrected.value, 4), round(corrected.interval.low, 4), round(corrected.interval.high, 4)
    (0.9476, 0.9231, 0.9782)
    """
    check_open_share("confidence", confidence)
    rates = reviewer_rates(gold, confidence=confidence)
    for rate in (rates.sensitivity, rates.specificity):
        if isinstance(rate, NoEstimate):
            return rate
    sensitivity, specificity = gold.n_accepted / gold.n_correct, gold.n_rejected / gold.n_incorrect
    limits = _lang_reiczigel(raw, gold, confidence)
    if sensitivity + specificity <= 1 or limits is None:
        return NoEstimate(
            reason=f"sensitivity {sensitivity:.3g} and specificity {specificity:.3g} on gold masks do not"
            " add up to clearly more than 1, so the verdicts do not tell right masks from wrong ones"
        )
    if limits[0] >= 1 or limits[1] <= 0:
        return NoEstimate(
            reason=f"{raw.value:.3g} judged correct is out of reach of sensitivity {sensitivity:.3g} and"
            f" specificity {specificity:.3g}, so the gold masks were judged otherwise than the sample"
        )
    value = min(max((raw.value + specificity - 1) / (sensitivity + specificity - 1), 0.0), 1.0)
    return GoldCorrectedAccuracy(
        value=value,
        interval=Interval(
            low=min(value, max(limits[0], 0.0)),
            high=max(value, min(limits[1], 1.0)),
            confidence=confidence,
            method=IntervalMethod.LANG_REICZIGEL,
        ),
        raw=raw,
        rates=rates,
    )


def _rate(kind: str, n_right: int, n: int, confidence: float) -> Estimate | NoEstimate:
    if n == 0:
        return NoEstimate(reason=f"no mask known to be {kind} was judged correct or incorrect")
    return Estimate(
        value=n_right / n, interval=clopper_pearson_interval(n_right, n, confidence=confidence), n=n, n_eff=n
    )


def _lang_reiczigel(raw: Estimate, gold: GoldReadings, confidence: float) -> tuple[float, float] | None:
    z = normal_quantile(confidence)
    judged = (raw.n_eff * raw.value + z**2 / 2) / (raw.n_eff + z**2)
    sensitivity = (gold.n_accepted + 1) / (gold.n_correct + 2)
    specificity = (gold.n_rejected + 1) / (gold.n_incorrect + 2)
    youden = sensitivity + specificity - 1
    if youden <= 0:
        return None
    share = (judged + specificity - 1) / youden
    from_correct = sensitivity * (1 - sensitivity) / (gold.n_correct + 2)
    from_incorrect = specificity * (1 - specificity) / (gold.n_incorrect + 2)
    shift = 2 * z**2 * (share * from_correct - (1 - share) * from_incorrect)
    variance = (
        judged * (1 - judged) / (raw.n_eff + z**2)
        + share**2 * from_correct
        + (1 - share) ** 2 * from_incorrect
    )
    half_width = z * sqrt(variance) / youden
    return share + shift - half_width, share + shift + half_width
