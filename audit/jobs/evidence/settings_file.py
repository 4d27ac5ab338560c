"""`settings.toml`: the settings of a workspace that figures depend on, without what is its own affair."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from audit.errors import InputError
from audit.settings import FILE_NAME, Settings, load_settings

SETTINGS_FILE = "settings.toml"

_KEPT_BACK = ("folder", "database", "guideline", "workers", "sign_in", "oidc", "hand", "keys", "annotators")
"""Where things lie, how people come in, who they are, and which keys they like."""


def write_settings_file(folder: Path, settings: Settings) -> None:
    """Write the settings in force into the folder of a bundle."""
    values = {
        each.name: getattr(settings, each.name) for each in fields(Settings) if each.name not in _KEPT_BACK
    }
    plain = {name: value for name, value in values.items() if not isinstance(value, Mapping)}
    lines = [f"{name} = {_toml(value)}\n" for name, value in plain.items()]
    for name, value in values.items():
        if name not in plain and value:
            lines.append(f"\n[{name}]\n")
            lines += [f"{_toml(key)} = {_toml(each)}\n" for key, each in value.items()]
    (folder / SETTINGS_FILE).write_text("".join(lines), encoding="utf-8")


def load_settings_file(folder: Path, into: Path) -> Settings:
    """Make the settings of a bundle those of a folder, whatever the environment says.

    Args:
        folder: of the unpacked bundle.
        into: an empty folder, which becomes a workspace without a database.

    Raises:
        InputError: the file is gone, or a setting is unknown, does not fit, or is none that a bundle has.
    """
    kept = folder / SETTINGS_FILE
    if not kept.is_file():
        raise InputError(f"there is no {SETTINGS_FILE} in the bundle")
    (into / FILE_NAME).write_bytes(kept.read_bytes())
    try:
        settings = load_settings(into, environment={})
    except InputError as error:  # which tells where it lies for now
        raise InputError(str(error).replace(str(into / FILE_NAME), SETTINGS_FILE)) from error
    except RecursionError as error:
        raise InputError(f"{SETTINGS_FILE}: it is nested too deep") from error
    usual = Settings(folder=into)
    strange = [name for name in _KEPT_BACK if getattr(settings, name) != getattr(usual, name)]
    if strange:  # a database elsewhere, say, which whoever opens the bundle would be led to
        raise InputError(f"{SETTINGS_FILE} of the bundle sets {', '.join(strange)}, which no bundle does")
    return settings


def _toml(value: object) -> str:
    """What JSON writes of text and numbers is TOML too, but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
