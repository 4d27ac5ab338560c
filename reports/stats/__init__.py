"""The statistics of a dataset: its numbers, what is said of them beside others', and `stats.json`.

Nothing here counts: `numbers.py` and `content.py` hold values, the rest turns them into sections.
"""
