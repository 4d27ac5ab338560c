"""Label Studio as a front end: what its reviewers see, what they answered, and the server; no store."""
