"""Renders what an audit found: HTML, Markdown, LaTeX, CSV, JSON. Computes nothing.

`content.py` holds everything that any format needs, as plain frozen values; `numbers.py` is the only place
where a number becomes text. Each subject of the report (`estimands.py`, `slices.py`, `comparisons.py`,
`readings.py`, `goals.py`, `drawing.py`) makes its tables and sentences once for all formats; `sections.py`
puts them in order. What estimates belongs in `sampling`; what gathers counts from the store or writes a file
belongs to the jobs.
"""
