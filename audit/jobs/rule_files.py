"""Reads a file of rules for a setting, and refuses one that cannot be applied to it."""

from pathlib import Path

from audit.errors import InputError
from audit.rules.entity_kinds import KnownNames
from audit.rules.rule_set import RuleSet
from audit.rules.rule_toml import read_rule_set
from audit.wikidata.roots import Grouping, load_kinds
from db.entities import load_entity_kinds
from db.manifest import SettingRecord
from db.population import Population


def load_rule_set(population: Population, setting: SettingRecord, file: Path) -> RuleSet:
    """Read the rules of a file that are to be applied to a setting.

    Raises:
        InputError: the file cannot be read or has errors, it was tuned for another setting, or it goes by
            what entities are and that was never said; naming every fault of the file, and every type,
            category and setting in it that is not there, at once.
    """
    known = load_entity_kinds(population)
    is_said = bool(known.types or known.categories)
    names = KnownNames(
        setting=setting.setting,
        settings=[each.setting for each in population.manifest().settings],
        types=_names(known.types, Grouping.TYPE) if is_said else None,
        categories=_names(known.categories, Grouping.CATEGORY) if is_said else None,
    )
    rule_set = read_rule_set(_text(file), source=str(file), faults_of=names.faults)
    if rule_set.setting not in (None, setting.setting):
        raise InputError(
            f"{file} was made for setting {rule_set.setting!r}, not {setting.setting!r}: tune rules for it, "
            "or take the line `setting = …` out of the file to use these all the same"
        )
    if rule_set.needs_entities and not is_said:
        raise InputError(
            f"{file} has rules that go by what entities are, and nobody has said what they are: run "
            "mask-audit entities FILE"
        )
    return rule_set


def setting_of_rules(population: Population, named: str | None, file: Path) -> SettingRecord:
    """Give the setting that was named, else the one that the rules were made for, else the only complete one.

    Raises:
        InputError: the file cannot be read or has errors, or there are several complete settings.
        NotFoundError: there is no such setting.
    """
    manifest = population.manifest()
    wanted = named or read_rule_set(_text(file), source=str(file)).setting
    if wanted is not None:
        return manifest.get(wanted)
    complete = [each for each in manifest.settings if each.subset_of is None]
    if len(complete) != 1:
        names = ", ".join(each.setting for each in complete) or "none yet"
        raise InputError(f"the rules are for any setting: name one with --setting (there are {names})")
    return complete[0]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(f"{file} is not there: name a TOML file of rules") from error
    except IsADirectoryError as error:
        raise InputError(f"{file} is a folder: name a TOML file of rules") from error
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}): name a TOML file of rules") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} cannot be read as TOML in UTF-8: {error}") from error


def _names(said: tuple[str, ...], grouping: Grouping) -> tuple[str, ...]:
    shipped = (kind.name for kind in load_kinds(None, grouping))
    return tuple(dict.fromkeys((*said, *shipped)))
