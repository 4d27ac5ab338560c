"""The estimate of the mix after every step of a reading, and how much it is worth."""

import numpy as np
from numpy.typing import NDArray

from sampling.sequential.reading import ReadBlocks


def running_share(read: ReadBlocks) -> NDArray[np.float64]:
    """The accuracy of the mix from all units up to the end of each step: Σ w_h·x_h/n_h.

    Args:
        read: K steps; `n_correct` may have leading axes.

    Returns:
        (…, K) shares in [0, 1].
    """
    n_h = read.n_counted.cumsum(axis=0)
    share = (read.weights * read.n_correct.cumsum(axis=-2) / n_h).sum(axis=-1)
    # Weights add up to 1 but for rounding.
    return np.asarray(np.clip(share, 0.0, 1.0), dtype=np.float64)


def running_n_eff(read: ReadBlocks, *, n_added: float) -> NDArray[np.float64]:
    """The number of units of a simple random sample that would tell as much, after each step.

    n_eff = p̃(1 − p̃)/Σ w_h²·p̃_h(1 − p̃_h)/n_h, where p̃_h = (x_h + a)/(n_h + 2a) and p̃ = Σ w_h·p̃_h, so
    that a stratum without an error is not taken to be without variance. With one stratum it is n.

    Args:
        read: K steps; `n_correct` may have leading axes.
        n_added: a, right and wrong units that each stratum is taken to have besides, above 0.

    Returns:
        (…, K) numbers above 0.
    """
    n_h = read.n_counted.cumsum(axis=0)
    smooth = (read.n_correct.cumsum(axis=-2) + n_added) / (n_h + 2 * n_added)
    mean = (read.weights * smooth).sum(axis=-1)
    variance = (read.weights**2 * smooth * (1 - smooth) / n_h).sum(axis=-1)
    return np.asarray(mean * (1 - mean) / variance, dtype=np.float64)
