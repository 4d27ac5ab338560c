"""The file that names who vouches for people's e-mail addresses: OpenID Connect, as Streamlit reads it."""

import tomllib
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from audit.errors import InputError
from audit.review.locality import is_loopback
from audit.settings import Settings

SECTION = "auth"
NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")

CALLBACK = "/oauth2callback"
"""Where Streamlit takes people back from the provider."""

LEAST_SECRET = 32
"""Characters of the secret that signs cookies: who guesses it comes in as anybody."""
HOW_TO_MAKE_ONE = "python -c 'import secrets; print(secrets.token_hex())'"


def provider_file(settings: Settings) -> Path | None:
    """Give the workspace's checked file, or None where links let people in.

    Raises:
        InputError: the file is missing or broken, or lacks what a safe sign-in needs.
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
    fault = _fault({key: str(section[key]) for key in NEEDED})
    if fault:
        raise InputError(f"{file}: {fault}")
    return file


def _fault(section: dict[str, str]) -> str | None:
    if len(section["cookie_secret"]) < LEAST_SECRET:
        return (
            f"cookie_secret has fewer than {LEAST_SECRET} characters, and whoever guesses it comes in as "
            f"anybody: make one with `{HOW_TO_MAKE_ONE}`"
        )
    url = section["redirect_uri"]
    if _host(url, "http", "https") is None or not url.endswith(CALLBACK):
        return f"redirect_uri {url!r} is not the page's address: write it as https://review.example.org{CALLBACK}"
    url = section["server_metadata_url"]
    if _host(url, "https") is None and not is_loopback(_host(url, "http") or ""):
        return (
            f"server_metadata_url {url!r} is no https address, so anybody on the way could let people in: "
            "write the one that your provider gives"
        )
    return None


def _host(url: str, *schemes: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in schemes else None


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
