"""The settings of one workspace: defaults, then `audit.toml`, then the environment."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from audit.errors import InputError
from audit.id_patterns import pattern_faults

FILE_NAME = "audit.toml"
ENVIRONMENT_PREFIX = "MASK_AUDIT_"

DEFAULT_GUIDELINE = """\
# When is a mask correct?

You see a photo, a name and a highlighted region. Judge two things at once: is it **the named thing**,
and is **the outline good**? Good means that you would not bother to repair it.

| press | when |
|---|---|
| **Correct** | It is the named thing, all of it and nothing else. |
| **Incorrect** | It is something else, or the outline needs repair. Give the reason that fits best. |
| **Unsure** | The photo or the question lets nobody decide. Not for masks that are merely hard. |

## Good

- *Crow*: the whole bird with its tail and legs; the edge is a few pixels off along the feathers.
- *Bicycle*: wheels and frame; the gaps between the spokes are filled or not, as nobody would repair that.
- *Mug* behind a hand: only what is visible of the mug.

## Bad

- *Crow*: the branch that it sits on is taken in: **spills over**.
- *Crow*: without its tail: **part missing**.
- *Crow*: the magpie beside it: **wrong object**. Two crows as one region: **merged**.
- *Crow*: everything but the crow: **inside out**. All of the photo: **whole image**.
- *Crow*: there is no crow: **not in image**.

Look at the outline once with the overlay hidden. Do not guess how the mask was made, and do not expect a
certain share to be wrong: some runs are nearly all right, and the next mask may still be wrong.
"""

TEMPLATE = """\
# The settings of this workspace, each with its default. Any of them can be given in the environment
# instead: MASK_AUDIT_DATABASE, MASK_AUDIT_SEED, …

# Where verdicts are kept: sqlite:///FILE (relative to this folder) or postgresql://USER@HOST/NAME.
database = {database}

# The seed of every draw that names none.
seed = {seed}

# Coverage of the intervals that reports print, between 0 and 1.
confidence = {confidence}

# What a sample is to show that names no figure of its own: the accuracy that `--goal certify` claims, and the
# half width of the interval that `--goal estimate` reaches.
target = {target}
margin = {margin}

# What reviewers read before they judge; every verdict remembers which version it was given under.
guideline = {guideline}

# How often a mask is read at first, by different reviewers. With two or more reviewers every incorrect or
# unsure first reading goes to another one, and so does this share of the correct ones.
first_readings = {first_readings}
second_share = {second_share}

# What a mask is on which reviewers disagree: majority, unanimous, adjudicated or dawid-skene. A lead's
# verdict settles a mask in every case.
settlement = {settlement}

# The share of masks of known answer among those that a reviewer is shown, and how many of them a new reviewer
# judges first, with the answers told. There are none before a lead has settled some masks.
gold_share = {gold_share}
practice = {practice}

# Minutes after which a mask that was handed to a reviewer and not judged goes to somebody else.
lease_minutes = {lease_minutes}

# How people sign in where the page is served to other machines: links (`mask-audit reviewer add NAME`), or
# oidc (OpenID Connect; the file names the provider under [auth], as Streamlit's st.login reads it).
sign_in = {sign_in}
oidc = {oidc}

# Keys of the reviewer's page: right, or left for who keeps the mouse in the left hand. Single actions are
# given other keys in a table at the end of this file: [keys], then lines such as correct = "k".
hand = {hand}

# Users of a Label Studio server are known here by their e-mail addresses. Who has another name here is given
# it in a table at the end of this file: [annotators], then lines such as "ann@example.org" = "ann".

# The source dataset and the category of a mask whose entity has none said of it (`mask-audit entities`) are
# told by patterns of ids, in tables at the end of this file: [sources] and [categories], then lines such as
# "iNaturalist" = "inat_*"; * is any text, ? one character. The annotation's id comes first, then its image's,
# then its entity's; of several patterns the first that matches counts.

# Threads that read annotation files, and processes that measure masks; 0 takes every core.
workers = {workers}
"""

_CHOICES: dict[str, tuple[str, ...]] = {
    "settlement": ("majority", "unanimous", "adjudicated", "dawid-skene"),
    "sign_in": ("links", "oidc"),
    "hand": ("right", "left"),
}
_PATTERNS = ("sources", "categories")
_LEAST = {"first_readings": 1, "lease_minutes": 1}
_GREATEST_SHARE = {"second_share": 1.0, "gold_share": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set for one workspace.

    Attributes:
        folder: the workspace.
        database: SQLAlchemy URL; a relative SQLite path starts at `folder`.
        seed: of every draw that names none; 0 or more.
        confidence: coverage of reported intervals, in (0, 1).
        target: accuracy that `--goal certify` claims where none is given, in (0, 1).
        margin: half width that `--goal estimate` reaches where none is given, in (0, 1).
        guideline: file of the workspace that reviewers read.
        workers: threads that read annotation files, processes that measure masks; 0 takes every core.
        first_readings: how many reviewers judge a mask at first, 1 or more.
        second_share: of correct first readings that somebody else reads again, in [0, 1].
        settlement: what a mask is on which reviewers disagree.
        gold_share: of masks of known answer among those shown, in [0, 0.5].
        practice: masks of known answer that a new reviewer judges first, 0 or more.
        lease_minutes: after which an unjudged mask goes to somebody else, 1 or more.
        sign_in: "links" or "oidc".
        oidc: file of the workspace that names the provider.
        hand: "right" or "left".
        keys: action → key, where it is not the preset's.
        annotators: e-mail address or number of a Label Studio user → the reviewer's name here.
        sources: source dataset → pattern of ids, in the order in which they are tried.
        categories: category → pattern of ids, likewise.
    """

    folder: Path
    database: str = field(default="sqlite:///audit.sqlite")
    seed: int = field(default=1)
    confidence: float = field(default=0.95)
    target: float = field(default=0.9)
    margin: float = field(default=0.03)
    guideline: str = field(default="guideline.md")
    workers: int = field(default=0)
    first_readings: int = field(default=1)
    second_share: float = field(default=0.1)
    settlement: str = field(default="majority")
    gold_share: float = field(default=0.03)
    practice: int = field(default=8)
    lease_minutes: int = field(default=10)
    sign_in: str = field(default="links")
    oidc: str = field(default="oidc.toml")
    hand: str = field(default="right")
    keys: Mapping[str, str] = field(default_factory=dict)
    annotators: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """The database's URL with a relative SQLite path made absolute."""
        prefix = "sqlite:///"
        if not self.database.startswith(prefix):
            return self.database
        return prefix + str(self.folder / self.database.removeprefix(prefix))

    @property
    def population_folder(self) -> Path:
        """Where the Parquet population lies."""
        return self.folder / "population"

    @property
    def guideline_file(self) -> Path:
        """The guideline's path."""
        return self.folder / self.guideline


