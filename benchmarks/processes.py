"""Runs each way of doing a thing in processes of their own; tells the best time and its peak memory."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one way took."""

    seconds: float
    megabytes: float


def measure_here(do: Callable[[], object], *, n_cores: int) -> None:
    """Do a thing on so many cores of this process and print what it took, for `best_of` to read."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:n_cores])
    start = time.perf_counter()
    do()
    seconds = time.perf_counter() - start
    print(seconds, _peak_megabytes())


def _peak_megabytes() -> float:
    # Not getrusage, whose peak begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def best_of(module: str, *words: str, repetitions: int = 3) -> Measured:
    """Run `python -m module words` several times; the best time, and the memory of that run."""
    runs = []
    for _ in range(repetitions):
        command = [sys.executable, "-m", module, *words]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds, megabytes = map(float, out.split()[-2:])
        runs.append(Measured(seconds=seconds, megabytes=megabytes))
    return min(runs, key=lambda run: run.seconds)


def told(name: str, measured: Measured, peer: Measured) -> str:
    """One line of a table, as a ratio to the peer."""
    return (
        f"  {name:<28} {measured.seconds:7.2f} s  {peer.seconds / measured.seconds:5.2f} ×  "
        f"peak {measured.megabytes:5.0f} MB"
    )


def run_by_size(
    description: str | None,
    ways: Collection[str],
    *,
    measure: Callable[..., None],
    compare: Callable[[float], None],
    megabytes: list[float],
) -> None:
    """The command line of a benchmark of files: compares its ways at sizes, or is one of them."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=float, nargs="*", default=megabytes)
    parser.add_argument("--way", choices=ways, help=argparse.SUPPRESS)
    parser.add_argument("paths", type=Path, nargs="*", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure(arguments.way, *arguments.paths)
        return
    for size in arguments.megabytes:
        compare(size)
