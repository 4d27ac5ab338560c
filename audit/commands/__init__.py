"""The commands, thin: each turns its options into a request, runs one job, and says what came of it.

Heavy imports live inside the commands, so that `mask-audit --version` answers at once.
"""