def load_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read a workspace's settings.

    Args:
        folder: the workspace; it must hold `audit.toml`.
        environment: variables that override the file; the process's own where None.

    Raises:
        InputError: naming every unknown key and every value that does not fit, at once.
    """
    file = folder / FILE_NAME
    values = _read(file)
    variables = os.environ if environment is None else environment
    defaults = _defaults()
    faults = [f"unknown key {key!r}" for key in values if key not in defaults]
    given: dict[str, Any] = {key: value for key, value in values.items() if key in defaults}
    for key, default in defaults.items():
        text = variables.get(ENVIRONMENT_PREFIX + key.upper())
        if text is not None:
            given[key] = _from_text(text, default)
    faults += [fault for key, value in given.items() if (fault := _fault(key, value, defaults[key]))]
    if faults:
        raise InputError(f"{file}: {'; '.join(faults)}: correct or remove what is named")
    return Settings(folder=folder, **{key: _fit(value, defaults[key]) for key, value in given.items()})


def write_settings(settings: Settings) -> None:
    """Write a new workspace's `audit.toml`, with every setting and what it means, and its guideline."""
    values = {
        key: _toml(getattr(settings, key))
        for key, default in _defaults().items()
        if not isinstance(default, dict)
    }
    (settings.folder / FILE_NAME).write_text(TEMPLATE.format_map(values), encoding="utf-8")
    if not settings.guideline_file.exists():
        settings.guideline_file.write_text(DEFAULT_GUIDELINE, encoding="utf-8")


def find_workspace(start: Path) -> Path:
    """Give the nearest folder from `start` upwards that holds `audit.toml`."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise InputError(
        f"no workspace: neither {start} nor a folder above it holds {FILE_NAME}; "
        "make one with `mask-audit init DIR`, or name it with --workspace DIR"
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"{file.parent} is no workspace (it has no {FILE_NAME}): make one with `mask-audit init DIR`"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read as TOML: {error}") from error


def _from_text(text: str, default: object) -> object:
    if isinstance(default, str | dict):
        return text  # a table has no text form, and is then refused as being none
    try:
        return type(default)(text)  # type: ignore[call-arg]
    except ValueError:
        return text


def _fit(value: Any, default: object) -> Any:  # noqa: ANN401  (TOML values are of any type)
    return float(value) if isinstance(default, float) and isinstance(value, int) else value


def _defaults() -> dict[str, Any]:
    bare = Settings(folder=Path())
    return {each.name: getattr(bare, each.name) for each in fields(Settings) if each.name != "folder"}


def _fault(key: str, value: object, default: object) -> str | None:
    fitted = _fit(value, default)
    if type(fitted) is not type(default):
        return f"{key} = {value!r} is not {_kind(default)}"
    if isinstance(fitted, dict):
        wrong = [
            f"{key}.{name} = {each!r} is not text" for name, each in fitted.items() if type(each) is not str
        ]
        if key in _PATTERNS and not wrong:
            wrong = pattern_faults(key, fitted)
        return "; ".join(wrong) or None
    if isinstance(fitted, str):
        return _text_fault(key, fitted)
    if isinstance(fitted, float):
        return _share_fault(key, fitted)
    if isinstance(fitted, int) and not _LEAST.get(key, 0) <= fitted < 2**63:
        return f"{key} = {value!r} is not a whole number from {_LEAST.get(key, 0)}"
    return None


def _text_fault(key: str, value: str) -> str | None:
    if key in _CHOICES and value not in _CHOICES[key]:
        return f"{key} = {value!r} is none of {', '.join(_CHOICES[key])}"
    return "database is empty" if key == "database" and value == "" else None


def _share_fault(key: str, value: float) -> str | None:
    if key in _GREATEST_SHARE:
        greatest = _GREATEST_SHARE[key]
        return None if 0 <= value <= greatest else f"{key} = {value!r} is not a number from 0 to {greatest:g}"
    return None if 0 < value < 1 else f"{key} = {value!r} is not between 0 and 1"


def _kind(default: object) -> str:
    return {str: "text", int: "a whole number", float: "a number", dict: "a table"}[type(default)]


def _toml(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return repr(value)
