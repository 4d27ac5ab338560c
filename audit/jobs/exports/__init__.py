"""Verdicts and results for other tools."""
