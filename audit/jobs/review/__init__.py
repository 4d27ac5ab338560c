"""The desks: what the pages of people who judge are given, and how what they press gets into the store.

`desk` opens a desk for one person: it fixes the sample, the person and what is told once. `exchange` answers
each message of its page: it stores what was pressed, then gives what comes next. What a desk hands out and
what is stored of it is a matter of its kind, behind the protocol in `tasks`: `review_tasks` for readings,
`settle_tasks` for a lead's adjudications, `compare_tasks` for preferences. `assignment` decides which masks a
reviewer is given, so that no mask goes to more people than it is owed; `items` reads pictures and notes what
cannot be shown.

An exchange without events is the page's sign of life: it renews the leases of what the reviewer was given.
"""
