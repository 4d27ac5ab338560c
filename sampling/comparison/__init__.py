"""Two settings on the same mentions: the difference, its interval, and the draw where masks differ."""
