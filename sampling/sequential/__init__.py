"""During the review: when it may stop, and what may be said at that moment.

`reading` says which verdicts may be read, `certification` and `fixed_width` whether a goal is reached,
`claims` what several settings may claim together, `confidence_sequence` what may be shown meanwhile,
`expectation` what a goal is likely to cost. Figures at a size that was planned beforehand belong in
`sampling.estimation`.
"""
