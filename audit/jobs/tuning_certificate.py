"""Certifies a threshold of a path by verdicts that had no part in making it."""

from dataclasses import replace

import numpy as np

from audit.jobs.tuning_path import TuningPath
from sampling.thresholds.certify import Certified, NothingCertified, TriedThreshold
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.weighted import certify_judged

NEARLY_EVEN = 1.05
"""Weights that differ by less than this factor, as where an allocation was rounded, are taken for equal, and
the target for as much stricter: then the exact test holds."""

FURTHER = 10
"""An outlook is on samples up to so many times as large."""


def certify_path(
    path: TuningPath, certifying: JudgedMasks, guarantee: Guarantee
) -> Certified | NothingCertified:
    """Certify the loosest threshold of a path that the verdicts allow.

    The answer's own guarantee is the one that was tested, which may be a little stricter than what was asked.
    """
    evened, asked = _evened(certifying, guarantee)
    n_within = int(np.count_nonzero(path.scores[certifying.position] > 0))
    return certify_judged(evened, path.scores, path.to_certify(asked, n_verdicts=max(n_within, 1)), asked)


def hopes(path: TuningPath, certifying: JudgedMasks, found: NothingCertified) -> tuple[TriedThreshold, ...]:
    """Give thresholds that more verdicts might certify, stricter ones than could be tried with these.

    They are for an outlook: none is certified, however good it looks, and what looks certified is left out.
    """
    evened, _ = _evened(certifying, found.guarantee)
    wide = path.to_certify(found.guarantee, n_verdicts=FURTHER * max(certifying.n, 1))
    tried = certify_judged(evened, path.scores, wide, found.guarantee).tried
    level = max(step.level for step in tried)
    return tuple(step for step in tried if step.p_value > level) or found.tried


def _evened(judged: JudgedMasks, guarantee: Guarantee) -> tuple[JudgedMasks, Guarantee]:
    """The verdicts with equal weights and the target to be shown then, where the weights are nearly equal.

    With weights between w and r·w a weighted share of errors is at most r times the plain one.
    """
    ratio = float(judged.weight.max() / judged.weight.min()) if judged.n else 1.0
    if judged.is_even or ratio > NEARLY_EVEN:
        return judged, guarantee
    return (
        replace(judged, weight=np.ones(judged.n)),
        Guarantee(target=1 - (1 - guarantee.target) / ratio, confidence=guarantee.confidence),
    )
