"""Functions for workers of other processes, which import them by name."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path


def square(number: int) -> int:
    return number * number


def slowest_first(number: int) -> int:
    time.sleep(0.2 if number == 0 else 0)
    return number


def complain(number: int) -> int:
    if number == 3:
        raise FileNotFoundError(2, "No such file", "photo.png")
    return number


@dataclass(frozen=True, kw_only=True)
class Fatal:
    """A number whose worker is killed as long as a file of lives has some left."""

    number: int
    lives: Path

    def __str__(self) -> str:
        return f"number {self.number}"


def square_or_die(fatal: Fatal) -> int:
    if fatal.number == 5 and fatal.lives.stat().st_size:
        with fatal.lives.open("rb+") as lives:
            lives.truncate(fatal.lives.stat().st_size - 1)
        os.kill(os.getpid(), signal.SIGKILL)
    return fatal.number**2


def process_id(number: int) -> int:
    time.sleep(0.05)
    return os.getpid()


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Seconds of sleep, and where the sleeper leaves its number."""

    seconds: float
    file: Path


def sleep(wait: Wait) -> None:
    wait.file.with_suffix(f".{os.getpid()}").touch()
    time.sleep(wait.seconds)
