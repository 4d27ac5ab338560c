"""After the review: counts of verdicts in, estimates and intervals out.

How a unit came into the sample belongs in `sampling.design`; how a number is written, in the reports.
"""
