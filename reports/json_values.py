"""What figures become in documents for machines."""

from reports.results import Figure
from sampling.estimation.estimate import Bounds, Estimate, Interval, NoEstimate
from sampling.reviewers.agreement import Coefficient

Object = dict[str, object]
"""What becomes an object in JSON."""


def if_present(key: str, figure: Estimate | Coefficient | NoEstimate) -> Object:
    """A share under a key; nothing where there is none."""
    return {} if isinstance(figure, NoEstimate) else {key: share_object(figure)}


def share_object(figure: Estimate | Coefficient) -> Object:
    """A share or a coefficient with its interval, without what it is made of."""
    if isinstance(figure, Estimate):
        return {"estimate": figure.value, "interval": interval_object(figure.interval)}
    interval = {"low": figure.low, "high": figure.high, "confidence": figure.confidence}
    return {"estimate": figure.value, "interval": interval}


def if_estimated(key: str, figure: Figure) -> Object:
    """An estimate under a key; nothing where there is none."""
    return {key: estimate_object(figure)} if isinstance(figure, Estimate) else {}


def estimate_object(estimate: Estimate) -> Object:
    """An estimate with all that belongs to it."""
    return {
        "estimate": estimate.value,
        "interval": interval_object(estimate.interval),
        "n": estimate.n,
        "n_eff": estimate.n_eff,
        "deff": estimate.deff,
    }


def interval_object(interval: Interval) -> Object:
    """An interval, and how it was made."""
    return {
        "low": interval.low,
        "high": interval.high,
        "confidence": interval.confidence,
        "method": interval.method,
    }


def bounds_object(bounds: Bounds) -> Object:
    """The least and the greatest value."""
    return {"low": bounds.low, "high": bounds.high}


def present(**values: object) -> Object:
    """The values that there are."""
    return {name: value for name, value in values.items() if value is not None}
