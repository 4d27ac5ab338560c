"""Renders what an audit found: HTML, Markdown, LaTeX, CSV, JSON. Computes nothing.

`content.py` holds everything that any format needs, as plain frozen values; `numbers.py` is the only place
where a number becomes text, and `sentences.py` and `sections.py` the words and tables that the formats share.
What estimates belongs in `sampling`; what gathers counts from the store or writes a file belongs to the jobs.
"""
