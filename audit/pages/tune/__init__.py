"""The page on which a lead moves thresholds, sees what they keep, and saves them as rules."""
