"""Label Studio as a front end: a sample's masks go to a server or into files, what was judged comes back."""
