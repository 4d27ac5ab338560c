"""The errors of survey statistics.

DesignError      a sample cannot be drawn as asked
EstimateError    the counts handed in cannot be the outcome of a review, or say nothing about accuracy
"""


class DesignError(Exception):
    """Why the sample cannot be drawn as asked, with the numbers, as one sentence for the person who asked."""


class EstimateError(Exception):
    """Why nothing can be estimated from the counts handed in, with the numbers, as one sentence."""
