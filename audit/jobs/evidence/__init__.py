"""Bundles: everything that the figures of a report are made of, in one file that anyone can check."""
