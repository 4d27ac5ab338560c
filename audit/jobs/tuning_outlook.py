"""By how much a sample would have to grow for verdicts that are wanted."""

from math import ceil

from audit.jobs.review_state import Outcome
from audit.jobs.tuning_data import TuningData


def units_more(data: TuningData, *, n_wanted: int, n_certifying: int) -> int:
    """Give by how many units a sample must grow for so many certifying verdicts.

    As many of the units to come as of those that are judged are taken to certify; those that are pending come
    first, and 0 is where they suffice.

    Args:
        data: the sample and its verdicts.
        n_wanted: certifying verdicts in all.
        n_certifying: that there are, at least one.
    """
    units = data.state.units
    certifies = [bool(unit.wave) or not data.region.thresholds for unit in units]
    n_units = sum(certifies)
    n_masks_pending = sum(
        outcome is Outcome.PENDING
        for setting in data.settings
        for outcome, counts in zip(data.state.outcomes[setting.setting], certifies, strict=True)
        if counts
    )
    n_judged = n_units - n_masks_pending / len(data.settings)
    n_more = ceil(n_wanted * n_judged / n_certifying) - n_units
    return max(n_more, 0 if n_masks_pending else 1)
