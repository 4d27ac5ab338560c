"""Figures: what they show as plain values, and how they become SVG, JSON and plotly.

`figure.py` holds the values, `axis.py` where things lie on an axis. Nothing here counts or estimates.
"""
