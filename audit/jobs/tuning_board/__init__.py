"""The board on which thresholds are put by hand: what they keep, how right that is, which masks it is."""
