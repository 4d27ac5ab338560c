"""Makes the data folder of a server without users, which tests copy: its first migrations take half a minute.

python -m tests.label_studio.seeding INSTALLATION
"""

import subprocess
import sys
from pathlib import Path

from tests.label_studio.installation import server_environment


def seed(installation: Path) -> None:
    """Migrate an empty database in `installation`/seed: every command does that, `version` hardly more."""
    data = installation / "seed"
    data.mkdir()
    program = installation / "venv" / "bin" / "label-studio"
    subprocess.run(
        [program, "version"], cwd=data, env=server_environment(data), stdin=subprocess.DEVNULL, check=True
    )


if __name__ == "__main__":
    seed(Path(sys.argv[1]))
