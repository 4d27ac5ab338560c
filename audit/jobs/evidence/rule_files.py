"""The rule sets that a bundle carries: those in the folder of a workspace, and those that somebody names."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from audit.errors import InputError
from audit.jobs.evidence.archive import is_member_name
from audit.jobs.evidence.difference import Check, Difference
from audit.rules.rule_toml import read_rule_set

RULES_FOLDER = "rules"


def write_rule_files(folder: Path, workspace: Path, named: Sequence[Path]) -> tuple[Path, ...]:
    """Copy rule sets, as they are, into the folder of a bundle; give the files that they came from.

    Args:
        folder: of the bundle.
        workspace: in whose folder every TOML file that is a rule set is taken.
        named: further ones.

    Raises:
        InputError: one that is named is none.
    """
    texts = {file.absolute(): _rule_set_text(file) for file in named}
    for file in sorted(workspace.glob("*.toml")):
        try:
            texts.setdefault(file.absolute(), _rule_set_text(file))
        except InputError:  # the settings, say
            continue
    if texts:
        (folder / RULES_FOLDER).mkdir()
    taken: set[str] = set()
    for number, (file, text) in enumerate(texts.items(), start=1):
        name = file.name if is_member_name(file.name) and file.name.casefold() not in taken else None
        name = name or f"rules-{number}.toml"
        taken.add(name.casefold())
        (folder / RULES_FOLDER / name).write_text(text, encoding="utf-8", newline="")
    return tuple(texts)


def check_rule_files(folder: Path) -> Check:
    """Read every rule set of a bundle again."""
    files = sorted((folder / RULES_FOLDER).glob("*"))
    if not files:
        return Check(name="rules", said="there is no rule set in the bundle", is_done=False)
    return Check(name="rules", said=f"{len(files)} can be read", differences=tuple(_differences(files)))


def _differences(files: Sequence[Path]) -> Iterator[Difference]:
    for file in files:
        try:
            _rule_set_text(file)
        except InputError as error:
            yield Difference(where=f"{RULES_FOLDER}/{file.name}", what=f"it is no rule set: {error}")


def _rule_set_text(file: Path) -> str:
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: name a file of rules") from error
    read_rule_set(text, source=file.name)
    return text
