"""Where `make setup-label-studio` installs the server that tests run: in the user's cache.

    python -m tests.label_studio.installation

prints the folder. It holds `venv/` and `seed/`, the data of a server that has no user yet; it exists only
complete.
"""

import hashlib
import os
import platform
import pwd
import sys
from pathlib import Path

LOCK = Path(__file__).with_name("requirements.lock")


def installation_folder() -> Path:
    """The folder for this lock and this Python: others have their own, so they do not spoil each other's."""
    fingerprint = hashlib.sha256(LOCK.read_bytes() + platform.python_version().encode()).hexdigest()[:16]
    return cache_folder() / f"label-studio-{fingerprint}"


def cache_folder() -> Path:
    """Where this project may keep what is costly to make."""
    home = os.environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir
    return Path(os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache") / "mask-audit"


def label_studio_program() -> Path:
    """The command `label-studio` of the server's own environment."""
    return installation_folder() / "venv" / "bin" / "label-studio"


def missing_for_label_studio() -> str | None:
    """Why no server can be run here; None where one can."""
    folder = installation_folder()
    if label_studio_program().with_name("python").exists():
        return None
    failure = folder.with_suffix(".failure")
    if failure.exists():
        return f"Label Studio could not be installed: {failure.read_text('utf-8').strip()}"
    return f"Label Studio is not installed in {folder}: run `make setup-label-studio`"


def server_environment(data: Path) -> dict[str, str]:
    """What a server sees of this process: next to nothing, for it takes any variable as a setting.

    Each is read as LABEL_STUDIO_X, HEARTEX_X and plain X, so what to leave out cannot be listed. HOME is the
    data folder because the server writes there too.
    """
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(data),
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }


if __name__ == "__main__":
    sys.stdout.write(f"{installation_folder()}\n")
