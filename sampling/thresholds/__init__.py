"""Thresholds with a guarantee: how strict a filter must be for what it keeps to be accurate enough.

Scores and verdicts come as arrays; what a score is made of, and how a rule is written, is not known here.
"""
