"""Pure survey statistics: what to draw before a review, and what may be said after it.

`design` holds frames, tickets, allocations and weights; `estimation` holds counts, estimates and intervals.
Everything takes and gives plain values: counts, ids, seeds. What knows a mask, a file, a database, a clock or
a text for people does not belong here, and nothing here imports another folder of the project. Formulas and
their sources are gathered in docs/statistics.md.
"""
