"""Two rounds of an audit side by side: what is said of them, as a document and as JSON."""
