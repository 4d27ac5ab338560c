"""Rules that keep, drop or correct masks, in an order, each with a reason.

A rule is a small value with named thresholds (`catalogue` lists them); a rule set is a list of rules, in TOML
or made by `tune`. Rules read features in columns, and ask for masks where the features are not enough.
Nothing here knows the store.
"""
