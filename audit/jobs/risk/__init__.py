"""Samples by risk: drawn in waves with unequal probabilities, and estimated over everything drawable."""
