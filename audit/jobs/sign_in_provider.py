"""The file that names who vouches for people's e-mail addresses: OpenID Connect, as Streamlit reads it."""

import tomllib
from importlib.util import find_spec
from pathlib import Path

from audit.errors import InputError
from audit.settings import Settings

SECTION = "auth"
NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")


def provider_file(settings: Settings) -> Path | None:
    """Give the workspace's checked file, or None where links let people in.

    Raises:
        InputError: the file is missing or broken, or lacks what a sign-in needs.
    """
    if settings.sign_in != "oidc":
        return None
    if find_spec("authlib") is None:
        raise InputError('sign_in = "oidc" needs Authlib: install mask-audit[review]')
    file = settings.folder / settings.oidc
    section = _section(file)
    lacking = [key for key in NEEDED if not isinstance(section.get(key), str) or not section[key]]
    if lacking:
        raise InputError(
            f"{file}: [{SECTION}] lacks {', '.join(lacking)}: write each as text, as your provider gives it"
        )
    return file


def _section(file: Path) -> dict[str, object]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f'{file} is missing, and sign_in is "oidc": write there what your provider gives, as [{SECTION}]'
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{file} cannot be read ({error}): write it as TOML") from error
    section = content.get(SECTION)
    if not isinstance(section, dict):
        raise InputError(f"{file} has no [{SECTION}]: write what your provider gives under it")
    return section
