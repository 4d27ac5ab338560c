"""Every benchmark, one after the other; each can be run alone as `python -m benchmarks.NAME`."""

import subprocess
import sys

BENCHMARKS = (
    "startup",
    "draw",
    "ingest",
    "reviewer_page",
    "many_reviewers",
    "label_studio",
    "identity",
    "features",
    "measure",
    "stats",
    "filter",
    "pareto",
    "planning",
    "coverage",
    "estimates",
    "report",
    "comparison",
    "sequential",
    "reviewers",
    "thresholds",
    "efficiency",
    "knowledge_graphs",
)

for name in BENCHMARKS:
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
