"""Before the review: what can be drawn, how many of each stratum, which ones, and with what probability.

Estimates, intervals and anything that needs a verdict belong in `sampling.estimation`.
"""
