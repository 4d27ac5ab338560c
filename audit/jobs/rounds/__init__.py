"""Two rounds of an audit, each in its bundle: what they share, what is carried over, the difference."""
