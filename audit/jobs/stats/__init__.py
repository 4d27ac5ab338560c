"""Counts what a dataset holds and writes it, beside other datasets and with examples."""
