"""Fewer verdicts by risk: a model of which units are wrong, a second wave drawn by it, the estimate of both.

Covariates come as an array of numbers; what they mean is not known here.
"""
