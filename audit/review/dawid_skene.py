"""The likeliest verdict on each mask, by Dawid and Skene's model of each reviewer's errors."""

from collections.abc import Mapping, Sequence

from audit.errors import InputError
from db.records import StandingVerdict, Verdict

N_ROUNDS = 200
"""Of expectation and maximisation, at most; the model stops where its likelihood does."""

_TIE = 1e-6


def likeliest_verdicts(readings: Mapping[str, Sequence[StandingVerdict]]) -> dict[str, Verdict | None]:
    """Give the likeliest verdict on every mask with two readings or more; None where two are as likely.

    The model learns from all readings, single ones included: how common each verdict is, and how often each
    reviewer gives it where another one is right. It starts from the votes; the same readings give the same
    verdicts, in whatever order they come. A mask that was read once is what its reading says, and not among
    the masks returned: the model has nothing to hold against that.

    Raises:
        InputError: crowd-kit is not installed.

    Source: Dawid and Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm",
    Applied Statistics 28 (1979) 20–28; as made by crowd-kit.
    """
    shared = [mask_id for mask_id, of_mask in readings.items() if len(of_mask) > 1]
    if not shared:
        return {}
    try:
        import pandas as pd  # noqa: PLC0415  (takes long, and one policy of four needs it)
        from crowdkit.aggregation import DawidSkene  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise InputError(
            'settlement = "dawid-skene" in audit.toml needs crowd-kit, which is not installed: run '
            "`pip install 'mask-audit[dawid-skene]'`, or name another policy there"
        ) from error
    # Sums of floating-point numbers depend on the order of their terms.
    votes = sorted(
        (mask_id, each.reviewer, each.verdict.value)
        for mask_id, of_mask in readings.items()
        for each in of_mask
    )
    table = pd.DataFrame(votes, columns=["task", "worker", "label"])
    chances = DawidSkene(n_iter=N_ROUNDS).fit_predict_proba(table)
    verdicts = [Verdict(label) for label in chances.columns]
    return {
        mask_id: _greatest(verdicts, row)
        for mask_id, row in zip(shared, chances.loc[shared].to_numpy().tolist(), strict=True)
    }


def _greatest(verdicts: Sequence[Verdict], chances: Sequence[float]) -> Verdict | None:
    greatest = max(chances)
    found = [verdict for verdict, chance in zip(verdicts, chances, strict=True) if chance > greatest - _TIE]
    return found[0] if len(found) == 1 else None
