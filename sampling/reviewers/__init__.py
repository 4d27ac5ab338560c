"""The people who judge: how far they agree, how often they err, and the accuracy that their errors leave.

`readings` holds what a reviewer said of a unit. `agreement` is the panel of several readings of the same
units, made of the figures in `coefficients`. `measurement_error` holds the accuracy that second readings
correct, `second_reading_plan` how many of them a wanted width takes, `gold` the accuracy that masks of
known truth correct.
"""
