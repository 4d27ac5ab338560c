"""The errors of survey statistics.

DesignError      a sample cannot be drawn as asked
EstimateError    what was handed in cannot be the outcome of a review, or says nothing about accuracy
"""


class DesignError(Exception):
    """Why the sample cannot be drawn as asked, with the numbers, as one sentence for the person who asked."""


class EstimateError(DesignError):
    """Why nothing can be estimated from what was handed in, with the numbers, as one sentence."""
