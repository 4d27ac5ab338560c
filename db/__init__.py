"""Storage only: the audit in SQL, the population in Parquet. Imports nothing of ours.

`records.py` holds the values that cross the border; `tables.py` is private to this folder; other files are
`load_…` and `add_…` functions of one subject each, taking a `Transaction`. Nothing here computes an estimate,
reads an image or knows a command.
"""
