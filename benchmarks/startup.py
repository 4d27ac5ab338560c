"""How long `mask-audit --version` takes, beside an interpreter that does nothing.

python -m benchmarks.startup
"""

import subprocess
import sys
import time
from pathlib import Path

REPETITIONS = 10


def fastest(command: list[str]) -> float:
    seconds = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    program = str(Path(sys.executable).with_name("mask-audit"))
    print("start")
    for name, command in {
        "python -c pass": [sys.executable, "-c", "pass"],
        "mask-audit --version": [program, "--version"],
    }.items():
        print(f"  {name:<28} {fastest(command):7.3f} s")


if __name__ == "__main__":
    main()
