"""What other tools read of an audit: a dataset card, Croissant, the dictionary of the table of verdicts."""
