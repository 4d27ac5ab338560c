"""Runs the programs that sign and check, so that none of them waits for somebody who is not there."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from audit.errors import InputError, UnavailableError

_PATIENCE = 120
"""Seconds that a program may take where nobody can be typing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a program ended, and what it said."""

    status: int
    said: str

    @property
    def last_line(self) -> str:
        """The last thing that it said."""
        lines = [line.strip() for line in self.said.splitlines() if line.strip()]
        return lines[-1] if lines else f"exit status {self.status}"


def run_program(
    name: str, words: Sequence[str], *, folder: Path, may_ask: bool = False, fed: Path | None = None
) -> Ending:
    """Run a program in a folder.

    Args:
        name: of the program.
        words: that follow it.
        folder: where it runs.
        may_ask: it may ask on the terminal; else it has none.
        fed: a file that it reads as its input.

    Raises:
        InputError: it is not there.
        UnavailableError: it takes longer than it should.
    """
    program = find_program(name)
    with Path(os.devnull if fed is None else fed).open("rb") as given:
        try:
            done = subprocess.run(  # noqa: S603  (a list of words, no shell)
                [program, *words],
                cwd=folder,
                stdin=None if may_ask else given,
                stdout=None if may_ask else subprocess.PIPE,
                stderr=None if may_ask else subprocess.STDOUT,
                start_new_session=not may_ask,
                env=os.environ if may_ask else {**os.environ, "SSH_ASKPASS_REQUIRE": "never"},
                timeout=None if may_ask else _PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UnavailableError(f"{name} did not end within {_PATIENCE} seconds") from error
    said: bytes | None = done.stdout  # None where it spoke to the terminal itself
    return Ending(status=done.returncode, said=(said or b"").decode(errors="replace"))


def find_program(name: str) -> str:
    """Give where a program is; raise InputError where it is not."""
    program = which(name)
    if program is None:
        raise InputError(f"{name} is not on the PATH: install it, or leave signatures out")
    return program
